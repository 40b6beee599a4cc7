"""Looking after the database: upgrade, check, backup, restore, rebuild."""

from __future__ import annotations

from pathlib import Path

from planner.domain.errors import Conflict, NotFound
from planner.services import access
from planner.services.standings import rewrite_standings
from planner.services.workspace import Workspace
from planner.store import backups, migrations, portfolios
from planner.store.database import Database


def upgrade(database: Database) -> bool:
    """Brings the schema to the newest revision and says whether anything was to do.

    An SQLite file that holds data is copied first, beside itself, as `NAME.before-REVISION`.
    """
    with database.read() as connection:
        if migrations.current(connection) == migrations.head():
            return False  # the common case takes no lock
    file = database.path

    def copy_first() -> None:
        if file is not None:
            backups.copy(database, file.with_name(f"{file.name}.before-{migrations.head()}"))

    return migrations.migrate(database, before=copy_first)


def check(ws: Workspace) -> list[str]:
    """What is wrong with the database, in words; empty when all is well."""
    access.check(ws.actor, "administer")
    with ws.database.read() as connection:
        present = migrations.current(connection)
        if present != migrations.head():
            return [f"The schema is at revision {present or 'none'}, not {migrations.head()}: run planner db upgrade."]
        problems = migrations.flaws(connection)
        for portfolio in portfolios.list_portfolios(connection):
            try:
                ws.playbook_of(portfolio)
            except NotFound as error:
                problems.append(f"Portfolio {portfolio.slug}: {error}")
    return problems


def backup(ws: Workspace, target: Path) -> None:
    """Writes a copy of the database that is whole even while others write. Conflict when the file exists."""
    access.check(ws.actor, "administer")
    if target.exists():
        raise Conflict(f"{target} exists; name a file that does not.")
    backups.copy(ws.database, target)


def restore(database: Database, source: Path) -> Path | None:
    """Puts a backup in the place of the database; the server must not run. Returns where the old file was kept."""
    present = backups.file_of(database)
    revision = backups.revision_of(source)
    if not migrations.is_known(revision):
        raise Conflict(f"{source} was written by a newer version of planner (revision {revision}); install that one.")
    kept = backups.keep(database) if present.exists() else None
    backups.put_back(database, source)
    migrations.migrate(database)
    return kept


def rebuild(ws: Workspace) -> int:
    """Recomputes every standing from its answers and returns how many were different; none should be."""
    access.check(ws.actor, "administer")
    moved = 0
    with ws.database.write(alone=True) as connection:
        for portfolio in portfolios.lock_all(connection):
            found = rewrite_standings(connection, portfolio, ws.playbook_of(portfolio), raise_versions=True)
            if found:
                portfolios.bump_revision(connection, portfolio.slug, ws.clock())
            moved += found
    return moved
