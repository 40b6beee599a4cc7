"""Sending a POST twice does its work once: the key is taken before the work and keeps the answer after it."""

from __future__ import annotations

from datetime import timedelta

from planner.domain.errors import Conflict
from planner.services import access
from planner.services.workspace import Workspace
from planner.store import idempotency

KEPT = timedelta(days=2)


def begin(ws: Workspace, key: str, request: str) -> tuple[int, str] | None:
    """Takes the key for a request (a digest of it); the (status, body) once given when the work was done already.

    Conflict when the key was used for another request, or when its first request has not finished: then nobody knows
    yet whether its work was done, and doing it again could do it twice.
    """
    access.check(ws.actor, "write")
    with ws.database.write() as connection:
        idempotency.remove_older(connection, ws.clock() - KEPT)
        if idempotency.take(connection, key, request, ws.clock()):
            return None
        found = idempotency.find(connection, key)
    known, status, body = found or (request, idempotency.PENDING, "")
    if known != request:
        raise Conflict("This Idempotency-Key was used for another request; take a new key.")
    if status == idempotency.PENDING:
        raise Conflict("The first request with this Idempotency-Key has not finished; look whether its work is done.")
    return status, body


def complete(ws: Workspace, key: str, status: int, body: str) -> None:
    """Keeps the answer for whoever sends the same again."""
    with ws.database.write() as connection:
        idempotency.complete(connection, key, status, body)


def abandon(ws: Workspace, key: str) -> None:
    """Gives the key back after a request that was refused."""
    with ws.database.write() as connection:
        idempotency.remove(connection, key)
