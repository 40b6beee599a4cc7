"""Towards a new version of the contract: what to start from, what is proposed, and what a version changes."""

from __future__ import annotations

from planner.domain.errors import Invalid
from planner.domain.metrics import ContractDraft
from planner.domain.metrics_changes import ContractPreview, VerdictChanges, verdict_changes
from planner.domain.metrics_diff import ContractDiff, contract_changes
from planner.domain.metrics_judging import Judgement
from planner.domain.metrics_proposal import Proposal, ProposalRequest, propose
from planner.domain.metrics_templates import ProposalStart, start_from_contract, start_from_template
from planner.domain.projects import Project
from planner.services.metrics import judge_contract, load_judgement, pick_version
from planner.services.workspace import Reading, Workspace, reading_project
from planner.store import metrics

MAX_NAMED = 1_000  # runs told in one answer


def start_proposal(ws: Workspace, ref: str, problem_type: str | None = None) -> ProposalStart:
    """The metrics to begin with: of the template that is named (Invalid), else of the present contract.

    Without both it is the template of the project's problem type, or nothing.
    """
    with reading_project(ws, ref) as (found, project):
        if problem_type is not None:
            if found.playbook.metric_template(problem_type) is None:
                known = ", ".join(template.problem_type for template in found.playbook.metric_templates) or "none"
                raise Invalid.one("problem_type", f"there is no template of this type; there are: {known}")
            return start_from_template(found.playbook, problem_type)
        contracts = metrics.load_contracts(found.connection, project.id)
        if contracts:
            return start_from_contract(contracts[-1])
        return start_from_template(found.playbook, project.problem_type)


def propose_contract(ws: Workspace, ref: str, request: ProposalRequest) -> Proposal:
    """Which metric to optimise and which to threshold, with the reasons. Nothing is stored."""
    with reading_project(ws, ref) as (found, project):
        contracts = metrics.load_contracts(found.connection, project.id)
        return propose(request, contracts[-1] if contracts else None)


def find_contract_diff(
    ws: Workspace, ref: str, first: int | None = None, second: int | None = None
) -> ContractDiff | None:
    """What differs between two versions: the one before the second, and the present one, unless they are named.

    None when no contract is agreed; NotFound for a version there is none of.
    """
    with reading_project(ws, ref) as (found, project):
        return _diff(found, project, first, second)


def find_verdict_changes(
    ws: Workspace, ref: str, first: int | None = None, second: int | None = None, most: int = MAX_NAMED
) -> VerdictChanges | None:
    """How the verdicts on the runs differ between these versions; None when there are no two versions to compare."""
    with reading_project(ws, ref) as (found, project):
        return _verdicts(found, project, _diff(found, project, first, second), most)


def find_version_change(
    ws: Workspace, ref: str, first: int | None = None, second: int | None = None, most: int = MAX_NAMED
) -> ContractPreview | None:
    """Both at once; None when no contract is agreed."""
    with reading_project(ws, ref) as (found, project):
        diff = _diff(found, project, first, second)
        return None if diff is None else ContractPreview(diff=diff, verdicts=_verdicts(found, project, diff, most))


def preview_contract(ws: Workspace, ref: str, draft: ContractDraft, most: int = MAX_NAMED) -> ContractPreview:
    """What this contract would change, were it agreed now. Nothing is stored."""
    with reading_project(ws, ref) as (found, project):
        present = load_judgement(found, project)
        version, before = (None, None) if present is None else (present[0].version, present[1])
        changes = contract_changes(before.contract if before else None, draft)
        diff = ContractDiff(from_version=version, to_version=None, reason=draft.reason, changes=changes)
        after = judge_contract(found, project, draft)
        verdicts = verdict_changes(before, after, (version, None), most) if before else None
        return ContractPreview(diff=diff, verdicts=verdicts)


def _diff(found: Reading, project: Project, first: int | None, second: int | None) -> ContractDiff | None:
    contracts = metrics.load_contracts(found.connection, project.id)
    if not contracts:
        return None
    after = pick_version(project, contracts, second)
    if first is None and after.version == 1:
        return ContractDiff(from_version=None, to_version=1, reason=after.reason, changes=contract_changes(None, after))
    before = pick_version(project, contracts, after.version - 1 if first is None else first)
    return ContractDiff(
        from_version=before.version,
        to_version=after.version,
        reason=after.reason,
        changes=contract_changes(before, after),
    )


def _verdicts(found: Reading, project: Project, diff: ContractDiff | None, most: int) -> VerdictChanges | None:
    if diff is None or diff.from_version is None:
        return None
    judged: list[Judgement] = []
    for version in (diff.from_version, diff.to_version):
        under = load_judgement(found, project, version)
        assert under is not None  # the diff found both versions
        judged.append(under[1])
    return verdict_changes(judged[0], judged[1], (diff.from_version, diff.to_version), most)
