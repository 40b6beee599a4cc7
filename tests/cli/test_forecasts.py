"""planner forecast, outcome and calibration."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Planner


def test_a_forecast_an_outcome_and_the_score(shop: Planner) -> None:
    assert "no project has ended" in shop.ok("forecast", "SHOP-1")
    said = shop.ok("forecast", "SHOP-1", "70%", "--by", "Jo", "--rationale", "Seen.", "--success", "In use.")
    assert said == "SHOP-1: 70 %, Jo. Success: In use.\n"
    assert shop.json("forecast", "SHOP-1", "0.5", "--horizon", "2099-12-31")["forecaster"] == "Mara"
    text = shop.ok("forecast", "SHOP-1")
    assert "\nJo\t0.7\t" in text
    assert text.endswith("Mean: 60 %\n")
    assert "no outcome is recorded" in shop.refused("outcome", "SHOP-1").lower()
    assert "outcome\tsuccess\n" in shop.ok("outcome", "SHOP-1", "success", "--actual-effort", "3", "--note", "Used.")
    assert shop.json("outcome", "SHOP-1")["actual_effort"] == 3
    assert "Ended: success" in shop.ok("forecast", "SHOP-1")
    found = shop.json("calibration")
    assert found["overall"]["brier"] == pytest.approx(0.16)
    assert "ended on" in shop.refused("forecast", "SHOP-1", "0.9")


def test_wrong_use_is_one_line(shop: Planner) -> None:
    assert "probability: a number is needed" in shop.refused("forecast", "SHOP-1", "likely")
    assert "probability: must be at most 1" in shop.refused("forecast", "SHOP-1", "70")
    assert "probability: a number is needed" in shop.refused("forecast", "SHOP-1", "much%")
    assert "PROBABILITY" in shop.refused("forecast", "SHOP-1", "--by", "Jo")
    assert "outcome: one of: success" in shop.refused("outcome", "SHOP-1", "good")
    assert "OUTCOME" in shop.refused("outcome", "SHOP-1", "--note", "x")


def test_the_example_is_scored_by_forecaster(example: Planner) -> None:
    text = example.ok("calibration", "--portfolio", "example")
    assert text.startswith("Base rate: 4 of 7 ended projects succeeded, 57 %")
    assert "\nTomás Okafor\t7\t0.307" in text
    assert "Calibration curve" in text
    assert "say little" in example("calibration").stderr
