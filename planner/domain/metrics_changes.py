"""What another version of the contract does to the runs there are: who qualifies now, who no longer, who wins."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from planner.domain.metrics import ThresholdedMetric
from planner.domain.metrics_diff import ContractDiff
from planner.domain.metrics_verdict import Judgement, RunVerdictStatus
from planner.domain.metrics_words import asked
from planner.domain.model import Model

FAILED = ("breached", "unproven", "missing")


class RunChange(Model):
    """A run that stands otherwise under the later version."""

    run: int
    name: str
    before: RunVerdictStatus
    after: RunVerdictStatus
    because: tuple[str, ...] = Field(
        description="What it does not meet under the version in which it does not qualify: metric, and what is asked."
    )


class VerdictChanges(Model):
    """How the verdicts on all runs differ between two versions; one that is not agreed yet has no number."""

    from_version: int | None
    to_version: int | None
    total: int = Field(description="How many runs there are.")
    qualified_before: int
    qualified_after: int
    now_qualify: int = Field(description="Runs that qualify only under the later version.")
    no_longer_qualify: int = Field(description="Runs that qualify only under the earlier version.")
    evaluable_before: int
    evaluable_after: int
    winners_before: tuple[str, ...]
    winners_after: tuple[str, ...]
    runs: tuple[RunChange, ...] = Field(
        description="Runs that stand otherwise, those first that now or no longer qualify, the best on top."
    )
    changed: int = Field(description="How many these are in all.")


class ContractPreview(Model):
    """What a version would change, were it agreed."""

    diff: ContractDiff
    verdicts: VerdictChanges | None = Field(description="Null where no contract is agreed to compare with.")


def verdict_changes(
    before: Judgement, after: Judgement, versions: tuple[int | None, int | None], most: int
) -> VerdictChanges:
    """The difference of two judgements of the same runs in the same order, with `most` runs named at most."""
    was, now = _standing(before), _standing(after)
    changed = np.flatnonzero(was != now)
    crossing = (before.qualified != after.qualified)[changed]
    place = np.argsort(after.order)  # the rank of each row under the later version
    order = changed[np.lexsort((place[changed], ~crossing))]
    return VerdictChanges(
        from_version=versions[0],
        to_version=versions[1],
        total=len(after.table),
        qualified_before=int(before.qualified.sum()),
        qualified_after=int(after.qualified.sum()),
        now_qualify=int((after.qualified & ~before.qualified).sum()),
        no_longer_qualify=int((before.qualified & ~after.qualified).sum()),
        evaluable_before=int(before.evaluable.sum()),
        evaluable_after=int(after.evaluable.sum()),
        winners_before=_names(before),
        winners_after=_names(after),
        runs=tuple(_run_change(before, after, int(row)) for row in order[:most]),
        changed=len(changed),
    )


def _standing(judged: Judgement) -> np.ndarray:
    """0 not evaluable, 1 disqualified, 2 qualified: (runs,)."""
    return np.asarray(judged.evaluable.astype(int) + judged.qualified.astype(int))


def _names(judged: Judgement) -> tuple[str, ...]:
    return tuple(judged.table.names[row] for row in judged.winners.tolist())


def _run_change(before: Judgement, after: Judgement, row: int) -> RunChange:
    failing = before if after.qualified[row] else after
    verdict = failing.run_verdict(row)
    because = [
        f"{metric.name}: {asked(metric)}" if isinstance(metric, ThresholdedMetric) else f"{metric.name} is missing"
        for metric, said in zip(failing.contract.metrics, verdict.metrics, strict=True)
        if said.status in FAILED
    ]
    return RunChange(
        run=verdict.run,
        name=verdict.name,
        before=before.status(row),
        after=after.status(row),
        because=tuple(because),
    )
