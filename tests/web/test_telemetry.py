from __future__ import annotations

import shutil
from pathlib import Path

from starlette.testclient import TestClient

from planner.app import create_app
from planner.settings import Settings


def served(example_db: Path, folder: Path, *, metrics: bool) -> TestClient:
    database = folder / "planner.db"
    shutil.copyfile(example_db, database)
    settings = Settings(database_url=f"sqlite:///{database}", metrics=metrics, log_level="error")
    return TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False)


def test_requests_are_counted_by_route_and_no_key_is_told(example_db: Path, tmp_path: Path) -> None:
    with served(example_db, tmp_path, metrics=True) as client:
        client.get("/api/v1/projects/EX-1")
        client.get("/api/v1/projects/EX-2")
        client.get("/api/v1/projects/EX-999")
        text = client.get("/metrics").text
    assert 'planner_requests_total{method="GET",route="/api/v1/projects/{project}",status="200"} 2.0' in text
    assert 'planner_requests_total{method="GET",route="/api/v1/projects/{project}",status="404"} 1.0' in text
    assert "EX-" not in text


def test_the_figures_are_shown_only_when_asked_for(example_db: Path, tmp_path: Path) -> None:
    with served(example_db, tmp_path, metrics=False) as client:
        assert client.get("/metrics").status_code == 404
