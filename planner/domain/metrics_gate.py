"""The gate: whether a run is good enough to be released, from whatever the runs were read.

It is shut unless something opens it: a run that was asked about and qualifies, or any run that does. What is missing,
not a number, not finished or cannot be compared never qualifies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.errors import Invalid
from planner.domain.metrics import ContractDraft, ThresholdedMetric
from planner.domain.metrics_judging import Judgement, gain, judge_table
from planner.domain.metrics_relaxation import ThresholdEffect, first_to_relax, threshold_effects
from planner.domain.metrics_runs import RunDraft, RunTable
from planner.domain.metrics_verdict import MetricVerdict, RunVerdict, Verdict

MOST_TOLD = 10_000  # single runs of a file in one answer


@dataclass(frozen=True)
class Gate:
    """What the gate says, and all it takes to say why. `verdict.runs` holds those that are told."""

    contract: ContractDraft
    named: str  # the contract as a sentence names it: contract version 3
    verdict: Verdict
    asked: str | None  # the name of the run that alone is asked about
    confidence: float | None = None
    production_value: float | None = None  # what the run in production reaches of the optimised metric
    not_finite: frozenset[tuple[str, str]] = frozenset()  # run and metric of values that are no finite number
    relaxing: ThresholdEffect | None = None  # what would admit a first run with the least, when none qualifies

    @property
    def judged(self) -> RunVerdict | None:
        """The verdict on the run that was asked about."""
        return self.run(self.asked) if self.asked is not None else None

    @property
    def open(self) -> bool:
        """Whether the gate lets through."""
        if self.asked is not None:
            return self.judged is not None and self.judged.status == "qualified"
        return self.verdict.qualified > 0

    def run(self, name: str) -> RunVerdict | None:
        """The verdict on the run of this name, if it is told."""
        return next((run for run in self.verdict.runs if run.name == name), None)

    @property
    def leading(self) -> RunVerdict | None:
        """The run that was asked about, else the first winner, else the nearest run, if it is told."""
        if self.asked is not None:
            return self.judged
        first = (*self.verdict.winners, *self.verdict.nearest)[:1]
        return self.run(first[0]) if first else None

    @property
    def over_production(self) -> float | None:
        """How much better the leading run is than the one in production; None when either is unknown."""
        value = self.leading.metrics[0].value if self.leading else None
        if value is None or self.production_value is None:
            return None
        return gain(self.contract.optimised.direction, value, self.production_value)

    def not_finite_of(self, run: str) -> frozenset[str]:
        """The metrics of a run that were measured, but are no finite number."""
        return frozenset(metric for name, metric in self.not_finite if name == run)


def production_value(judgement: Judgement) -> float | None:
    """What the run in production reaches of the optimised metric; None when unknown or when it did not finish."""
    row = judgement.production
    if row is None or not judgement.table.finished[row]:
        return None
    value = float(judgement.columns[0].value[row])
    return None if np.isnan(value) else value


def least_to_relax(judgement: Judgement) -> ThresholdEffect | None:
    """The threshold that, relaxed the least, would admit a run; None when one qualifies or none alone would."""
    return None if judgement.qualified.any() else first_to_relax(threshold_effects(judgement))


def asks_for_production(contract: ContractDraft) -> bool:
    """Whether a threshold that is switched on compares with the run in production."""
    return any(metric.against == "production" for metric in contract.binding)


def check_confidence(confidence: float | None) -> float | None:
    """A confidence that can be asked for. Raises Invalid for any other."""
    if confidence is not None and not 0.5 < confidence < 1:
        raise Invalid.one("--confidence", "a probability between 0.5 and 1 is needed, such as 0.95")
    return confidence


def gate_of_drafts(
    contract: ContractDraft,
    named: str,
    drafts: Sequence[RunDraft],
    *,
    asked: str | None = None,
    production: RunDraft | None = None,
    confidence: float | None = None,
    version: int = 0,
) -> Gate:
    """What the gate says of runs that are recorded nowhere; their ids are their places in the file, from 1.

    `production` is one of `drafts` or another run. That other one is compared with, and is no candidate itself.
    """
    inside = next((row for row, draft in enumerate(drafts) if draft is production), None)
    listed = list(drafts) if production is None or inside is not None else [*drafts, production]
    row = None if production is None else inside if inside is not None else len(drafts)
    judgement = judge_table(contract, _table(listed, contract.columns), row, confidence)
    candidates = np.arange(len(listed)) < len(drafts)
    judgement = replace(
        judgement, evaluable=judgement.evaluable & candidates, qualified=judgement.qualified & candidates
    )
    beside = len(listed) - len(drafts)
    verdict = judgement.verdict(version, _told(judgement, len(drafts), asked))
    return Gate(
        contract=contract,
        named=named,
        verdict=verdict.model_copy(
            update={"total": verdict.total - beside, "not_evaluable": verdict.not_evaluable - beside}
        ),
        asked=asked,
        confidence=confidence,
        production_value=production_value(judgement),
        not_finite=frozenset(
            (draft.name, name) for draft in drafts for name, value in draft.metrics.items() if not np.isfinite(value)
        ),
        relaxing=least_to_relax(judgement),
    )


def _told(judgement: Judgement, candidates: int, asked: str | None) -> list[int]:
    """The rows to tell: the one that is asked about, else the first ones, the last one and those that lead."""
    if asked is not None:
        return [row for row in range(candidates) if judgement.table.names[row] == asked]
    rows = {*range(min(MOST_TOLD, candidates)), *range(candidates)[-1:]}
    return sorted({*rows, *judgement.winners.tolist(), *judgement.nearest.tolist()})


def _table(drafts: Sequence[RunDraft], names: Sequence[str]) -> RunTable:
    return RunTable(
        ids=np.arange(1, len(drafts) + 1),
        names=[draft.name for draft in drafts],
        finished=np.array([draft.status == "finished" for draft in drafts], dtype=bool),
        values={name: np.array([draft.metrics.get(name, np.nan) for draft in drafts], dtype=float) for name in names},
        uncertainty={row: draft.uncertainty for row, draft in enumerate(drafts) if draft.uncertainty},
    )


def disagreement(gate: Gate) -> str | None:
    """Why a verdict that somebody else computed cannot be what it says; None when it holds together.

    The gate opens on the word of a server only where that word agrees with what the server says of the metrics.
    """
    verdict, contract = gate.verdict, gate.contract
    counted = verdict.evaluable + verdict.not_evaluable == verdict.total and verdict.qualified <= verdict.evaluable
    if not counted or (verdict.qualified > 0) != bool(verdict.winners):
        return "its counts do not add up"
    if not gate.open:
        return None
    lead = gate.leading
    if lead is None or lead.status != "qualified" or not lead.finished:
        return "the run that qualifies is not told"
    if [found.name for found in lead.metrics] != [metric.name for metric in contract.metrics]:
        return "the metrics are not those of the contract"
    for found, metric in zip(lead.metrics, contract.metrics, strict=True):
        if found.value is None and not (isinstance(metric, ThresholdedMetric) and not metric.enabled):
            return f"'{metric.name[:60]}' of the run that qualifies is missing"
        if isinstance(metric, ThresholdedMetric) and metric.enabled and not _met(found, metric, gate.confidence):
            return f"'{metric.name[:60]}' of the run that qualifies is not met"
    return None


def _met(found: MetricVerdict, metric: ThresholdedMetric, confidence: float | None) -> bool:
    asked = max((one for one in (metric.confidence, confidence) if one is not None), default=None)
    if found.status != "met" or found.value is None or found.threshold is None:
        return False
    if metric.against == "value" and found.threshold != metric.threshold:
        return False
    reached = found.value >= found.threshold if metric.direction == "maximise" else found.value <= found.threshold
    return reached and (asked is None or (found.probability is not None and found.probability >= asked))
