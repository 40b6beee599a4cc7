"""Answers once given to POSTs that carried an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from planner.store.tables import IdempotencyRow, table

idempotency = table(IdempotencyRow)
PENDING = 0


def find(connection: Connection, key: str) -> tuple[str, int, str] | None:
    """(request, status, body) of a key; status PENDING while the first request has not answered."""
    columns = (idempotency.c.request, idempotency.c.status, idempotency.c.body)
    row = connection.execute(select(*columns).where(idempotency.c.key == key)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def add(connection: Connection, key: str, request: str, now: datetime) -> None:
    values = {"key": key, "request": request, "status": PENDING, "body": "", "recorded_at": now}
    connection.execute(insert(idempotency).values(**values))


def complete(connection: Connection, key: str, status: int, body: str) -> None:
    connection.execute(update(idempotency).where(idempotency.c.key == key).values(status=status, body=body))


def remove(connection: Connection, key: str) -> None:
    connection.execute(delete(idempotency).where(idempotency.c.key == key))


def remove_older(connection: Connection, than: datetime) -> None:
    connection.execute(delete(idempotency).where(idempotency.c.recorded_at < than))
