"""Scoring rounds, and who looked at answers before answering."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from planner.domain.rounds import Look, Round
from planner.store import facts
from planner.store.tables import ProjectRow, ScoringLookRow, ScoringRoundRow, table

scoring_round, look, project = table(ScoringRoundRow), table(ScoringLookRow), table(ProjectRow)
_columns = [column for column in scoring_round.c if column.name not in ("id", "portfolio_id")]


def _round(row: Row[Any]) -> Round:
    values = dict(row._mapping)
    return Round.model_construct(**{**values, **{name: tuple(values[name]) for name in _LISTS}})


_LISTS = ("assessors", "projects", "criteria")


def load_rounds(connection: Connection, portfolio_id: int) -> tuple[Round, ...]:
    """All rounds of a portfolio, the first one first."""
    statement = select(*_columns).where(scoring_round.c.portfolio_id == portfolio_id).order_by(scoring_round.c.number)
    return tuple(_round(row) for row in connection.execute(statement))


def append_rounds(connection: Connection, portfolio_id: int, rounds: Iterable[Round]) -> None:
    """Adds rounds."""
    rows = [
        {"portfolio_id": portfolio_id, **dict(one), **{name: list(getattr(one, name)) for name in _LISTS}}
        for one in rounds
    ]
    facts.append(connection, scoring_round, rows)


def update_round(connection: Connection, portfolio_id: int, number: int, values: dict[str, Any]) -> None:
    """Changes columns of a round."""
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    connection.execute(
        update(scoring_round)
        .where(scoring_round.c.portfolio_id == portfolio_id, scoring_round.c.number == number)
        .values(**given)
    )


def load_looks(connection: Connection, portfolio_id: int) -> tuple[Look, ...]:
    """Who looked at what before answering, in the order in which they did."""
    statement = (
        select(look.c.number, project.c.key.label("project"), look.c.assessor, look.c.recorded_at, look.c.recorded_by)
        .join(project, project.c.id == look.c.project_id)
        .where(project.c.portfolio_id == portfolio_id)
        .order_by(look.c.id)
    )
    return tuple(Look.model_construct(**row._mapping) for row in connection.execute(statement))


def has_looked(connection: Connection, project_id: int, number: int, assessor: str) -> bool:
    """Whether the answers to a project were shown to an assessor in a round."""
    statement = select(look.c.id).where(
        look.c.project_id == project_id, look.c.number == number, look.c.assessor == assessor
    )
    return connection.execute(statement.limit(1)).first() is not None


def append_looks(connection: Connection, looks: Iterable[tuple[int, Look]]) -> None:
    """Adds looks, each with the id of its project."""
    rows = [{"project_id": project_id, **one.model_dump(exclude={"project"})} for project_id, one in looks]
    if rows:
        connection.execute(insert(look), rows)
