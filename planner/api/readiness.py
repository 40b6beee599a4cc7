"""Routes of /projects/{project}/readiness and /portfolios/{portfolio}/readiness."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from planner.api.dependencies import IfMatch, Portfolio, ProjectRef, Space, tag_portfolio, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.assessments import ReadinessDraft
from planner.domain.project_readiness import ProjectReadiness
from planner.domain.readiness_counts import PortfolioReadiness
from planner.services import readiness

router = APIRouter(tags=["readiness"], route_class=Route)


@router.get("/projects/{project}/readiness", responses=responses(304, 404))
def get_readiness(request: Request, response: Response, ws: Space, project: ProjectRef) -> ProjectReadiness:
    """The ML Test Score of the project, its ethics checklist, and the triage of its risk (not legal advice)."""
    tag_project(request, response, ws, project)
    return readiness.get_readiness(ws, project)


@router.put("/projects/{project}/readiness", responses=responses(404, 412))
def record_readiness(ws: Space, project: ProjectRef, draft: ReadinessDraft, version: IfMatch) -> ProjectReadiness:
    """State tests, answers on ethics and answers on risk; what is not named stays, and null takes back."""
    return readiness.record_readiness(ws, project, draft, version)


@router.get("/portfolios/{portfolio}/readiness", responses=responses(304, 404))
def count_readiness(response: Response, ws: Space, portfolio: Portfolio) -> PortfolioReadiness:
    """How many projects stand in each band of the score and in each tier of risk."""
    tag_portfolio(response, ws, portfolio)
    return readiness.get_portfolio_readiness(ws, portfolio)
