"""The gap between baselines and runs: per metric of the contract, who stands where and what has been passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.baselines import Baseline, Fair, is_reference, stated_value
from planner.domain.metrics import Contract, Direction, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_judging import Judgement, gain
from planner.domain.metrics_verdict import MetricVerdict
from planner.domain.model import Model
from planner.domain.playbook import Playbook

RUNG_LIMIT = 60  # baselines told of one metric


class Rung(Model):
    """A baseline of one metric, and how the run stands to it."""

    name: str
    kind: str | None = Field(description="Id of its kind; null for what the contract itself states as today's value.")
    kind_name: str = Field(description="The name of its kind.")
    value: float
    fair: Fair = Field(description="Whether comparing a run with it is fair.")
    reference: bool = Field(description="Whether it counts as reached and comparable: no wish, no unfair comparison.")
    ahead: float | None = Field(description="By how much the run is better, in the metric's unit; null without a run.")
    passed: bool | None = Field(description="Whether the run is at least as good; null without a run.")


class MetricGap(Model):
    """One metric of the contract: its baselines from the best on, the run, and what lies between."""

    metric: str = Field(description="Its name.")
    unit: str
    direction: Direction
    role: Literal["optimised", "thresholded", "off"] = Field(description="What it is in the contract.")
    threshold: float | None = Field(description="The bound; null without one.")
    value: float | None = Field(description="What the run measured; null without a run.")
    slice: str | None = Field(description="The slice of the run that counts, the worst one.")
    rungs: tuple[Rung, ...] = Field(description="Its baselines, the best first.")
    not_told: int = Field(default=0, description="Baselines beyond those told.")
    best: Rung | None = Field(description="The best baseline that somebody reaches and that may be compared with.")
    gap: float | None = Field(
        description="By how much the run is better than the best baseline, in the metric's unit; negative: it is worse."
    )
    passed: str | None = Field(description="The highest kind on the ladder that the run has passed, by its best.")
    following: str | None = Field(description="The lowest kind on the ladder that it has not passed.")


class BaselineGap(Model):
    """How the best run stands to the baselines."""

    contract_version: int | None = Field(description="Null when no contract is agreed: then there is nothing to hold.")
    run: str | None = Field(description="The winner or, when no run qualifies, the best evaluable one.")
    run_status: Literal["qualified", "disqualified"] | None = Field(description="How it stands; null without a run.")
    tied: int = Field(default=0, description="Other winners that are just as good.")
    metrics: tuple[MetricGap, ...]


def build_gap(
    contract: Contract | None, judgement: Judgement | None, baselines: Sequence[Baseline], playbook: Playbook
) -> BaselineGap:
    """The gap of each metric of the contract, each metric once, under the run that is held against the baselines."""
    if contract is None or judgement is None:
        return BaselineGap(contract_version=None, run=None, run_status=None, metrics=())
    row = best_row(judgement)
    verdict = None if row is None else judgement.run_verdict(row)
    measured = {} if verdict is None else {one.name: one for one in reversed(verdict.metrics)}
    # Of two entries of a name, a bound and a comparison with production, the first one stands for the metric.
    metrics = {metric.name: metric for metric in reversed(contract.metrics)}
    return BaselineGap(
        contract_version=contract.version,
        run=None if verdict is None else verdict.name,
        run_status=None if verdict is None else "qualified" if verdict.status == "qualified" else "disqualified",
        tied=max(0, len(judgement.winners) - 1),
        metrics=tuple(
            _metric_gap(metric, measured.get(metric.name), baselines, playbook) for metric in reversed(metrics.values())
        ),
    )


def best_row(judgement: Judgement) -> int | None:
    """The row of the first winner; when none qualifies, of the evaluable run with the best optimised value."""
    if len(judgement.winners):
        return int(judgement.winners[0])
    rows = np.flatnonzero(judgement.evaluable)
    return int(rows[np.argmax(judgement.goal[rows])]) if len(rows) else None


def _metric_gap(
    metric: OptimisedMetric | ThresholdedMetric,
    measured: MetricVerdict | None,
    baselines: Iterable[Baseline],
    playbook: Playbook,
) -> MetricGap:
    value = None if measured is None else measured.value
    rungs = []
    if metric.baseline is not None:
        today = {"name": "Today", "kind": None, "kind_name": "As the contract states", "fair": "unknown"}
        rungs.append(_rung(today, metric, metric.baseline, value, reference=True))
    for one in baselines:
        if (stated := stated_value(one, metric)) is not None:
            kind = playbook.baseline_kind(one.kind)
            told = {"name": one.name, "kind": one.kind, "kind_name": kind.name if kind else one.kind, "fair": one.fair}
            rungs.append(_rung(told, metric, stated, value, reference=is_reference(one, playbook)))
    rungs.sort(key=lambda rung: -rung.value if metric.direction == "maximise" else rung.value)
    best = next((rung for rung in rungs if rung.reference), None)
    passed, following = _on_the_ladder(rungs, playbook)
    role: Literal["optimised", "thresholded", "off"] = "optimised"
    threshold = None
    if isinstance(metric, ThresholdedMetric):
        role = "thresholded" if metric.enabled else "off"
        threshold = metric.threshold if metric.against == "value" else measured.threshold if measured else None
    return MetricGap(
        metric=metric.name,
        unit=metric.unit,
        direction=metric.direction,
        role=role,
        threshold=threshold,
        value=value,
        slice=None if measured is None else measured.slice,
        rungs=tuple(rungs[:RUNG_LIMIT]),
        not_told=max(0, len(rungs) - RUNG_LIMIT),
        best=best,
        gap=None if best is None else best.ahead,
        passed=passed,
        following=following,
    )


def _rung(
    told: Mapping[str, str | None],
    metric: OptimisedMetric | ThresholdedMetric,
    stated: float,
    value: float | None,
    *,
    reference: bool,
) -> Rung:
    ahead = None if value is None else gain(metric.direction, value, stated)
    passed = None if ahead is None else ahead >= 0
    return Rung.model_validate({**told, "value": stated, "reference": reference, "ahead": ahead, "passed": passed})


def _on_the_ladder(rungs: Sequence[Rung], playbook: Playbook) -> tuple[str | None, str | None]:
    """The highest kind whose best baseline is passed, and the lowest whose best is not; by name, None without one."""
    best_of_kind: dict[str | None, Rung] = {}
    for rung in rungs:  # the best first
        if rung.reference:
            best_of_kind.setdefault(rung.kind, rung)
    ladder = [(kind.name, best_of_kind[kind.id].passed) for kind in playbook.baseline_kinds if kind.id in best_of_kind]
    passed = [name for name, done in ladder if done]
    following = [name for name, done in ladder if done is False]
    return (passed[-1] if passed else None), (following[0] if following else None)
