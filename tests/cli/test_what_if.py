"""planner what-if and planner classify."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_a_project_is_classified_and_moved(shop: Planner) -> None:
    assert "(--answer automated_today=yes or no)" in shop.ok("classify", "SHOP-1")
    answers = ("--answer", "automated_today=no", "--answer", "approved_each=no")
    assert "Archetype: Autonomous (autonomous)." in shop.ok("classify", "SHOP-1", *answers)
    assert shop.json("show", "SHOP-1")["archetype"] is None
    assert shop.json("classify", "SHOP-1", *answers, "--apply")["archetype"] == "autonomous"
    assert shop.json("show", "SHOP-1")["archetype"] == "autonomous"
    assert "states it already" in shop("classify", "SHOP-1", *answers, "--apply").stderr
    assert "takes yes or no" in shop.refused("classify", "SHOP-1", "--answer", "automated_today=perhaps")


def test_levers_are_listed_tried_and_applied(shop: Planner) -> None:
    shop.ok("edit", "SHOP-1", "--archetype", "autonomous")
    shop.ok("score", "SHOP-1", "--set", "accuracy_requirement=1", "--confidence", "measured")
    assert "product_design\tDesign for a mediocre model\tfor Human in the loop" in shop.ok("what-if", "SHOP-1")
    relax = ("--lever", "relax_accuracy", "--accuracy-from", "99.9", "--accuracy-to", "99", "--cost-per-nine", "5")
    text = shop.ok("what-if", "SHOP-1", "--lever", "human_approval", *relax)
    assert "Archetype\tautonomous\thuman_in_the_loop" in text
    assert "99 % costs 0.2 of 99.9 %" in text
    assert "accuracy_requirement\t3\t1–5" in text
    assert "Source: Lever and direction: FSDL 2021, lecture 5" in text
    assert len(shop.json("answers", "SHOP-1", "--history")["items"]) == 1
    recorded = shop.json("what-if", "SHOP-1", "--lever", "human_approval", *relax, "--assessor", "Ben", "--apply")
    assert recorded["answers"]["accuracy_requirement"]["level"] == 3
    assert shop.json("show", "SHOP-1")["archetype"] == "human_in_the_loop"
    assert "for projects of the archetype Autonomous" in shop.refused("what-if", "SHOP-1", "--lever", "guardrails")
    assert "a number is needed" in shop.refused("what-if", "SHOP-1", "--accuracy-from", "much")


def test_the_flywheel_needs_every_yes(shop: Planner) -> None:
    said = ("--flywheel", "labels_return=yes", "--evidence", "data_improve_model=The curve still rises.")
    text = shop.ok("what-if", "SHOP-1", *said)
    assert "No bonus: without a yes is data_improve_model, model_improves_use." in text
    found = shop.json("what-if", "SHOP-1", *said)["flywheel"]["lines"]
    assert [line["evidence"] for line in found] == ["", "The curve still rises.", ""]


def test_on_a_terminal_the_questions_are_asked(shop: Planner) -> None:
    terminal = shop.terminal("classify", "SHOP-1")
    terminal.wait_for("written rules")
    terminal.wait_for("[y/N]")
    terminal.type("n\n")
    terminal.wait_for("approve each single result")
    terminal.wait_for("[y/N]")
    terminal.type("y\n")
    terminal.wait_for("Human in the loop")
    terminal.wait_for("[Y/n]")
    terminal.type("\n")
    terminal.wait_for("states it now")
    assert terminal.ended() == 0
    assert shop.json("show", "SHOP-1")["archetype"] == "human_in_the_loop"
