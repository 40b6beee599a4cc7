"""The metric contract of a project, its runs, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.domain.errors import Conflict, FieldError, Invalid
from planner.domain.history import FieldChange
from planner.domain.metrics import Contract, ContractDraft, Run, RunDraft, Verdict, judge
from planner.domain.projects import Project
from planner.services.workspace import Reading, Workspace, reading_project, writing_project
from planner.store import metrics

MAX_RUNS_AT_ONCE = 10_000


def find_contract(ws: Workspace, ref: str) -> Contract | None:
    """The present version of a project's contract; None when none is agreed."""
    contracts = list_contracts(ws, ref)
    return contracts[-1] if contracts else None


def list_contracts(ws: Workspace, ref: str) -> tuple[Contract, ...]:
    """All versions, the oldest first."""
    with reading_project(ws, ref) as (found, project):
        return metrics.load_contracts(found.connection, project.id)


def set_contract(ws: Workspace, ref: str, draft: ContractDraft, expected_version: int | None = None) -> Contract:
    """Agrees a new version; one equal to the present contract is no new version. A change needs a reason (Invalid)."""
    with writing_project(ws, ref, expected_version) as (change, project):
        versions = metrics.load_contracts(change.connection, project.id)
        last = versions[-1] if versions else None
        if last is not None and (last.optimised, last.thresholded) == (draft.optimised, draft.thresholded):
            return last
        if last is not None and not draft.reason:
            raise Invalid.one("reason", "say why the contract changes; the history keeps it")
        contract = Contract(**dict(draft), version=len(versions) + 1, recorded_at=change.now, recorded_by=ws.actor)
        metrics.append_contracts(change.connection, project.id, [contract])
        change.touch(project)
        before = _in_words(last) if last else None
        change.record(
            project.id, "contract.agreed", [FieldChange(field="contract", old=before, new=_in_words(contract))]
        )
        return contract


def _in_words(contract: Contract) -> str:
    parts = [f"version {contract.version}: {contract.optimised.direction} {contract.optimised.name}"]
    for metric in contract.thresholded:
        sign = "≥" if metric.direction == "maximise" else "≤"
        off = "" if metric.enabled else " (off)"
        parts.append(f"{metric.name} {sign} {metric.threshold:g} {metric.unit}".strip() + off)
    return "; ".join(parts)


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
        taken = metrics.run_names(change.connection, project.id) & set(names)
        if taken:
            shown = ", ".join(sorted(taken)[:5])
            raise Conflict(f"There are runs of these names already: {shown}. Give the new ones other names.")
        rows = [{**dict(draft), "recorded_at": change.now, "recorded_by": ws.actor} for draft in drafts]
        metrics.append_runs(change.connection, project.id, rows)
        change.touch(project)
        change.record(project.id, "runs.recorded", [FieldChange(field="runs", old=None, new=_names_in_words(names))])
        recorded = metrics.load_runs(change.connection, project.id)
        return recorded[-len(drafts) :]


def _names_in_words(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def find_verdict(ws: Workspace, ref: str) -> Verdict | None:
    """How all runs stand under the present contract; None when no contract is agreed."""
    with reading_project(ws, ref) as (found, project):
        return load_verdict(found, project)[1]


def load_verdict(found: Reading, project: Project) -> tuple[Contract | None, Verdict | None]:
    """The present contract and its verdict, inside a transaction that is open already."""
    contracts = metrics.load_contracts(found.connection, project.id)
    if not contracts:
        return None, None
    return contracts[-1], judge(contracts[-1], metrics.load_runs(found.connection, project.id))
