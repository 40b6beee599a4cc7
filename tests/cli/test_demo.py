from __future__ import annotations

from tests.cli.conftest import Planner


def test_the_example_is_loaded_once_and_taken_away(planner: Planner) -> None:
    assert planner.ok("demo").endswith("24 projects in the portfolio example.\n")
    assert planner("demo").exit_code == 2
    assert planner.ok("demo", "--clear").startswith("Took the example away: ")
    assert planner.refused("demo", "--clear") == "planner: The example portfolio is not loaded."
    assert planner.json("demo")["is_example"]
    assert "name" not in planner.json("demo", "--clear")
