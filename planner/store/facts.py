"""Appending and reading facts that are kept one row each: the part that all topics share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from planner.store.tables import ProjectRow
from planner.store.tables import table as table_of

project = table_of(ProjectRow)


def append(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Adds facts, all in one executemany."""
    if rows:
        connection.execute(insert(table), list(rows))


def load(connection: Connection, table: Table, project_id: int) -> Iterable[Row[Any]]:
    """All facts of one project in the order in which they were recorded."""
    return connection.execute(select(table).where(table.c.project_id == project_id).order_by(table.c.id))


def load_many(
    connection: Connection, table: Table, portfolio_id: int, only: Collection[int] | None = None
) -> dict[int, list[Row[Any]]]:
    """All facts of a portfolio, or of the projects in `only`, by project id, each list in the order of recording."""
    statement = (
        select(table)
        .join(project, project.c.id == table.c.project_id)
        .where(project.c.portfolio_id == portfolio_id)
        .order_by(table.c.project_id, *([table.c.id] if "id" in table.c else []))
    )
    if only is not None:
        statement = statement.where(table.c.project_id.in_(only))
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.project_id, []).append(row)
    return found


def values(row: Row[Any], *without: str) -> dict[str, Any]:
    """A row as a dictionary, without its own id, its project's and the columns named."""
    return {name: value for name, value in row._mapping.items() if name not in ("id", "project_id", *without)}
