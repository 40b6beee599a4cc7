"""Routes of /portfolios/{portfolio}/agreement and /assessors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from planner.api.dependencies import Portfolio, Space, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain import agreement as domain
from planner.domain.assessors import AssessorUse
from planner.domain.concordance import Metric
from planner.domain.model import Model
from planner.services import agreement

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["agreement"], route_class=Route)


class Assessors(Model):
    """How everybody uses the scale."""

    items: tuple[AssessorUse, ...]


@router.get("/agreement", responses=responses(304, 404))
def get_agreement(
    response: Response,
    ws: Space,
    portfolio: Portfolio,
    metric: Annotated[Metric, Query(description="How α measures the difference of two levels.")] = "ordinal",
    top: Annotated[
        int | None, Query(ge=1, le=100_000, description="k; the portfolio's capacity when left out.")
    ] = None,
    limit: Annotated[
        int, Query(ge=0, le=agreement.MAX_PROJECTS, description="How many projects to tell, the most uncertain first.")
    ] = agreement.DEFAULT_PROJECTS,
) -> domain.Agreement:
    """How far the assessors agree, per criterion and project; which projects need a talk and which need data."""
    tag_portfolio(response, ws, portfolio)
    return agreement.get_agreement(ws, portfolio, metric, top, limit)


@router.get("/assessors", responses=responses(304, 404))
def list_assessors(response: Response, ws: Space, portfolio: Portfolio) -> Assessors:
    """How each assessor uses the scale: leniency, inflation, spread, guesses, reasons and blanks."""
    tag_portfolio(response, ws, portfolio)
    return Assessors.model_construct(items=agreement.list_assessors(ws, portfolio))
