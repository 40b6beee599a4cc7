"""Looking after the database: nothing is lost by an upgrade, a backup or a restore, whatever else goes on."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from planner.domain.errors import Conflict, StorageFull, Unavailable, Unreadable
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import Filters
from planner.domain.scoring import AnswerDraft
from planner.services import maintenance, portfolios, projects, scoring
from planner.services.workspace import Workspace
from planner.store import migrations
from planner.store.database import Database
from tests.support.database import workspace_of
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored, levels


@contextmanager
def opened(path: Path) -> Iterator[Workspace]:
    database = Database(f"sqlite:///{path}")
    yield workspace_of(database)
    database.close()


def names(ws: Workspace) -> list[str]:
    return [item.name for item in projects.list_projects(ws, SLUG, Filters(sort="key")).items]


def file_of(ws: Workspace) -> Path:
    assert ws.database.path is not None
    return ws.database.path


@pytest.fixture
def filled(ws: Workspace) -> Workspace:
    add_portfolio(ws)
    add_scored(ws, "first", 4)
    return ws


@pytest.fixture
def first(filled: Workspace, tmp_path: Path) -> Path:
    """A backup that holds the first project only."""
    maintenance.backup(filled, tmp_path / "first.db")
    return tmp_path / "first.db"


# ── upgrade ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_database_is_upgraded_once_and_not_copied(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'planner.db'}")
    assert maintenance.upgrade(database)
    assert not maintenance.upgrade(database)
    assert [path.name for path in tmp_path.iterdir() if "before" in path.name] == []
    assert maintenance.check(workspace_of(database)) == []
    database.close()


def test_an_older_database_is_copied_before_it_is_upgraded(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = migrations.head()
    with filled.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    monkeypatch.setattr(migrations, "head", lambda: newest)
    monkeypatch.setattr(migrations, "is_known", lambda revision: True)
    with pytest.raises(Exception, match="older"):  # there is no way from a revision that never was …
        maintenance.upgrade(filled.database)
    kept = file_of(filled).with_name(f"planner.db.before-{newest}")
    with opened(kept) as copy:  # … but the copy was made before that was found out
        assert names(copy) == ["first"]


def test_a_database_of_a_newer_program_is_left_alone_and_says_so(any_database: Database) -> None:
    ws = workspace_of(any_database)
    with any_database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer version of planner"):
        maintenance.upgrade(any_database)
    (problem,) = maintenance.check(ws)
    assert "9999" in problem
    if any_database.path:
        assert [path.name for path in any_database.path.parent.iterdir() if "before" in path.name] == []


# ── check ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sound_database_has_no_problems(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    add_scored(any_ws, "first", 4)
    assert maintenance.check(any_ws) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE portfolio SET playbook_version = 99", "which is not here"),
        ("DROP INDEX ix_project_priority", "lacks ix_project_priority"),
        ("ALTER TABLE answer ADD COLUMN colour TEXT", "colour"),
    ],
)
def test_a_check_names_what_is_wrong(any_ws: Workspace, damage: str, said: str) -> None:
    add_portfolio(any_ws)
    with any_ws.database.write() as connection:
        connection.execute(text(damage))
    assert any(said in problem for problem in maintenance.check(any_ws))


def test_a_check_finds_rows_without_their_parent(filled: Workspace) -> None:
    with closing(sqlite3.connect(file_of(filled))) as raw:
        raw.execute("UPDATE answer SET project_id = 999 WHERE id = 1")
        raw.commit()
    assert any("lost its parent" in problem for problem in maintenance.check(filled))


# ── backup ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_backups_taken_while_others_write_are_whole(ws: Workspace, tmp_path: Path) -> None:
    add_portfolio(ws)
    stop = threading.Event()
    acknowledged: list[str] = []

    def write() -> None:
        while not stop.is_set():
            # Two rows in one transaction: the project and its event are in a backup together or not at all.
            acknowledged.append(add_project(ws, f"p{len(acknowledged)}", summary="word " * 200).key)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        seen = []
        for number in range(8):
            before = len(acknowledged)
            maintenance.backup(ws, tmp_path / f"copy{number}.db")
            seen.append((before, tmp_path / f"copy{number}.db"))
        stop.set()
        writing.result(timeout=30)
    assert len(acknowledged) > 8
    for before, path in seen:
        with closing(sqlite3.connect(path)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (kept,) = copy.execute("SELECT count(*) FROM project").fetchone()
            (events,) = copy.execute("SELECT count(*) FROM event WHERE action = 'project.created'").fetchone()
            (revision,) = copy.execute("SELECT revision FROM portfolio").fetchone()
        assert kept >= before
        assert kept == events == revision - 1
    with opened(seen[-1][1]) as restored:
        assert maintenance.check(restored) == []


def test_a_backup_never_overwrites(filled: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(Conflict, match="exists"):
        maintenance.backup(filled, target)
    assert target.read_text() == "mine"


def test_a_backup_that_fails_leaves_nothing_half_written(
    filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        maintenance.backup(filled, tmp_path / "file" / "copy.db")

    full = OSError(28, "No space left on device")

    def no_room(*_: object) -> None:
        raise full

    monkeypatch.setattr(Path, "replace", no_room)
    folder = tmp_path / "out"
    with pytest.raises(StorageFull, match="no room"):
        maintenance.backup(filled, folder / "copy.db")
    assert list(folder.iterdir()) == []


def test_a_backup_is_as_private_as_the_database(filled: Workspace, tmp_path: Path) -> None:
    file_of(filled).chmod(0o640)
    maintenance.backup(filled, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o640


def test_a_server_database_is_backed_up_by_its_own_tools(pg_ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="pg_dump"):
        maintenance.backup(pg_ws, tmp_path / "copy.db")
    with pytest.raises(Conflict, match="pg_dump"):
        maintenance.restore(pg_ws.database, tmp_path / "copy.db")


# ── restore ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_restore_brings_back_what_was_and_keeps_what_is(filled: Workspace, tmp_path: Path) -> None:
    maintenance.backup(filled, tmp_path / "copy.db")
    add_project(filled, "second")
    kept = maintenance.restore(filled.database, tmp_path / "copy.db")
    assert names(filled) == ["first"]
    assert maintenance.check(filled) == []
    assert maintenance.rebuild(filled) == 0
    assert kept is not None
    with opened(kept) as old:
        assert names(old) == ["first", "second"]
    add_project(filled, "third")
    again = maintenance.restore(filled.database, tmp_path / "copy.db")
    assert again is not None
    assert again != kept
    for path, expected in ((kept, ["first", "second"]), (again, ["first", "third"])):
        with opened(path) as old:
            assert names(old) == expected


def test_a_restore_where_nothing_was(filled: Workspace, tmp_path: Path) -> None:
    maintenance.backup(filled, tmp_path / "copy.db")
    elsewhere = Database(f"sqlite:///{tmp_path / 'elsewhere' / 'planner.db'}")
    assert maintenance.restore(elsewhere, tmp_path / "copy.db") is None
    assert names(workspace_of(elsewhere)) == ["first"]
    elsewhere.close()


def test_a_damaged_database_can_be_restored_over_and_is_kept_as_it_is(filled: Workspace, tmp_path: Path) -> None:
    maintenance.backup(filled, tmp_path / "copy.db")
    filled.database.close()
    damaged = b"SQLite format 3\x00" + b"no database at all " * 500
    file_of(filled).write_bytes(damaged)
    kept = maintenance.restore(filled.database, tmp_path / "copy.db")
    assert names(filled) == ["first"]
    assert kept is not None
    assert kept.read_bytes() == damaged


def left_by_a_crash(ws: Workspace, folder: Path) -> Database:
    """A copy made while the database is open: the file, and beside it a journal with commits that it lacks."""
    folder.mkdir()
    for part in ("", "-wal"):
        left = file_of(ws).with_name(f"planner.db{part}").read_bytes()
        assert left
        (folder / f"planner.db{part}").write_bytes(left)
    return Database(f"sqlite:///{folder / 'planner.db'}")


def test_the_journal_of_a_crash_is_kept_with_the_old_file(filled: Workspace, first: Path, tmp_path: Path) -> None:
    add_project(filled, "second")
    crashed = left_by_a_crash(filled, tmp_path / "crashed")
    kept = maintenance.restore(crashed, first)
    assert names(workspace_of(crashed)) == ["first"]
    assert maintenance.check(workspace_of(crashed)) == []
    crashed.close()
    assert kept is not None
    with opened(kept) as old:
        assert names(old) == ["first", "second"]


def test_the_journal_of_a_file_that_was_removed_does_not_reach_into_the_restored_one(
    filled: Workspace, first: Path, tmp_path: Path
) -> None:
    with filled.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with filled.database.write() as connection:
        connection.execute(text("UPDATE portfolio SET name = 'in the journal only'"))
    crashed = left_by_a_crash(filled, tmp_path / "crashed")
    assert crashed.path is not None
    crashed.path.unlink()
    assert maintenance.restore(crashed, first) is None
    assert portfolios.get_portfolio(workspace_of(crashed), SLUG).name == "Lab"
    assert maintenance.check(workspace_of(crashed)) == []
    crashed.close()


def test_a_database_that_is_in_use_is_not_restored_over(filled: Workspace, tmp_path: Path) -> None:
    maintenance.backup(filled, tmp_path / "copy.db")
    add_project(filled, "second")
    other = Database(filled.database.url.render_as_string())  # another program: open, and doing nothing just now
    with other.read():
        pass
    with pytest.raises(Conflict, match="in use"):
        maintenance.restore(filled.database, tmp_path / "copy.db")
    assert names(filled) == ["first", "second"]
    other.close()
    maintenance.restore(filled.database, tmp_path / "copy.db")
    assert names(filled) == ["first"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "no file"),
        (lambda path: path.write_bytes(b""), "not a backup"),
        (lambda path: path.write_bytes(b"<html>" * 300), "not a backup"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE t (a)").connection.close(), "not a backup"),
    ],
    ids=["nothing", "empty", "page", "other"],
)
def test_what_is_no_backup_is_refused_and_nothing_changes(
    filled: Workspace, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    source = tmp_path / "source.db"
    make(source)
    with pytest.raises(Unreadable, match=said):
        maintenance.restore(filled.database, source)
    assert names(filled) == ["first"]


def test_a_backup_of_a_newer_program_is_refused_and_nothing_changes(filled: Workspace, tmp_path: Path) -> None:
    maintenance.backup(filled, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(Conflict, match="newer version"):
        maintenance.restore(filled.database, tmp_path / "copy.db")
    assert names(filled) == ["first"]


# ── rebuild ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rebuild_mends_a_standing_that_is_wrong(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    right = add_scored(any_ws, "first", 4)
    add_project(any_ws, "untouched")
    with any_ws.database.write() as connection:
        connection.execute(text("UPDATE project SET priority = 1.5, quadrant = NULL WHERE key = 'LAB-1'"))
    revision = portfolios.get_revision(any_ws, SLUG)
    assert maintenance.rebuild(any_ws) == 1
    mended = projects.get_project(any_ws, right.key)
    assert mended.standing == right.standing
    assert mended.version > right.version  # who has read the wrong standing must see that it is another now
    assert portfolios.get_revision(any_ws, SLUG) == revision + 1
    assert maintenance.rebuild(any_ws) == 0
    assert portfolios.get_revision(any_ws, SLUG) == revision + 1


def test_a_rebuild_while_people_answer_never_brings_back_an_old_standing(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    keys = [add_project(any_ws, f"p{number}").key for number in range(3)]
    stop = threading.Event()

    def rebuild() -> None:
        while not stop.is_set():
            maintenance.rebuild(any_ws)

    with ThreadPoolExecutor(1) as pool:
        rebuilding = pool.submit(rebuild)
        for round_ in range(10):
            for key in keys:
                scoring.record_answers(any_ws, key, "Mara", levels(data_availability=1 + round_ % 5))
        stop.set()
        rebuilding.result(timeout=30)
    assert maintenance.rebuild(any_ws) == 0


def test_a_rebuild_waits_for_whoever_is_writing(pg_ws: Workspace) -> None:
    add_portfolio(pg_ws)
    add_scored(pg_ws, "first", 4)
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with ThreadPoolExecutor(1) as pool:
        with pg_ws.database.write() as connection:
            connection.execute(text("UPDATE portfolio SET revision = revision + 1"))
            rebuilding = pool.submit(maintenance.rebuild, pg_ws)
            with pg_ws.database.engine.connect() as other:
                while not rebuilding.done() and not other.execute(waiting).scalar_one():
                    other.rollback()
                    wait([rebuilding], timeout=0.01)
            assert not rebuilding.done()
        assert rebuilding.result(timeout=10) == 0


def test_another_share_rescores_every_project_at_once(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    answers: dict[str, AnswerDraft | None] = levels(cheap_prediction=5, data_availability=1)
    key = add_project(any_ws, "leaning").key
    before = scoring.record_answers(any_ws, key, "Mara", answers)
    unscored = add_project(any_ws, "unscored")
    binned = add_project(any_ws, "binned").key
    scoring.record_answers(any_ws, binned, "Mara", answers)
    projects.delete_project(any_ws, binned)
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(priority_impact_share=0.9))
    after = projects.get_project(any_ws, key).standing
    assert after.priority.expected == pytest.approx(
        0.9 * after.impact.expected + 0.1 * after.feasibility.expected, abs=2e-6
    )
    assert (after.impact, after.feasibility, after.quadrant) == (before.impact, before.feasibility, before.quadrant)
    assert projects.get_project(any_ws, unscored.key).version == unscored.version + 1
    assert projects.restore_project(any_ws, binned).standing == after
    assert maintenance.rebuild(any_ws) == 0
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(priority_impact_share=None))
    assert projects.get_project(any_ws, key).standing == before
    assert maintenance.rebuild(any_ws) == 0
