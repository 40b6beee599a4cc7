from __future__ import annotations

from tests.cli.conftest import Planner


def test_a_pipe_gets_the_questions_and_the_remark_stands_beside(example: Planner) -> None:
    result = example("agenda", "--limit", "4")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["project", "name", "criterion", "gain", "flips", "answered", "ask"]
    assert len(rows) == 5
    gains = [float(row[3]) for row in rows[1:]]
    assert gains == sorted(gains, reverse=True)
    assert all(len(row[3]) <= 5 for row in rows[1:])
    assert "of what" in result.stderr
    assert "to the choice of the best 8" in result.stderr
    assert "need several answers at once" in result.stderr


def test_questions_can_be_put_together(example: Planner) -> None:
    rows = [line.split("\t") for line in example.ok("agenda", "--by", "project").splitlines()[1:]]
    keys = [row[0] for row in rows]
    assert len(set(keys)) == sum(1 for before, after in zip([None, *keys], keys, strict=False) if before != after)
    people = [line.split("\t")[6] for line in example.ok("agenda", "--by", "assessor").splitlines()[1:]]
    assert len(set(people)) == sum(1 for before, after in zip([None, *people], people, strict=False) if before != after)


def test_json_has_the_shape_of_rest(example: Planner) -> None:
    found = example.json("agenda", "-n", "2", "--top", "5", "--project", "EX-10")
    assert found["top"] == 5
    assert {item["project"] for item in found["items"]} == {"EX-10"}
    assert len(found["items"]) == 2


def test_what_cannot_be_is_one_line(example: Planner) -> None:
    assert example.refused("agenda", "--top", "0").startswith("planner: top: from 1 to 24")
    assert example.refused("agenda", "--limit", "500").startswith("planner: limit: from 1 to 200")
    assert "Nothing to choose" in example("agenda", "--top", "24").stderr
    assert "No question is open here." in example("agenda", "--search", "zzzz").stderr


def test_a_terminal_gets_headings(example: Planner) -> None:
    person = example.terminal("agenda", "--by", "assessor", "-n", "3")
    assert person.ended() == 0
    for text in ("Tomás Okafor", "data_availability", "Gain"):
        assert text in person.seen
