from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from planner.domain.metrics import Contract
from planner.domain.metrics_runs import Run
from planner.domain.metrics_verdict import Verdict
from tests.api.reading import API, PROJECT, fields, good, problem

METRICS, RUNS, VERDICT = f"{PROJECT}/metrics", f"{PROJECT}/runs", f"{PROJECT}/verdict"
CONTRACT: dict[str, Any] = {
    "optimised": {"name": "recall", "direction": "maximise", "unit": "", "baseline": 0.71},
    "thresholded": [{"name": "latency_p95", "direction": "minimise", "threshold": 100, "unit": "ms"}],
}
JSON = {"content-type": "application/json"}


def run(name: str, recall: object, latency: object) -> dict[str, Any]:
    return {"name": name, "metrics": {"recall": recall, "latency_p95": latency}}


def test_before_a_contract_is_agreed_there_is_nothing_to_judge_by(lab: TestClient) -> None:
    assert "PUT one" in problem(lab.get(METRICS), 404).detail
    assert "No metric contract" in problem(lab.get(VERDICT), 404).detail
    assert good(lab.get(f"{METRICS}/history")) == {"items": []}
    good(lab.post(RUNS, json=run("early", 0.8, 90)), 201)  # what was measured is kept all the same
    problem(lab.get(VERDICT), 404)


def test_a_contract_is_versioned_and_a_change_needs_a_reason(lab: TestClient) -> None:
    first = Contract.model_validate(good(lab.put(METRICS, json=CONTRACT)))
    assert (first.version, first.optimised.baseline, first.thresholded[0].enabled) == (1, 0.71, True)
    assert good(lab.put(METRICS, json=CONTRACT))["version"] == 1  # the same again is no new version
    changed = {**CONTRACT, "thresholded": [{**CONTRACT["thresholded"][0], "threshold": 80}]}
    assert fields(lab.put(METRICS, json=changed)) == ["reason"]
    second = good(lab.put(METRICS, json={**changed, "reason": "The page feels slow."}))
    assert (second["version"], second["thresholded"][0]["threshold"]) == (2, 80.0)
    assert good(lab.get(METRICS)) == second
    assert [item["version"] for item in good(lab.get(f"{METRICS}/history"))["items"]] == [1, 2]


def test_a_contract_can_ask_for_the_version_it_was_made_on(lab: TestClient) -> None:
    stale = lab.get(PROJECT).headers["etag"]
    good(lab.put(METRICS, json=CONTRACT, headers={"if-match": stale}))
    changed = {**CONTRACT, "thresholded": [], "reason": "Nobody waits for it."}
    problem(lab.put(METRICS, json=changed, headers={"if-match": stale}), 412)
    assert good(lab.get(METRICS))["version"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "optimised"),
        ({"optimised": None}, "optimised"),
        ({"optimised": [CONTRACT["optimised"]]}, "optimised"),
        ({"optimised": {"name": "", "direction": "maximise"}}, "optimised.name"),
        ({"optimised": {"name": "recall", "direction": "up"}}, "optimised.direction"),
        ({"optimised": {"name": "recall", "direction": "maximise", "baseline": True}}, "optimised.baseline"),
        ({**CONTRACT, "thresholded": [{"name": "x", "direction": "minimise"}]}, "thresholded.0.threshold"),
        (
            {**CONTRACT, "thresholded": [{"name": "x", "direction": "minimise", "threshold": 10**400}]},
            "thresholded.0.threshold",
        ),
        ({**CONTRACT, "thresholded": [{"name": "recall", "direction": "minimise", "threshold": 1}]}, ""),
        (
            {**CONTRACT, "thresholded": [{"name": "x", "direction": "minimise", "threshold": 1, "enabled": False}]},
            "thresholded.0",
        ),
        ({**CONTRACT, "thresholds": []}, "thresholds"),
    ],
)
def test_a_wrong_contract_is_refused_by_field(lab: TestClient, body: dict[str, object], field: str) -> None:
    assert fields(lab.put(METRICS, json=body)) == [field]
    problem(lab.get(METRICS), 404)


def test_runs_are_judged_and_ties_reported(lab: TestClient) -> None:
    lab.put(METRICS, json=CONTRACT)
    added = good(lab.post(RUNS, json=[run("a", 0.83, 84), run("b", 0.83, 100), run("c", 0.9, 120)]), 201)["items"]
    assert [Run.model_validate(item).name for item in added] == ["a", "b", "c"]
    verdict = Verdict.model_validate(good(lab.get(VERDICT)))
    assert (verdict.qualified, verdict.winners, verdict.best) == (2, ("a", "b"), 0.83)
    assert verdict.over_baseline == pytest.approx(0.12)
    assert verdict.pareto == ("a",)
    statuses = {entry.name: entry.status for entry in verdict.runs}
    assert statuses == {"a": "qualified", "b": "qualified", "c": "disqualified"}
    latency = next(m for m in verdict.runs[2].metrics if m.name == "latency_p95")
    assert (latency.status, latency.margin) == ("breached", -20.0)


def test_when_none_qualifies_the_nearest_is_named(lab: TestClient) -> None:
    lab.put(METRICS, json=CONTRACT)
    lab.post(RUNS, json=[run("far", 0.9, 300), run("near", 0.8, 101)])
    verdict = good(lab.get(VERDICT))
    assert (verdict["qualified"], verdict["winners"], verdict["nearest"]) == (0, [], ["near"])


