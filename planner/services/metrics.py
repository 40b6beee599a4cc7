"""The metric contract of a project and the verdict on its runs."""

from __future__ import annotations

from planner.domain.errors import Invalid, NotFound
from planner.domain.history import FieldChange
from planner.domain.metrics import Contract, ContractDraft
from planner.domain.metrics_runs import in_production
from planner.domain.metrics_verdict import Judgement, Verdict, judge_table
from planner.domain.projects import Project
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, Writing, reading_project, writing_project
from planner.store import metrics

MAX_RUNS = 10_000  # told in one answer


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


def find_verdict(
    ws: Workspace, ref: str, version: int | None = None, first: int = 0, most: int = MAX_RUNS
) -> Verdict | None:
    """How all runs stand under the present contract, or under an older version of it (NotFound when there is none).

    None when no contract is agreed. Single runs are told of `most` at most, from `first` on, as they were recorded.
    """
    with reading_project(ws, ref) as (found, project):
        judged = load_judgement(found, project, version)
        if judged is None:
            return None
        contract, judgement = judged
        return judgement.verdict(contract.version, range(first, min(first + most, len(judgement.table))))


def load_judgement(found: Reading, project: Project, version: int | None = None) -> tuple[Contract, Judgement] | None:
    """A version of the contract and how all runs stand under it, inside a transaction that is open already.

    The present version unless another one is asked for; None without a contract, NotFound without that version.
    """
    contracts = metrics.load_contracts(found.connection, project.id)
    if not contracts:
        return None
    contract = contracts[-1] if version is None else next((c for c in contracts if c.version == version), None)
    if contract is None:
        raise NotFound(f"{project.key} has no version {version} of its contract; the present one is {len(contracts)}.")

    def build() -> Judgement:
        table = metrics.load_run_table(found.connection, project.id, contract.columns)
        present = in_production(metrics.load_promotions(found.connection, project.id))
        return judge_table(contract, table, None if present is None else table.row(present))

    # What a write sees may never be committed, so it is not kept.
    if isinstance(found, Writing):
        return contract, build()
    return contract, kept(found.ws, found.portfolio, ("judgement", project.id, contract.version), build)


def load_verdict(found: Reading, project: Project, listed: int = 0) -> tuple[Contract | None, Verdict | None]:
    """The present contract and its verdict, with so many runs, the best first; in a transaction that is open."""
    judged = load_judgement(found, project)
    if judged is None:
        return None, None
    contract, judgement = judged
    return contract, judgement.verdict(contract.version, judgement.order[:listed])
