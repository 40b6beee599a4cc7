"""The numbers that projects state for product scores."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from planner.domain.planning_numbers import planning_numbers
from planner.domain.projects import Filters
from planner.store.project_filters import conditions
from planner.store.tables import ProjectRow, table

project = table(ProjectRow)


def load_numbers(
    connection: Connection, portfolio_id: int, filters: Filters
) -> dict[int, tuple[float | None, Mapping[str, float]]]:
    """(effort in person-weeks, planning numbers) of each scored project that the filters find, by its id."""
    sqlite = connection.dialect.name == "sqlite"
    statement = select(project.c.id, project.c.effort, project.c.attributes).where(
        *conditions(portfolio_id, filters, sqlite=sqlite), project.c.answered > 0
    )
    return {row[0]: (row[1], planning_numbers(row[2])) for row in connection.execute(statement)}
