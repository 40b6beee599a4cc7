"""Routes of /playbooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from planner.api.dependencies import Space
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.playbook import Playbook

router = APIRouter(tags=["playbooks"], route_class=Route)


@router.get("/playbooks/{playbook}", responses=responses(404))
def get_playbook(
    ws: Space, playbook: Annotated[str, Path(description="Id of the playbook.", max_length=60, examples=["fsdl"])]
) -> Playbook:
    """The whole methodology as data, the newest version."""
    return ws.playbooks.get(playbook)
