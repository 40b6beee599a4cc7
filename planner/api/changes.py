"""Routes of /portfolios/{portfolio}/changes: what changed between two moments, and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import Portfolio, ProjectRef, Space, tag_portfolio, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.as_of import DATE_OR_TIME
from planner.domain.changes import Changes
from planner.domain.course import CoursePoint
from planner.domain.model import Model
from planner.services import as_of, changes

router = APIRouter(tags=["changes"], route_class=Route)
A_MOMENT = f"{DATE_OR_TIME}, or the number or name of a snapshot"
Moment = Annotated[str | None, Query(max_length=300, examples=["2026-05-01"], description=f"As it was at {A_MOMENT}.")]
Since = Annotated[
    str | None,
    Query(
        max_length=300,
        description=f"The earlier moment: {A_MOMENT}. Left out: the latest snapshot before the last change, or thirty "
        "days before that change when there is none.",
    ),
]
Until = Annotated[str | None, Query(max_length=300, description=f"The later moment: {A_MOMENT}. Left out: now.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many projects at most; the counts are of all.")]


class Course(Model):
    """How a standing came about."""

    items: tuple[CoursePoint, ...]


@router.get("/portfolios/{portfolio}/changes", responses=responses(304, 404))
def get_changes(
    response: Response, ws: Space, portfolio: Portfolio, since: Since = None, until: Until = None, limit: Limit = 100
) -> Changes:
    """The projects that moved between two moments, and the answers, settings and others' moves behind each move."""
    tag_portfolio(response, ws, portfolio)
    found = changes.get_changes(ws, portfolio, since, until)
    return found.model_copy(update={"items": found.items[:limit]})


@router.get("/projects/{project}/course", responses=responses(304, 404))
def get_course(request: Request, response: Response, ws: Space, project: ProjectRef) -> Course:
    """The standing of a project from its creation on, each time that answers or settings moved it, the oldest first."""
    tag_project(request, response, ws, project)
    return Course.model_construct(items=as_of.get_course(ws, project))
