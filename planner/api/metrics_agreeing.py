"""Routes of /projects/{project}/metrics/proposal, /metrics/preview, /metrics/diff and /verdict/changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import ProjectRef, Space, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.errors import NotFound
from planner.domain.metrics import ContractDraft
from planner.domain.metrics_changes import ContractPreview, VerdictChanges
from planner.domain.metrics_diff import ContractDiff
from planner.domain.metrics_proposal import Proposal, ProposalRequest
from planner.domain.metrics_templates import ProposalStart
from planner.services import metrics_agreeing as service

router = APIRouter(prefix="/projects/{project}", tags=["metrics"], route_class=Route)

From = Annotated[
    int | None,
    Query(alias="from", ge=1, le=1_000_000, description="The earlier version; the one before `to` when left out."),
]
To = Annotated[int | None, Query(ge=1, le=1_000_000, description="The later version; the present one when left out.")]
Limit = Annotated[int, Query(ge=0, le=service.MAX_NAMED, description="The most runs named; counts are of all.")]


@router.get("/metrics/proposal", responses=responses(304, 404))
def start_proposal(
    request: Request,
    response: Response,
    ws: Space,
    project: ProjectRef,
    problem_type: Annotated[
        str | None,
        Query(max_length=60, description="Start from the playbook's template of this type, such as object_pose."),
    ] = None,
) -> ProposalStart:
    """The metrics to begin a proposal with: of the present contract, or of the template of the problem type."""
    tag_project(request, response, ws, project)
    return service.start_proposal(ws, project, problem_type)


@router.post("/metrics/proposal", responses=responses(404))
def propose_contract(ws: Space, project: ProjectRef, metrics: ProposalRequest) -> Proposal:
    """Propose which metric to optimise and which to threshold, each line with its reasons. Nothing is stored."""
    return service.propose_contract(ws, project, metrics)


@router.post("/metrics/preview", responses=responses(404))
def preview_contract(ws: Space, project: ProjectRef, draft: ContractDraft, limit: Limit = 200) -> ContractPreview:
    """What a contract would change, and what it would do to the runs there are. Nothing is stored."""
    return service.preview_contract(ws, project, draft, limit)


@router.get("/metrics/diff", responses=responses(304, 404))
def diff_contracts(
    request: Request, response: Response, ws: Space, project: ProjectRef, earlier: From = None, to: To = None
) -> ContractDiff:
    """What differs between two versions of the contract; 404 when none is agreed."""
    tag_project(request, response, ws, project)
    diff = service.find_contract_diff(ws, project, earlier, to)
    if diff is None:
        raise NotFound("No metric contract is agreed yet, so no version differs from another.")
    return diff


@router.get("/verdict/changes", responses=responses(304, 404))
def compare_verdicts(
    request: Request,
    response: Response,
    ws: Space,
    project: ProjectRef,
    earlier: From = None,
    to: To = None,
    limit: Limit = 200,
) -> VerdictChanges:
    """How the runs stand under one version of the contract and under another; 404 without two versions."""
    tag_project(request, response, ws, project)
    changes = service.find_verdict_changes(ws, project, earlier, to, limit)
    if changes is None:
        raise NotFound("There are no two versions of the metric contract to judge the runs by.")
    return changes
