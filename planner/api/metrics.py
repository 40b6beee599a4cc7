"""Routes of /projects/{project}/metrics, /runs and /verdict."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BeforeValidator, Field

from planner.api.dependencies import IfMatch, ProjectRef, Space, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.errors import NotFound
from planner.domain.metrics import Contract, ContractDraft
from planner.domain.metrics_runs import Promotion, Run, RunDraft
from planner.domain.metrics_verdict import Verdict
from planner.domain.model import Line, Model, Name, at_most
from planner.services import metrics, metrics_runs

router = APIRouter(prefix="/projects/{project}", tags=["metrics"], route_class=Route)


class Contracts(Model):
    """All versions of a contract."""

    items: tuple[Contract, ...]


class Runs(Model):
    """Runs in the order they were recorded."""

    items: tuple[Run, ...]


@router.get("/metrics", responses=responses(304, 404))
def get_contract(request: Request, response: Response, ws: Space, project: ProjectRef) -> Contract:
    """The present metric contract; 404 when none is agreed."""
    tag_project(request, response, ws, project)
    contract = metrics.find_contract(ws, project)
    if contract is None:
        raise NotFound("No metric contract is agreed yet; PUT one here.")
    return contract


@router.put("/metrics", responses=responses(404, 412))
def set_contract(ws: Space, project: ProjectRef, draft: ContractDraft, version: IfMatch) -> Contract:
    """Agree a new version of the contract; a change needs a reason."""
    return metrics.set_contract(ws, project, draft, version)


@router.get("/metrics/history", responses=responses(404))
def list_contracts(ws: Space, project: ProjectRef) -> Contracts:
    """All versions of the contract, the oldest first."""
    return Contracts.model_construct(items=metrics.list_contracts(ws, project))


@router.get("/runs", responses=responses(304, 404))
def list_runs(request: Request, response: Response, ws: Space, project: ProjectRef) -> Runs:
    """All runs."""
    tag_project(request, response, ws, project)
    return Runs.model_construct(items=metrics_runs.list_runs(ws, project))


def _listed(body: object) -> object:
    return [body] if isinstance(body, dict) else body


# One run is a list of one. As a union, each wrong field would be told twice, under names of our own.
MOST = metrics_runs.MAX_RUNS_AT_ONCE
RunDrafts = Annotated[
    list[RunDraft],
    Field(fail_fast=True),  # the first wrong run is told
    at_most(MOST),
    BeforeValidator(
        _listed, json_schema_input_type=RunDraft | Annotated[list[RunDraft], Field(min_length=1, max_length=MOST)]
    ),
    Body(description="One run or a list."),
]


@router.post("/runs", status_code=201, responses=responses(404, 409))
def record_runs(ws: Space, project: ProjectRef, runs: RunDrafts) -> Runs:
    """Add runs, all or none. A value that is NaN or infinite is kept as such and never passes a threshold."""
    return Runs.model_construct(items=metrics_runs.record_runs(ws, project, runs))


class ProductionDraft(Model):
    """Which run is in production now."""

    run: Name | None = Field(description="Its name; null when none is in production any more.", examples=["resnet50-a"])
    note: Line = ""


class Promotions(Model):
    """Which runs went to production, the oldest first."""

    items: tuple[Promotion, ...]


@router.get("/production", responses=responses(304, 404))
def list_promotions(request: Request, response: Response, ws: Space, project: ProjectRef) -> Promotions:
    """Which runs went to production, the oldest first; the last one is there now."""
    tag_project(request, response, ws, project)
    return Promotions.model_construct(items=metrics_runs.list_promotions(ws, project))


@router.post("/production", status_code=201, responses=responses(404, 409))
def record_promotion(ws: Space, project: ProjectRef, draft: ProductionDraft) -> Promotion:
    """State which run is in production now; thresholds "no worse than production" compare with it."""
    return metrics_runs.record_promotion(ws, project, draft.run, draft.note)


@router.get("/verdict", responses=responses(304, 404))
def get_verdict(
    request: Request,
    response: Response,
    ws: Space,
    project: ProjectRef,
    contract_version: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="An older version of the contract to judge under.")
    ] = None,
    first: Annotated[int, Query(ge=0, le=10**9, description="How many runs to leave out at the start.")] = 0,
    limit: Annotated[int, Query(ge=0, le=metrics.MAX_RUNS, description="The most runs told.")] = metrics.MAX_RUNS,
    confidence: Annotated[
        float | None,
        Query(gt=0.5, lt=1, description="How probable it must be that each threshold is truly met, as the gate asks."),
    ] = None,
    run: Annotated[
        list[Name] | None, Query(max_length=50, description="Only the runs of these names are told.", examples=[None])
    ] = None,
) -> Verdict:
    """How all runs stand under the contract; 404 when none is agreed. Counts and winners are of all runs."""
    tag_project(request, response, ws, project)
    verdict = metrics.find_verdict(
        ws, project, contract_version, first, limit, confidence=confidence, named=None if run is None else set(run)
    )
    if verdict is None:
        raise NotFound("No metric contract is agreed yet, so there is nothing to judge runs by.")
    return verdict
