"""planner baselines."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_baselines_are_listed_added_and_withdrawn(shop: Planner) -> None:
    assert "None is recorded yet" in shop("baselines", "list", "SHOP-1").stderr
    shop.ok("metrics", "set", "SHOP-1", "--optimise", "recall:maximise")
    said = shop.ok(
        *("baselines", "add", "SHOP-1", "Three planners", "--kind", "domain_experts", "--value", "recall=0.8"),
        *("--note", "60 cases", "--url", "https://example.org", "--fair", "yes"),
    )
    assert said.startswith("Baseline of SHOP-1: Three planners.")
    text = shop.ok("baselines", "list", "SHOP-1")
    assert "Three planners\tdomain_experts\trecall=0.8\tyes" in text
    assert "recall\t–\tThree planners\t0.8" in text
    assert shop.json("baselines", "list", "SHOP-1")["items"][0]["url"] == "https://example.org"
    assert "kind: one of" in shop.refused("baselines", "add", "SHOP-1", "x", "--kind", "odd", "--value", "recall=1")
    assert "--value" in shop.refused("baselines", "add", "SHOP-1", "x", "--kind", "scripted", "--value", "recall")
    assert "any more" in shop.ok("baselines", "withdraw", "SHOP-1", "Three planners", "--note", "Wrong cases.")
    assert "no baseline" in shop.refused("baselines", "withdraw", "SHOP-1", "Three planners")


def test_an_error_is_taken_apart(shop: Planner) -> None:
    assert "Nothing is recorded yet" in shop("baselines", "analyse", "SHOP-1").stderr
    numbers = ("--human", "1", "--train", "20", "--validation", "27", "--test", "28", "--unit", "%")
    text = shop.ok("baselines", "analyse", "SHOP-1", *numbers)
    assert "Avoidable bias (underfitting)\t19 %" in text
    assert "Test error\t28 %" in text
    assert "Next: Avoidable bias (underfitting), 70 % of what could be gained." in text
    assert "  1. Make the model bigger; add layers or units." in text
    assert shop.ok("baselines", "analyse", "SHOP-1") == text
    shifted = shop.json("baselines", "analyse", "SHOP-1", "--train-validation", "3", "--test-validation", "9")
    assert shifted["decomposition"]["parts"][3]["value"] == 6
    assert "train: a number is needed" in shop.refused("baselines", "analyse", "SHOP-1", "--train", "much")
