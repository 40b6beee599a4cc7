"""What can be read up: the playbook, and the help."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.errors import NotFound
from planner.domain.field_notes import matching_notes
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import WeightedMean
from planner.domain.wording import num
from planner.web.assets import asset
from planner.web.pages import Here, page

router = APIRouter()


@router.get("/playbook/{playbook_id}")
def redirect(playbook_id: str) -> Response:
    """The address that says it in the singular."""
    return RedirectResponse(f"/playbooks/{playbook_id}", 308)


Version = Annotated[int | None, Query(ge=1, le=10**9)]  # the newest there is when the address names none


@router.get("/playbooks")
def show_all(request: Request, ws: Here) -> Response:
    """The playbooks at hand, and what to do to have one of one's own."""
    listed = [(playbook, ws.playbooks.place(playbook).shipped) for playbook in ws.playbooks.list()]
    return page(request, "guide/playbooks.html", playbooks=listed, usual=ws.playbooks.usual)


@router.get("/playbooks/{playbook_id}")
def show_playbook(request: Request, ws: Here, playbook_id: str, version: Version = None) -> Response:
    """The methodology, readable, with the source of every entry."""
    playbook = ws.playbooks.get(playbook_id, version)
    weights = {
        criterion.id: num(float(weight), 3)
        for dimension in playbook.dimensions
        if isinstance(dimension.aggregation, WeightedMean)
        for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True)
    }
    return page(
        request,
        "guide/playbook.html",
        playbook=playbook,
        weights=weights,
        names={stage.id: stage.name for stage in playbook.stages},
        groups=_groups(playbook),
        criteria={criterion.id: criterion.name for criterion in playbook.criteria},
        hints={hint.id: hint for hint in playbook.metric_hints},
        kinds={kind.id: kind.name for kind in playbook.problem_types},
    )


@router.get("/playbooks/{playbook_id}/notes")
def show_notes(
    request: Request,
    ws: Here,
    playbook_id: str,
    q: Annotated[str, Query(max_length=200)] = "",
    about: Annotated[str, Query(max_length=60)] = "",
    corrected: bool = False,
    version: Version = None,
) -> Response:
    """The field notes: what the source states, searchable, and narrowed to what bears on one entry."""
    playbook = ws.playbooks.get(playbook_id, version)
    subjects = _subjects(playbook)
    if about and about not in subjects:
        raise NotFound(f"The playbook '{playbook.id}' has no entry '{about}' that a field note bears on.")
    return page(
        request,
        "guide/notes.html",
        playbook=playbook,
        notes=matching_notes(playbook.field_notes, q, about or None, corrected),
        subjects=subjects,
        q=q,
        about=about,
        corrected=corrected,
    )


@router.get("/playbooks/{playbook_id}/tools")
def show_tools(request: Request, ws: Here, playbook_id: str, version: Version = None) -> Response:
    """The tool catalogue by component: what can be chosen today, and what became of the rest."""
    playbook = ws.playbooks.get(playbook_id, version)
    shelves = [(component, playbook.tools_for(component.id)) for component in playbook.components]
    return page(request, "guide/tools.html", playbook=playbook, shelves=[shelf for shelf in shelves if shelf[1]])


def _subjects(playbook: Playbook) -> dict[str, str]:
    """What field notes can bear on: the names of all such entries by their ids."""
    entries = (
        *playbook.problem_types,
        *playbook.criteria,
        *playbook.stages,
        *playbook.archetypes,
        *playbook.components,
    )
    return {entry.id: entry.name for entry in entries}


def _groups(playbook: Playbook) -> dict[str, list[str]]:
    """Problem types by their group."""
    groups: dict[str, list[str]] = {}
    for entry in playbook.problem_types:
        groups.setdefault(entry.group, []).append(entry.name)
    return groups


@router.get("/favicon.ico")
def favicon() -> Response:
    """Where browsers look for an icon of pages that name none."""
    return RedirectResponse(asset("icons/planner.svg"), 308)


@router.get("/help")
def show_help(
    request: Request, ws: Here, playbook: Annotated[str, Query(max_length=60)] = "", version: Version = None
) -> Response:
    """The keyboard, and how every number comes about, by the playbook that the page one came from follows."""
    found = ws.playbooks.get(playbook, version) if playbook else ws.playbooks.usual
    weights = {
        dimension.id: [(c.name, num(float(w), 2)) for c, w in zip(dimension.criteria, dimension.weights, strict=True)]
        for dimension in found.dimensions
    }
    return page(request, "guide/help.html", playbook=found, weights=weights)
