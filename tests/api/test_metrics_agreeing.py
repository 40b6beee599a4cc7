from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.reading import PROJECT, fields, good, problem

METRICS = f"{PROJECT}/metrics"
PROPOSAL = f"{METRICS}/proposal"
CONTRACT: dict[str, Any] = {
    "optimised": {"name": "recall", "direction": "maximise"},
    "thresholded": [{"name": "latency", "direction": "minimise", "threshold": 100, "unit": "ms"}],
}
NEEDS = [
    {"name": "recall", "direction": "maximise", "reached": 0.7},
    {"name": "latency", "direction": "minimise", "needed": 80, "reached": 200, "around": True},
]


def test_a_proposal_can_be_agreed_as_it_is(lab: TestClient) -> None:
    proposal = good(lab.post(PROPOSAL, json={"metrics": NEEDS}))
    assert [line["role"] for line in proposal["lines"]] == ["optimised", "thresholded"]
    assert all(reason["source"] for line in proposal["lines"] for reason in line["reasons"])
    problem(lab.get(METRICS), 404)  # nothing is stored
    agreed = good(lab.put(METRICS, json=proposal["contract"]))
    assert (agreed["optimised"]["name"], agreed["thresholded"][0]["threshold"]) == ("recall", 80)


def test_what_a_proposal_starts_from_can_be_sent_back(lab: TestClient) -> None:
    start = good(lab.get(PROPOSAL, params={"problem_type": "object_pose"}))
    assert [role["role"] for role in start["usual"]] == ["optimised", "thresholded", "thresholded"]
    proposal = good(lab.post(PROPOSAL, json={"metrics": start["metrics"]}))
    assert proposal["contract"] is None
    assert [line["role"] for line in proposal["lines"]] == ["optimised", "open", "open"]
    assert fields(lab.get(PROPOSAL, params={"problem_type": "magic"})) == ["problem_type"]


@pytest.mark.parametrize(
    ("metrics", "field"),
    [
        ([], "metrics"),
        ([{"name": "a", "direction": "minimise"}] * 52, "metrics"),
        ([{"name": "a", "direction": "down"}], "metrics.0.direction"),
        ([{"name": "a", "direction": "minimise", "needed": True}], "metrics.0.needed"),
        ([{"name": "a", "direction": "minimise", "importance": "not_yet"}], "metrics"),
        ([{"name": "a", "direction": "minimise", "note": "x" * 2001}], "metrics.0.note"),
    ],
)
def test_a_wrong_need_names_the_field(lab: TestClient, metrics: list[dict[str, Any]], field: str) -> None:
    assert fields(lab.post(PROPOSAL, json={"metrics": metrics})) == [field]


def test_numbers_at_the_ends_of_their_range_are_proposed_with(lab: TestClient) -> None:
    extreme = {"name": "a", "direction": "minimise", "needed": -1.7e308, "reached": 1.7e308}
    tiny = {"name": "b", "direction": "minimise", "needed": 5e-324, "reached": 1.7e308}
    lines = good(lab.post(PROPOSAL, json={"metrics": [extreme, tiny]}))["lines"]
    assert all(line["gap"] > 1 for line in lines)


def test_a_change_is_previewed_and_then_told(lab: TestClient) -> None:
    problem(lab.get(f"{METRICS}/diff"), 404)
    problem(lab.get(f"{PROJECT}/verdict/changes"), 404)
    good(lab.put(METRICS, json=CONTRACT))
    assert good(lab.get(f"{METRICS}/diff"))["from_version"] is None
    problem(lab.get(f"{PROJECT}/verdict/changes"), 404)  # one version alone
    runs = [{"name": name, "metrics": {"recall": 0.8, "latency": value}} for name, value in (("a", 90), ("b", 70))]
    good(lab.post(f"{PROJECT}/runs", json=runs), 201)
    stricter = {**CONTRACT, "thresholded": [{**CONTRACT["thresholded"][0], "threshold": 80}]}
    preview = good(lab.post(f"{METRICS}/preview", json=stricter))  # which needs no reason
    assert (preview["verdicts"]["qualified_before"], preview["verdicts"]["qualified_after"]) == (2, 1)
    assert good(lab.get(METRICS))["version"] == 1
    good(lab.put(METRICS, json={**stricter, "reason": "the line got faster"}))
    told = good(lab.get(f"{PROJECT}/verdict/changes?from=1&to=2"))
    assert told == {**preview["verdicts"], "to_version": 2}
    assert told["runs"] == [
        {"run": told["runs"][0]["run"], "name": "a", "before": "qualified", "after": "disqualified"}
        | {"because": ["latency: at most 80 ms"]}
    ]
    assert good(lab.get(f"{PROJECT}/verdict/changes?limit=0"))["runs"] == []
    diff = good(lab.get(f"{METRICS}/diff?from=2&to=1"))
    assert diff["changes"][0]["text"] == "latency: at most 80 ms → at most 100 ms (looser)."
    problem(lab.get(f"{METRICS}/diff?from=1&to=7"), 404)
    assert fields(lab.get(f"{METRICS}/diff?from=0")) == ["from"]
