"""Baselines: what is asked for, published, or reached without the new model; what a run is held against.

Source: FSDL 2021, lecture 5 (external and internal baselines, human ones by quality) and lecture 7. Which kinds there
are, and in which order they stand on the ladder, the playbook says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from planner.domain.attributes import Url
from planner.domain.errors import Invalid
from planner.domain.metrics import Metric, MetricName, Value
from planner.domain.model import Line, Model, Text, ZonedTime, at_most
from planner.domain.playbook import Playbook
from planner.domain.playbook_metrics import BaselineKind

MAX_BASELINES = 200  # of one project, by name
MAX_VALUES = 100  # of one baseline

Fair = Literal["yes", "no", "unknown"]
BaselineName = Annotated[Line, Field(min_length=1)]
Values = Annotated[dict[MetricName, Value], Field(min_length=1, max_length=MAX_VALUES), at_most(MAX_VALUES)]


class BaselineDraft(Model):
    """A baseline as somebody states it. Stated again under the same name it is a correction."""

    kind: str = Field(max_length=60, description="Its kind, by id of the playbook.", examples=["domain_experts"])
    name: BaselineName = Field(description="Tells it from the others of the project.", examples=["Three radiologists"])
    metrics: Values = Field(
        description="Its values by metric, under the names that runs use.", examples=[{"recall": 0.93}]
    )
    note: Text = Field(default="", description="How it was measured: on which data, by whom.")
    url: Url = Field(default="", description="Where it comes from.")
    fair: Fair = Field(
        default="unknown", description="Whether comparing a run with it is fair: the same data, the same measure."
    )


class Baseline(BaselineDraft):
    """A baseline as it was recorded. The last record of a name counts; a withdrawn one counts no more."""

    withdrawn: bool = False
    recorded_at: ZonedTime
    recorded_by: str


def current_baselines(history: Iterable[Baseline]) -> tuple[Baseline, ...]:
    """The last record of each name, those that were withdrawn left out, in the order in which the names came."""
    return tuple(one for one in {one.name: one for one in history}.values() if not one.withdrawn)


def check_kind(draft: BaselineDraft, playbook: Playbook) -> BaselineKind:
    """The kind of a baseline; Invalid when the playbook has no such kind."""
    found = playbook.baseline_kind(draft.kind)
    if found is None:
        known = ", ".join(kind.id for kind in playbook.baseline_kinds)
        raise Invalid.one("kind", f"one of: {known}" if known else f"the playbook '{playbook.id}' names no kinds")
    return found


def stated_value(baseline: BaselineDraft, metric: Metric) -> float | None:
    """What a baseline states of a metric: its own value or, of a metric with slices, that of the worst slice.

    None when it says nothing of it, or not of every slice.
    """
    if (own := baseline.metrics.get(metric.name)) is not None or not metric.slices:
        return own
    values = [baseline.metrics.get(name) for name in metric.columns]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return min(known) if metric.direction == "maximise" else max(known)


def is_reference(baseline: BaselineDraft, playbook: Playbook) -> bool:
    """Whether somebody reaches it and it may be compared with: no mere wish, and no comparison that is not fair."""
    kind = playbook.baseline_kind(baseline.kind)
    return baseline.fair != "no" and (kind is None or kind.reached)
