"""Events: who did what, when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from planner.domain.history import Event, FieldChange
from planner.store.tables import EventRow, ProjectRow, table

event, project = table(EventRow), table(ProjectRow)

_select = select(event, project.c.key).outerjoin(project, project.c.id == event.c.project_id)


def _event(row: Row[Any]) -> Event:
    return Event.model_construct(
        id=row.id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        project=row.key,
        changes=tuple(FieldChange.model_construct(**change) for change in row.changes),
    )


def event_row(
    portfolio_id: int,
    project_id: int | None,
    at: datetime,
    actor: str,
    action: str,
    changes: Iterable[FieldChange] = (),
) -> dict[str, Any]:
    """An event as column values."""
    return {
        "portfolio_id": portfolio_id,
        "project_id": project_id,
        "at": at,
        "actor": actor,
        "action": action,
        "changes": [dict(change) for change in changes],
    }


def append_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds events, all in one executemany."""
    if rows:
        connection.execute(insert(event), [dict(row) for row in rows])


def load_project_events(connection: Connection, project_id: int) -> tuple[Event, ...]:
    """All events of a project, the newest first."""
    statement = _select.where(event.c.project_id == project_id).order_by(event.c.id.desc())
    return tuple(_event(row) for row in connection.execute(statement))


def load_portfolio_events(connection: Connection, portfolio_id: int, limit: int | None) -> tuple[Event, ...]:
    """The newest events of a portfolio and its projects; all of them without a limit."""
    statement = _select.where(event.c.portfolio_id == portfolio_id).order_by(event.c.id.desc()).limit(limit)
    return tuple(_event(row) for row in connection.execute(statement))


def load_events_of(connection: Connection, portfolio_id: int, actions: Iterable[str]) -> tuple[Event, ...]:
    """The events of a portfolio and its projects that are of these kinds, the newest first."""
    statement = _select.where(event.c.portfolio_id == portfolio_id, event.c.action.in_(tuple(actions)))
    return tuple(_event(row) for row in connection.execute(statement.order_by(event.c.id.desc())))
