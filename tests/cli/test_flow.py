"""planner flow."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_the_flow_of_a_portfolio(example: Planner) -> None:
    text = example.ok("flow")
    assert "\n6 of 7 loops from Training back to Data: The labels cannot be trusted.\n" in text
    assert "training\tdata\tlabels_unreliable\t6\t5\t0.8571\n" in text
    assert "\nEX-14\tTraffic lights that learn\tplanning\t" in text
    assert (
        "\nEX-15\tdata_availability\t5\t2 Feb 2026\tlabels_unreliable\t18 May 2026\tto be done: Signe Moreau\n" in text
    )
    assert "\nlabels_unreliable\tdata_availability\t5\t3.9\t5\t4.9\t-1.0\n" in text
    few = example.json("flow", "--owner", "Signe Moreau")
    assert few["cumulative"]["points"][-1]["total"] == 1


def test_the_flow_of_a_project(example: Planner) -> None:
    text = example.ok("flow", "EX-4")
    assert "data\t2\t41.0\tno\n" in text
    assert [stay["days"] for stay in example.json("flow", "EX-4")["stages"]][:2] == [15.0, 41.0]
    assert "to be done: Signe Moreau" in example.ok("flow", "EX-15")
    assert "name one, or filter" in example.refused("flow", "EX-4", "--status", "open")


def test_a_portfolio_in_which_nothing_moved(shop: Planner) -> None:
    text = shop.ok("flow")
    assert "\nNo project has gone back yet.\n" in text
    assert "\nNone: no loop speaks against" in text
