"""Route of /portfolios/{portfolio}/comparisons."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from planner.api.dependencies import Portfolio, Space, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.comparison_scores import Normalisation
from planner.domain.comparisons import Comparisons
from planner.domain.projects import Filters
from planner.services import comparisons

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["comparisons"], route_class=Route)


class ComparisonQuery(Filters):
    """Which projects are compared, and how."""

    normalisation: Normalisation = Field(
        default="vector",
        description="How TOPSIS makes levels comparable: by the length of the column, the range of the projects "
        "present, their sum, or the fixed scale from 1 to 5.",
    )


@router.get("/comparisons", responses=responses(304, 404))
def get_comparisons(
    response: Response, ws: Space, portfolio: Portfolio, query: Annotated[ComparisonQuery, Query()]
) -> Comparisons:
    """The ranking by expected priority beside the orders of other methods: comparison views, none of which decides."""
    tag_portfolio(response, ws, portfolio)
    return comparisons.get_comparisons(ws, portfolio, query, query.normalisation)
