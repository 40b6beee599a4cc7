"""Importing runs from where they are: what is new is appended batch by batch, what is here already is skipped."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.errors import NotFound, TooLarge
from planner.domain.history import FieldChange
from planner.domain.metrics_imports import (
    BATCH,
    MAX_RUNS,
    Found,
    RejectedRun,
    RunImportReport,
    RunsFound,
    Tally,
    choose_name,
    possible_names,
    same_run,
)
from planner.domain.metrics_runs import RunDraft
from planner.readers.limits import DEFAULT_LIMITS, Limits
from planner.readers.run_files import FileSource, find_runs
from planner.readers.run_tables import RunMapping
from planner.services.metrics import find_contract, find_verdict
from planner.services.metrics_runs import names_in_words
from planner.services.workspace import Reading, Workspace, reading_project, writing_project
from planner.store import metrics


def import_runs(ws: Workspace, ref: str, found: RunsFound, *, dry_run: bool = False) -> RunImportReport:
    """Imports what a source holds.

    Each batch is one transaction, so an import that breaks off keeps what it has, and the next one goes on from there:
    a run of a tracker is known by its id there, any other by its name, and is skipped when it is here. A run that has
    not ended is left for the next time. Facts are not overwritten: another run under a name that is taken is rejected,
    unless its tracker gave it an id, of which its name then takes the beginning.
    """
    tally = Tally()
    with reading_project(ws, ref):  # one that is not there is told before anything is read
        pass
    claimed: set[str] = set()  # names that a dry run would have given out
    origins: set[tuple[str, str]] = set()
    for batch in found.batches:
        tally.read += len(batch)
        if tally.read > MAX_RUNS:
            raise TooLarge(f"There are more than {MAX_RUNS:,} runs, the most of one import. Import them in parts.")
        for start in range(0, len(batch), BATCH):
            ended = _ended(batch[start : start + BATCH], tally)
            if dry_run:
                with reading_project(ws, ref) as (reading, project):
                    _sort_out(reading, project.id, ended, tally, claimed, origins)
            elif ended:
                _store(ws, ref, ended, tally, origins)
    return tally.report(found.notes, dry_run=dry_run)


def import_run_file(
    ws: Workspace,
    ref: str,
    content: bytes,
    filename: str,
    source: FileSource | None = None,
    mapping: RunMapping | None = None,
    *,
    dry_run: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> RunImportReport:
    """Imports the runs of one file; without `source` its name says what it is.

    The metrics of the contract must be numbers in it. Raises Unreadable, TooLarge or Invalid for a file that cannot be
    used; then nothing is stored.
    """
    contract = find_contract(ws, ref)
    needed = (
        [column for metric in (contract.optimised, *contract.thresholded) for column in metric.columns]
        if contract
        else []
    )
    return import_runs(ws, ref, find_runs(content, filename, source, mapping, needed, limits), dry_run=dry_run)


def list_verdict_tags(ws: Workspace, ref: str, source: str) -> Sequence[tuple[str, dict[str, str]]]:
    """What to write back to a tracker: of each of its runs, the id there and the tags that tell its verdict.

    NotFound when no contract is agreed.
    """
    verdict = find_verdict(ws, ref, most=MAX_RUNS)
    if verdict is None:
        raise NotFound("No metric contract is agreed yet, so there is no verdict to write.")
    with reading_project(ws, ref) as (found, project):
        ids = metrics.source_ids_by_run(found.connection, project.id, source)
    winners = set(verdict.winners)
    return [
        (
            ids[one.run],
            {
                "planner.verdict": "winner" if one.name in winners else one.status,
                "planner.contract_version": str(verdict.contract_version),
                "planner.project": project.key,
            },
        )
        for one in verdict.runs
        if one.run in ids
    ]


def _ended(batch: Sequence[Found], tally: Tally) -> list[RunDraft]:
    ended = []
    for one in batch:
        if isinstance(one, RejectedRun):
            tally.reject(one.where, one.reason)
        elif one.status == "running":
            tally.left += 1
        else:
            ended.append(one)
    return ended


def _store(ws: Workspace, ref: str, drafts: Sequence[RunDraft], tally: Tally, origins: set[tuple[str, str]]) -> None:
    with reading_project(ws, ref) as (found, project):
        if not _any_new(found, project.id, drafts):  # so that importing the same again changes nothing
            _sort_out(found, project.id, drafts, tally, set(), origins)
            return
    with writing_project(ws, ref, alone=True) as (change, project):
        new = _sort_out(change, project.id, drafts, tally, set(), origins)
        if not new:
            return
        rows = [{**draft.__dict__, "recorded_at": change.now, "recorded_by": ws.actor} for draft in new]
        metrics.append_runs(change.connection, project.id, rows)
        change.touch(project)
        said = [FieldChange(field="runs", old=None, new=names_in_words([draft.name for draft in new]))]
        change.record(project.id, "runs.recorded", said)


def _any_new(found: Reading, project_id: int, drafts: Sequence[RunDraft]) -> bool:
    names = metrics.run_ids(found.connection, project_id, [one.name for one in drafts if one.source_id is None])
    known = _known(found, project_id, drafts)
    return any(
        draft.name not in names if draft.source_id is None else (draft.source, draft.source_id) not in known
        for draft in drafts
    )


def _known(found: Reading, project_id: int, drafts: Sequence[RunDraft]) -> set[tuple[str, str]]:
    by_source: dict[str, list[str]] = {}
    for draft in drafts:
        if draft.source_id is not None:
            by_source.setdefault(draft.source, []).append(draft.source_id)
    return {
        (source, one)
        for source, ids in by_source.items()
        for one in metrics.source_ids(found.connection, project_id, source, ids)
    }


def _sort_out(
    found: Reading,
    project_id: int,
    drafts: Sequence[RunDraft],
    tally: Tally,
    claimed: set[str],
    origins: set[tuple[str, str]],
) -> list[RunDraft]:
    """The runs that are new, each under a name of its own; the others are counted.

    `claimed` are further names that are taken, and `origins` the (source, id) that were met before in this import.
    """
    ids = metrics.run_ids(found.connection, project_id, [name for draft in drafts for name in possible_names(draft)])
    taken = {*ids, *claimed}
    known = _known(found, project_id, drafts)
    wanted = [ids[draft.name] for draft in drafts if draft.source_id is None and draft.name in ids]
    present = {run.name: run for run in metrics.load_runs_by_id(found.connection, wanted).values()} if wanted else {}
    new: list[RunDraft] = []
    for draft in drafts:
        name: str | None = draft.name
        if draft.source_id is not None:
            origin = (draft.source, draft.source_id)
            if origin in known or origin in origins:
                tally.skipped += 1
                continue
            name = choose_name(draft, taken)
            origins.add(origin)
        elif draft.name in present and same_run(draft, present[draft.name]):
            tally.skipped += 1
            continue
        if name is None or name in taken:
            tally.reject(draft.name, _why_taken(draft.name in ids))
            continue
        taken.add(name)
        claimed.add(name)
        new.append(draft if name == draft.name else draft.model_copy(update={"name": name}))
    tally.added += len(new)
    return new


def _why_taken(here: bool) -> str:
    if here:
        return "there is another run of this name; a run is a fact, so give this one another name"
    return "its name stands more than once; give each run a name of its own"
