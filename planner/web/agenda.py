"""What to ask next: the agenda as a page, by value, by project or by assessor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain import agenda_words
from planner.domain.agenda import AgendaPage, Question
from planner.domain.errors import Invalid
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Criterion
from planner.domain.projects import Filters
from planner.services import agenda as service
from planner.services import portfolios, projects
from planner.web.agenda_walk import SITTING, Walk, number
from planner.web.forms import messages
from planner.web.lists import asked, filter_bar
from planner.web.pages import Here, page

router = APIRouter()

VIEWS = {"": "By value", "project": "By project", "assessor": "By assessor"}
LABELS = {"top": "How many can be chosen", "limit": "Questions shown"}
OWN = ("by", "top", "assessor", "project", "limit")  # what the address carries beside the filters


@dataclass(frozen=True)
class Line:
    """A question as the page shows it: its place in the list, its words, its bar from 0 to 100, where to answer it."""

    number: int
    question: Question
    criterion: Criterion
    width: float
    href: str


@dataclass(frozen=True)
class Group:
    """Questions that belong together: all of them, those about a project (`key`), or those for an assessor."""

    title: str
    key: str
    begin: str  # where an assessor begins
    lines: tuple[Line, ...]


@router.get("/portfolios/{slug}/agenda")
def show(
    request: Request,
    ws: Here,
    slug: str,
    by: Annotated[str, Query()] = "",
    top: Annotated[str, Query()] = "",
    assessor: Annotated[str, Query()] = "",
    project: Annotated[str, Query()] = "",
    limit: Annotated[str, Query()] = "",
) -> Response:
    """The questions in order."""
    wanted = asked(request, also=OWN)
    given = {"by": by if by in VIEWS else "", "top": top, "assessor": assessor, "project": project, "limit": limit}
    own = {name: value.strip() for name, value in given.items() if value.strip()}
    if not wanted.lean:
        return RedirectResponse(f"/portfolios/{quote(slug)}/agenda{_state(wanted.filters, own)}", 303)
    playbook = portfolios.get_playbook(ws, slug)
    k, errors = None, dict[str, str]()
    whose = own.get("assessor"), own.get("project")
    try:
        k, most = number(top, "top"), number(limit, "limit")
        shown = service.DEFAULT_QUESTIONS if most is None else most
        found = service.get_agenda(ws, slug, wanted.filters, k, shown, *whose)
    except Invalid as error:
        errors = messages(error, LABELS)
        if not errors.keys() & LABELS.keys():
            raise
        k = None
        found = service.get_agenda(ws, slug, wanted.filters, None, service.DEFAULT_QUESTIONS, *whose)
    enough = found.settling.enough if found.settling else None
    walk = Walk(slug, own.get("assessor", ws.actor), wanted.filters, k, enough or SITTING)

    def state(**changes: str) -> str:
        return _state(wanted.filters, {**own, **changes})

    return page(
        request,
        "agenda/agenda.html",
        slug=slug,
        section="Agenda",
        status=422 if errors else 200,
        errors=errors,
        labels=LABELS,
        top=own["top"] if errors and "top" in own else found.top,
        **filter_bar(wanted, projects.list_facets(ws, slug), playbook, own),
        carried=own,
        by=own.get("by", ""),
        found=found,
        words=agenda_words,
        alike=sum(1 for q in found.items if q.gain and q.gain == found.items[0].gain),
        groups=_groups(_lines(found, playbook, walk), own.get("by", ""), walk),
        views=[(state(by=key), key, label) for key, label in VIEWS.items()],
        more=state(limit=str(service.MAX_QUESTIONS))
        if len(found.items) < min(found.telling, service.MAX_QUESTIONS)
        else "",
        everything=state(project="", assessor=""),
        json=state(by=""),
        walk=walk,
    )


def _state(filters: Filters, own: Mapping[str, str]) -> str:
    """The query of the page's address."""
    text = urlencode({**filters.active, **{name: value for name, value in own.items() if value}})
    return f"?{text}" if text else ""


def _lines(found: AgendaPage, playbook: Playbook, walk: Walk) -> list[Line]:
    """The questions whose answers matter, each with its bar beside that of the first."""
    criteria = {criterion.id: criterion for criterion in playbook.criteria}
    most = max((question.gain for question in found.items), default=0)
    return [
        Line(
            place,
            question,
            criteria[question.criterion],
            round(100 * question.gain / most, 1),
            replace(walk, at=f"{question.project}.{question.criterion}").href,
        )
        for place, question in enumerate(found.items, 1)
        if question.gain > 0
    ]


def _groups(lines: list[Line], by: str, walk: Walk) -> list[Group]:
    """The questions as they are put together; one for several assessors stands with each of them."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        whom = line.question.assessors or ("",)
        for title in {"project": (line.question.project,), "assessor": whom}.get(by, ("",)):
            groups.setdefault(title, []).append(line)
    return [
        Group(
            title=entries[0].question.name if by == "project" else title,
            key=title if by == "project" else "",
            begin=replace(walk, assessor=title or walk.assessor, mine=True, goal=len(entries)).href,
            lines=tuple(entries),
        )
        for title, entries in groups.items()
    ]
