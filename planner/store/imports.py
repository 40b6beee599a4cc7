"""What the last import said of each project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from planner.store.tables import ImportedRow, ProjectRow, table

imported, project = table(ImportedRow), table(ProjectRow)


def load_payloads(connection: Connection, portfolio_id: int) -> Mapping[int, dict[str, Any]]:
    """The payload of the last import of each project that has been imported."""
    statement = (
        select(imported.c.project_id, imported.c.payload)
        .join(project, project.c.id == imported.c.project_id)
        .where(project.c.portfolio_id == portfolio_id)
    )
    return {row.project_id: row.payload for row in connection.execute(statement)}


def add_payloads(connection: Connection, payloads: Sequence[tuple[int, Mapping[str, Any]]], now: datetime) -> None:
    """Keeps the payloads of projects that had none."""
    if payloads:
        rows = [{"project_id": p, "payload": dict(payload), "imported_at": now} for p, payload in payloads]
        connection.execute(insert(imported), rows)


def replace_payload(connection: Connection, project_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Keeps the payload of one project in the place of an earlier one."""
    connection.execute(delete(imported).where(imported.c.project_id == project_id))
    add_payloads(connection, [(project_id, payload)], now)
