"""Migrations: up, down and up again on a database full of facts, on both databases, and by several at once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy import inspect, text

from planner.domain.baselines import BaselineDraft
from planner.domain.error_analysis import ErrorAnalysisDraft
from planner.domain.forecasts import ForecastDraft, OutcomeDraft
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.metrics_runs import RunDraft
from planner.domain.own_tools import OwnToolDraft
from planner.domain.projects import Filters
from planner.domain.rounds import RoundDraft
from planner.domain.selection import ItemPlan
from planner.domain.selection_answer import SelectionRequest
from planner.domain.shared_components import SharedDraft
from planner.domain.sizing_inputs import SizingDraft
from planner.domain.snapshots import SnapshotDraft
from planner.paths import migrations_dir
from planner.services import (
    baselines,
    forecasts,
    idempotency,
    infrastructure,
    lifecycle,
    maintenance,
    metrics,
    metrics_runs,
    own_tools,
    projects,
    readiness,
    rounds,
    scoring,
    selection,
    sizing,
    snapshots,
)
from planner.services.workspace import Workspace
from planner.store import migrations
from planner.store.database import Database
from planner.store.tables import METADATA
from tests.support.database import workspace_of
from tests.support.factories import (
    SLUG,
    add_portfolio,
    add_project,
    all_ethics,
    all_levels,
    contract_draft,
    roadmap_settings,
)
from tests.support.fixtures import Postgres

Empty = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Empty:
    """Opens a database without any table: each time the same file, or a new one on the server."""

    @contextmanager
    def sqlite() -> Iterator[Database]:
        database = Database(f"sqlite:///{tmp_path / 'new' / 'planner.db'}")
        yield database
        database.close()

    if request.param == "sqlite":
        return sqlite
    postgres: Postgres = request.getfixturevalue("postgres")
    return lambda: postgres.database(migrated=False)


def fill(ws: Workspace) -> None:
    """At least one row in every table that holds facts."""
    add_portfolio(ws)
    for name in ("Churn", "Größe", "binned"):
        project = add_project(
            ws, name, tags=["a", "é"], needs={"gpu": 1.5}, attributes={"n": 1, "b": True}, stage="planning"
        )
        scoring.record_answers(ws, project.key, "Mara", all_levels(3))
        metrics.set_contract(ws, project.key, contract_draft("maximise recall", "latency <= 100"))
        metrics_runs.record_runs(
            ws, project.key, [RunDraft(name="r1", metrics={"recall": 0.5, "latency": float("nan")})]
        )
        sure = RunDraft(
            name="r2", metrics={"recall": 0.7}, uncertainty={"recall": {"n": 50}}, source="mlflow", source_id="7f"
        )
        metrics_runs.record_runs(ws, project.key, [sure])
        metrics_runs.record_promotion(ws, project.key, "r2")
        known = BaselineDraft(kind="scripted", name="Rule", metrics={"recall": 0.4})
        baselines.record_baseline(ws, project.key, known)
        baselines.record_error_analysis(ws, project.key, ErrorAnalysisDraft(train=0.9, test=0.7))
        sizing.record_sizing(ws, project.key, SizingDraft(parameters=7e9, tokens=1e9))
        lifecycle.mark_task(ws, project.key, "state_problem", True, "told")
        lifecycle.move_project(ws, project.key, TransitionDraft(to="data", note="known"))
        infrastructure.record_component(ws, project.key, "data.sources", ChecklistDraft(status="planned"))
        readiness.record_readiness(ws, project.key, all_ethics("no"))
        forecasts.record_forecast(ws, project.key, "Mara", ForecastDraft(probability=0.7, horizon=date(2030, 6, 30)))
        forecasts.record_outcome(ws, project.key, OutcomeDraft(outcome="success", actual_effort=1.5))
    rounds.open_round(ws, SLUG, RoundDraft(name="Autumn", assessors=("Ben",)))
    rounds.record_look(ws, "LAB-1", "Ben")
    selection.set_settings(ws, SLUG, roadmap_settings(projects={"LAB-1": ItemPlan(needs={"people": 2.0})}))
    selection.solve_selection(ws, SLUG, SelectionRequest(keep=True))
    infrastructure.record_shared(ws, SLUG, "data.sources", SharedDraft(status="planned", cost=100))
    own_tools.record_tool(ws, SLUG, "Lake & Co", OwnToolDraft(standard_for=("data.sources",)))
    projects.delete_project(ws, "LAB-3")
    snapshots.create_snapshot(ws, SLUG, SnapshotDraft(name="Spring board"))
    idempotency.begin(ws, "key", "digest")
    with ws.database.write() as connection:
        connection.execute(text("INSERT INTO imported VALUES (1, '{}', '2026-05-04 09:00:00')"))


def tables(database: Database) -> set[str]:
    """The tables that are there, those of the full-text index and of Alembic left out."""
    with database.engine.connect() as connection:
        names = inspect(connection).get_table_names()
    return {name for name in names if not name.startswith("project_search") and name != "alembic_version"}


def content(database: Database) -> dict[str, str]:
    """A hash of all rows of each table of the present program."""
    hashes = {}
    with database.read() as connection:
        for table in METADATA.sorted_tables:
            rows = [dict(row._mapping) for row in connection.execute(table.select())]
            assert rows, f"the test fills {table.name} too"
            ordered = sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)
            hashes[table.name] = hashlib.sha256(b"\n".join(ordered)).hexdigest()
    return hashes


def test_the_newest_revision_is_what_the_tables_say(any_database: Database) -> None:
    with any_database.read() as connection:
        assert migrations.current(connection) == migrations.head()
        assert migrations.differences(connection) == []
        assert migrations.flaws(connection) == []


def test_up_down_and_up_again(empty: Empty) -> None:
    with empty() as database:
        assert tables(database) == set()
        migrations.migrate(database)
        assert tables(database) == set(METADATA.tables)
        fill(workspace_of(database))
        migrations.migrate(database, "base")
        assert tables(database) == set()
        migrations.migrate(database)
        with database.read() as connection:
            assert migrations.flaws(connection) == []
        fill(workspace_of(database))
        found = projects.list_projects(workspace_of(database), SLUG, Filters(q="grosse"))
        assert [item.key for item in found.items] == ["LAB-2"]


def test_migrating_to_where_it_is_already_changes_nothing(any_database: Database) -> None:
    fill(workspace_of(any_database))
    before = content(any_database)
    migrations.migrate(any_database)
    migrations.migrate(any_database, migrations.head())
    assert content(any_database) == before


# ── what a later migration may do ────────────────────────────────────────────────────────────────────────────────

LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "later", {head!r}, None, None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
"""
# Rebuilds the parent of all facts on SQLite: there is no other way to change a column.
REBUILD_UP = """
    triggers = [row[0] for row in op.get_bind().exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger'")] if op.get_bind().dialect.name == "sqlite" else []
    with op.batch_alter_table("project", recreate="auto") as batch:
        batch.add_column(sa.Column("colour", sa.String(), nullable=False, server_default="none"))
        batch.alter_column("name", type_=sa.String(900))
    for trigger in triggers:
        op.execute(trigger)"""
