"""Routes of /projects/{project}/transitions and /tasks, /portfolios/{portfolio}/board."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from planner.api.dependencies import IfMatch, Portfolio, ProjectRef, Space, tag_portfolio, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.lifecycle import Board, Move, TaskLine, Transition, TransitionDraft
from planner.domain.model import Model, Text
from planner.domain.projects import Filters
from planner.services import lifecycle

router = APIRouter(tags=["lifecycle"], route_class=Route)
Task = Annotated[str, Path(description="Id of a task of the playbook.", max_length=60)]


class Transitions(Model):
    """The moves so far and those that are possible now."""

    items: tuple[Transition, ...]
    possible: tuple[Move, ...]


class Tasks(Model):
    """The tasks and exit criteria of all stages."""

    items: tuple[TaskLine, ...]


class TaskBody(Model):
    """A tick."""

    done: bool
    note: Text = ""


@router.get("/projects/{project}/transitions", responses=responses(304, 404))
def list_transitions(request: Request, response: Response, ws: Space, project: ProjectRef) -> Transitions:
    """The moves so far, the oldest first, and the moves possible now with the open points of the gate."""
    tag_project(request, response, ws, project)
    return Transitions.model_construct(
        items=lifecycle.list_transitions(ws, project), possible=lifecycle.list_moves(ws, project)
    )


@router.post("/projects/{project}/transitions", status_code=201, responses=responses(404, 409))
def move_project(ws: Space, project: ProjectRef, draft: TransitionDraft) -> Transition:
    """Move to another stage: back with a reason code, on past an open gate with a note."""
    return lifecycle.move_project(ws, project, draft)


@router.get("/projects/{project}/tasks", responses=responses(304, 404))
def list_tasks(request: Request, response: Response, ws: Space, project: ProjectRef) -> Tasks:
    """Tasks and exit criteria; those that data decide are marked computed."""
    tag_project(request, response, ws, project)
    return Tasks.model_construct(items=lifecycle.list_tasks(ws, project))


@router.patch("/projects/{project}/tasks/{task}", responses=responses(404, 409, 412))
def mark_task(ws: Space, project: ProjectRef, task: Task, body: TaskBody, version: IfMatch) -> TaskLine:
    """Tick or untick a task."""
    return lifecycle.mark_task(ws, project, task, body.done, body.note, version)


@router.get("/portfolios/{portfolio}/board", responses=responses(304, 404))
def get_board(response: Response, ws: Space, portfolio: Portfolio, filters: Annotated[Filters, Query()]) -> Board:
    """The projects by stage, the first of each."""
    tag_portfolio(response, ws, portfolio)
    return lifecycle.get_board(ws, portfolio, filters)
