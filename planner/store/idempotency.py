"""Answers once given to POSTs that carried an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from planner.store.tables import IdempotencyRow, table

idempotency = table(IdempotencyRow)
PENDING = 0


def find(connection: Connection, key: str) -> tuple[str, int, str] | None:
    """(request, status, body) of a key; status PENDING while the first request has not answered."""
    columns = (idempotency.c.request, idempotency.c.status, idempotency.c.body)
    row = connection.execute(select(*columns).where(idempotency.c.key == key)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def take(connection: Connection, key: str, request: str, now: datetime) -> bool:
    """Takes a key, of several who try at once for one only; False when it is taken."""
    values = {"key": key, "request": request, "status": PENDING, "body": "", "recorded_at": now}
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(idempotency).values(**values).on_conflict_do_nothing().returning(idempotency.c.key)
    return connection.execute(statement).first() is not None


def complete(connection: Connection, key: str, status: int, body: str) -> None:
    """Keeps the answer of the request that took the key."""
    connection.execute(update(idempotency).where(idempotency.c.key == key).values(status=status, body=body))


def remove(connection: Connection, key: str) -> None:
    """Gives a key back."""
    connection.execute(delete(idempotency).where(idempotency.c.key == key))


def remove_older(connection: Connection, than: datetime) -> None:
    """Forgets the keys that were taken before."""
    connection.execute(delete(idempotency).where(idempotency.c.recorded_at < than))
