"""Routes of /playbooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from planner.api.dependencies import Space
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.field_notes import FieldNote, matching_notes
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_diff import PlaybookDifference, playbook_difference
from planner.domain.playbook_head import PlaybookHead
from planner.domain.tools import Tool

router = APIRouter(tags=["playbooks"], route_class=Route)

PlaybookId = Annotated[str, Path(description="Id of the playbook.", max_length=60, examples=["fsdl"])]


Version = Annotated[
    int | None, Query(ge=1, le=10**9, description="The version; the newest there is when left out.", examples=[1])
]


class PlaybookHeads(Model):
    """The playbooks at hand, by id and version."""

    items: tuple[PlaybookHead, ...]


class FieldNotes(Model):
    """Field notes in the order of their source."""

    items: tuple[FieldNote, ...]


class Tools(Model):
    """Tools of the catalogue."""

    items: tuple[Tool, ...]


@router.get("/playbooks")
def list_playbooks(ws: Space) -> PlaybookHeads:
    """The playbooks that a portfolio can follow, each version by itself."""
    heads = (PlaybookHead.of(playbook, ws.playbooks.place(playbook).shipped) for playbook in ws.playbooks.list())
    return PlaybookHeads.model_construct(items=tuple(heads))


@router.get("/playbooks/{playbook}", responses=responses(404))
def get_playbook(ws: Space, playbook: PlaybookId, version: Version = None) -> Playbook:
    """The whole methodology as data."""
    return ws.playbooks.get(playbook, version)


@router.get("/playbooks/{playbook}/notes", responses=responses(404))
def list_field_notes(
    ws: Space,
    playbook: PlaybookId,
    q: Annotated[str, Query(max_length=200, description="Words that a note must hold, or a place.")] = "",
    about: Annotated[
        str | None, Query(max_length=60, description="Id of a problem type, criterion, stage, archetype or component.")
    ] = None,
    corrected: Annotated[bool, Query(description="Only those that correct their source.")] = False,
    version: Version = None,
) -> FieldNotes:
    """What the source of the method states, corrected where it errs, and what it is worth to a plan."""
    found = matching_notes(ws.playbooks.get(playbook, version).field_notes, q, about, corrected)
    return FieldNotes.model_construct(items=found)


@router.get("/playbooks/{playbook}/tools", responses=responses(404))
def list_tools(
    ws: Space,
    playbook: PlaybookId,
    component: Annotated[str | None, Query(max_length=60, description="Id of the component to fill.")] = None,
    version: Version = None,
) -> Tools:
    """The tool catalogue, dated: what can be chosen today, and what became of the rest."""
    found = ws.playbooks.get(playbook, version)
    return Tools.model_construct(items=found.tools if component is None else found.tools_for(component))


@router.get("/playbooks/{playbook}/diff", responses=responses(404))
def compare_playbooks(
    ws: Space,
    playbook: PlaybookId,
    version: Version = None,
    to: Annotated[
        str | None, Query(max_length=60, description="Id of the playbook to compare with; the same when left out.")
    ] = None,
    to_version: Version = None,
) -> PlaybookDifference:
    """What is different between two playbooks or versions, and what becomes of answers given under the first."""
    old, new = ws.playbooks.get(playbook, version), ws.playbooks.get(to or playbook, to_version)
    return playbook_difference(old, new, (ws.playbooks.place(old).shipped, ws.playbooks.place(new).shipped))
