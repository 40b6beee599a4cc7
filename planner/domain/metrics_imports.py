"""Runs of a tracker on their way in: what was found, which of it is new, and the report of an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan
from typing import Any

from pydantic import Field, ValidationError

from planner.domain.errors import Invalid
from planner.domain.metrics_runs import Run, RunDraft
from planner.domain.model import Model

MAX_RUNS = 200_000  # of one import
BATCH = 5_000  # runs that are stored in one transaction
MOST_REASONS = 100  # that a report tells one by one
ID_SHOWN = 8  # characters of a tracker's id that tell two runs of one name apart
MOST_NAME = 120  # characters of a metric's name, as in MetricName
ASIDE = (".n", ".se")  # endings of names that say how sure the metric is that is named before them


@dataclass(frozen=True)
class RejectedRun:
    """A run that cannot be taken: where it stands in the source, and why."""

    where: str
    reason: str


Found = RunDraft | RejectedRun


@dataclass
class RunsFound:
    """What a source holds, batch by batch; reading on may raise. `notes` tell how it was read, and grow meanwhile."""

    batches: Iterable[Sequence[Found]]
    notes: list[str] = field(default_factory=list)


class RunNotTaken(Model):
    """A run that was not taken, and why."""

    run: str = Field(description="Its name, or where it stands in the source.")
    reason: str = Field(description="Why it cannot be taken, and what would help.")


class RunImportReport(Model):
    """What an import did, or would do. `read` is the sum of `added`, `skipped`, `left` and `rejected`."""

    dry_run: bool = Field(description="Whether nothing was stored.")
    read: int = Field(description="Runs in the source.")
    added: int = Field(description="Runs that are new here.")
    skipped: int = Field(description="Runs that are here already.")
    left: int = Field(description="Runs that have not ended; the next import takes them when they have.")
    rejected: int = Field(description="Runs that cannot be taken.")
    reasons: tuple[RunNotTaken, ...] = Field(description=f"Why runs were rejected; the first {MOST_REASONS}.")
    notes: tuple[str, ...] = Field(description="How the source was read, where that is not plain.")


@dataclass
class Tally:
    """An import as it goes on."""

    read: int = 0
    added: int = 0
    skipped: int = 0
    left: int = 0
    rejected: int = 0
    reasons: list[RunNotTaken] = field(default_factory=list)

    def reject(self, where: str, reason: str) -> None:
        """Counts a run that cannot be taken."""
        self.rejected += 1
        if len(self.reasons) < MOST_REASONS:
            self.reasons.append(RunNotTaken(run=where[:500], reason=reason[:1000]))

    def report(self, notes: Sequence[str], *, dry_run: bool) -> RunImportReport:
        """What was done."""
        return RunImportReport(
            dry_run=dry_run,
            read=self.read,
            added=self.added,
            skipped=self.skipped,
            left=self.left,
            rejected=self.rejected,
            reasons=tuple(self.reasons),
            notes=tuple(notes),
        )


def draft_run(where: str, record: Mapping[str, Any]) -> Found:
    """The run that a record states, with its uncertainty told from its metrics; or why it is none."""
    try:
        return RunDraft.model_validate(set_aside(_within_names(record) if record.get("source") else record))
    except ValidationError as error:
        problems = Invalid.from_pydantic(error).errors
        shown = "; ".join(f"{item.field}: {item.message}" if item.field else item.message for item in problems[:5])
        return RejectedRun(where, shown)


def _within_names(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tracker's run without what no contract can name: trackers take longer names than there are here."""
    parts = {
        part: {name: value for name, value in record.get(part, {}).items() if 0 < len(name) <= MOST_NAME}
        for part in ("metrics", "params")
    }
    return {**record, **parts}


def set_aside(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with `recall.n` and `recall.se` read as the uncertainty of `recall`.

    Trackers know numbers only, so how sure a number is goes by a name of its own. Where there is no metric `recall`,
    or its uncertainty is stated in full, they stay metrics.
    """
    metrics = record.get("metrics")
    if not isinstance(metrics, Mapping):
        return dict(record)
    told = {name: parts for name in metrics if (parts := aside(name, metrics)) is not None}
    if not told:
        return dict(record)
    given = record.get("uncertainty") or {}
    uncertainty = dict(given)
    for name, (base, part) in told.items():
        value = metrics[name]
        if base not in given and isinstance(value, (int, float)) and not isnan(value):
            whole = part == "n" and isinstance(value, float) and value.is_integer()
            uncertainty[base] = {**uncertainty.get(base, {}), part: int(value) if whole else value}
    return {
        **record,
        "metrics": {name: value for name, value in metrics.items() if name not in told},
        "uncertainty": uncertainty,
    }


def aside(name: str, metrics: Iterable[str]) -> tuple[str, str] | None:
    """Of a name that states the uncertainty of another among `metrics`: that one, and the field it fills."""
    base, dot, part = str(name).rpartition(".")
    if not dot or f".{part}" not in ASIDE or base not in metrics:
        return None
    return base, "n" if part == "n" else "standard_error"


def choose_name(draft: RunDraft, taken: Mapping[str, Any] | set[str]) -> str | None:
    """A name for a run of a tracker that no other has: where its own is taken, with its id; None when all are."""
    return next((name for name in possible_names(draft) if name not in taken), None)


def possible_names(draft: RunDraft) -> tuple[str, ...]:
    """The names that a run may be given, the best first: its own, or with its id in its tracker."""
    if draft.source_id is None:
        return (draft.name,)
    shortened = draft.name[:400]
    return draft.name, f"{shortened} ({draft.source_id[:ID_SHOWN]})", f"{shortened} ({draft.source_id[:90]})"


def same_run(draft: RunDraft, run: Run) -> bool:
    """Whether a run without an id states exactly what is recorded under its name."""
    return run.source_id is None and _stated(draft) == _stated(run)


def _stated(run: RunDraft) -> tuple[object, ...]:
    values = {name: value if isfinite(value) else str(value) for name, value in run.metrics.items()}
    uncertainty = {name: said.model_dump() for name, said in run.uncertainty.items()}
    return values, uncertainty, dict(run.params), run.status, run.url, run.measured_at
