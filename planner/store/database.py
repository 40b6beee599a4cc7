"""Transactions. Only this module begins and commits them; services choose between read and write."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from planner.domain.errors import StorageFull, Unavailable, Unreadable
from planner.store.group_commit import GroupCommit

__all__ = ["Connection", "Database", "in_plain_words"]  # services pass connections on, and know no more of SQL

BUSY_TIMEOUT_SECONDS = 10


class Database:
    """An engine and the two kinds of transaction. SQLite by default; PostgreSQL by its address.

    On SQLite a write begins with BEGIN IMMEDIATE (a read that turns into a write fails at once under load and loses
    updates), the journal is a WAL with synchronous=FULL (what is acknowledged is on the disk), and the writers of this
    process queue at a lock, which is fairer than SQLite's busy handler, and share a commit where they meet.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database not in (None, "", ":memory:"):
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        # A server-side prepared statement is lost when a pooler in transaction mode hands out another connection.
        arguments = {"timeout": BUSY_TIMEOUT_SECONDS} if self.is_sqlite else {"prepare_threshold": None}
        self.engine = create_engine(
            self.url,
            hide_parameters=True,  # a failed statement must not write people's texts into a log
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            pool_pre_ping=not self.is_sqlite,
            connect_args=arguments,
        )
        # PostgreSQL would otherwise show each statement of a transaction the newest state there is.
        one_state: Any = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = self.engine if self.is_sqlite else self.engine.execution_options(**one_state)
        self._writer = self.engine.execution_options(planner_write=True)
        self._together = GroupCommit(self._writer) if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with in_plain_words(), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Connection]:
        """A transaction that is committed when the block has ended, and leaves nothing behind when it raises.

        `alone` is for work of more than a moment: on SQLite, short writes that meet share a commit.
        """
        with in_plain_words():
            if self._together is not None:
                with self._together.write(alone=alone) as connection:
                    yield connection
            else:
                with self._writer.connect() as connection, connection.begin():
                    yield connection

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(str(self.url.database)) if self.is_sqlite and self.url.database else None

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # the driver begins no transaction of its own; `_begin_sqlite` does
    _take_wal(dbapi_connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _take_wal(dbapi_connection: Any) -> None:
    """Sets the journal. Of several who open a new file at once SQLite refuses all but one, without waiting its turn."""
    give_up = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            dbapi_connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("planner_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turns what a database says when it is full or away into errors that a person can act on."""
    try:
        yield
    except NoConnectionFree as error:
        raise Unavailable("The database is busy; try again in a moment.") from error
    except DBAPIError as error:
        said = str(error.orig).lower()
        if "disk is full" in said or "disk i/o error" in said or "no space left" in said:
            raise StorageFull("The disk is full; nothing was changed. Free some space and try again.") from error
        if "not a database" in said or "malformed" in said:
            raise Unreadable("The database file is damaged or is no SQLite file; restore a backup of it.") from error
        if "readonly database" in said or "unable to open database" in said:
            raise Unavailable(
                "The database file cannot be opened for writing; check its folder's permissions."
            ) from error
        if isinstance(error, OperationalError) and (
            "locked" in said or error.connection_invalidated or "connect" in said
        ):
            raise Unavailable("The database does not answer just now; try again in a moment.") from error
        raise
