from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import API, LAB, PROJECT, fields, good, problem

MINE, OUTCOME = f"{PROJECT}/forecasts/Mara", f"{PROJECT}/outcome"


def test_forecasts_outcome_and_calibration(lab: TestClient) -> None:
    # The four forecasts of scikit-learn's documentation of the Brier score: 0.0375.
    for number, (probability, outcome) in enumerate(
        [(0.1, "failure"), (0.9, "success"), (0.8, "success"), (0.3, "failure")], 1
    ):
        if number > 1:
            good(lab.post(f"{LAB}/projects", json={"name": f"Project {number}"}), 201)
        project = f"{API}/projects/LAB-{number}"
        forecast = good(lab.put(f"{project}/forecasts/Mara", json={"probability": probability}))
        assert (forecast["forecaster"], forecast["probability"]) == ("Mara", probability)
        good(lab.put(f"{project}/outcome", json={"outcome": outcome}))
    found = good(lab.get(f"{LAB}/calibration"))
    assert found["overall"]["brier"] == pytest.approx(0.0375)
    assert [one["forecaster"] for one in found["forecasters"]] == ["Mara"]
    parts = found["overall"]["decomposition"]
    assert parts["reliability"] - parts["resolution"] + parts["uncertainty"] == pytest.approx(0.0375)
    assert found["base_rate"]["ended"]["share"] == 0.5
    assert len(good(lab.get(f"{LAB}/forecasts"))["ended"]) == 4


def test_a_project_tells_its_history_and_base_rate(lab: TestClient) -> None:
    assert good(lab.get(f"{PROJECT}/forecasts"))["base_rate"]["ended"] is None
    for probability in (0.2, 0.6):
        good(lab.put(MINE, json={"probability": probability}))
    answer = lab.get(f"{PROJECT}/forecasts")
    assert [one["probability"] for one in good(answer)["history"]] == [0.2, 0.6]
    assert [one["probability"] for one in good(answer)["current"]] == [0.6]
    etag = answer.headers["etag"]
    assert lab.get(f"{PROJECT}/forecasts", headers={"if-none-match": etag}).status_code == 304
    problem(lab.get(OUTCOME), 404)
    good(lab.put(OUTCOME, json={"outcome": "success", "ended_on": "2020-05-31"}))
    assert good(lab.get(OUTCOME))["ended_on"] == "2020-05-31"
    assert good(lab.get(f"{PROJECT}/forecasts"))["scored"] == []  # they were made long after that day
    problem(lab.put(MINE, json={"probability": 0.9}), 409)
    problem(lab.put(OUTCOME, json={"outcome": "failure"}, headers={"if-match": '"1"'}), 412)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "probability"),
        ({"probability": 1.1}, "probability"),
        ({"probability": -0.1}, "probability"),
        ({"probability": "NaN"}, "probability"),
        ({"probability": True}, "probability"),
        ({"probability": 0.5, "horizon": "2001-01-01"}, "horizon"),
        ({"probability": 0.5, "horizon": "soon"}, "horizon"),
        ({"probability": 0.5, "horizon": 4e9}, "horizon"),
        ({"probability": 0.5, "success": "x" * 301}, "success"),
    ],
)
def test_a_wrong_forecast_is_refused_by_field(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.put(MINE, json=body)) == [field]
    assert good(lab.get(f"{PROJECT}/forecasts"))["history"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "success", "ended_on": "2199-01-01"}, "ended_on"),
        ({"outcome": "success", "ended_on": "2026-02-30"}, "ended_on"),
        ({"outcome": "success", "actual_effort": 0}, "actual_effort"),
        ({"outcome": "success", "estimated_effort": 1e9}, "estimated_effort"),
    ],
)
def test_a_wrong_outcome_is_refused_by_field(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.put(OUTCOME, json=body)) == [field]
    problem(lab.get(OUTCOME), 404)
