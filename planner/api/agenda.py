"""Route of /portfolios/{portfolio}/agenda."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from planner.api.dependencies import Portfolio, Space, tag_portfolio
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.agenda import AgendaPage
from planner.domain.model import Line
from planner.domain.portfolios import Capacity
from planner.domain.projects import Filters
from planner.services import agenda

router = APIRouter(prefix="/portfolios/{portfolio}", tags=["agenda"], route_class=Route)


class AgendaQuery(Filters):
    """Which projects compete, for how many places, and which of the questions are wanted."""

    top: Capacity | None = Field(
        default=None, description="k: how many projects the best are; the portfolio's capacity, else 10, when left out."
    )
    limit: int = Field(
        default=agenda.DEFAULT_QUESTIONS, ge=1, le=agenda.MAX_QUESTIONS, description="How many questions at most."
    )
    assessor: Line | None = Field(
        default=None, description="Only questions for this person, and those that anybody may answer."
    )
    project: Line | None = Field(default=None, description="Only questions about this project, by its key or id.")


@router.get("/agenda", responses=responses(304, 404))
def get_agenda(
    response: Response, ws: Space, portfolio: Portfolio, query: Annotated[AgendaQuery, Query()]
) -> AgendaPage:
    """What to ask next: the open questions by the expected value of their answer for the choice of the best projects.

    The projects that the filters find compete with each other.
    """
    tag_portfolio(response, ws, portfolio)
    filters = Filters.model_validate(query.model_dump(include=set(Filters.model_fields)))
    return agenda.get_agenda(ws, portfolio, filters, query.top, query.limit, query.assessor, query.project)
