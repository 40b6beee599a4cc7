"""Statements about components, of projects and shared ones, the last one on each being current."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Subquery, func, select

from planner.domain.infrastructure import ChecklistItem, ComponentStatus
from planner.domain.infrastructure_needs import Statement, Subject
from planner.domain.projects import Filters
from planner.domain.shared_components import SharedComponent
from planner.store import facts
from planner.store.project_filters import conditions
from planner.store.tables import ChecklistItemRow, ProjectRow, SharedComponentRow, table

item, project, shared = table(ChecklistItemRow), table(ProjectRow), table(SharedComponentRow)


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


def _latest(connection: Connection, portfolio_id: int, filters: Filters) -> Subquery:
    """The ids of the last statements on each component in the projects that the filters find."""
    return (
        select(func.max(item.c.id).label("id"))
        .join(project, project.c.id == item.c.project_id)
        .where(*conditions(portfolio_id, filters, sqlite=connection.dialect.name == "sqlite"))
        .group_by(item.c.project_id, item.c.component)
        .subquery()
    )


def count_statuses(
    connection: Connection, portfolio_id: int, filters: Filters
) -> dict[tuple[str, ComponentStatus, str | None], int]:
    """How many of the projects have each component at each status now, with the shared one that they use."""
    latest = _latest(connection, portfolio_id, filters)
    named = (item.c.component, item.c.status, item.c.shared)
    statement = select(*named, func.count()).join(latest, latest.c.id == item.c.id).group_by(*named)
    return {(row[0], row[1], row[2]): int(row[3]) for row in connection.execute(statement)}


def load_subjects(connection: Connection, portfolio_id: int, filters: Filters) -> list[Subject]:
    """The projects that the filters find, in the order of their ids, with what decides their needs."""
    columns = (getattr(project.c, name) for name in Subject._fields)
    where = conditions(portfolio_id, filters, sqlite=connection.dialect.name == "sqlite")
    return [Subject(*row) for row in connection.execute(select(*columns).where(*where).order_by(project.c.id))]


def load_statements(connection: Connection, portfolio_id: int, filters: Filters) -> list[Statement]:
    """The last statement on each component in each of those projects: its id, component, status, shared one."""
    latest = _latest(connection, portfolio_id, filters)
    columns = (item.c.project_id, item.c.component, item.c.status, item.c.shared)
    return [tuple(row) for row in connection.execute(select(*columns).join(latest, latest.c.id == item.c.id))]


def load_shared(connection: Connection, portfolio_id: int) -> tuple[SharedComponent, ...]:
    """All statements on shared components in the order of recording."""
    statement = select(shared).where(shared.c.portfolio_id == portfolio_id).order_by(shared.c.id)
    return tuple(
        SharedComponent.model_construct(**facts.values(row, "portfolio_id")) for row in connection.execute(statement)
    )


def append_shared(connection: Connection, portfolio_id: int, statements: Iterable[SharedComponent]) -> None:
    """Adds statements on shared components."""
    facts.append(connection, shared, [{"portfolio_id": portfolio_id, **dict(one)} for one in statements])
