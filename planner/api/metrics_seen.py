"""Routes of /projects/{project}/verdict/relaxations and /projects/{project}/runs/chart.svg."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import ProjectRef, Space, tag_project
from planner.api.errors import responses
from planner.api.matrix import Svg
from planner.api.routing import Route
from planner.domain.model import Line
from planner.render.metrics_tradeoff import tradeoff_svg
from planner.services import metrics_seen
from planner.services.metrics_seen import Relaxations

router = APIRouter(prefix="/projects/{project}", tags=["metrics"], route_class=Route)


@router.get("/verdict/relaxations", responses=responses(304, 404))
def get_relaxations(
    request: Request,
    response: Response,
    ws: Space,
    project: ProjectRef,
    contract_version: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="An older version of the contract to judge under.")
    ] = None,
) -> Relaxations:
    """What each threshold costs; and, when no run qualifies, how far each alone would be relaxed to admit the first."""
    tag_project(request, response, ws, project)
    return metrics_seen.get_relaxations(ws, project, contract_version)


@router.get("/runs/chart.svg", response_class=Svg, responses=responses(304, 404))
def get_tradeoff_svg(
    request: Request,
    response: Response,
    ws: Space,
    project: ProjectRef,
    metric: Annotated[
        Line, Query(description="The thresholded metric across; the first one of the contract unless it is named.")
    ] = "",
) -> Response:
    """The optimised metric against a thresholded one as a chart; 404 without a contract, such a metric or runs."""
    tag_project(request, response, ws, project)
    tradeoff = metrics_seen.get_tradeoff(ws, project, metric)
    return Svg(tradeoff_svg(request.app.state.templates, tradeoff), headers=dict(response.headers))
