"""Real databases for tests: each test gets its own, migrated once per run and then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planner.playbooks import Playbooks
from planner.services.workspace import Workspace
from planner.store import migrations
from planner.store.database import Database


def migrated_file(folder: Path) -> Path:
    """A closed SQLite file at the newest revision, to copy from."""
    template = folder / "template.db"
    database = Database(f"sqlite:///{template}")
    migrations.migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return template


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Database]:
    """A copy of the template, open."""
    target = folder / "planner.db"
    shutil.copyfile(template, target)
    database = Database(f"sqlite:///{target}")
    yield database
    database.close()


class Ticking:
    """A clock that every look moves on by a second, so that each fact has its own time."""

    def __init__(self, start: datetime = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def workspace_of(database: Database, actor: str = "Mara") -> Workspace:
    """A workspace with the shipped playbooks and a clock of its own."""
    return Workspace(database, Playbooks.shipped(), actor, Ticking())
