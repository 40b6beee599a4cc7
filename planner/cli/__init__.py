"""The terminal: `planner`. A command parses, calls one service and shows what it returns.

The modules of this package import nothing heavy at their top, so that `--help` answers at once; a command imports what
it needs when it runs. `root.py` lists every command.
"""

import sys

from planner.cli.root import app_for

__all__ = ["app_for", "main"]


def main() -> None:
    """Runs the command line of this process and ends it with the exit code."""
    app_for(sys.argv[1:])(prog_name="planner")
