"""planner move, tasks and board."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_a_project_moves_forward_and_back(shop: Planner) -> None:
    assert [move["kind"] for move in shop.json("move", "SHOP-1")["items"]] == ["placed"] * 4
    assert shop.ok("move", "SHOP-1", "data") == "SHOP-1: not stated → data (placed)\n"
    said = shop.refused("move", "SHOP-1", "training")
    assert said.startswith("planner: note: points of the gate are not met: ")
    passed = shop("move", "SHOP-1", "training", "--note", "labels come next week")
    assert passed.exit_code == 0
    assert passed.stderr.startswith("Points of the gate that are not met: ")
    assert "moving back needs a reason; one of: " in shop.refused("move", "SHOP-1", "data")
    reasons = shop.json("move", "SHOP-1")["items"][1]["reasons"]
    back = shop.json("move", "SHOP-1", "data", "--reason", reasons[0][0])
    assert (back["kind"], back["start"], back["to"]) == ("back", "training", "data")
    assert shop.json("show", "SHOP-1")["stage"] == "data"
    assert "name the stage to move to" in shop.refused("move", "SHOP-1", "--note", "x")
    assert "not a stage; one of: planning" in shop.refused("move", "SHOP-1", "nowhere")
    assert "--reason " in shop.ok("move", "SHOP-1")


def test_tasks_are_ticked_and_unticked(shop: Planner) -> None:
    lines = shop.json("tasks", "SHOP-1", "--stage", "planning")["items"]
    assert {line["stage"] for line in lines} == {"planning"}
    first, second = [line["task"] for line in lines if not line["computed"]][:2]
    marked = shop.json("tasks", "SHOP-1", "--done", first, "--done", second, "--note", "with Otto")["items"]
    assert [(line["task"], line["done"], line["note"]) for line in marked] == [
        (first, True, "with Otto"),
        (second, True, "with Otto"),
    ]
    assert shop.ok("tasks", "SHOP-1", "--undo", second) == f"{second}: open\n"
    rows = [line.split("\t") for line in shop.ok("tasks", "SHOP-1").splitlines()]
    assert rows[0] == ["stage", "kind", "task", "state", "name", "finding or note"]
    assert {row[2] for row in rows[1:] if row[3] == "done"} >= {first}
    computed = next(line["task"] for line in lines if line["computed"])
    assert "computed from the data" in shop.refused("tasks", "SHOP-1", "--done", computed)
    assert "There is no task 'nope'" in shop.refused("tasks", "SHOP-1", "--done", "nope")


def test_the_board_has_a_column_for_each_stage(example: Planner) -> None:
    text = example.ok("board", "--archetype", "autonomous")
    board = example.json("board", "--archetype", "autonomous")
    for column in board["columns"]:
        assert f"\n{column['name']}: {column['count']}\n" in text
        assert all(f"{project['key']}\t{project['name']}" in text for project in column["projects"])
