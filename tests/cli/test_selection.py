from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Planner

PLAN = """
periods: [Q1, Q2]
resources: [{id: people, name: People}]
capacity: {people: [10]}
projects: {EX-9: {needs: {people: 5}}, EX-10: {needs: {people: 12}}}
shared: []
dependencies: []
either_or: []
must: []
must_not: []
"""


def test_a_pipe_gets_the_plan_and_the_proof_stands_beside(example: Planner) -> None:
    result = example("select")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["key", "name", "start", "end", "value"]
    assert "EX-6" in {row[0] for row in rows}
    assert "proven: no plan is worth more. HiGHS" in result.stderr


def test_what_if_and_doubt(example: Planner) -> None:
    text = example.ok("select", "--more", "data_engineers=6", "--robust", "--samples", "3")
    assert "With 6 more data_engineers: worth" in text
    assert "In how many of 3 plans" in text
    assert "EX-6\tUrgent chest X-rays first\tcore\t100 %" in text


def test_settings_of_a_file_for_once_and_for_good(example: Planner, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    rows = example.ok("select", "--file", str(file)).splitlines()
    assert [row.split("\t")[0] for row in rows] == ["key", "EX-9"]
    assert "say why the settings change" in example.refused("select", "--file", str(file), "--store")
    stored = example("select", "--file", str(file), "--store", "--reason", "the budget is final", "--keep")
    assert "Stored the settings as version 2." in stored.stderr
    assert "The plan is kept." in stored.stderr
    printed = example.ok("select", "--settings")
    assert json.loads(printed)["version"] == 2
    again = tmp_path / "plan.json"
    again.write_text(printed, encoding="utf-8")
    assert "version 2" in example("select", "--file", str(again), "--store").stderr  # what was printed will do


def test_json_has_the_shape_of_rest(example: Planner) -> None:
    found = example.json("select", "--time-limit", "5", "--gap", "0.5")
    assert found["plan"]["gap"] <= 0.5
    assert found["what_if"] is None


def test_what_cannot_be_is_said(example: Planner, tmp_path: Path) -> None:
    assert "--more" in example.refused("select", "--more", "gold")
    assert "more.gold: not a resource of this plan" in example.refused("select", "--more", "gold=1")
    assert "must be at most 60" in example.refused("select", "--time-limit", "100")
    assert "name the file" in example.refused("select", "--store")
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN.replace("must: []", "must: [EX-10]"), encoding="utf-8")
    told = example.refused("select", "--file", str(file))
    assert "EX-10 must be done" in told
    assert "of People there is 10 in Q1 and Q2" in told
    file.write_text("- 1", encoding="utf-8")
    assert "fields with their names are needed" in example.refused("select", "--file", str(file))


def test_a_terminal_gets_the_loads_and_the_reasons(example: Planner) -> None:
    person = example.terminal("select", "--time-limit", "5")
    person.wait_for("What it takes, of what there is")
    person.wait_for("Left out")
    assert person.ended() == 0
