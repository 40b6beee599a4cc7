"""The runs of a project, and which of them is in production."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.domain.errors import Conflict, FieldError, Invalid
from planner.domain.history import FieldChange
from planner.domain.metrics_runs import Promotion, Run, RunDraft
from planner.services.workspace import Workspace, reading_project, writing_project
from planner.store import metrics
from planner.store.database import Connection

MAX_RUNS_AT_ONCE = 10_000


def list_runs(ws: Workspace, ref: str) -> tuple[Run, ...]:
    """All runs in the order they were recorded."""
    with reading_project(ws, ref) as (found, project):
        return metrics.load_runs(found.connection, project.id)


def record_runs(ws: Workspace, ref: str, drafts: Sequence[RunDraft]) -> tuple[Run, ...]:
    """Appends runs, all or none. Conflict when a name is taken: a run is a fact, and facts are not overwritten."""
    if not drafts:
        raise Invalid.one("runs", "give at least one run")
    if len(drafts) > MAX_RUNS_AT_ONCE:
        raise Invalid.one("runs", f"at most {MAX_RUNS_AT_ONCE} runs at once")
    names = [draft.name for draft in drafts]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise Invalid([FieldError(field="name", message=f"'{name}' stands more than once") for name in twice[:20]])
    with writing_project(ws, ref) as (change, project):
        taken = metrics.run_ids(change.connection, project.id, names)
        if taken:
            shown = ", ".join(sorted(taken)[:5])
            raise Conflict(f"There are runs of these names already: {shown}. Give the new ones other names.")
        last = metrics.last_run_id(change.connection, project.id)
        _refuse_known(change.connection, project.id, drafts)
        rows = [{**dict(draft), "recorded_at": change.now, "recorded_by": ws.actor} for draft in drafts]
        metrics.append_runs(change.connection, project.id, rows)
        change.touch(project)
        change.record(project.id, "runs.recorded", [FieldChange(field="runs", old=None, new=names_in_words(names))])
        return metrics.load_runs(change.connection, project.id, after=last)


def _refuse_known(connection: Connection, project_id: int, drafts: Sequence[RunDraft]) -> None:
    """Conflict when a run of a tracker is here already, or is given twice."""
    given = [(draft.source, draft.source_id) for draft in drafts if draft.source_id is not None]
    for source in sorted({source for source, _ in given}):
        ids = [source_id for one, source_id in given if one == source]
        known = metrics.source_ids(connection, project_id, source) & set(ids)
        twice = {source_id for source_id, count in Counter(ids).items() if count > 1}
        if known | twice:
            shown = ", ".join(sorted(str(one) for one in known | twice)[:5])
            raise Conflict(f"These runs of {source or 'no named source'} are recorded already or given twice: {shown}.")


def names_in_words(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def find_production(ws: Workspace, ref: str) -> Run | None:
    """The run that is in production; None when none is stated."""
    with reading_project(ws, ref) as (found, project):
        promotions = metrics.load_promotions(found.connection, project.id)
        if not promotions or promotions[-1].run is None:
            return None
        return metrics.load_runs_by_id(found.connection, [promotions[-1].run])[promotions[-1].run]


def list_promotions(ws: Workspace, ref: str) -> tuple[Promotion, ...]:
    """Which runs went to production, the oldest first."""
    with reading_project(ws, ref) as (found, project):
        return metrics.load_promotions(found.connection, project.id)


def record_promotion(ws: Workspace, ref: str, run: str | None, note: str = "") -> Promotion:
    """States that a run, by its name, is in production now, or that none is.

    Invalid for a name that no run has; Conflict for a run that did not finish.
    """
    with writing_project(ws, ref) as (change, project):
        found = None if run is None else metrics.run_ids(change.connection, project.id, [run]).get(run)
        if run is not None:
            if found is None:
                raise Invalid.one("run", f"{project.key} has no run '{run[:60]}'")
            if metrics.load_runs_by_id(change.connection, [found])[found].status != "finished":
                raise Conflict(f"The run '{run[:60]}' did not finish, so it cannot be in production.")
        before = metrics.load_promotions(change.connection, project.id)
        promotion = Promotion(run=found, note=note, recorded_at=change.now, recorded_by=ws.actor)
        metrics.append_promotions(change.connection, project.id, [promotion])
        change.touch(project)
        old = before[-1].run if before else None
        was = None if old is None else metrics.load_runs_by_id(change.connection, [old])[old].name
        change.record(project.id, "run.promoted", [FieldChange(field="production", old=was, new=run)])
        return promotion
