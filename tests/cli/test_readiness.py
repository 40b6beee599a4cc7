"""planner readiness."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_tests_ethics_and_risk_are_stated_and_taken_back(shop: Planner) -> None:
    found = shop.json(
        *("readiness", "SHOP-1", "--set", "data.schema=automated", "--set", "model.slices=manual"),
        *("--evidence", "https://ci.example", "--ethics", "collection.consent=no", "--note", "look again"),
        *("--risk", "eu_ai_act:in_union=no"),
    )
    stated = {line["test"]: line for line in found["score"]["tests"] if line["score"]}
    assert {name: line["score"] for name, line in stated.items()} == {
        "data.schema": "automated",
        "model.slices": "manual",
    }
    assert {line["evidence"] for line in stated.values()} == {"https://ci.example"}
    assert (found["ethics"]["no"], found["risk"][0]["tier"]) == (1, "out_of_scope")
    text = shop.ok("readiness", "SHOP-1")
    assert text.startswith("Score: at least 0, Research project; 2 of 28 tests stated\n")
    assert "\ndata.schema\tautomated\t" in text
    assert "\nEU AI Act, version 1 as of 2026-11-26: Out of scope\n" in text
    shop.ok("readiness", "SHOP-1", "--set", "data.schema=")
    assert shop.json("readiness", "SHOP-1")["score"]["stated"] == 1


def test_wrong_statements_are_refused_before_any_is_recorded(shop: Planner) -> None:
    good = ("readiness", "SHOP-1", "--set", "data.schema=manual")
    assert "tests.data.privacy.score: one of: none, manual" in shop.refused(*good, "--set", "data.privacy=half")
    assert "write it as RULES:QUESTION=ANSWER" in shop.refused(*good, "--risk", "in_union=no")
    assert "tests.nope: not in the playbook; one of: data.schema" in shop.refused(*good, "--set", "nope=manual")
    assert "--set" in shop.refused("readiness", "SHOP-1", "--note", "x")
    assert "--evidence" in shop.refused("readiness", "SHOP-1", "--ethics", "collection.consent=yes", "--evidence", "x")
    assert "name the project" in shop.refused("readiness", "--set", "data.schema=manual")
    assert shop.json("readiness", "SHOP-1")["score"]["stated"] == 0


def test_a_portfolio_is_counted(example: Planner) -> None:
    rows = [line.split("\t") for line in example.ok("readiness").splitlines()]
    score = {row[1]: int(row[2]) for row in rows if row[0] == "Score"}
    assert sum(score.values()) == 24
    assert example.json("readiness")["projects"] == 24
