"""Copies of an SQLite database that are whole even while others write."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from planner.domain.errors import Conflict, StorageFull, Unavailable, Unreadable
from planner.store.database import Database

_OPEN_ELSEWHERE_SECONDS = 0.5


def file_of(database: Database) -> Path:
    """The file of the database; Conflict when it is not SQLite."""
    if database.path is None:
        raise Conflict("This database is not an SQLite file; use the tools of your database, such as pg_dump.")
    return database.path


def copy(database: Database, target: Path) -> None:
    """Writes a copy, which appears under its name only when it is complete.

    Raises Unreadable when the database is damaged, StorageFull or Unavailable when the copy cannot be written.
    """
    source = file_of(database)
    # One statement reads one state; the paged backup interface would start anew at every write of somebody else.
    with _written(source, target) as partial, closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(partial),))


def keep(database: Database) -> Path:
    """Copies the database beside itself, under a name that is free, before something else takes its place.

    A damaged database is copied byte by byte: that may be all that is left of it.
    """
    source = file_of(database)
    target = _free(source.with_name(source.name + ".before-restore"))
    try:
        copy(database, target)
    except Unreadable:
        with _written(source, target) as partial:
            shutil.copyfile(source, partial)
    return target


def put_back(database: Database, source: Path) -> None:
    """Puts a copy in the place of the database. Conflict while somebody has it open."""
    target = file_of(database)
    database.close()
    if target.exists():
        _be_alone(target)
    with _written(target if target.exists() else source, target) as partial:
        shutil.copyfile(source, partial)
        # The journal belongs to the old file; were it there when the new one is opened, it would be played into it.
        for journal in ("-wal", "-shm"):
            target.with_name(target.name + journal).unlink(missing_ok=True)


def revision_of(source: Path) -> str:
    """The revision of a backup; Unreadable unless the file is a whole database of this program."""
    if not source.is_file():
        raise Unreadable(f"There is no file {source}.")
    try:
        with closing(sqlite3.connect(source.resolve().as_uri() + "?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise Unreadable(f"{source} is not a backup of planner: {error}.") from error
    if not sound or revision is None:
        raise Unreadable(f"{source} is damaged; take another backup.")
    return str(revision[0])


def _be_alone(target: Path) -> None:
    """Leaving the WAL takes the database for oneself: it fails while any other connection is open, even an idle one."""
    try:
        with closing(sqlite3.connect(target, timeout=_OPEN_ELSEWHERE_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Conflict("The database is in use; stop the server and whatever else has it open.") from error
    except sqlite3.DatabaseError:
        return  # damaged: nobody can use it


@contextmanager
def _written(like: Path, target: Path) -> Iterator[Path]:
    """A file that takes the target's place when the block ends well, and is gone when it does not.

    It is as private as `like`. What goes wrong is said in words.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=target.name, suffix=".partial", dir=target.parent)
        os.close(handle)
        partial = Path(name)
        try:
            yield partial
            with suppress(OSError):
                shutil.copymode(like, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except sqlite3.DatabaseError as error:
        said = str(error)
        if "full" in said or "disk I/O" in said:
            raise StorageFull(f"There is no room for {target}.") from error
        if isinstance(error, sqlite3.OperationalError):
            raise Unavailable(f"{target} cannot be written just now: {said}.") from error
        raise Unreadable(f"The database is damaged ({said}); restore a backup.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"There is no room for {target}.") from error
        raise Unavailable(f"{target} cannot be written: {error.strerror}.") from error


def _free(wanted: Path) -> Path:
    number, path = 1, wanted
    while path.exists():
        number += 1
        path = wanted.with_name(f"{wanted.name}-{number}")
    return path
