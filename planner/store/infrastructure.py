"""Statements about components, the last one on each being current."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from planner.domain.infrastructure import ChecklistItem
from planner.domain.projects import Filters
from planner.store import facts
from planner.store.project_filters import conditions
from planner.store.tables import ChecklistItemRow, ProjectRow, table

item, project = table(ChecklistItemRow), table(ProjectRow)


def _item(row: Row[Any]) -> ChecklistItem:
    return ChecklistItem.model_construct(**facts.values(row))


def load_checklist_items(connection: Connection, project_id: int) -> tuple[ChecklistItem, ...]:
    """All statements of a project in their order."""
    return tuple(_item(row) for row in facts.load(connection, item, project_id))


def load_checklist_items_by_project(
    connection: Connection, portfolio_id: int, only: Collection[int] | None = None
) -> Mapping[int, tuple[ChecklistItem, ...]]:
    """The same for every project of a portfolio, or for those that `only` names."""
    found = facts.load_many(connection, item, portfolio_id, only)
    return {project_id: tuple(_item(row) for row in rows) for project_id, rows in found.items()}


def append_checklist_items(connection: Connection, rows: Iterable[tuple[int, ChecklistItem]]) -> None:
    """Adds statements, each with the id of its project."""
    facts.append(connection, item, [{"project_id": project_id, **dict(one)} for project_id, one in rows])


def count_statuses(connection: Connection, portfolio_id: int, filters: Filters) -> dict[tuple[str, str], int]:
    """How many of the projects that the filters find have each component at each status now."""
    latest = (
        select(func.max(item.c.id).label("id"))
        .join(project, project.c.id == item.c.project_id)
        .where(*conditions(portfolio_id, filters, sqlite=connection.dialect.name == "sqlite"))
        .group_by(item.c.project_id, item.c.component)
        .subquery()
    )
    statement = (
        select(item.c.component, item.c.status, func.count())
        .join(latest, latest.c.id == item.c.id)
        .group_by(item.c.component, item.c.status)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(statement)}
