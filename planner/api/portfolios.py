"""Routes of /portfolios."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import IfMatch, Portfolio, Space, tag, tag_portfolio
from planner.api.errors import CREATED, responses
from planner.api.routing import Route
from planner.domain import portfolios as domain
from planner.domain.model import Model
from planner.domain.projects import Filters
from planner.services import portfolios

router = APIRouter(prefix="/portfolios", tags=["portfolios"], route_class=Route)


class Portfolios(Model):
    """All portfolios."""

    items: tuple[domain.Portfolio, ...]


@router.get("")
def list_portfolios(ws: Space) -> Portfolios:
    """All portfolios by name."""
    return Portfolios.model_construct(items=portfolios.list_portfolios(ws))


@router.post("", status_code=201, responses=CREATED | responses(409))
def create_portfolio(ws: Space, draft: domain.PortfolioDraft, response: Response) -> domain.Portfolio:
    """Start a portfolio."""
    portfolio = portfolios.create_portfolio(ws, draft)
    response.headers["Location"] = f"/api/v1/portfolios/{portfolio.slug}"
    return portfolio


@router.get("/{portfolio}", responses=responses(304, 404))
def get_portfolio(request: Request, response: Response, ws: Space, portfolio: Portfolio) -> domain.Portfolio:
    """One portfolio."""
    found = portfolios.get_portfolio(ws, portfolio)
    tag(request, response, found.revision)
    return found


@router.patch("/{portfolio}", responses=responses(404, 412))
def update_portfolio(
    request: Request,
    response: Response,
    ws: Space,
    portfolio: Portfolio,
    patch: domain.PortfolioPatch,
    version: IfMatch,
) -> domain.Portfolio:
    """Change a portfolio; fields left out stay as they are. Another λ or other weights move every priority at once."""
    changed = portfolios.update_portfolio(ws, portfolio, patch, version)
    tag(request, response, changed.revision)
    return changed


@router.delete("/{portfolio}", status_code=204, responses=responses(404, 412))
def delete_portfolio(ws: Space, portfolio: Portfolio, version: IfMatch) -> None:
    """Take a portfolio out of sight; its slug and its keys are never used again."""
    portfolios.delete_portfolio(ws, portfolio, version)


@router.get("/{portfolio}/overview", responses=responses(304, 404))
def get_overview(
    response: Response, ws: Space, portfolio: Portfolio, filters: Annotated[Filters, Query()]
) -> domain.Overview:
    """Counts per stage, status, archetype and quadrant over the projects that the filters find."""
    tag_portfolio(response, ws, portfolio)
    return portfolios.get_overview(ws, portfolio, filters)
