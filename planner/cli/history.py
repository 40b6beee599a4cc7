"""planner history: who changed what, when."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.options import JsonFlag, PortfolioOption
from planner.cli.output import note, print_json
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace


def history(
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="Key or id; without it, the history of the portfolio.")
    ] = None,
    portfolio: PortfolioOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, of a portfolio.")] = 100,
    as_json: JsonFlag = False,
) -> None:
    """Show who changed what, when, from what to what; the newest first."""
    from planner.services.history import list_portfolio_events, list_project_events

    ws = open_workspace()
    if project is not None:
        events = list_project_events(ws, project)
    else:
        events = list_portfolio_events(ws, choose_portfolio(ws, portfolio), limit)
    if as_json:
        print_json({"items": events})
        return
    rows = []
    for event in events:
        changes = "\n".join(f"{c.field}: {_brief(c.old)} → {_brief(c.new)}" for c in event.changes)
        rows.append((event.at, event.actor, event.project, event.action, changes))
    print_table(("When (UTC)", "Who", "Project", "What", "Changes"), rows, wide=("Changes",), spare=("Project",))
    if project is None and len(events) == limit:
        note(f"The newest {limit}; --limit shows more.")


def _brief(value: str | None) -> str:
    if value is None:
        return "–"
    line = " ".join(value.split())
    return line if len(line) <= 80 else line[:79] + "…"
