"""Answers: every one ever given, the last of each assessor being current."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, select

from planner.domain.scoring import Answer, Said
from planner.store import facts
from planner.store.tables import AnswerRow, ProjectRow, table

answer, project = table(AnswerRow), table(ProjectRow)
_said = [answer.c[name] for name in Said._fields]


def _answer(row: Row[Any]) -> Answer:
    return Answer.model_construct(**facts.values(row))


def load_answers(connection: Connection, project_id: int) -> tuple[Answer, ...]:
    """All answers of a project, in the order they were recorded."""
    return tuple(_answer(row) for row in facts.load(connection, answer, project_id))


def load_answers_by_project(
    connection: Connection, portfolio_id: int, only: Collection[int] | None = None
) -> Mapping[int, tuple[Answer, ...]]:
    """The same for every project of a portfolio, or for those that `only` names."""
    found = facts.load_many(connection, answer, portfolio_id, only)
    return {project_id: tuple(_answer(row) for row in rows) for project_id, rows in found.items()}


def load_said_by_project(connection: Connection, portfolio_id: int) -> dict[int, list[Said]]:
    """The same, only what beliefs come from: without texts and times it is read in a third of the time."""
    here = select(project.c.id).where(project.c.portfolio_id == portfolio_id)
    statement = (
        select(answer.c.project_id, *_said)
        .where(answer.c.project_id.in_(here))
        .order_by(answer.c.project_id, answer.c.id)  # as the index on projects has them, so that nothing is sorted
    )
    rows = connection.execute(statement).all()
    return {project_id: [Said(*row[1:]) for row in answers] for project_id, answers in groupby(rows, key=itemgetter(0))}


def append_answers(connection: Connection, project_id: int, answers: Iterable[Answer]) -> None:
    """Adds answers of a project."""
    facts.append(connection, answer, [{"project_id": project_id, **dict(a)} for a in answers])
