"""Alembic, configured in code: upgrade, downgrade and check of the schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from planner.domain.errors import Conflict
from planner.paths import migrations_dir
from planner.store.database import Database, in_plain_words
from planner.store.tables import METADATA

# What migrations make by hand, since autogenerate cannot: the order of the main list, and the full-text search.
BY_HAND = {
    "sqlite": {
        "ix_project_priority",
        "project_search",
        "project_search_insert",
        "project_search_update",
        "project_search_delete",
    },
    "postgresql": {"ix_project_priority", "ix_project_search"},
}
_POSTGRES_LOCK = 0x706C616E  # any fixed number: two processes that upgrade at once take turns


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision there is."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def current(connection: Connection) -> str | None:
    """The revision of the database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this program knows the revision; it does not when a newer program wrote it."""
    return revision in {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}


def migrate(database: Database, revision: str = "head", before: Callable[[], None] | None = None) -> bool:
    """Brings the schema to a revision, up or down, in one transaction, and says whether anything was to do.

    `before` is called first when there is something to lose; nobody else can write meanwhile. Conflict when the
    database is at a revision that this program does not know.

    On SQLite a batch migration rebuilds tables, and with foreign keys enforced that deletes the children of every
    rebuilt row. So they are off while it runs, and checked before it commits.
    """
    with in_plain_words(), database.engine.connect() as connection:
        if not database.is_sqlite:
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")
                return _run(connection, revision, before)
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.execution_options(planner_write=True).begin():
                done = _run(connection, revision, before)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if done else ()
                if broken:
                    raise RuntimeError(f"the migration would leave {len(broken)} rows without their parent")
                return done
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _run(connection: Connection, revision: str, before: Callable[[], None] | None) -> bool:
    script = ScriptDirectory.from_config(_config())
    wanted = script.get_current_head() if revision == "head" else (None if revision == "base" else revision)
    present = current(connection)
    if wanted == present:
        return False
    if present is not None and not is_known(present):
        raise Conflict(
            f"The database was written by a newer version of planner (revision {present}, here {head()}): "
            "install that version, or restore a backup."
        )
    if before and present is not None:
        before()
    ahead = present is not None and (
        wanted is None or wanted in {step.revision for step in script.iterate_revisions(present, "base")}
    )
    (command.downgrade if ahead else command.upgrade)(_config(connection), revision)
    return True


def differences(connection: Connection) -> list[str]:
    """What the database has other than the tables say; empty when all is well."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": own_object})
    return [repr(difference) for difference in compare_metadata(context, METADATA)]


def own_object(_item: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Whether autogenerate should look at an object: the full-text index is made by hand, per database."""
    if kind == "index" and name in BY_HAND["sqlite"] | BY_HAND["postgresql"]:
        return False  # indexes over expressions, which autogenerate cannot compare
    return not (name or "").startswith("project_search")


def flaws(connection: Connection) -> list[str]:
    """What is wrong with the schema and, on SQLite, with the file, in words."""
    found = [f"The schema differs from the program: {difference}" for difference in differences(connection)]
    dialect = connection.dialect.name
    listed = "SELECT name FROM sqlite_master" if dialect == "sqlite" else "SELECT indexname FROM pg_indexes"
    missing = BY_HAND[dialect] - set(connection.exec_driver_sql(listed).scalars())
    found += [f"The schema lacks {name}." for name in sorted(missing)]
    if dialect == "sqlite":
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        found += [f"SQLite says: {line}" for line in said if line != "ok"]
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        found += [f"A row of {row[0]} has lost its parent in {row[2]}." for row in orphans]
    return found
