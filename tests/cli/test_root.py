"""The command line as a whole: help, start-up, documentation, and how it fails."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from planner import __version__
from planner.cli import root
from planner.cli.options import FIELDS, FILTERS
from planner.domain.projects import Filters, ProjectFields
from planner.services import projects
from tests.cli.conftest import Planner

ROOT = Path(__file__).resolve().parents[2]


def leaves() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for commands in root.COMMANDS.values():
        for name, command in commands.items():
            found += [(name, below) for below in command] if isinstance(command, Mapping) else [(name,)]
    return found


def options_of(command: tuple[str, ...]) -> set[str]:
    found: Any = typer.main.get_command(root.app_for(()))
    for name in command:
        found = found.commands[name]
    return {option for parameter in found.params for option in parameter.opts if option.startswith("--")}


def test_help_imports_neither_sql_nor_web_nor_numbers() -> None:
    heavy = ["sqlalchemy", "fastapi", "pydantic", "numpy", "rich", "alembic", "uvicorn"]
    script = (
        "import sys\n"
        "from planner.cli import app_for\n"
        "try: app_for(())(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Plan machine-learning projects" in done.stdout


def test_help_names_every_command_under_a_heading(planner: Planner) -> None:
    text = planner.ok("--help")
    for heading, commands in root.COMMANDS.items():
        section = text.split(f"\n{heading}:\n")[1].split("\n\n")[0]
        assert re.findall(r"^  (\S+) ", section, flags=re.MULTILINE) == list(commands)
    assert "..." not in text.split("\n", 1)[1]


@pytest.mark.parametrize("command", leaves(), ids=" ".join)
def test_each_command_explains_itself(planner: Planner, command: tuple[str, ...]) -> None:
    text = planner.ok(*command, "--help")
    assert text.startswith(f"Usage: root {' '.join(command)} ")
    assert re.search(r"\n  [A-Z].+\.", text)
    assert planner.ok(*command, "-h") == text


@pytest.mark.parametrize("command", leaves(), ids=" ".join)
def test_each_command_and_option_is_documented(command: tuple[str, ...]) -> None:
    document = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
    assert re.search(rf"planner {' '.join(command)}\b", document)
    shared = {"--help", "--json", "--portfolio", *(f"--{name.replace('_', '-')}" for name in (*FILTERS, *FIELDS))}
    assert {option for option in options_of(command) - shared if f"`{option}" not in document} == set()


def test_no_other_command_is_documented() -> None:
    document = (ROOT / "docs" / "terminal.md").read_text(encoding="utf-8")
    named = {
        match.split()[0] for match in re.findall(r"(?:^|`|\| )planner ([a-z][a-z -]*)", document, flags=re.MULTILINE)
    }
    assert named <= {command[0] for command in leaves()}


def test_the_options_are_the_fields_of_the_domain() -> None:
    assert set(FILTERS) == set(Filters.model_fields)
    assert {"name", *FIELDS} == set(ProjectFields.model_fields)


def test_both_ways_to_start_it_give_the_version(planner: Planner) -> None:
    assert planner.process("version").stdout == f"planner {__version__}\n"
    assert planner.process("--version").stdout == f"planner {__version__}\n"
    assert planner.json("version") == {"version": __version__}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"planner": "planner.cli:main"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "planner: No such command 'nonsense'. (see planner --help)"),
        (["listt"], "planner: No such command 'listt'. Did you mean 'list'? (see planner --help)"),
        (["list", "--colour", "red"], "planner list: No such option: --colour (see planner list --help)"),
        (["show"], "planner show: Missing argument 'PROJECT'. (see planner show --help)"),
        (["db", "backup"], "planner db backup: Missing argument 'FILE'. (see planner db backup --help)"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(planner: Planner, arguments: list[str], said: str) -> None:
    done = planner.process(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said + "\n")


@pytest.mark.parametrize("arguments", [[], ["db"], ["metrics"]])
def test_a_group_alone_shows_its_help(planner: Planner, arguments: list[str]) -> None:
    result = planner(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")


def test_several_wrong_fields_stand_on_lines_of_their_own(shop: Planner) -> None:
    said = shop.refused("add", "Churn", "--status", "happy", "--effort", "-1")
    assert said.splitlines()[0] == "planner: several things need correcting"
    assert [line.split(":")[0] for line in said.splitlines()[1:]] == ["  status", "  effort"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PLANNER_DATABASE_URL", "mysql://x", "planner: PLANNER_DATABASE_URL: must be sqlite:///FILE or postgresql"),
        ("PLANNER_DATABASE_URL", "sqlite:////proc/none/x.db", "planner: /proc/none: no such file"),
        ("PLANNER_PORT", "many", "planner: PLANNER_PORT: a whole number is needed"),
        ("PLANNER_ACTOR", " ", "planner: Nobody is named who could read here; set PLANNER_ACTOR."),
    ],
)
def test_a_wrong_setting_is_named(planner: Planner, name: str, value: str, said: str) -> None:
    result = planner("portfolios", **{name: value})
    assert (result.exit_code, result.stderr[: len(said)]) == (2, said)


def test_what_nobody_expected_is_a_line_and_a_traceback_only_when_asked_for(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(projects, "get_project", fail)
    result = planner("show", "X-1")
    assert result.exit_code == 70
    assert result.stderr.startswith("planner: something unexpected went wrong (ZeroDivisionError). Please report it")
    assert result.stderr.count("\n") == 1
    assert "in fail" in planner("--debug", "show", "X-1").stderr


def test_a_reader_that_stops_reading_is_no_failure_to_speak_of(example: Planner) -> None:
    command = f"{sys.executable} -m planner history --json | head -c 5"
    done = subprocess.run(
        ["sh", "-c", command], env=example.surroundings, capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ('{\n  "', "")


def test_an_old_or_missing_database_is_made_with_one_remark(tmp_path: Path, planner: Planner) -> None:
    planner.surroundings["PLANNER_DATABASE_URL"] = f"sqlite:///{tmp_path / 'new' / 'plan.db'}"
    first, second = planner("portfolios"), planner("portfolios")
    assert first.stderr.splitlines()[0] == f"Made a new database: {tmp_path / 'new' / 'plan.db'}"
    assert "database" not in second.stderr
    assert first.exit_code == second.exit_code == 0


def test_no_portfolio_and_several_are_told_apart(planner: Planner) -> None:
    assert "there is no portfolio yet" in planner.refused("list")
    planner.ok("portfolio", "create", "one")
    assert "one has no project yet" in planner("list").stderr
    planner.ok("portfolio", "create", "two")
    assert (
        planner.refused("list")
        == "planner: name the portfolio with --portfolio or PLANNER_PORTFOLIO; there are: one, two"
    )
    assert planner("list", PLANNER_PORTFOLIO="two").exit_code == 0


def test_names_cannot_steer_the_terminal(shop: Planner, write: Callable[[str, str], Path]) -> None:
    shop.ok("add", "--from", write("p.json", '{"name": "a\\u001b[31m red\\u202e\\u0007", "owner": "x\\ty"}'))
    for text in (shop.ok("list"), shop.ok("show", "SHOP-2")):
        assert "a[31m red" in text
        assert not re.search(r"[\x1b\x07\u202e]", text)
    assert "owner\tx y\n" in shop.ok("show", "SHOP-2")


def test_examples_of_a_command_stand_line_by_line(planner: Planner) -> None:
    lines = [line.strip() for line in planner.ok("select", "--help").splitlines()]
    assert "planner select" in lines
    assert "planner select --more ml_engineers=12 --robust" in lines
