"""Copies of an SQLite database that are whole even while others write."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from planner.domain.errors import Conflict, Unreadable
from planner.store.database import Database


def file_of(database: Database) -> Path:
    """The file of the database; Conflict when it is not SQLite."""
    if database.path is None:
        raise Conflict("This database is not an SQLite file; use the tools of your database, such as pg_dump.")
    return database.path


def copy(database: Database, target: Path) -> None:
    """Writes a copy, which appears under its name only when it is complete."""
    source = file_of(database)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    # One statement reads one state; the paged backup interface would start anew at every write of somebody else.
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(partial),))
    os.replace(partial, target)


def put_back(database: Database, source: Path) -> None:
    """Puts a copy in the place of the database, which nobody may have open."""
    target = file_of(database)
    database.close()
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    os.replace(partial, target)
    for journal in ("-wal", "-shm"):
        target.with_name(target.name + journal).unlink(missing_ok=True)


def check(source: Path) -> None:
    """Raises Unreadable unless the file is a whole database of this program."""
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
