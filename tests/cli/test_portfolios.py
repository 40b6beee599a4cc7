from __future__ import annotations

import re

from tests.cli.conftest import Planner


def test_a_portfolio_is_started_changed_and_deleted(planner: Planner) -> None:
    made = planner.json(
        *("portfolio", "create", "lab", "--name", "The lab", "--key-prefix", "LB", "--capacity", "3"),
        *("--priority-impact-share", "0.7", "--summary", "All of it."),
    )
    assert (made["slug"], made["key_prefix"], made["capacity"], made["priority_impact_share"]) == ("lab", "LB", 3, 0.7)
    assert planner.json("portfolio", "edit", "lab", "--name", "Our lab", "--capacity", "5")["capacity"] == 5
    assert "Our lab" in planner.ok("portfolio", "edit", "--summary", "New.")
    assert planner.json("portfolios") == planner.json("portfolio", "list")
    assert "A portfolio 'lab' exists already" in planner.refused("portfolio", "create", "lab")
    assert planner.refused("portfolio", "edit", "lab") == "planner: name at least one field to change"
    assert planner.ok("portfolio", "delete", "lab", "--yes") == "Deleted the portfolio lab.\n"
    assert planner.json("portfolios") == {"items": []}
    assert "There is none yet" in planner("portfolios").stderr


def test_deleting_asks_first(shop: Planner) -> None:
    person = shop.terminal("portfolio", "delete", "shop")
    person.wait_for("Delete The shop with its 1 project")
    person.type("n\n")
    assert person.ended() == 2
    assert "Nothing was deleted." in person.seen
    assert len(shop.json("portfolios")["items"]) == 1


def test_what_a_portfolio_holds_is_counted(example: Planner) -> None:
    text = example.ok("portfolio", "show", "--stage", "training")
    assert "\n5 projects, 5 of them scored\n" in text
    assert re.search(r"^Stage\ttraining\t5$", text, flags=re.MULTILINE)
    assert example.json("portfolio", "show")["overview"]["total"] == 24


def test_weights_of_criteria_are_given_and_taken_back(example: Planner) -> None:
    weights = [f"--weight={name}" for name in ("data_availability=1", "accuracy_requirement=1", "problem_difficulty=2")]
    assert example.json("portfolio", "edit", *weights)["weights"]["problem_difficulty"] == 2
    assert "data_availability 1, accuracy_requirement 1" in example.ok("portfolio", "edit", "--capacity", "4")
    assert example.json("portfolio", "edit", "--playbook-weights")["weights"] is None
    assert "weights.accuracy_requirement: is missing" in example.refused("portfolio", "edit", weights[0])
    assert "not both" in example.refused("portfolio", "edit", *weights, "--playbook-weights")
