"""The matrix of a portfolio, with the filters of the list, and the same data as tables below it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.known import not_known, place_of
from planner.domain.matrix import ProjectPoint
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Quadrant
from planner.domain.projects import Filters
from planner.domain.wording import num, pct
from planner.render.charts import ChartOptions
from planner.services import portfolios, projects
from planner.web.charts import draw
from planner.web.lists import asked, filter_bar, names_of
from planner.web.pages import Here, page, query

router = APIRouter()


@dataclass(frozen=True)
class Line:
    """A point of the matrix as a line of its table, ready to be written."""

    key: str
    name: str
    archetype: str
    quadrant: Quadrant | None
    not_known: str  # which dimension has no answer, in words
    impact: str
    feasibility: str
    priority: str
    probability: str


@router.get("/portfolios/{slug}/matrix")
def show(request: Request, ws: Here, slug: str) -> Response:
    """The matrix page."""
    wanted = asked(request)
    if not wanted.lean:
        return RedirectResponse(f"/portfolios/{quote(slug)}/matrix{query(wanted.filters)}", 303)
    playbook = portfolios.get_playbook(ws, slug)
    unanswered = Filters.model_validate({**wanted.filters.model_dump(), "answered": 0})
    options = ChartOptions(
        project_link="/projects/",
        stack_link="#stack-",
        unscored_link=f"/portfolios/{slug}/projects{query(unanswered)}",
    )
    drawn = draw(request, ws, slug, wanted.filters, options)
    return page(
        request,
        "matrix/matrix.html",
        slug=slug,
        section="Matrix",
        **filter_bar(wanted, projects.list_facets(ws, slug), playbook),
        state=query(wanted.filters),
        drawn=drawn,
        total=drawn.scored + drawn.unscored,
        lines=_lines(drawn.first, playbook),
        quadrants={entry.id: entry for entry in playbook.quadrants},
        unscored_href=options.unscored_link,
    )


def _lines(points: tuple[ProjectPoint, ...], playbook: Playbook) -> list[Line]:
    archetypes = names_of(playbook)["archetype"]
    return [
        Line(
            key=point.key,
            name=point.name,
            archetype=archetypes.get(point.archetype or "", ""),
            quadrant=place_of(point.standing, playbook),
            not_known=not_known(point.standing, playbook),
            impact=_span(point.standing.impact.expected, point.standing.impact.low, point.standing.impact.high),
            feasibility=_span(
                point.standing.feasibility.expected, point.standing.feasibility.low, point.standing.feasibility.high
            ),
            priority=num(point.standing.priority.expected, 1),
            probability="" if not_known(point.standing, playbook) else pct(point.standing.quadrant_probability),
        )
        for point in points
    ]


def _span(expected: float, low: float, high: float) -> str:
    return f"{num(expected, 1)} ({num(low, 1)}–{num(high, 1)})"
