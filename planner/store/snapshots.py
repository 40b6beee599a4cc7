"""Snapshots: names for moments of a portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from planner.domain.snapshots import Snapshot
from planner.store.tables import SnapshotRow, table

snapshot = table(SnapshotRow)


def load_snapshots(connection: Connection, portfolio_id: int, *, deleted: bool = False) -> tuple[Snapshot, ...]:
    """The snapshots of a portfolio by number; with `deleted` those that were taken away too."""
    statement = select(snapshot).where(snapshot.c.portfolio_id == portfolio_id).order_by(snapshot.c.number)
    if not deleted:
        statement = statement.where(snapshot.c.deleted_at.is_(None))
    return tuple(
        Snapshot.model_construct(**{name: getattr(row, name) for name in Snapshot.model_fields})
        for row in connection.execute(statement)
    )


def append_snapshots(connection: Connection, portfolio_id: int, snapshots: Iterable[Snapshot]) -> None:
    """Adds snapshots."""
    rows = [{"portfolio_id": portfolio_id, **dict(found)} for found in snapshots]
    if rows:
        connection.execute(insert(snapshot), rows)


def mark_deleted(connection: Connection, portfolio_id: int, number: int, at: datetime) -> None:
    """Takes a snapshot away; its row stays, so that its number is not used again."""
    statement = update(snapshot).where(snapshot.c.portfolio_id == portfolio_id, snapshot.c.number == number)
    connection.execute(statement.values(deleted_at=at))
