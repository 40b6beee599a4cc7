"""Routes of /portfolios/{portfolio}/matrix and matrix.svg."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import Portfolio, Space, portfolio_headers, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.matrix import Matrix
from planner.domain.projects import Filters
from planner.render.charts import matrix_svg
from planner.services import matrix

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["matrix"], route_class=Route)


@router.get("/matrix", responses=responses(304, 404))
def get_matrix(response: Response, ws: Space, portfolio: Portfolio, filters: Annotated[Filters, Query()]) -> Matrix:
    """Cut-offs, quadrants with counts, and every scored project at its place; the unscored are counted apart."""
    tag_portfolio(response, ws, portfolio)
    return matrix.get_matrix(ws, portfolio, filters)


class Svg(Response):
    """A chart."""

    media_type = "image/svg+xml"


@router.get("/matrix.svg", response_class=Svg, responses=responses(304, 404))
def get_matrix_svg(request: Request, ws: Space, portfolio: Portfolio, filters: Annotated[Filters, Query()]) -> Response:
    """The matrix as a chart."""
    headers = portfolio_headers(ws, portfolio)
    return Svg(matrix_svg(request.app.state.templates, matrix.get_matrix(ws, portfolio, filters)), headers=headers)
