from __future__ import annotations

import pytest

from tests.cli.conftest import Planner

OWN = [
    *("--weight", "data_availability=1", "--weight", "accuracy_requirement=1"),
    *("--weight", "problem_difficulty=8"),
]


def test_a_pipe_gets_every_project_and_the_remark_stands_beside(example: Planner) -> None:
    result = example("rank", "--samples", "500", "--seed", "3")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["place", "key", "name", "band", "priority", "rank", "from", "to", "top", "scored"]
    assert len(rows) == 25
    assert "The best 8; 500 samples, seed 3" in result.stderr


def test_a_what_if_says_so_and_json_has_the_shape_of_rest(example: Planner) -> None:
    found = example.json("rank", "--samples", "500", "--top", "3", "--impact-share", "0.9", *OWN)
    assert (found["top"], found["impact_share"], found["what_if"]) == (3, 0.9, True)
    assert sum(item["p_top"] for item in found["items"]) == pytest.approx(3)
    assert "nothing is stored" in example("rank", "--samples", "100", *OWN).stderr
    assert example.json("rank", "--samples", "100", "--as-of", "2025-10-01")["total"] < 24


def test_two_are_compared_and_what_the_best_hang_on_is_told(example: Planner) -> None:
    result = example("rank", "--compare", "EX-10", "EX-2")
    turned = example("rank", "--compare", "EX-2", "EX-10")
    first = result.stdout.splitlines()[0]
    assert first == turned.stdout.splitlines()[0]  # the likelier way round
    assert int(first.rpartition("of ")[2].split()[0]) >= 50
    assert "The parts sum to the difference" in result.stderr
    assert example.json("rank", "--compare", "EX-10", "EX-2")["a"]["key"] == "EX-10"
    told = example("rank", "--sensitivity").stdout
    assert told.splitlines()[0] == "weight\tnow\tfrom\tto"
    assert "enters" in told
    assert example.json("rank", "--sensitivity", "--top", "4")["top"] == 4
    assert "Nothing to choose" in example("rank", "--sensitivity", "--top", "24").stderr


def test_what_cannot_be_is_one_line(example: Planner) -> None:
    assert example.refused("rank", "--top", "25").startswith("planner: top: from 1 to 24")
    assert example.refused("rank", "--samples", "99").startswith("planner: samples:")
    assert "weights" in example.refused("rank", "--weight", "data_availability=1")
    assert "as_of" in example.refused("rank", "--sensitivity", "--as-of", "2025-10-01")


def test_a_terminal_shows_the_first(example: Planner) -> None:
    person = example.terminal("rank", "--samples", "100", "--limit", "5")
    assert person.ended() == 0
    assert "The first 5 of 24" in person.seen
    person = example.terminal("rank", "--sensitivity")
    assert person.ended() == 0
    assert "moved by one level" in person.seen


def test_a_limit_holds_in_a_pipe_too(example: Planner) -> None:
    assert len(example.ok("rank", "--limit", "5").splitlines()) == 6
    assert len(example.ok("rank").splitlines()) == 25