@pytest.mark.parametrize("value", ['"NaN"', "NaN", "null", '"-Infinity"', "Infinity", "1e999", '"inf"'])
def test_a_value_that_is_not_finite_is_kept_and_never_evaluated(lab: TestClient, value: str) -> None:
    lab.put(METRICS, json=CONTRACT)
    body = f'{{"name": "odd", "metrics": {{"recall": {value}, "latency_p95": 1}}}}'
    added = good(lab.post(RUNS, content=body, headers=JSON), 201)["items"][0]
    assert added["metrics"]["recall"] in ("NaN", "Infinity", "-Infinity")
    assert good(lab.get(RUNS))["items"] == [added]
    verdict = good(lab.get(VERDICT))
    assert (verdict["evaluable"], verdict["not_evaluable"], verdict["qualified"]) == (0, 1, 0)
    assert verdict["runs"][0]["metrics"][0] | {"over_baseline": None} == {
        "name": "recall",
        "value": None,
        "status": "missing",
        "margin": None,
        **dict.fromkeys(("against", "probability", "slice", "threshold")),
        "over_baseline": None,
    }


def test_a_run_keeps_its_parameters_time_and_address(lab: TestClient) -> None:
    said = {
        **run("resnet50-a", 0.83, 84.0),
        "params": {"depth": 50, "frozen": True, "rate": 0.1, "note": "=1+1"},
        "url": "https://example.org/runs/1",
        "measured_at": "2026-05-01T12:00:00+02:00",
    }
    kept = good(lab.post(RUNS, json=said), 201)["items"][0]
    assert kept["params"] == said["params"]
    assert (kept["url"], kept["recorded_by"]) == (said["url"], "Mara")
    assert datetime.fromisoformat(kept["measured_at"]) == datetime(2026, 5, 1, 10, tzinfo=UTC)


def test_a_name_that_is_taken_is_a_conflict_and_none_is_added(lab: TestClient) -> None:
    lab.post(RUNS, json=run("a", 0.8, 90))
    assert "a" in problem(lab.post(RUNS, json=[run("new", 0.8, 90), run("a", 0.9, 90)]), 409).detail
    assert [item["name"] for item in good(lab.get(RUNS))["items"]] == ["a"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "runs"),
        ([run("a", 1, 1), run("a", 2, 2)], "name"),
        ([run("a", 1, 1), run("", 2, 2)], "1.name"),
        (run("a", "high", 1), "0.metrics.recall"),
        (run("a", True, 1), "0.metrics.recall"),
        (run("a", 10**400, 1), "0.metrics.recall"),
        ({"name": "a"}, "0.metrics"),
        ({**run("a", 1, 1), "params": {"x": [1]}}, "0.params.x"),
        ({**run("a", 1, 1), "params": {"x": 2**63}}, "0.params.x"),
        ({**run("a", 1, 1), "url": "javascript:alert(1)"}, "0.url"),
        ({**run("a", 1, 1), "measured_at": "2026-05-01T12:00:00"}, "0"),
        ({**run("a", 1, 1), "measured_at": "yesterday"}, "0.measured_at"),
        ({**run("a", 1, 1), "seed": 1}, "0.seed"),
        ("a", ""),
        (None, ""),
    ],
)
def test_a_wrong_run_is_named_and_none_is_added(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.post(RUNS, json=body)) == [field]
    assert good(lab.get(RUNS))["items"] == []


@pytest.mark.parametrize("path", ["metrics", "runs", "verdict"])
def test_an_unchanged_project_answers_304(lab: TestClient, path: str) -> None:
    lab.put(METRICS, json=CONTRACT)
    etag = lab.get(f"{PROJECT}/{path}").headers["etag"]
    assert lab.get(f"{PROJECT}/{path}", headers={"if-none-match": f'"0", {etag}'}).status_code == 304
    lab.post(RUNS, json=run("a", 0.8, 90))
    assert lab.get(f"{PROJECT}/{path}", headers={"if-none-match": etag}).status_code == 200


def test_unknown_projects_have_no_metrics(lab: TestClient) -> None:
    other = f"{API}/projects/LAB-9"
    for response in (
        lab.get(f"{other}/metrics"),
        lab.get(f"{other}/metrics/history"),
        lab.put(f"{other}/metrics", json=CONTRACT),
        lab.get(f"{other}/runs"),
        lab.post(f"{other}/runs", json=run("a", 1, 1)),
        lab.get(f"{other}/verdict"),
    ):
        assert "LAB-9" in problem(response, 404).detail


def test_what_relaxing_one_threshold_would_admit(lab: TestClient) -> None:
    assert lab.get(f"{PROJECT}/verdict/relaxations").status_code == 404
    assert lab.get(f"{PROJECT}/runs/chart.svg").status_code == 404
    contract = {
        "optimised": {"name": "recall", "direction": "maximise"},
        "thresholded": [{"name": "latency", "direction": "minimise", "threshold": 100}],
    }
    lab.put(f"{PROJECT}/metrics", json=contract)
    assert lab.get(f"{PROJECT}/runs/chart.svg").status_code == 404  # no runs yet
    lab.post(f"{PROJECT}/runs", json={"name": "near", "metrics": {"recall": 0.9, "latency": 112}})
    found = lab.get(f"{PROJECT}/verdict/relaxations").json()
    assert (found["contract_version"], found["qualified"]) == (1, 0)
    assert found["items"] == [
        {
            "name": "latency",
            "against": "value",
            "threshold": 100,
            "met": 0,
            "qualified_without": 1,
            "relaxed": 112,
            "by": 12,
            "relative": 0.12,
            "admits": ["near"],
        }
    ]
    assert lab.get(f"{PROJECT}/verdict/relaxations?contract_version=2").status_code == 404
    chart = lab.get(f"{PROJECT}/runs/chart.svg")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert "recall against latency of 1 run" in chart.text
    assert lab.get(f"{PROJECT}/runs/chart.svg?metric=recall").status_code == 422
