"""Metric contracts: exactly one optimised metric, the others thresholded; runs are judged against them.

Source of the rule: Ng, Machine Learning Yearning, ch. 9 (optimizing and satisficing metrics); FSDL 2021, lecture 5.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from planner.domain.dominance import pareto_front
from planner.domain.model import Line, Model, Name, NotAFlag, Text, at_most
from planner.domain.projects import Attribute, Url

Direction = Literal["maximise", "minimise"]
_LARGEST = sys.float_info.max
Value = Annotated[float, NotAFlag]
MetricName = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00\r\n]+$")]


class OptimisedMetric(Model):
    """The one metric that the team drives."""

    name: MetricName = Field(examples=["recall"])
    direction: Direction
    unit: Line = ""
    baseline: Value | None = Field(default=None, description="What is reached today, without the new model.")


class ThresholdedMetric(Model):
    """A metric that is good enough at its threshold (inclusive): at least it, or at most it when minimised."""

    name: MetricName = Field(examples=["latency_p95"])
    direction: Direction
    threshold: Value
    unit: Line = ""
    baseline: Value | None = None
    enabled: bool = Field(default=True, description="A threshold may be switched off for now, with a reason.")
    reason: Text = Field(default="", description="Why this threshold, or why it is off.")

    @model_validator(mode="after")
    def _off_needs_a_reason(self) -> Self:
        if not self.enabled and not self.reason:
            raise ValueError("a threshold that is switched off needs a reason")
        return self


class ContractDraft(Model):
    """What a team agrees before training."""

    optimised: OptimisedMetric
    thresholded: Annotated[tuple[ThresholdedMetric, ...], Field(max_length=50), at_most(50)] = ()
    reason: Text = Field(default="", description="Why the contract is so, or why it changes.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [self.optimised.name, *(metric.name for metric in self.thresholded)]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"metric '{name}' stands more than once; each metric has one role")
        return self

    @property
    def binding(self) -> tuple[ThresholdedMetric, ...]:
        """The thresholds that are switched on."""
        return tuple(metric for metric in self.thresholded if metric.enabled)


class Contract(ContractDraft):
    """A version of the contract as it was agreed."""

    version: int
    recorded_at: datetime
    recorded_by: str


def _number_as_trackers_write_it(value: object) -> object:
    """JSON has no NaN: trackers write it as a word. It is kept as NaN, which never passes a threshold."""
    if value is None:
        return float("nan")
    if isinstance(value, str) and value.strip().lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return float(value)
    return value


Measured = Annotated[float, BeforeValidator(_number_as_trackers_write_it), NotAFlag]


class RunDraft(Model):
    """One candidate model's measured values. A value that is not finite may be stored; it is never evaluated."""

    model_config = ConfigDict(allow_inf_nan=True, ser_json_inf_nan="strings")

    name: Name = Field(examples=["resnet50-a"])
    metrics: dict[MetricName, Measured] = Field(max_length=500)
    params: dict[MetricName, Attribute] = Field(default_factory=dict, max_length=500)
    url: Url = ""
    measured_at: datetime | None = None

    @model_validator(mode="after")
    def _time_has_a_zone(self) -> Self:
        if self.measured_at is None:
            return self
        if self.measured_at.utcoffset() is None:
            raise ValueError("measured_at needs a time zone, such as 2026-05-01T12:00:00Z")
        if not 1970 <= self.measured_at.year < 9999:  # further out a database may not show it in its own time zone
            raise ValueError("measured_at must be a year from 1970 to 9998")
        return self


class Run(RunDraft):
    """A run as it was recorded."""

    id: int
    recorded_at: datetime
    recorded_by: str


MetricStatus = Literal["met", "breached", "missing", "off", "measured"]


class MetricVerdict(Model):
    """How one metric of one run stands. `margin`, in its unit, is how far inside the threshold; negative is outside."""

    name: str
    value: float | None
    status: MetricStatus
    margin: float | None = None
    over_baseline: float | None = Field(default=None, description="How much better than the baseline; null unknown.")


class RunVerdict(Model):
    """How one run stands under the contract."""

    run: int
    name: str
    status: Literal["qualified", "disqualified", "not_evaluable"]
    metrics: tuple[MetricVerdict, ...]
    shortfall: float | None = Field(
        default=None, description="Sum over breached thresholds of the miss relative to the threshold; null if none."
    )


