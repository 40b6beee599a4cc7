from __future__ import annotations

from tests.cli.conftest import Planner


def test_a_pipe_gets_the_ranks_of_all_projects(example: Planner) -> None:
    result = example("comparisons")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == [
        *("rank", "key", "name", "weighted sum", "topsis", "vikor", "promethee ii", "pareto layer"),
        "impact per effort",
    ]
    assert len(rows) == 24
    assert rows[1][:2] == ["1", "EX-8"]
    assert result.stderr == "1 project without any answer, and so without a rank.\n"


def test_it_is_that_of_rest_as_json(example: Planner) -> None:
    found = example.json("comparisons", "--normalisation", "scale", "--archetype", "autonomous")
    assert found["normalisation"] == "scale"
    assert found["projects"]


def test_a_wrong_normalisation_is_refused_by_name(example: Planner) -> None:
    assert "vector, range, sum, scale" in example.refused("comparisons", "--normalisation", "log")


def test_a_terminal_gets_what_the_methods_say(example: Planner) -> None:
    person = example.terminal("comparisons")
    assert person.ended() == 0
    for text in ("none of them decides", "PROMETHEE II", "The largest gap of each", "The first 20 of 23"):
        assert text in person.seen
