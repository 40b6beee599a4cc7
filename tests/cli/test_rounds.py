from __future__ import annotations

from tests.cli.conftest import Planner


def test_rounds_and_agreement_in_the_terminal(shop: Planner) -> None:
    key = shop.json("add", "Churn", "--json")["key"]
    assert "No round yet" in shop.ok("rounds", "list")
    assert "no round yet" in shop.refused("rounds", "owed")
    opened = shop.json("rounds", "open", "Autumn", "--assessor", "Ana", "--project", key, "--json")
    assert (opened["round"]["number"], opened["asked"]) == (1, 7)
    shop.ok("score", key, "--assessor", "Ana", "--set", "data_availability=4")
    shop.ok("score", key, "--assessor", "Ben", "--set", "data_availability=1", "--confidence", "measured")
    assert "Ana\t7\t1\t6\t1\t0" in shop.ok("rounds", "owed")
    said = shop.ok("rounds", "owed", "--assessor", "Ana", "--url", "https://plan.example/")
    assert f"https://plan.example/projects/{key}/score?assessor=Ana" in said
    assert "does not ask" in shop.refused("rounds", "owed", "--assessor", "Cem")
    assert "due\t2027-01-01" in shop.ok("rounds", "edit", "--due", "2027-01-01")
    assert "assessors" in shop.refused("rounds", "open", "Second")
    assert f"{key}\tChurn\tdata_availability" in shop.ok("agreement")
    assert "one of: nominal, ordinal" in shop.refused("agreement", "--metric", "colour")
    assert shop.json("agreement", "--limit", "1", "--json")["talk"] == [key]
    assert "Ana\t1" in shop.ok("assessors")
    assert "state\tclosed" in shop.ok("rounds", "close", "1")
    assert shop.json("rounds", "list", "--json")["items"][0]["round"]["closed_at"]
    assert shop.json("rounds", "show", "--json")["round"]["name"] == "Autumn"
    assert shop.json("assessors", "--json")["items"][1]["assessor"] == "Ben"
