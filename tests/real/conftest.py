"""The real inventory as a portfolio, for tests that change it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.domain.portfolios import PortfolioDraft
from planner.services import imports, portfolios
from planner.services.workspace import Workspace
from planner.store.database import Database
from tests.support.database import workspace_of

SLUG = "fed"


@pytest.fixture
def fed(template_db: Path, shared_dir: Path, tmp_path: Path) -> Iterator[Workspace]:
    target = tmp_path / "planner.db"
    shutil.copyfile(template_db, target)
    database = Database(f"sqlite:///{target}")
    ws = workspace_of(database)
    portfolios.create_portfolio(ws, PortfolioDraft(slug=SLUG, name="Federal inventory"))
    file = shared_dir / "data" / "inventory" / "us-fed-ai-2024.csv"
    imports.import_file(ws, SLUG, file, file.name, imports.resolve_mapping("us-fed-ai-2024"))
    yield ws
    database.close()
