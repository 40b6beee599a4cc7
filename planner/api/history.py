"""Routes of /projects/{project}/history and /portfolios/{portfolio}/history."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from planner.api.dependencies import Portfolio, ProjectRef, Space, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.history import Event
from planner.domain.model import Model
from planner.services import history

router = APIRouter(tags=["history"], route_class=Route)


class Events(Model):
    """Events, the newest first."""

    items: tuple[Event, ...]


@router.get("/projects/{project}/history", responses=responses(404))
def list_project_events(ws: Space, project: ProjectRef) -> Events:
    """Who changed what, when, from what to what, the newest first; also of a project in the bin."""
    return Events.model_construct(items=history.list_project_events(ws, project))


@router.get("/portfolios/{portfolio}/history", responses=responses(304, 404))
def list_portfolio_events(
    response: Response,
    ws: Space,
    portfolio: Portfolio,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 100,
) -> Events:
    """The newest changes in a portfolio."""
    tag_portfolio(response, ws, portfolio)
    return Events.model_construct(items=history.list_portfolio_events(ws, portfolio, limit))
