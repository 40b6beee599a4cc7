"""Routes of /portfolios/{portfolio}/flow and /projects/{project}/flow."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from planner.api.dependencies import Portfolio, ProjectRef, Space
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.flow_portfolio import PortfolioFlow, ProjectFlow
from planner.domain.projects import Filters
from planner.services import flow

router = APIRouter(tags=["lifecycle"], route_class=Route)

# Neither has an ETag: days go by while nothing changes.


@router.get("/portfolios/{portfolio}/flow", responses=responses(404))
def get_flow(ws: Space, portfolio: Portfolio, filters: Annotated[Filters, Query()]) -> PortfolioFlow:
    """Loops with their reasons, time in stage, cumulative flow, stuck projects, and the answers that loops doubt."""
    return flow.get_flow(ws, portfolio, filters)


@router.get("/projects/{project}/flow", responses=responses(404))
def get_project_flow(ws: Space, project: ProjectRef) -> ProjectFlow:
    """The time of a project in each stage so far, and the answers that its loops put in doubt."""
    return flow.get_project_flow(ws, project)
