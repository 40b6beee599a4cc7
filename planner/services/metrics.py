"""The metric contract of a project and the verdict on its runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from planner.domain.errors import Invalid, NotFound
from planner.domain.history import FieldChange
from planner.domain.metrics import Contract, ContractDraft
from planner.domain.metrics_judging import Judgement, judge_table
from planner.domain.metrics_runs import in_production
from planner.domain.metrics_verdict import Verdict
from planner.domain.metrics_words import contract_words
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
    return f"version {contract.version}: {contract_words(contract)}"


def find_verdict(
    ws: Workspace,
    ref: str,
    version: int | None = None,
    first: int = 0,
    most: int = MAX_RUNS,
    *,
    confidence: float | None = None,
    named: Collection[str] | None = None,
) -> Verdict | None:
    """How all runs stand under the present contract, or under an older version of it (NotFound when there is none).

    None when no contract is agreed. Single runs are told of `most` at most, from `first` on, as they were recorded;
    with `named` only those of these names. `confidence` is asked of every threshold.
    """
    with reading_project(ws, ref) as (found, project):
        judged = load_judgement(found, project, version, confidence)
        if judged is None:
            return None
        contract, judgement = judged
        table = judgement.table
        rows = range(len(table)) if named is None else [row for row, name in enumerate(table.names) if name in named]
        return judgement.verdict(contract.version, rows[first : first + most])


def load_judgement(
    found: Reading, project: Project, version: int | None = None, confidence: float | None = None
) -> tuple[Contract, Judgement] | None:
    """A version of the contract and how all runs stand under it, inside a transaction that is open already.

    The present version unless another one is asked for; None without a contract, NotFound without that version.
    """
    contracts = metrics.load_contracts(found.connection, project.id)
    if not contracts:
        return None
    contract = pick_version(project, contracts, version)

    # What a write sees may never be committed, so it is not kept.
    if isinstance(found, Writing):
        return contract, judge_contract(found, project, contract, confidence)

    def build() -> Judgement:
        return judge_contract(found, project, contract, confidence)

    return contract, kept(found.ws, found.portfolio, ("judgement", project.id, contract.version, confidence), build)


def pick_version(project: Project, contracts: Sequence[Contract], version: int | None) -> Contract:
    """The version that is asked for, of a contract that has one at least; the present one for None. NotFound."""
    found = contracts[-1] if version is None else next((c for c in contracts if c.version == version), None)
    if found is None:
        raise NotFound(f"{project.key} has no version {version} of its contract; the present one is {len(contracts)}.")
    return found


def judge_contract(
    found: Reading, project: Project, contract: ContractDraft, confidence: float | None = None
) -> Judgement:
    """How all runs stand under a contract, agreed or not, inside a transaction that is open already."""
    table = metrics.load_run_table(found.connection, project.id, contract.columns)
    present = in_production(metrics.load_promotions(found.connection, project.id))
    return judge_table(contract, table, None if present is None else table.row(present), confidence)


def load_verdict(found: Reading, project: Project, listed: int = 0) -> tuple[Contract | None, Verdict | None]:
    """The present contract and its verdict, with so many runs, the best first; in a transaction that is open."""
    judged = load_judgement(found, project)
    if judged is None:
        return None, None
    contract, judgement = judged
    return contract, judgement.verdict(contract.version, judgement.order[:listed])