class Verdict(Model):
    """How all runs of a project stand under one version of its contract. Ties are reported, not broken."""

    contract_version: int
    evaluable: int
    not_evaluable: int
    qualified: int
    winners: tuple[str, ...] = Field(description="Names of the qualified runs with the best optimised value, all tied.")
    best: float | None = Field(description="That value.")
    over_baseline: float | None = Field(description="How much better than the baseline it is; null when unknown.")
    pareto: tuple[str, ...] = Field(description="Qualified runs that no qualified run dominates on all metrics.")
    nearest: tuple[str, ...] = Field(description="When none qualifies: the runs with the smallest shortfall.")
    runs: tuple[RunVerdict, ...]


def gain(direction: Direction, value: float, reference: float) -> float:
    """How much better value is than reference in the metric's own unit; negative when it is worse.

    Cut at the largest number there is, so that a verdict stays finite at the ends of the number range.
    """
    difference = value - reference if direction == "maximise" else reference - value
    return max(-_LARGEST, min(_LARGEST, difference))


def judge_run(contract: ContractDraft, run: Run) -> RunVerdict:
    """The verdict of one run: a metric that is missing or not finite makes it not evaluable, never zero or passing."""
    verdicts = []
    optimised = contract.optimised
    value = _finite(run.metrics, optimised.name)
    verdicts.append(
        MetricVerdict(
            name=optimised.name,
            value=value,
            status="missing" if value is None else "measured",
            over_baseline=_over(optimised, value),
        )
    )
    shortfalls = []
    for metric in contract.thresholded:
        value = _finite(run.metrics, metric.name)
        margin = None if value is None else gain(metric.direction, value, metric.threshold)
        status: MetricStatus
        if not metric.enabled:
            status = "off"
        elif margin is None:
            status = "missing"
        else:
            status = "met" if margin >= 0 else "breached"
            if margin < 0:
                shortfalls.append(-margin / (abs(metric.threshold) or 1.0))
        verdicts.append(
            MetricVerdict(
                name=metric.name, value=value, status=status, margin=margin, over_baseline=_over(metric, value)
            )
        )
    statuses = {verdict.status for verdict in verdicts}
    if "missing" in statuses:
        return RunVerdict(run=run.id, name=run.name, status="not_evaluable", metrics=tuple(verdicts))
    if "breached" in statuses:
        shortfall = min(_LARGEST, sum(shortfalls))
        return RunVerdict(
            run=run.id, name=run.name, status="disqualified", metrics=tuple(verdicts), shortfall=shortfall
        )
    return RunVerdict(run=run.id, name=run.name, status="qualified", metrics=tuple(verdicts))


def judge(contract: Contract, runs: Sequence[Run]) -> Verdict:
    """The verdict of all runs, in their given order."""
    judged = [judge_run(contract, run) for run in runs]
    qualified = [verdict for verdict in judged if verdict.status == "qualified"]
    sign = 1.0 if contract.optimised.direction == "maximise" else -1.0
    values = [sign * (verdict.metrics[0].value or 0.0) for verdict in qualified]
    best = max(values, default=None)
    winners = [verdict for verdict, value in zip(qualified, values, strict=True) if value == best]
    disqualified = [verdict for verdict in judged if verdict.status == "disqualified"]
    least = min((verdict.shortfall or 0.0 for verdict in disqualified), default=None)
    return Verdict(
        contract_version=contract.version,
        evaluable=sum(verdict.status != "not_evaluable" for verdict in judged),
        not_evaluable=sum(verdict.status == "not_evaluable" for verdict in judged),
        qualified=len(qualified),
        winners=tuple(verdict.name for verdict in winners),
        best=None if best is None else winners[0].metrics[0].value,
        over_baseline=winners[0].metrics[0].over_baseline if winners else None,
        pareto=tuple(qualified[index].name for index in pareto_front(_costs(contract, qualified))),
        nearest=() if qualified else tuple(v.name for v in disqualified if v.shortfall == least),
        runs=tuple(judged),
    )


def _costs(contract: ContractDraft, verdicts: Sequence[RunVerdict]) -> np.ndarray:
    """Values of the optimised and the binding metrics, turned so that lower is better: (runs, metrics)."""
    metrics: list[OptimisedMetric | ThresholdedMetric] = [contract.optimised, *contract.binding]
    names = [metric.name for metric in metrics]
    signs = np.array([-1.0 if metric.direction == "maximise" else 1.0 for metric in metrics])
    rows = [[v.value for v in verdict.metrics if v.name in names] for verdict in verdicts]
    return np.asarray(np.array(rows, dtype=float).reshape(len(verdicts), len(metrics)) * signs)


def _finite(metrics: Mapping[str, float], name: str) -> float | None:
    value = metrics.get(name)
    return value if value is not None and isfinite(value) else None


def _over(metric: OptimisedMetric | ThresholdedMetric, value: float | None) -> float | None:
    if value is None or metric.baseline is None:
        return None
    return gain(metric.direction, value, metric.baseline)
