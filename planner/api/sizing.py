"""Routes of /projects/{project}/sizing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import ProjectRef, Space, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.sizing_inputs import SizingDraft
from planner.services import sizing
from planner.services.sizing import ProjectSizing

router = APIRouter(prefix="/projects/{project}", tags=["sizing"], route_class=Route)


@router.get("/sizing", responses=responses(304, 404, 409))
def get_sizing(
    request: Request, response: Response, ws: Space, project: ProjectRef, asked: Annotated[SizingDraft, Query()]
) -> ProjectSizing:
    """What training and labelling take by the inputs of the query, which stores nothing; else by the last record."""
    tag_project(request, response, ws, project)
    return sizing.get_sizing(ws, project, asked)


@router.post("/sizing", status_code=201, responses=responses(404, 409))
def record_sizing(ws: Space, project: ProjectRef, draft: SizingDraft) -> ProjectSizing:
    """Record what the project is sized by; the report tells what follows. The same again records nothing."""
    return sizing.record_sizing(ws, project, draft)
