"""The page of a project's runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from planner.web.metrics_lines import against_baseline
from tests.web.reading import alert, by_id, error, read, value, words

CONTRACT, RUNS = "/projects/LAB-1/contract", "/projects/LAB-1/runs"
AGREED = {
    "optimised.name": "recall",
    "optimised.direction": "maximise",
    "optimised.baseline": "0.71",
    "thresholded.0.name": "latency_p95",
    "thresholded.0.direction": "minimise",
    "thresholded.0.threshold": "100",
    "thresholded.0.unit": "ms",
    "thresholded.0.enabled": "on",
    "action": "save",
}


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    """A client of a portfolio with one project."""
    client.post("/portfolios", data={"name": "Lab"})
    client.post("/portfolios/lab/projects", data={"name": "Idea"})
    return client


def run(name: str, recall: str, latency: str) -> dict[str, str]:
    metrics = {"metric.0": "recall", "value.0": recall, "metric.1": "latency_p95", "value.1": latency}
    return {"name": name, "url": "", **metrics}


def test_runs_are_judged_and_a_missing_value_never_passes(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    for typed in (run("fast", "0.8", "90"), run("slow", "0.9", "120"), run("half", "0.99", ""), run("nan", "NaN", "1")):
        assert lab.post(RUNS, data=typed).status_code == 303
    rows = [words(row) for row in by_id(read(lab.get(RUNS)), "runs").iter("tr")][1:]
    assert rows[0].startswith("fast Winner 0.8 0.09 better 90 ms 10 to spare")
    assert rows[1].startswith("slow Disqualified misses latency_p95 0.9 0.19 better 120 ms misses by 20")
    assert "half Not evaluable" in rows[2]
    assert "missing" in rows[2]
    assert "nan Not evaluable recall not finite missing" in rows[3]


def test_a_tie_is_reported_and_not_broken(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    for name in ("a", "b"):
        lab.post(RUNS, data=run(name, "0.8", "100"))
    root = read(lab.get(RUNS))
    assert "a, b tie with 0.8" in words(root.find(".//main"))
    text = words(by_id(root, "runs"))
    assert text.count("Tied") == 2
    assert "just met" in text


def test_runs_are_pasted_as_json(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    pasted = json.dumps([{"name": "x", "metrics": {"recall": 0.7, "latency_p95": 1}}, {"name": "y", "metrics": {}}])
    assert lab.post(RUNS, data={"json": pasted}).status_code == 303
    assert len(lab.get("/api/v1/projects/LAB-1/runs").json()["items"]) == 2


@pytest.mark.parametrize(
    "pasted",
    ["{", "[1]", '{"metrics": {}}', '{"name": "x", "metrics": {"recall": "high"}}', "[" * 100_000, "NaN", "[]"],
)
def test_json_that_is_wrong_is_told_and_kept(lab: TestClient, pasted: str) -> None:
    lab.post(CONTRACT, data=AGREED)
    root = read(lab.post(RUNS, data={"json": pasted}), 422)
    assert error(root, "run.json")
    assert value(root, "json") == pasted


def test_a_wrong_run_names_the_metric_and_a_name_is_taken_once(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    root = read(lab.post(RUNS, data=run("", "0.8", "fast")), 422)
    assert error(root, "run.name") == "This is needed."
    assert error(root, "run.value.1") == "A number is needed: write 12.5 with a point, without separators."
    assert value(root, "value.0") == "0.8"
    lab.post(RUNS, data=run("a", "0.8", "100"))
    assert "runs of these names already" in error(read(lab.post(RUNS, data=run("a", "0.9", "1")), 409), "run.name")


def test_the_comparison_with_the_baseline_is_in_words() -> None:
    assert [against_baseline(over) for over in (0.05, -2.0, 0.0)] == ["0.05 better", "2 worse", "as the baseline"]


def recorded(lab: TestClient, *runs: dict[str, Any]) -> None:
    assert lab.post("/api/v1/projects/LAB-1/runs", json=list(runs)).status_code == 201


def main_words(lab: TestClient, address: str = RUNS) -> str:
    return words(read(lab.get(address)).find(".//main"))


def test_without_a_contract_the_runs_are_listed_and_a_contract_is_asked_for(lab: TestClient) -> None:
    recorded(lab, {"name": "a", "metrics": {"recall": 0.5, "x": "nan"}})
    text = main_words(lab)
    assert "No metric contract is agreed yet" in text
    assert "a recall 0.5 and x nan" in text


def test_why_a_run_is_not_judged_is_told(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    recorded(
        lab,
        {"name": "failed", "metrics": {"recall": 1, "latency_p95": 1}, "status": "failed"},
        {"name": "going", "metrics": {}, "status": "running"},
        {"name": "half", "metrics": {"recall": 1}},
        {"name": "odd", "metrics": {"recall": 1, "latency_p95": "inf"}},
        {"name": "slow", "metrics": {"recall": 1, "latency_p95": 101}},
    )
    rows = {row.split()[0]: row for row in (words(row) for row in by_id(read(lab.get(RUNS)), "runs").iter("tr"))}
    assert "it failed" in rows["failed"]
    assert "it still runs" in rows["going"]
    assert "latency_p95 missing" in rows["half"]
    assert "latency_p95 not finite" in rows["odd"]
    assert "misses latency_p95" in rows["slow"]


def test_slices_and_probabilities_stand_beside_the_values(lab: TestClient) -> None:
    contract = {
        "optimised": {"name": "recall", "direction": "maximise", "slices": ["de", "fr"]},
        "thresholded": [{"name": "precision", "direction": "maximise", "threshold": 0.5, "confidence": 0.9}],
    }
    assert lab.put("/api/v1/projects/LAB-1/metrics", json=contract).status_code == 200
    values = {"recall/de": 0.9, "recall/fr": 0.8, "precision": 0.7}
    recorded(
        lab,
        {"name": "sure", "metrics": values, "uncertainty": {"precision": {"n": 1000}}},
        {"name": "unsure", "metrics": values, "uncertainty": {"precision": {"n": 5}}},
        {"name": "silent", "metrics": values},
    )
    rows = {row.split()[0]: row for row in (words(row) for row in by_id(read(lab.get(RUNS)), "runs").iter("tr"))}
    assert "0.8 worst: fr" in rows["sure"]
    assert "100 % sure" in rows["sure"]
    assert "precision not sure enough" in rows["unsure"]
    assert "precision states no uncertainty" in rows["silent"]


def test_an_unmet_contract_tells_the_least_to_relax(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    recorded(lab, {"name": "near", "metrics": {"recall": 0.9, "latency_p95": 112}})
    text = main_words(lab)
    assert "No run qualifies yet. Nearest: near" in text
    assert "Least to relax: latency_p95 , from 100 to 112 (by 12, 12 % of the bound), would admit near" in text


def test_a_run_is_put_in_production_and_taken_out(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    recorded(
        lab,
        {"name": "a", "metrics": {"recall": 0.9, "latency_p95": 1}},
        {"name": "b", "metrics": {}, "status": "failed"},
    )
    answer = lab.post("/projects/LAB-1/production", data={"run": "a"})
    assert (answer.status_code, answer.headers["location"]) == (303, RUNS)
    assert "In production a recall 0.9" in main_words(lab)
    assert "did not finish" in alert(read(lab.post("/projects/LAB-1/production", data={"run": "b"}), 409))
    assert "has no run" in alert(read(lab.post("/projects/LAB-1/production", data={"run": "c"}), 422))
    assert lab.post("/projects/LAB-9/production", data={"run": "a"}).status_code == 404
    assert lab.post("/projects/LAB-1/production", data={}).status_code == 303
    assert "No run is stated to be in production" in main_words(lab)


def test_the_state_of_the_view_is_in_the_address(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    recorded(lab, *({"name": f"run {n}", "metrics": {"recall": n / 100, "latency_p95": 50 + n}} for n in range(99)))
    first = [words(row) for row in by_id(read(lab.get(RUNS)), "runs").iter("tr")][1:]
    assert len(first) == 50
    assert first[0].startswith("run 50 Winner")
    second = [words(row) for row in by_id(read(lab.get(RUNS + "?pos=2")), "runs").iter("tr")][1:]
    assert len(second) == 49
    assert not {row.split()[1] for row in first} & {row.split()[1] for row in second}
    assert "51 runs" in words(by_id(read(lab.get(RUNS + "?verdict=qualified")), "runs"))
    assert "11 runs" in words(by_id(read(lab.get(RUNS + "?q=RUN+1")), "runs"))
    assert "No run is like that" in words(by_id(read(lab.get(RUNS + "?q=zzz")), "runs"))


@pytest.mark.parametrize(
    "query", ["?pos=-1", "?pos=9999999999", "?pos=٣", "?verdict=nonsense", "?metric=nonsense", "?q=%00", "?pos=1e3"]
)
def test_what_the_address_says_wrongly_asks_for_nothing(lab: TestClient, query: str) -> None:
    lab.post(CONTRACT, data=AGREED)
    recorded(lab, {"name": "a", "metrics": {"recall": 0.9, "latency_p95": 1}})
    assert "a wins with 0.9" in main_words(lab, RUNS + query)


def test_names_are_escaped_in_the_charts(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    recorded(lab, {"name": "<script>alert(1)</script>&\"'", "metrics": {"recall": 0.9, "latency_p95": 1}})
    html = lab.get(RUNS).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
