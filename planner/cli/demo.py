"""planner demo: the example portfolio."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.options import JsonFlag
from planner.cli.output import print_json, progress, say
from planner.cli.workspace import open_workspace


def demo(
    clear: Annotated[bool, typer.Option("--clear", help="Take the example away, with everything in it.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Load the example portfolio, or take it away."""
    from planner.services.demo import clear_demo, load_demo

    ws = open_workspace()
    if clear:
        name = clear_demo(ws)
        if as_json:
            print_json({"cleared": name})
        else:
            say(f"Took the example away: {name}")
        return
    with progress("Loading the example") as moved:
        loaded = load_demo(ws, moved)
    if as_json:
        print_json(loaded)
    else:
        say(f"Loaded {loaded.name}: {loaded.projects} projects in the portfolio {loaded.slug}.")
