"""Forecasts of success, and outcomes, for a project and over a portfolio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from planner.domain.forecasts import ENDED_STATUSES, Forecast, Outcome
from planner.domain.track_records import Subject
from planner.store import facts
from planner.store.tables import ForecastRow, OutcomeRow, ProjectRow, table

forecast, outcome, project = table(ForecastRow), table(OutcomeRow), table(ProjectRow)


def _forecast(row: Row[Any]) -> Forecast:
    return Forecast.model_construct(**facts.values(row))


def _outcome(row: Row[Any]) -> Outcome:
    return Outcome.model_construct(**facts.values(row))


def load_forecasts(connection: Connection, project_id: int) -> tuple[Forecast, ...]:
    """All forecasts of a project in the order of recording."""
    return tuple(_forecast(row) for row in facts.load(connection, forecast, project_id))


def load_forecasts_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Forecast, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, forecast, portfolio_id)
    return {project_id: tuple(_forecast(row) for row in rows) for project_id, rows in found.items()}


def append_forecasts(connection: Connection, forecasts: Iterable[tuple[int, Forecast]]) -> None:
    """Adds forecasts, each with the id of its project."""
    facts.append(connection, forecast, [{"project_id": project_id, **dict(one)} for project_id, one in forecasts])


def load_outcomes(connection: Connection, project_id: int) -> tuple[Outcome, ...]:
    """All that was recorded of how a project ended, the oldest first."""
    return tuple(_outcome(row) for row in facts.load(connection, outcome, project_id))


def load_outcomes_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Outcome, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, outcome, portfolio_id)
    return {project_id: tuple(_outcome(row) for row in rows) for project_id, rows in found.items()}


def append_outcomes(connection: Connection, outcomes: Iterable[tuple[int, Outcome]]) -> None:
    """Adds outcomes, each with the id of its project."""
    facts.append(connection, outcome, [{"project_id": project_id, **dict(one)} for project_id, one in outcomes])


def load_subjects(connection: Connection, portfolio_id: int) -> Mapping[int, Subject]:
    """The projects outside the bin that have ended, or that somebody made a forecast of, in the order of their keys."""
    concerned = or_(
        project.c.status.in_(ENDED_STATUSES),
        project.c.id.in_(select(forecast.c.project_id)),
        project.c.id.in_(select(outcome.c.project_id)),
    )
    columns = (project.c.id, project.c.key, project.c.name, project.c.archetype, project.c.status)
    statement = (
        select(*columns)
        .where(project.c.portfolio_id == portfolio_id, project.c.deleted_at.is_(None), concerned)
        .order_by(project.c.number)
    )
    return {
        row.id: Subject.model_construct(key=row.key, name=row.name, archetype=row.archetype, status=row.status)
        for row in connection.execute(statement)
    }
