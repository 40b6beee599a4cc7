"""What another version of the contract does to the runs there are: who qualifies now, who no longer, who wins."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from planner.domain.metrics import ThresholdedMetric
from planner.domain.metrics_diff import ContractDiff
from planner.domain.metrics_judging import Judgement
from planner.domain.metrics_verdict import RunVerdictStatus
from planner.domain.metrics_words import requirement
from planner.domain.model import Model

FAILED = ("breached", "unproven", "missing")


class RunChange(Model):
    """A run that stands otherwise under the later version."""

    run: int
    name: str
    before: RunVerdictStatus = Field(description="How it stands under the earlier version.")
    after: RunVerdictStatus = Field(description="How it stands under the later version.")
    because: tuple[str, ...] = Field(
        description="What it does not meet under the version in which it does not qualify: metric, and what is asked."
    )


class VerdictChanges(Model):
    """How the verdicts on all runs differ between two versions; one that is not agreed yet has no number."""

    from_version: int | None = Field(description="The earlier version.")
    to_version: int | None = Field(description="The later version; null for one that is not agreed yet.")
    total: int = Field(description="How many runs there are.")
    qualified_before: int = Field(description="How many qualify under the earlier version.")
    qualified_after: int = Field(description="How many qualify under the later version.")
    now_qualify: int = Field(description="Runs that qualify only under the later version.")
    no_longer_qualify: int = Field(description="Runs that qualify only under the earlier version.")
    evaluable_before: int = Field(description="How many can be judged under the earlier version.")
    evaluable_after: int = Field(description="How many can be judged under the later version.")
    winners_before: tuple[str, ...] = Field(description="Who wins under the earlier version, all tied.")
    winners_after: tuple[str, ...] = Field(description="Who wins under the later version, all tied.")
    runs: tuple[RunChange, ...] = Field(
        description="Runs that stand otherwise, those first that now or no longer qualify, the best on top."
    )
    changed: int = Field(description="How many these are in all.")


class ContractPreview(Model):
    """What a version would change, were it agreed."""

    diff: ContractDiff = Field(description="What is otherwise in the contract.")
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
        f"{metric.name}: {requirement(metric)}"
        if isinstance(metric, ThresholdedMetric)
        else f"{metric.name} is missing"
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
