"""Databases for tests, on SQLite and on PostgreSQL: migrated once in a run, and copied for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from planner.services.workspace import Workspace
from planner.store import migrations
from planner.store.database import Database
from tests.support.database import copied, migrated_file, workspace_of


class Postgres:
    """A server on which each test gets a database of its own, copied from a migrated one (about 20 ms)."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        # Two test processes may share a server, so the names carry the process.
        self._names = (f"planner_{os.getpid()}_{number}" for number in itertools.count())
        # What is lost when the machine fails is no loss here, and not waiting for the disk is much faster.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self.template = next(self._names)
        self._run(f"CREATE DATABASE {self.template}")
        database = Database(self.address(self.template))
        migrations.migrate(database)
        database.close()

    def address(self, name: str) -> str:
        """The address of one of the server's databases."""
        return self.url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[Database]:
        """A new database, dropped when the block ends."""
        name = next(self._names)
        self._run(f"CREATE DATABASE {name} TEMPLATE {self.template if migrated else 'template0'}")
        database = Database(self.address(name))
        try:
            yield database
        finally:
            database.close()
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._run(f"DROP DATABASE {self.template} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(statement.encode())


@pytest.fixture(scope="session")
def template_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed SQLite file at the newest revision."""
    return migrated_file(tmp_path_factory.mktemp("template"))


@pytest.fixture
def database(template_db: Path, tmp_path: Path) -> Iterator[Database]:
    """An SQLite database of its own."""
    with copied(template_db, tmp_path) as database:
        yield database


@pytest.fixture
def ws(database: Database) -> Workspace:
    """A workspace on SQLite."""
    return workspace_of(database)


@pytest.fixture(scope="session")
def postgres(pg_url: str) -> Iterator[Postgres]:
    """A PostgreSQL server that hands out databases."""
    server = Postgres(pg_url)
    yield server
    server.close()


@pytest.fixture
def pg_database(postgres: Postgres) -> Iterator[Database]:
    """A PostgreSQL database of its own."""
    with postgres.database() as database:
        yield database


@pytest.fixture
def pg_ws(pg_database: Database) -> Workspace:
    """A workspace on PostgreSQL."""
    return workspace_of(pg_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """A database of its own; the test runs on both kinds."""
    found: Database = request.getfixturevalue("database" if request.param == "sqlite" else "pg_database")
    return found


@pytest.fixture
def any_ws(any_database: Database) -> Workspace:
    """A workspace; the test runs on both kinds of database."""
    return workspace_of(any_database)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_ws(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace that all tests of a module share, on both kinds of database: for tests that only read."""
    if request.param == "sqlite":
        with copied(request.getfixturevalue("template_db"), tmp_path_factory.mktemp("shared")) as database:
            yield workspace_of(database)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as database:
            yield workspace_of(database)
