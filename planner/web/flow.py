"""How the projects of a portfolio move through the stages, and what their loops say."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import Response

from planner.domain.flow import ENOUGH, CumulativeFlow
from planner.domain.flow_words import stuck_words
from planner.render.flow import flow_svg
from planner.services import flow as service
from planner.services import portfolios, projects
from planner.web.lists import asked, filter_bar
from planner.web.pages import Here, page, query

router = APIRouter()

SHOWN = 8  # answers in doubt that are not folded away


@router.get("/portfolios/{slug}/flow")
def show(request: Request, ws: Here, slug: str) -> Response:
    """The flow of the projects that the filters find."""
    wanted = asked(request)
    if not wanted.lean:
        return RedirectResponse(f"/portfolios/{quote(slug)}/flow{query(wanted.filters)}", 303)
    found = service.get_flow(ws, slug, wanted.filters)
    return page(
        request,
        "flow/flow.html",
        slug=slug,
        section="Board",
        **filter_bar(wanted, projects.list_facets(ws, slug), portfolios.get_playbook(ws, slug)),
        state=query(wanted.filters),
        found=found,
        stuck=stuck_words(found.stuck),
        charts=_charts(request, found.cumulative),
        shown=SHOWN,
        enough=ENOUGH,
    )


def _charts(request: Request, flow: CumulativeFlow) -> tuple[Markup, ...]:
    """The chart for wide screens and for narrow ones; none where there is one point alone."""
    if len(flow.points) < 2:
        return ()
    environment = cast(Environment, request.app.state.templates)
    return tuple(Markup(flow_svg(environment, flow, size)) for size in ("wide", "narrow"))  # noqa: S704 - escaped there
