"""Where a proposal starts from: the present contract, or the template that the playbook has for a problem type."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.domain.metrics import Contract, ThresholdedMetric
from planner.domain.metrics_proposal import MetricNeed
from planner.domain.model import Model
from planner.domain.playbook import Playbook


class UsualRole(Model):
    """What a metric usually is for the problem type."""

    name: str
    title: str = Field(description="Its name in words.")
    help: str = Field(description="What it measures.")
    role: Literal["optimised", "thresholded"] = Field(description="What it usually is.")
    why: str = Field(description="Why it is usually so.")
    source: str = Field(description="Where that comes from.")


class ProposalStart(Model):
    """The metrics to begin with, to be completed by what the team knows."""

    origin: Literal["contract", "template", "nothing"] = Field(description="Where they are taken from.")
    problem_type: str | None = Field(description="The problem type of the template; null without one.")
    metrics: tuple[MetricNeed, ...] = Field(description="What is known of each so far.")
    usual: tuple[UsualRole, ...] = Field(description="What the template says of these metrics.")


def start_from_contract(contract: Contract) -> ProposalStart:
    """What a contract says of its metrics: thresholds are what is needed, a metric that is off does not matter yet."""
    metrics = [
        MetricNeed.model_validate(
            {
                **metric.model_dump(include={"name", "direction", "unit"}),
                "reached": metric.baseline,
                "needed": metric.threshold if isinstance(metric, ThresholdedMetric) else None,
                "importance": "not_yet" if isinstance(metric, ThresholdedMetric) and not metric.enabled else "fully",
                "note": metric.reason[:2_000] if isinstance(metric, ThresholdedMetric) else "",
            }
        )
        for metric in contract.metrics
        if not (isinstance(metric, ThresholdedMetric) and metric.against == "production")
    ]
    return ProposalStart(origin="contract", problem_type=None, metrics=tuple(metrics), usual=())


def start_from_template(playbook: Playbook, problem_type: str | None) -> ProposalStart:
    """The metrics of a problem type's template; none where the playbook has no template for it."""
    template = playbook.metric_template(problem_type)
    if template is None:
        return ProposalStart(origin="nothing", problem_type=None, metrics=(), usual=())
    metrics, usual = [], []
    for line in template.metrics:
        hint = playbook.metric_hint(line.metric)
        assert hint is not None  # the playbook refuses a template that names an unknown metric
        metrics.append(
            MetricNeed(name=hint.id, direction=hint.direction, unit=hint.unit, around=True if line.around else None)
        )
        usual.append(
            UsualRole(
                name=hint.id, title=hint.name, help=hint.help, role=line.role, why=line.why, source=template.source
            )
        )
    return ProposalStart(
        origin="template", problem_type=template.problem_type, metrics=tuple(metrics), usual=tuple(usual)
    )
