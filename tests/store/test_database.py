"""Transactions: what is written is there whole or not at all, and what goes wrong is said in words."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from planner.domain.errors import NotFound, Stale, StorageFull, Unavailable
from planner.domain.projects import Filters, Page, ProjectPatch, ProjectSummary
from planner.services import portfolios, projects
from planner.services.workspace import Workspace
from planner.store import database as database_module
from planner.store.database import Database
from tests.support.database import workspace_of
from tests.support.factories import SLUG, add_portfolio, add_project

COUNT = text("SELECT count(*) FROM portfolio")
RENAME = text("UPDATE portfolio SET name = :name")


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(COUNT).scalar_one())


def test_what_raises_leaves_nothing_behind(any_database: Database) -> None:
    ws = workspace_of(any_database)
    add_portfolio(ws)
    with pytest.raises(ZeroDivisionError), any_database.write() as connection:
        connection.execute(RENAME, {"name": "half"})
        raise ZeroDivisionError
    assert portfolios.get_portfolio(ws, SLUG).name == "Lab"


def test_a_failed_statement_keeps_texts_to_itself(any_database: Database) -> None:
    ws = workspace_of(any_database)
    add_portfolio(ws)
    add_project(ws, "a secret name")
    copy = text(
        "INSERT INTO project SELECT * FROM project WHERE name = :name"  # its own id once more
    )
    with pytest.raises(IntegrityError) as failed, any_database.write() as connection:
        connection.execute(copy, {"name": "a secret name"})
    assert "a secret name" not in str(failed.value)


def test_a_read_sees_one_state_whatever_others_write(any_database: Database) -> None:
    ws = workspace_of(any_database)
    add_portfolio(ws)
    with any_database.read() as connection:
        before = connection.execute(COUNT).scalar_one()
        add_portfolio(ws, "second")
        assert connection.execute(COUNT).scalar_one() == before == 1
    assert count(any_database) == 2


def test_a_read_does_not_wait_for_a_writer(any_database: Database) -> None:
    ws = workspace_of(any_database)
    add_portfolio(ws)
    with any_database.write() as connection:
        connection.execute(RENAME, {"name": "new"})
        with ThreadPoolExecutor(1) as pool:
            seen = pool.submit(portfolios.get_portfolio, ws, SLUG).result(timeout=5)
        assert seen.name == "Lab"
    assert portfolios.get_portfolio(ws, SLUG).name == "new"


# ── many at once ─────────────────────────────────────────────────────────────────────────────────────────────────


def add_up(ws: Workspace, times: int) -> None:
    """Adds 1 to the effort, so often, as a careful client does: read, write what was read plus one, repeat if stale."""
    for _ in range(times):
        while True:
            project = projects.get_project(ws, "LAB-1")
            patch = ProjectPatch(effort=(project.effort or 0) + 1)
            try:
                projects.update_project(ws, project.key, patch, project.version)
            except Stale:
                continue
            break


def test_eight_writers_at_once_lose_nothing(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    add_project(any_ws)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: add_up(any_ws, 25), range(8)))  # raises what any of them raised
    project = projects.get_project(any_ws, "LAB-1")
    assert (project.effort, project.version) == (200, 201)
    assert portfolios.get_revision(any_ws, SLUG) >= 201


def in_another_process(path: str, times: int) -> None:
    database = Database(f"sqlite:///{path}")
    add_up(workspace_of(database), times)
    database.close()


def test_processes_that_share_a_file_lose_nothing(database: Database) -> None:
    ws = workspace_of(database)
    add_portfolio(ws)
    add_project(ws)
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=in_another_process, args=(str(database.path), 10)) for _ in range(2)]
    for other in others:
        other.start()
    add_up(ws, 10)
    for other in others:
        other.join(60)
        assert other.exitcode == 0
    assert projects.get_project(ws, "LAB-1").effort == 30


def test_keys_given_out_at_once_are_all_different(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda number: add_project(any_ws, f"p{number}"), range(24)))
    assert sorted(int(project.key.removeprefix("LAB-")) for project in created) == list(range(1, 25))
    assert portfolios.get_portfolio(any_ws, SLUG).projects == 24


# ── when the database cannot ─────────────────────────────────────────────────────────────────────────────────────


def pragma(database: Database, words: str) -> int:
    """Sets something on the one pooled connection of a test that uses no threads."""
    with database.engine.connect() as connection:
        result = connection.exec_driver_sql(f"PRAGMA {words}")
        return int(result.scalar_one()) if result.returns_rows else 0


def test_a_full_disk_is_said_and_nothing_of_the_write_is_kept(database: Database) -> None:
    ws = workspace_of(database)
    add_portfolio(ws)
    add_project(ws, "there before")
    revision = portfolios.get_revision(ws, SLUG)
    pragma(database, f"max_page_count={pragma(database, 'page_count') + 2}")
    with pytest.raises(StorageFull, match="nothing was changed"):
        add_project(ws, "large", summary="word " * 4000, risks="word " * 4000)
    assert [item.name for item in projects.list_projects(ws, SLUG, Filters()).items] == ["there before"]
    assert portfolios.get_revision(ws, SLUG) == revision
    pragma(database, "max_page_count=100000")
    assert add_project(ws, "large", summary="word " * 4000).key == "LAB-2"
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_database_that_may_only_be_read_says_so(database: Database) -> None:
    ws = workspace_of(database)
    add_portfolio(ws)
    pragma(database, "query_only=ON")
    with pytest.raises(Unavailable, match="permissions"):
        add_project(ws)
    assert portfolios.get_portfolio(ws, SLUG).projects == 0


def test_a_writer_that_never_ends_makes_others_give_up_in_words(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_SECONDS", 0.05)
    impatient = Database(database.url.render_as_string())
    with database.write(), pytest.raises(Unavailable, match="try again"), impatient.write():
        pytest.fail("two writers at once")
    with impatient.write() as connection:
        assert connection.execute(COUNT).scalar_one() == 0
    impatient.close()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    nobody = Database("postgresql+psycopg://planner@127.0.0.1:1/planner")
    with pytest.raises(Unavailable, match="does not answer"), nobody.read():
        pytest.fail("connected to nothing")
    nobody.close()


def test_a_connection_that_breaks_in_the_middle_leaves_nothing_and_the_next_one_works(pg_database: Database) -> None:
    ws = workspace_of(pg_database)
    add_portfolio(ws)
    with pytest.raises(Unavailable), pg_database.write() as connection:
        connection.execute(RENAME, {"name": "half"})
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with pg_database.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        connection.execute(COUNT)
    assert portfolios.get_portfolio(ws, SLUG).name == "Lab"
    assert add_project(ws).key == "LAB-1"


def test_connections_that_were_cut_while_idle_are_replaced_unseen(pg_database: Database) -> None:
    ws = workspace_of(pg_database)
    add_portfolio(ws)  # leaves a connection in the pool
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    operator = Database(pg_database.url.render_as_string(hide_password=False))
    with operator.engine.connect() as connection:
        assert connection.execute(others).scalars().all() == [True]
    operator.close()
    assert portfolios.get_portfolio(ws, SLUG).name == "Lab"


def test_a_server_in_another_time_zone_changes_nothing(pg_database: Database) -> None:
    with pg_database.engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET timezone = 'America/New_York'"))
    pg_database.close()  # the next connection begins in that zone
    ws = workspace_of(pg_database)
    add_portfolio(ws)
    created = add_project(ws)
    add_project(ws, "second")
    assert projects.get_project(ws, "LAB-1") == created
    assert projects.get_project(ws, "LAB-1").created_at.utcoffset() == timedelta(0)
    _, page = projects.list_projects_json(ws, SLUG, Filters(sort="updated_at"), limit=1)
    (item,) = Page[ProjectSummary].model_validate_json(page).items
    assert (item.key, item.created_at) == ("LAB-1", created.created_at)
    assert b'"created_at":"2026-05-04T09:00:' in page
    following = projects.list_projects(ws, SLUG, Filters(sort="updated_at"), limit=1).next
    assert [
        one.key for one in projects.list_projects(ws, SLUG, Filters(sort="updated_at"), cursor=following).items
    ] == ["LAB-2"]


@pytest.mark.parametrize(
    "ref",
    [
        "LAB-2",
        "lab-",
        "999999",
        "2147483648",
        "99999999999999999999",
        "-1",
        "",
        "a\x00b",
        "\udcff",
        "²",
        "LAB-1\n",
        "' OR 1=1 --",
    ],
    ids=repr,
)
def test_a_reference_to_nothing_is_not_found_whatever_it_holds(any_ws: Workspace, ref: str) -> None:
    add_portfolio(any_ws)
    add_project(any_ws)
    with pytest.raises(NotFound):
        projects.get_project(any_ws, ref)
    with pytest.raises(NotFound):
        portfolios.get_portfolio(any_ws, ref)


def test_a_project_is_found_by_its_id_and_its_key_in_any_case(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    project = add_project(any_ws)
    for ref in (str(project.id), "LAB-1", "lab-1"):
        assert projects.get_project(any_ws, ref) == project


def test_the_file_and_its_folder_are_made_when_they_are_missing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'down' / 'planner.db'}")
    assert database.path == tmp_path / "deep" / "down" / "planner.db"
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL: what is answered is on the disk
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


class Refusing:
    """A connection to a new file that others are opening too: SQLite refuses the journal so many times, at once."""

    def __init__(self, times: int, said: str = "database is locked") -> None:
        self.times, self.said = times, said

    def execute(self, statement: str) -> None:
        assert statement == "PRAGMA journal_mode=WAL"
        if self.times:
            self.times -= 1
            raise sqlite3.OperationalError(self.said)


def test_the_journal_of_a_new_file_is_asked_for_until_it_is_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    # The race itself shows in one of fifty tries of six who open a new file at once.
    contested = Refusing(3)
    database_module._take_wal(contested)
    assert contested.times == 0
    with pytest.raises(sqlite3.OperationalError, match="I/O"):
        database_module._take_wal(Refusing(1, "disk I/O error"))
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_SECONDS", 0.03)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        database_module._take_wal(Refusing(10**9))


def test_a_writer_that_fails_leaves_the_queue_to_the_next(database: Database) -> None:
    ws = workspace_of(database)
    add_portfolio(ws)
    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(add_project, ws, slug="nowhere").exception(timeout=10)
        assert isinstance(refused, NotFound)
    assert add_project(ws).key == "LAB-1"


def test_more_readers_than_connections_is_said_in_words(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.01)
    with ExitStack() as open_reads, pytest.raises(Unavailable, match="busy"):
        for _ in range(100):
            open_reads.enter_context(database.read())
    assert count(database) == 0
