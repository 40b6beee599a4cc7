"""docs/gate.md: its files, commands and snippets for pipelines work as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


def section(heading: str) -> dict[str, Any]:
    text = TEXT[TEXT.index(f"## {heading}") :]
    found = re.search(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    assert found is not None
    return yaml.safe_load(found[1])  # type: ignore[no-any-return]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contract.yaml").write_text(BLOCKS[0][1], encoding="utf-8")
    (tmp_path / "runs.csv").write_text(BLOCKS[1][1], encoding="utf-8")
    return tmp_path


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of a snippet in a shell, with this planner as `planner`."""
    here = f'planner() {{ "{sys.executable}" -m planner "$@"; }}\n'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    return subprocess.run(
        ["bash", "-e", "-c", here + command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_the_first_example_answers_as_it_says(folder: Path) -> None:
    command, answer = (text for kind, text in BLOCKS[2:4])
    done = shell(folder, command)
    assert (done.returncode, done.stdout) == (0, answer)


def test_the_snippet_for_github(folder: Path) -> None:
    [job] = section("In GitHub Actions")["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert [command.split()[0] for command in commands] == ["pip", "planner", "planner"]
    assert all(step.get("if") == "always()" for step in job["steps"] if step.get("name") == "Summary")
    for command in commands[1:]:
        assert shell(folder, command).returncode == 0
    assert (folder / "gate.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert (folder / "summary.md").read_text(encoding="utf-8").startswith("### Release gate: ✅ open")
    (folder / "runs.csv").write_text("name,recall\na,0.8\n", encoding="utf-8")
    assert [shell(folder, command).returncode for command in commands[1:]] == [1, 0]


def test_the_snippet_for_gitlab(folder: Path) -> None:
    [job] = section("In GitLab CI").values()
    assert job["artifacts"]["when"] == "always"
    for command in (*job["script"][1:], *job["after_script"]):
        assert shell(folder, command).returncode == 0
    assert (folder / job["artifacts"]["reports"]["junit"]).is_file()
    assert all((folder / name).is_file() for name in job["artifacts"]["paths"])
    (folder / "runs.csv").write_text("name,recall\na,0.8\n", encoding="utf-8")
    assert shell(folder, job["script"][1]).returncode == 1
