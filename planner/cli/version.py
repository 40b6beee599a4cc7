"""planner version."""

from __future__ import annotations

from planner import __version__
from planner.cli.options import JsonFlag
from planner.cli.output import print_json, say


def version(as_json: JsonFlag = False) -> None:
    """Print the version of this program."""
    if as_json:
        print_json({"version": __version__})
    else:
        say(f"planner {__version__}")
