"""Routes of /projects/{project}/checklist and /portfolios/{portfolio}/infrastructure."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from planner.api.dependencies import IfMatch, Portfolio, ProjectRef, Space, tag_portfolio, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.infrastructure import Checklist, ChecklistDraft, ChecklistLine, ComponentCounts
from planner.domain.model import Model
from planner.services import infrastructure

router = APIRouter(tags=["infrastructure"], route_class=Route)
ComponentId = Annotated[str, Path(description="Id of a component, such as data.versioning.", max_length=60)]


class Components(Model):
    """Components × status."""

    items: tuple[ComponentCounts, ...]


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
def list_component_counts(response: Response, ws: Space, portfolio: Portfolio) -> Components:
    """How many projects of the portfolio stand at each status of each component."""
    tag_portfolio(response, ws, portfolio)
    return Components.model_construct(items=infrastructure.list_component_counts(ws, portfolio))
