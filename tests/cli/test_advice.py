"""planner advice."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_advice_is_told_with_its_grounds(shop: Planner) -> None:
    assert "has no problem type" in shop("advice", "SHOP-1").stderr
    asked = ("--problem-type", "object_detection", "--labels", "none", "--edge", "yes", "--licence", "permissive")
    text = shop.ok("advice", "SHOP-1", *asked)
    assert "\nBaseline: Zero-shot detector" in text
    assert "[object_detection.small_permissive] because of runs on a device: yes; licences: permissive only." in text
    assert "If time for an answer: below 50 ms: " in text
    assert "- Optimised: Mean average precision." in text
    assert "\nNot known yet\n" in text
    found = shop.json("advice", "SHOP-1", *asked, "--data-size", "300", "--latency-ms", "40", "--imbalance", "yes")
    assert [fact["value"] for fact in found["facts"]] == [300, "none", 40, "yes", "permissive", None, None, "yes"]


def test_wrong_options_are_named(shop: Planner) -> None:
    assert "labels" in shop.refused("advice", "SHOP-1", "--labels", "some")
    assert "latency_ms: a number is needed" in shop.refused("advice", "SHOP-1", "--latency-ms", "fast")
    assert "problem_type: one of" in shop.refused("advice", "SHOP-1", "--problem-type", "magic")
    said = shop.refused("advice", "SHOP-1", "--interpretability", "yes", "--offline", "perhaps")
    assert [line.split(":")[0].strip() for line in said.splitlines()[1:]] == ["interpretability", "offline"]


def test_what_it_needs_is_planned(shop: Planner) -> None:
    asked = ("--problem-type", "tabular", "--plan")
    assert "Planned now: Data sources" in shop.ok("advice", "SHOP-1", *asked)
    again = shop("advice", "SHOP-1", *asked)
    assert again.stdout == "Planned now: nothing.\n"
    assert "left as they were: Data sources" in again.stderr
    assert shop.json("advice", "SHOP-1", *asked)["planned"] == []
