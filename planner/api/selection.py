"""Routes of /portfolios/{portfolio}/selection: the roadmap, its settings, its chart."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import IfMatch, Portfolio, Space, portfolio_headers, tag, tag_portfolio
from planner.api.errors import responses
from planner.api.matrix import Svg
from planner.api.routing import Route
from planner.domain.errors import NotFound
from planner.domain.model import Model
from planner.domain.selection import CapacityPlan, CapacityPlanDraft
from planner.domain.selection_answer import RobustOptions, RobustPlan, SelectionAnswer, SelectionRequest
from planner.render.roadmap import roadmap_svg
from planner.services import selection

router = APIRouter(prefix="/portfolios/{portfolio}/selection", tags=["selection"], route_class=Route)


class SettingsVersions(Model):
    """All versions of the settings of a roadmap."""

    items: tuple[CapacityPlan, ...]


@router.get("", responses=responses(304, 404))
def get_roadmap(response: Response, ws: Space, portfolio: Portfolio) -> SelectionAnswer:
    """The roadmap of the stored settings: the one that was kept while it is true, else what two seconds find."""
    tag_portfolio(response, ws, portfolio)
    return selection.get_roadmap(ws, portfolio)


@router.post("", responses=responses(404))
def solve_selection(ws: Space, portfolio: Portfolio, request: SelectionRequest) -> SelectionAnswer:
    """Solve a roadmap. Settings that are left out come from the stored ones; only with `keep` is anything stored."""
    return selection.solve_selection(ws, portfolio, request)


@router.get("/robust", responses=responses(304, 404))
def get_robustness(
    response: Response, ws: Space, portfolio: Portfolio, options: Annotated[RobustOptions, Query()]
) -> RobustPlan:
    """Which projects are in every plan, in some, in none, when values are drawn from the beliefs."""
    tag_portfolio(response, ws, portfolio)
    return selection.get_robustness(ws, portfolio, options)


@router.get("/settings", responses=responses(304, 404))
def get_settings(request: Request, response: Response, ws: Space, portfolio: Portfolio) -> CapacityPlan:
    """The present settings of the roadmap; 404 when there are none."""
    settings = selection.find_settings(ws, portfolio)
    if settings is None:
        raise NotFound("The roadmap has no settings yet; PUT them here.")
    tag(request, response, settings.version)
    return settings


@router.put("/settings", responses=responses(404, 412))
def set_settings(
    response: Response, ws: Space, portfolio: Portfolio, draft: CapacityPlanDraft, version: IfMatch
) -> CapacityPlan:
    """Record a new version of the settings; a change needs a reason. `If-Match` is the version that was read."""
    settings = selection.set_settings(ws, portfolio, draft, version)
    response.headers["ETag"] = f'"{settings.version}"'
    return settings


@router.get("/settings/history", responses=responses(404))
def list_settings(ws: Space, portfolio: Portfolio) -> SettingsVersions:
    """All versions of the settings, the oldest first."""
    return SettingsVersions.model_construct(items=selection.list_settings(ws, portfolio))


@router.get("/roadmap.svg", response_class=Svg, responses=responses(304, 404))
def get_roadmap_svg(request: Request, ws: Space, portfolio: Portfolio) -> Response:
    """The roadmap as a chart: a bar for each project, and the load on each resource below."""
    headers = portfolio_headers(ws, portfolio)
    plan = selection.get_roadmap(ws, portfolio).plan
    return Svg(roadmap_svg(request.app.state.templates, plan), headers=headers)
