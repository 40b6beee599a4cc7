"""Writers of one process that meet share one commit: waiting for the disk is what a small write mostly does.

A writer that ends while others wait hands the open transaction to the next one; the last commits for all. Nobody
returns before that commit, so what is acknowledged is on the disk. Whoever joins works inside a savepoint: its failure
takes back its own statements and nobody else's.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

MOST = 32  # writers to a commit, so that the first one is not kept waiting by a stream of others


class _Group:
    """A transaction that several writers share, and how it ended."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction = connection.begin()
        self.writers = 0  # whose work is in it
        self.ended = threading.Event()
        self.failure: BaseException | None = None

    def end(self) -> None:
        """Commits what the writers did; a failure is theirs, all of them."""
        try:
            if self.writers:
                self.transaction.commit()
            else:
                self.transaction.rollback()
        except BaseException as error:  # noqa: BLE001 - raised by every writer of the group
            self.failure = error
        finally:
            self.connection.close()
            self.ended.set()

    def lose(self, failure: BaseException) -> None:
        """Gives up a transaction that the database itself has rolled back, as it does when the disk is full."""
        self.failure = failure
        try:
            self.connection.invalidate()
        finally:
            self.connection.close()
            self.ended.set()

    @property
    def alive(self) -> bool:
        """Whether the database still has the transaction open."""
        raw = self.connection.connection.dbapi_connection
        return bool(raw is not None and raw.in_transaction)


class GroupCommit:
    """The writing transactions of one SQLite database in one process. Only one of them works at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._group: _Group | None = None  # read and set by whoever has the turn
        self._counting = threading.Lock()
        self.waiting = 0  # writers that would join

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Connection]:
        """A transaction that is on the disk when the block has ended, and leaves nothing behind when it raises.

        `alone` is for long work, which would keep the others of a group waiting for their commit.
        """
        self._count(0 if alone else 1)
        with self._turn:
            self._count(0 if alone else -1)
            if alone and self._group is not None:
                self._close(self._group)
            group = self._group = self._group or _Group(self._engine.connect())
            try:
                yield from self._work(group)
            finally:
                if self._group is group and (alone or not self.waiting or group.writers >= MOST):
                    self._close(group)
        group.ended.wait()
        if group.failure is not None:
            raise group.failure

    def _work(self, group: _Group) -> Iterator[Connection]:
        savepoint = group.connection.begin_nested() if group.writers else None
        try:
            yield group.connection
            if savepoint is not None:
                savepoint.commit()
        except BaseException as error:
            if not group.alive:
                self._group = None
                group.lose(error)
            else:
                if savepoint is not None:
                    savepoint.rollback()
                self._close(group)  # whoever was too late reads again, and must find what it lost against
            raise
        group.writers += 1

    def _close(self, group: _Group) -> None:
        self._group = None
        group.end()

    def _count(self, change: int) -> None:
        with self._counting:
            self.waiting += change
