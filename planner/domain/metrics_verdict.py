"""How runs stand under a contract: who qualifies, who wins, who is tied, and who cannot be judged."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.domain.model import Model

MetricStatus = Literal["met", "breached", "unproven", "missing", "off", "measured"]

RunVerdictStatus = Literal["qualified", "disqualified", "not_evaluable"]


class MetricVerdict(Model):
    """How one metric of one run stands. `margin`, in its unit, is how far inside the threshold; negative is outside."""

    name: str
    value: float | None = Field(description="Of slices, the value of the one that counts.")
    status: MetricStatus
    slice: str | None = Field(default=None, description="The slice that counts: the worst one.")
    threshold: float | None = Field(default=None, description="The bound; against production, what it comes to.")
    against: Literal["value", "production"] | None = Field(
        default=None, description="What the threshold compares with; null for the optimised metric."
    )
    margin: float | None = None
    probability: float | None = Field(
        default=None, description="That the threshold is truly met; null when the run says nothing of its uncertainty."
    )
    over_baseline: float | None = Field(default=None, description="How much better than the baseline; null unknown.")


class RunVerdict(Model):
    """How one run stands under the contract."""

    run: int
    name: str
    status: RunVerdictStatus
    finished: bool = Field(default=True, description="False for a run that failed or still goes on; it is not judged.")
    metrics: tuple[MetricVerdict, ...]
    shortfall: float | None = Field(
        default=None, description="Sum over breached thresholds of the miss relative to the threshold; null if none."
    )


class Verdict(Model):
    """How all runs of a project stand under one version of its contract. Ties are reported, not broken."""

    contract_version: int
    total: int = Field(description="How many runs there are.")
    evaluable: int
    not_evaluable: int
    qualified: int
    winners: tuple[str, ...] = Field(description="Names of the qualified runs with the best optimised value, all tied.")
    best: float | None = Field(description="That value.")
    over_baseline: float | None = Field(description="How much better than the baseline it is; null when unknown.")
    indistinguishable: tuple[str, ...] = Field(
        default=(),
        description="Qualified runs, other than the winners, that are not better or worse by more than chance (95 %).",
    )
    production: str | None = Field(default=None, description="The run in production, when one is stated.")
    pareto: tuple[str, ...] = Field(description="Qualified runs that no qualified run dominates on all metrics.")
    nearest: tuple[str, ...] = Field(description="When none qualifies: the runs with the smallest shortfall.")
    runs: tuple[RunVerdict, ...] = Field(description="The runs asked for, in the order in which they were recorded.")
