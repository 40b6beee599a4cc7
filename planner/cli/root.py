"""All commands, in the order and under the headings in which `planner --help` shows them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import takewhile
from textwrap import dedent, indent
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from planner import __version__
from planner.cli import failures, workspace

# Where each command stands: module of this package and function. A process imports the one that it is called for, since
# to import all of them takes longer than many a command itself.
COMMANDS: Mapping[str, Mapping[str, str | Mapping[str, str]]] = {
    "Start": {
        "serve": "serve:serve",
        "demo": "demo:demo",
        "import": "imports:import_",
        "export": "exports:export",
        "portfolios": "portfolios:list_portfolios",
        "portfolio": {
            "list": "portfolios:list_portfolios",
            "create": "portfolios:create",
            "show": "portfolios:show",
            "edit": "portfolios:edit",
            "migrate": "playbook_migration:migrate",
            "delete": "portfolios:delete",
        },
    },
    "Projects": {
        "list": "projects:list_projects",
        "show": "projects:show",
        "add": "projects:add",
        "edit": "projects:edit",
        "delete": "projects:delete",
        "restore": "projects:restore",
        "bin": "projects:list_bin",
        "history": "history:history",
    },
    "Plan": {
        "score": "scoring:score",
        "answers": "scoring:list_answers",
        "classify": "what_if:classify",
        "what-if": "what_if:what_if",
        "agreement": "agreement:agreement",
        "assessors": "agreement:assessors",
        "rounds": {
            "list": "rounds:list_rounds",
            "open": "rounds:open_round",
            "show": "rounds:show",
            "edit": "rounds:edit",
            "close": "rounds:close",
            "owed": "rounds:owed",
        },
        "matrix": "matrix:matrix",
        "rank": "ranking:rank",
        "agenda": "agenda:agenda",
        "comparisons": "comparisons:comparisons",
        "changes": "changes:changes",
        "snapshot": {
            "create": "changes:create_snapshot",
            "list": "changes:list_snapshots",
            "delete": "changes:delete_snapshot",
        },
        "select": "selection:select",
        "advice": "advice:advice",
        "checklist": "infrastructure:checklist",
        "infrastructure": "infrastructure:infrastructure",
        "tools": "own_tools:tools",
        "readiness": "readiness:readiness",
        "tasks": "lifecycle:tasks",
        "move": "lifecycle:move",
        "board": "lifecycle:board",
        "flow": "flow:flow",
        "forecast": "forecasts:forecast",
        "outcome": "forecasts:outcome",
        "calibration": "forecasts:calibration",
        "report": "reports:report",
    },
    "Measure": {
        "metrics": {
            "show": "metrics:show",
            "propose": "metrics_agreeing:propose",
            "set": "metrics:set_",
            "history": "metrics:history",
            "diff": "metrics_agreeing:diff",
        },
        "runs": {"add": "runs:add", "list": "runs:list_runs", "promote": "runs:promote", "tag": "runs:tag"},
        "baselines": {
            "list": "baselines:list_baselines",
            "add": "baselines:add",
            "withdraw": "baselines:withdraw",
            "analyse": "baselines:analyse",
        },
        "sizing": "sizing:sizing",
        "gate": "gate:gate",
    },
    "Look after it": {
        "playbook": {
            "list": "playbook:list_playbooks",
            "show": "playbook:show",
            "notes": "playbook:notes",
            "tools": "playbook:tools",
            "copy": "playbook:copy",
            "validate": "playbook:validate",
            "diff": "playbook_migration:diff",
        },
        "db": {
            "upgrade": "database:upgrade",
            "check": "database:check",
            "backup": "database:backup",
            "restore": "database:restore",
            "rebuild": "database:rebuild",
        },
        "version": "version:version",
    },
}

GROUPS = {
    "portfolio": "List, create, show, edit, migrate or delete portfolios.",
    "rounds": "Open and close scoring rounds, and see who owes what.",
    "snapshot": "Mark moments of a portfolio to compare with.",
    "metrics": "Propose, agree and compare the metric contract of a project.",
    "baselines": "What runs are held against, and where the error comes from.",
    "runs": "Add or list the runs of a project, from files and trackers.",
    "playbook": "List and show the methodologies; copy, check and compare your own.",
    "db": "Upgrade, check, back up, restore or rebuild the database.",
}


class Root(TyperGroup):
    """The group of all commands: its help has headings, and a failure becomes a line and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command, and ends the process with its exit code unless `standalone_mode` is false."""
        given = sys.argv[1:] if args is None else list(args)
        try:
            with workspace.closing_databases():
                code = super().main(given, prog_name, complete_var, False, windows_expand_args, **extra)
        except typer.Abort:  # Ctrl-C or Ctrl-D at a question
            typer.echo(err=True)
            code = failures.INTERRUPTED
        except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a line and an exit code
            code = failures.explain(error, debug="--debug" in given)
        code = failures.flush_output() or (code if isinstance(code, int) else failures.DONE)
        if standalone_mode:
            sys.exit(code)
        return code

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Writes the commands under their headings into the help."""
        for heading, names in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(80)) for name in names])


def _build(only: str | None = None) -> typer.Typer:
    root = _group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
    root.callback()(planner)
    for commands in COMMANDS.values():
        _register(root, {name: command for name, command in commands.items() if only in (None, name)})
    return root


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The command line with the one command that the arguments name, else with all."""
    options = list(takewhile(lambda argument: argument.startswith("-"), arguments))
    first = next(iter(arguments[len(options) :]), None)
    known = any(first in commands for commands in COMMANDS.values()) and not {"-h", "--help"} & set(options)
    return _build(first if known else None)


def _group(**options: Any) -> typer.Typer:
    # Help without markup is the same on a terminal and in a pipe, and does not wait for rich to be imported.
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, **options)


def _register(group: typer.Typer, commands: Mapping[str, str | Mapping[str, str]]) -> None:
    for name, command in commands.items():
        if isinstance(command, Mapping):
            below = _group(help=GROUPS[name])
            _register(below, command)
            group.add_typer(below, name=name)
        else:
            function = _imported(command)
            group.command(name, help=_help(function))(function)


def _imported(place: str) -> Callable[..., None]:
    module, _, function = place.partition(":")
    found: Callable[..., None] = getattr(import_module(f"planner.cli.{module}"), function)
    return found


def _help(command: Callable[..., None]) -> str:
    """The docstring of a command; paragraphs that begin with planner are examples, which are not to be wrapped."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(
        f"\b\n{indent(dedent(text), '    ')}" if text.lstrip().startswith("planner ") else text for text in paragraphs
    )


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"planner {__version__}")
        raise typer.Exit


def planner(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where it happened when something unexpected fails.")
    ] = False,
) -> None:
    """Plan machine-learning projects: what to do, what each must achieve, what it still lacks.

    Each command explains itself: planner list --help. Settings are environment variables (PLANNER_DATABASE_URL and
    others). Exit codes: 0 done, 1 the answer is no (gate, db check), 2 not done, and a line says why.
    """
