"""docs/playbooks.md: its commands run as they stand there, and its messages are those of the program."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from planner.domain.playbook_scoring import Criterion
from planner.playbooks import PlaybookError, load_playbook
from tests.support.own_playbooks import shelf

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "playbooks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
LINES = [line for language, block in BLOCKS if not language for line in block.splitlines()]


def test_every_command_runs_as_it_stands_there(example_db: Path, tmp_path: Path) -> None:
    shutil.copyfile(example_db, tmp_path / "planner.db")
    environment = os.environ | {
        "PLANNER_DATABASE_URL": f"sqlite:///{tmp_path / 'planner.db'}",
        "PLANNER_PLAYBOOKS": str(tmp_path / "playbooks"),
        "PYTHONPATH": str(ROOT),
    }
    (tmp_path / "playbooks").mkdir()
    commands = [line for line in LINES if line.startswith("planner ") and line != "planner serve"]
    assert len(commands) == 5
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "planner", *shlex.split(command)[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_the_messages_are_those_of_the_program(tmp_path: Path) -> None:
    told = [re.sub(r" \(line \d+\)", "", line) for line in LINES if re.match(r"\w+\.yaml: ", line)]
    assert len(told) == 4
    said = set()
    for file, old, new in (
        ("impact.yaml", "    prior: [0.35, 0.30, 0.20, 0.10, 0.05]", "    prior: [0.25, 0.30, 0.20, 0.10, 0.05]"),
        ("components.yaml", "    area: data\n", "    area: date\n"),
        ("stages.yaml", "    tasks:", "    taks:"),
        ("edges.yaml", "  - {start: data, end: training}", "\t- {start: data, end: training}"),
    ):
        folder = Path(shutil.copytree(ROOT / "planner" / "playbooks" / "fsdl", tmp_path / file))
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        try:
            load_playbook(folder)
        except PlaybookError as error:
            said |= {re.sub(r" \(line \d+\)", "", line) for line in str(error).splitlines()}
    assert set(told) <= said


def test_the_criterion_that_is_shown_is_that_of_the_example() -> None:
    shown = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)[0])
    assert Criterion.model_validate(shown[0]) == shelf().get("rice").criterion("reach")