REBUILD_DOWN = REBUILD_UP.replace(
    'batch.add_column(sa.Column("colour", sa.String(), nullable=False, server_default="none"))',
    'batch.drop_column("colour")',
).replace("sa.String(900)", "sa.String()")


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Adds a revision behind the newest one, in a copy of the migrations."""

    def add(upgrade: str, downgrade: str) -> None:
        folder = tmp_path / "migrations"
        head = migrations.head()
        shutil.copytree(migrations_dir(), folder, ignore=shutil.ignore_patterns("__pycache__"))
        source = LATER.format(head=head, upgrade=upgrade, downgrade=downgrade)
        (folder / "versions" / "later.py").write_text(source)
        monkeypatch.setattr(migrations, "migrations_dir", lambda: folder)
        assert migrations.head() == "later"

    return add


def test_rebuilding_the_parent_of_all_facts_keeps_every_one(
    any_database: Database, later: Callable[[str, str], None]
) -> None:
    fill(workspace_of(any_database))
    before, first = content(any_database), migrations.head()
    later(REBUILD_UP, REBUILD_DOWN)
    for _ in range(2):
        migrations.migrate(any_database)
        with any_database.read() as connection:
            assert migrations.current(connection) == "later"
            assert connection.execute(text("SELECT DISTINCT colour FROM project")).scalar_one() == "none"
        assert content(any_database) == before
        migrations.migrate(any_database, first)
        assert content(any_database) == before
    with any_database.read() as connection:
        # The width of a column that a database does not enforce may come back another way; nothing else may differ.
        assert [flaw for flaw in migrations.flaws(connection) if "modify_type" not in flaw] == []


def test_what_was_made_by_hand_is_missed_when_a_rebuild_forgets_it(
    database: Database, later: Callable[[str, str], None]
) -> None:
    later(
        """
    with op.batch_alter_table("project", recreate="always") as batch:
        batch.alter_column("owner", type_=sa.String())""",
        "    pass",
    )
    migrations.migrate(database)
    with database.read() as connection:
        flaws = " ".join(migrations.flaws(connection))
    for name in ("project_search_insert", "project_search_update", "project_search_delete"):
        assert name in flaws


def test_foreign_keys_are_enforced_again_after_a_migration(database: Database) -> None:
    migrations.migrate(database, "base")
    migrations.migrate(database)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize(
    ("upgrade", "said"),
    [
        ('    op.create_table("half", sa.Column("id", sa.Integer()))\n    raise ZeroDivisionError', ZeroDivisionError),
        (
            '    op.create_table("half", sa.Column("id", sa.Integer()))\n    op.execute("DELETE FROM portfolio")',
            Exception,
        ),
    ],
    ids=["raises", "orphans"],
)
def test_a_migration_that_fails_leaves_everything_as_it_was(
    any_database: Database, later: Callable[[str, str], None], upgrade: str, said: type[Exception]
) -> None:
    fill(workspace_of(any_database))
    before, first = content(any_database), migrations.head()
    later(upgrade, "    pass")
    with pytest.raises(said):
        migrations.migrate(any_database)
    assert tables(any_database) == set(METADATA.tables)
    assert content(any_database) == before
    with any_database.read() as connection:
        assert migrations.current(connection) == first


# ── several at once ──────────────────────────────────────────────────────────────────────────────────────────────


def test_upgraders_that_start_at_once_take_turns(empty: Empty) -> None:
    with empty() as database:
        address = database.url.render_as_string(hide_password=False)

        def start(_: int) -> None:
            own = Database(address)
            maintenance.upgrade(own)
            own.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(start, range(4)))
        with database.read() as connection:
            assert migrations.flaws(connection) == []


def test_upgraders_of_a_filled_database_take_turns_and_leave_one_copy(
    database: Database, later: Callable[[str, str], None]
) -> None:
    fill(workspace_of(database))
    before, first = content(database), migrations.head()
    later(REBUILD_UP, REBUILD_DOWN)
    address = database.url.render_as_string()

    def start(_: int) -> bool:
        own = Database(address)
        done = maintenance.upgrade(own)
        own.close()
        return done

    with ThreadPoolExecutor(4) as pool:
        assert any(pool.map(start, range(4)))
    assert content(database) == before
    assert database.path is not None
    kept = sorted(path.name for path in database.path.parent.iterdir() if "before" in path.name)
    assert kept == ["planner.db.before-later"]
    copy = Database(f"sqlite:///{database.path.with_name(kept[0])}")
    assert content(copy) == before
    with copy.read() as connection:
        assert migrations.current(connection) == first
    copy.close()
