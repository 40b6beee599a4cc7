"""The surroundings of a command: settings, database, playbooks; and which portfolio is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from planner.cli.output import note

if TYPE_CHECKING:
    from planner.playbooks import Playbooks
    from planner.services.workspace import Workspace
    from planner.settings import Settings
    from planner.store.database import Database


_closing: ContextVar[ExitStack] = ContextVar("closing")


@contextmanager
def closing_databases() -> Iterator[None]:
    """Closes the databases that are opened in this block when it ends."""
    with ExitStack() as stack:
        before = _closing.set(stack)
        try:
            yield
        finally:
            _closing.reset(before)


def load_settings(**changes: Any) -> Settings:
    """The settings of the environment, with those that are not None in `changes` in their place.

    Raises Invalid that names each environment variable with a value that cannot be used.
    """
    from pydantic import ValidationError

    from planner.domain.errors import FieldError, Invalid
    from planner.settings import Settings

    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = Invalid.from_pydantic(error).errors
        raise Invalid([FieldError(field=_spelt(item.field, given), message=item.message) for item in wrong]) from None


def _spelt(field: str, options: Collection[str]) -> str:
    """A setting as the user wrote it: as an option or as an environment variable."""
    return f"--{field.replace('_', '-')}" if field in options else f"PLANNER_{field.upper()}"


def open_database(settings: Settings) -> Database:
    """The database of the settings, as it is. Raises Unavailable when the driver of PostgreSQL is not installed."""
    from planner.domain.errors import Unavailable
    from planner.store.database import Database

    try:
        database = Database(settings.database_url)
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"PostgreSQL needs the package {error.name}: install ml-portfolio-planner[postgres]."
        ) from error
    if stack := _closing.get(None):
        stack.callback(database.close)
    return database


def workspace_on(database: Database, settings: Settings) -> Workspace:
    """A workspace on a database, for the actor of the settings."""
    from planner.playbooks import Playbooks
    from planner.services.workspace import Workspace

    return Workspace(database=database, playbooks=Playbooks.at_hand(settings.playbooks), actor=settings.actor)


def open_playbooks() -> Playbooks:
    """The playbooks at hand: what a command needs that asks nothing of a database."""
    from planner.playbooks import Playbooks

    return Playbooks.at_hand(load_settings().playbooks)


def open_workspace() -> Workspace:
    """The workspace of the settings. Its database is made or upgraded when need be, which is said on stderr."""
    settings = load_settings()
    database = open_database(settings)
    bring_up_to_date(database)
    return workspace_on(database, settings)


def bring_up_to_date(database: Database) -> None:
    """Makes or upgrades the tables when need be, and says so on stderr."""
    from planner.services.maintenance import upgrade

    is_new = database.path is not None and not database.path.exists()
    if upgrade(database):
        where = str(database.path or database.url.render_as_string(hide_password=True))
        note(f"Made a new database: {where}" if is_new else f"Upgraded the database: {where}")


def choose_portfolio(ws: Workspace, slug: str | None) -> str:
    """The slug that was given, or that of the only portfolio there is. Raises Invalid when neither says which."""
    from planner.domain.errors import Invalid
    from planner.services.portfolios import list_portfolios

    if slug:
        return slug
    found = [portfolio.slug for portfolio in list_portfolios(ws)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Invalid.one(
            "",
            "there is no portfolio yet; start one with `planner portfolio create SLUG`, or load the "
            "example with `planner demo`",
        )
    shown = ", ".join(found[:10]) + (f" and {len(found) - 10} more" if len(found) > 10 else "")
    raise Invalid.one("", f"name the portfolio with --portfolio or PLANNER_PORTFOLIO; there are: {shown}")
