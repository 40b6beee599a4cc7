"""Routes of /portfolios/{portfolio}/matrix and matrix.svg."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from planner.api.changes import A_MOMENT
from planner.api.dependencies import Portfolio, Space, portfolio_headers, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.matrix import Matrix
from planner.domain.model import Line
from planner.domain.projects import Filters
from planner.render.charts import matrix_svg
from planner.services import matrix

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["matrix"], route_class=Route)


class MatrixQuery(Filters):
    """The filters of a matrix, and the moment that it shows."""

    as_of: Line | None = Field(default=None, description=f"As it was at {A_MOMENT}.")


Asked = Annotated[MatrixQuery, Query()]


@router.get("/matrix", responses=responses(304, 404))
def get_matrix(response: Response, ws: Space, portfolio: Portfolio, query: Asked) -> Matrix:
    """Cut-offs, quadrants with counts, and every scored project at its place; the unscored are counted apart."""
    tag_portfolio(response, ws, portfolio)
    return matrix.get_matrix(ws, portfolio, query, query.as_of)


class Svg(Response):
    """A chart."""

    media_type = "image/svg+xml"


@router.get("/matrix.svg", response_class=Svg, responses=responses(304, 404))
def get_matrix_svg(request: Request, ws: Space, portfolio: Portfolio, query: Asked) -> Response:
    """The matrix as a chart."""
    headers = portfolio_headers(ws, portfolio)
    found = matrix.get_matrix(ws, portfolio, query, query.as_of)
    return Svg(matrix_svg(request.app.state.templates, found), headers=headers)
