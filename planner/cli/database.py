"""planner db: looking after the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.options import JsonFlag
from planner.cli.output import note, print_json, say
from planner.cli.workspace import load_settings, open_database, open_workspace, workspace_on

FINDINGS = 1  # the exit code of a check that found something


def upgrade() -> None:
    """Bring the tables to the newest version.

    An SQLite file is copied beside itself first. Every other command does this by itself when need be; with PostgreSQL
    and several servers, do it once, before they start.
    """
    from planner.services.maintenance import upgrade as bring_up_to_date

    database = open_database(load_settings())
    done = bring_up_to_date(database)
    say("Upgraded the database." if done else "The database is at the newest version already.")


def check(as_json: JsonFlag = False) -> None:
    """Look for anything wrong with the database.

    Exit code 1 when there is something.
    """
    from planner.services.maintenance import check as find_problems

    settings = load_settings()
    database = open_database(settings)
    problems = find_problems(workspace_on(database, settings))
    if as_json:
        print_json({"problems": problems})
    elif problems:
        for problem in problems:
            say(problem)
    else:
        say("All is well.")
    if problems:
        raise typer.Exit(FINDINGS)


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to write; it must not exist.")]) -> None:
    """Copy an SQLite database to a file.

    The copy is whole even while others write, as one made with cp would not be.
    """
    from planner.services.maintenance import backup as make_backup

    make_backup(open_workspace(), file)
    say(f"Wrote {file}.")


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that planner db backup wrote.")]) -> None:
    """Put a backup in the place of the database.

    Stop the server first. The database as it was is kept beside it.
    """
    from planner.services.maintenance import restore as put_back

    kept = put_back(open_database(load_settings()), file)
    say(f"Restored {file}.")
    if kept is not None:
        note(f"The database as it was is kept as {kept}.")


def rebuild(as_json: JsonFlag = False) -> None:
    """Recompute every standing from its answers.

    Says how many were different; none should be.
    """
    from planner.services.maintenance import rebuild as recompute

    moved = recompute(open_workspace())
    if as_json:
        print_json({"moved": moved})
    else:
        different = {0: "none was", 1: "1 was"}.get(moved, f"{moved:,} were")
        say(f"Recomputed every standing; {different} different.")
