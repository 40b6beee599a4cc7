"""Metric contracts: exactly one optimised metric, the others thresholded; runs are judged against them.

Source of the rule: Ng, Machine Learning Yearning, ch. 9 (optimizing and satisficing metrics); FSDL 2021, lecture 5.

A metric may be agreed per slice, such as languages or sites: a run then states the value of each slice under
`metric/slice` (`recall/de`), which every tracker can write, and the worst of them counts. A slice that a run does not
state makes the metric missing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from planner.domain.model import Line, Model, NotAFlag, Text, at_most

Direction = Literal["maximise", "minimise"]
Value = Annotated[float, NotAFlag]
MetricName = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00\r\n]+$")]
SliceName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00\r\n/]+$")]
Slices = Annotated[tuple[SliceName, ...], Field(max_length=100), at_most(100)]


class Metric(Model):
    """What the optimised and a thresholded metric have in common."""

    name: MetricName = Field(examples=["recall"])
    direction: Direction
    unit: Line = ""
    baseline: Value | None = Field(default=None, description="What is reached today, without the new model.")
    slices: Slices = Field(
        default=(), description="Slices of which the worst counts; a run states each under metric/slice.", examples=[[]]
    )

    @model_validator(mode="after")
    def _slices_are_unique(self) -> Self:
        for name in self.slices:
            if self.slices.count(name) > 1:
                raise ValueError(f"slice '{name}' stands more than once")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The names under which a run states this metric."""
        return tuple(f"{self.name}/{part}" for part in self.slices) or (self.name,)


class OptimisedMetric(Metric):
    """The one metric that the team drives."""


class ThresholdedMetric(Metric):
    """A metric that is good enough at its threshold (inclusive): at least it, or at most it when minimised."""

    name: MetricName = Field(examples=["latency_p95"])
    threshold: Value = Field(description="The bound; against production, by how much a run may be worse.")
    against: Literal["value", "production"] = Field(
        default="value", description="What a run is compared with: the bound, or the run that is in production."
    )
    confidence: float | None = Field(
        default=None,
        gt=0.5,
        lt=1,
        description="How probable it must be that the threshold is truly met; null takes the value as it was measured.",
    )
    enabled: bool = Field(default=True, description="A threshold may be switched off for now, with a reason.")
    reason: Text = Field(default="", description="Why this threshold, or why it is off.")

    @model_validator(mode="after")
    def _off_needs_a_reason(self) -> Self:
        if not self.enabled and not self.reason:
            raise ValueError("a threshold that is switched off needs a reason")
        return self

    @model_validator(mode="after")
    def _worse_by_so_much(self) -> Self:
        if self.against == "production" and self.threshold < 0:
            raise ValueError("by how much a run may be worse than production must be 0 or more")
        return self


class ContractDraft(Model):
    """What a team agrees before training."""

    optimised: OptimisedMetric
    thresholded: Annotated[tuple[ThresholdedMetric, ...], Field(max_length=50), at_most(50)] = ()
    reason: Text = Field(default="", description="Why the contract is so, or why it changes.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        # A metric has one role. That it must not be worse than in production may be asked of any, beside its role.
        bounds = [metric.name for metric in self.thresholded if metric.against == "value"]
        floors = [metric.name for metric in self.thresholded if metric.against == "production"]
        for names in ([self.optimised.name, *bounds], floors):
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"metric '{name}' stands more than once; each metric has one role")
        return self

    @property
    def metrics(self) -> tuple[OptimisedMetric | ThresholdedMetric, ...]:
        """The optimised metric, then the thresholded ones as they are listed."""
        return (self.optimised, *self.thresholded)

    @property
    def binding(self) -> tuple[ThresholdedMetric, ...]:
        """The thresholds that are switched on."""
        return tuple(metric for metric in self.thresholded if metric.enabled)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names under which a run states what the contract asks for, each once."""
        return tuple(dict.fromkeys(name for metric in self.metrics for name in metric.columns))


class Contract(ContractDraft):
    """A version of the contract as it was agreed."""

    version: int
    recorded_at: datetime
    recorded_by: str
