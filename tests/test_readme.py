"""What the README tells people to type works as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```\n(.*?)```", README, flags=re.DOTALL) for line in block.splitlines()]


def test_every_command_of_the_tour_runs(example_db: Path, tmp_path: Path) -> None:
    database = tmp_path / "planner.db"
    shutil.copyfile(example_db, database)
    (tmp_path / "projects.csv").write_text("name,owner\nChurn early warning,Mara\n", encoding="utf-8")
    environment = os.environ | {"PLANNER_DATABASE_URL": f"sqlite:///{database}", "PLANNER_ACTOR": "Mara"}
    commands = [line for line in LINES if line.startswith("planner ")]
    assert len(commands) >= 4
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "planner", *shlex.split(command)[1:]],
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF")


def test_every_request_of_the_tour_is_answered(example_client: TestClient) -> None:
    addresses = [shlex.split(line)[1] for line in LINES if line.startswith("curl ")]
    assert addresses
    for address in addresses:
        answer = example_client.get(address.removeprefix("http://127.0.0.1:8000"))
        assert answer.status_code == 200
        assert answer.json()["total"] > 0


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)", README)
    assert [link for link in links if not link.startswith("http") and not (ROOT / link).is_file()] == []


def test_the_two_commands_are_those_of_the_makefile() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {line.split()[1] for line in LINES if line.startswith("make ")} <= set(targets)
