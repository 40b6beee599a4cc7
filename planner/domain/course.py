"""How the standing of one project came about: a point for each time that answers or settings moved it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from planner.domain.attribution import Stage
from planner.domain.history import FieldChange
from planner.domain.model import Model
from planner.domain.scoring import Answer, Standing, belief_state, current_answers, standings


class CoursePoint(Model):
    """The standing of a project from a time on, and what was done then."""

    at: datetime
    by: str | None = Field(description="Who did it; null for the creation of the project.")
    answers: tuple[str, ...] = Field(description="Ids of the criteria that were answered.")
    settings: tuple[FieldChange, ...] = Field(description="The settings of the portfolio that were changed.")
    standing: Standing


def build_course(created_at: datetime, answers: Sequence[Answer], stages: Sequence[Stage]) -> tuple[CoursePoint, ...]:
    """The course of a project, the oldest point first.

    `answers` are all ever given, in the order of recording; of `stages` the first is what held when it was created.
    """
    given: dict[datetime, list[Answer]] = {}
    for answer in answers:
        given.setdefault(answer.recorded_at, []).append(answer)
    updates = {stage.at: stage for stage in stages[1:]}
    points: list[CoursePoint] = []
    stage = stages[0]
    for at in sorted({created_at, *given, *updates}):
        stage = updates.get(at, stage)
        state = belief_state(current_answers(a for a in answers if a.recorded_at <= at), stage.playbook)
        standing = standings([state], stage.playbook, stage.impact_share)[0]
        if points and points[-1].standing == standing and at not in given:
            continue
        recorded = given.get(at, [])
        points.append(
            CoursePoint.model_construct(
                at=at,
                by=recorded[0].recorded_by if recorded else updates[at].by if at in updates else None,
                answers=tuple(dict.fromkeys(answer.criterion for answer in recorded)),
                settings=updates[at].settings if at in updates else (),
                standing=standing,
            )
        )
    return tuple(points)
