"""What every test can ask for. Databases are in tests/support/fixtures.py; here are the parts around them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser

from tests.support.browser import launched
from tests.support.postgres import running_postgres

pytest_plugins = ["tests.support.fixtures", "tests.support.web"]

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"

# No deadline: a loaded machine is not a bug. In CI the examples are the same each time, so that green stays green.
hypothesis_settings.register_profile("planner", deadline=None, derandomize=IN_CI, print_blob=True)
hypothesis_settings.load_profile("planner")


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hides the developer's own PLANNER_ variables and data: a test that names no database gets an empty one."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PLANNER_")]:
            patch.delenv(name)
        patch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{tmp_path_factory.mktemp('home') / 'planner.db'}")
        yield


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real inventories, runs and oracles beside the checkout. Tests skip without it, but not in CI."""
    found = ROOT.parent / "shared"
    if not found.is_dir():
        (pytest.fail if IN_CI else pytest.skip)(f"needs {found}")
    return found


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """The address of a PostgreSQL server that this test process has to itself."""
    with running_postgres() as url:
        yield url


# Of a module, not of the session: while playwright runs, its event loop forbids asyncio.run() to every other test.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium. `tests.support.browser.silent_page` opens pages in it."""
    with launched() as browser:
        yield browser
