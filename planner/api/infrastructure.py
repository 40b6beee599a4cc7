"""Routes of /projects/{project}/checklist and /portfolios/{portfolio}/infrastructure."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from planner.api.dependencies import IfMatch, Portfolio, ProjectRef, Space, tag_portfolio, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.infrastructure import Checklist, ChecklistDraft, ChecklistLine
from planner.domain.infrastructure_plan import BuildQuery
from planner.domain.infrastructure_whole import PortfolioInfrastructure
from planner.domain.model import Model
from planner.domain.shared_components import SharedComponent, SharedDraft, current_shared
from planner.services import infrastructure

router = APIRouter(tags=["infrastructure"], route_class=Route)
ComponentId = Annotated[str, Path(description="Id of a component, such as data.versioning.", max_length=60)]


class SharedComponents(Model):
    """A component as the portfolio shares it."""

    items: tuple[SharedComponent, ...] = Field(description="The last statement on each of its names.")
    history: tuple[SharedComponent, ...] = Field(description="All statements, the oldest first.")


@router.get("/projects/{project}/checklist", responses=responses(304, 404))
def get_checklist(request: Request, response: Response, ws: Space, project: ProjectRef) -> Checklist:
    """The components that the project needs, why, and what there is of them."""
    tag_project(request, response, ws, project)
    return infrastructure.get_checklist(ws, project)


@router.put("/projects/{project}/checklist/{component}", responses=responses(404, 412))
def record_component(
    ws: Space, project: ProjectRef, component: ComponentId, draft: ChecklistDraft, version: IfMatch
) -> ChecklistLine:
    """State what there is of one component."""
    return infrastructure.record_component(ws, project, component, draft, version)


@router.get("/portfolios/{portfolio}/infrastructure", responses=responses(304, 404))
def get_portfolio_infrastructure(
    response: Response, ws: Space, portfolio: Portfolio, query: Annotated[BuildQuery, Query()]
) -> PortfolioInfrastructure:
    """Components × projects, shared components, demand, and what to build next within a budget and a number."""
    tag_portfolio(response, ws, portfolio)
    return infrastructure.get_overview(ws, portfolio).told(query)


@router.get("/portfolios/{portfolio}/infrastructure/{component}", responses=responses(304, 404))
def get_shared_component(
    response: Response, ws: Space, portfolio: Portfolio, component: ComponentId
) -> SharedComponents:
    """What the portfolio shares of a component, with all that was stated of it."""
    tag_portfolio(response, ws, portfolio)
    history = infrastructure.list_shared_history(ws, portfolio, component)
    return SharedComponents.model_construct(items=current_shared(history), history=history)


@router.put("/portfolios/{portfolio}/infrastructure/{component}", responses=responses(404, 409))
def record_shared_component(
    ws: Space, portfolio: Portfolio, component: ComponentId, draft: SharedDraft
) -> SharedComponent:
    """State what the portfolio has of a component for all its projects; `name` tells two of a kind apart."""
    return infrastructure.record_shared(ws, portfolio, component, draft)
