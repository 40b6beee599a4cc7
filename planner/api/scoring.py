"""Routes of /projects/{project}/answers and /standing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from planner.api.changes import Moment
from planner.api.dependencies import IfMatch, ProjectRef, Space, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.model import Model, at_most
from planner.domain.scoring import Answer, AnswerDraft, Standing
from planner.services import scoring

router = APIRouter(prefix="/projects/{project}", tags=["scoring"], route_class=Route)
Assessor = Annotated[str, Path(description="Name of the person who answers.", max_length=120, examples=["Mara"])]


class Answers(Model):
    """Answers of all assessors."""

    items: tuple[Answer, ...]


class AnswersBody(Model):
    """What an assessor says; criteria not named stay as they are, null withdraws an answer."""

    answers: Annotated[dict[str, AnswerDraft | None], Field(min_length=1, max_length=100), at_most(100)] = Field(
        examples=[{"data_availability": {"level": 4, "low": 3, "high": 5, "confidence": "informed"}}],
    )


@router.get("/answers", responses=responses(304, 404))
def list_answers(
    request: Request,
    response: Response,
    ws: Space,
    project: ProjectRef,
    history: Annotated[bool, Query(description="Also the answers that were replaced or withdrawn.")] = False,
    assessor: Annotated[
        str | None,
        Query(description="Only what this person may see: an open round holds answers of others back.", max_length=120),
    ] = None,
) -> Answers:
    """The current answers of all assessors."""
    if assessor is None:  # what an assessor may see changes with a round, and not with the project alone
        tag_project(request, response, ws, project)
    return Answers.model_construct(items=scoring.list_answers(ws, project, history, assessor))


@router.put("/answers/{assessor}", responses=responses(404, 412))
def record_answers(ws: Space, project: ProjectRef, assessor: Assessor, body: AnswersBody, version: IfMatch) -> Standing:
    """Answer criteria; gives the standing that follows."""
    return scoring.record_answers(ws, project, assessor, body.answers, version)


@router.get("/standing", responses=responses(304, 404))
def get_standing(
    request: Request, response: Response, ws: Space, project: ProjectRef, as_of: Moment = None
) -> Standing:
    """Impact, feasibility and priority with their intervals, and the quadrant: now, or as they were."""
    tag_project(request, response, ws, project)
    return scoring.get_standing(ws, project, as_of)
