"""The whole service for tests: in the process through a client, and as a real server on a port of its own."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from planner.app import create_app
from planner.services import demo
from planner.services.workspace import Workspace
from planner.settings import Settings
from planner.store.database import Database
from tests.support.database import copied, workspace_of


def settings_for(database: Path) -> Settings:
    """The settings of a test: its own database, a named actor, quiet logs."""
    return Settings(database_url=f"sqlite:///{database}", actor="Mara", log_level="error")


@pytest.fixture
def app(template_db: Path, tmp_path: Path) -> FastAPI:
    """The service on an empty database of its own."""
    database = tmp_path / "planner.db"
    shutil.copyfile(template_db, database)
    return create_app(settings_for(database))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of the service, which follows no redirect by itself."""
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def example_db(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed SQLite file that holds the example portfolio, to copy from."""
    target = tmp_path_factory.mktemp("example") / "example.db"
    shutil.copyfile(template_db, target)
    database = Database(f"sqlite:///{target}")
    demo.load_demo(workspace_of(database))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return target


@pytest.fixture
def example_ws(example_db: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on a copy of the example portfolio."""
    with copied(example_db, tmp_path) as database:
        yield workspace_of(database)


@pytest.fixture
def example_client(example_db: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the service on a copy of the example portfolio."""
    database = tmp_path / "planner.db"
    shutil.copyfile(example_db, database)
    app = create_app(settings_for(database))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serves the app on a free port of this machine and gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started, "the server did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="session")
def example_server(example_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on the example portfolio, for tests that only look."""
    database = tmp_path_factory.mktemp("server") / "planner.db"
    shutil.copyfile(example_db, database)
    with serving(create_app(settings_for(database))) as address:
        yield address


@pytest.fixture
def live_server(example_db: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server on a copy of the example portfolio, for tests that change it."""
    database = tmp_path / "planner.db"
    shutil.copyfile(example_db, database)
    with serving(create_app(settings_for(database))) as address:
        yield address
