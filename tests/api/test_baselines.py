from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import PROJECT, fields, good, problem

BASELINES, ERRORS = f"{PROJECT}/baselines", f"{PROJECT}/error-analysis"
RULE = {"kind": "scripted", "name": "Rule", "metrics": {"recall": 0.4}}


def test_a_baseline_is_stated_corrected_and_withdrawn(lab: TestClient) -> None:
    assert good(lab.get(BASELINES))["items"] == []
    assert lab.post(BASELINES, json=RULE).status_code == 201
    assert lab.post(BASELINES, json={**RULE, "metrics": {"recall": 0.5}}).status_code == 201
    found = good(lab.get(BASELINES))
    assert [one["metrics"] for one in found["items"]] == [{"recall": 0.5}]
    assert (len(found["history"]), found["gap"]["contract_version"]) == (2, None)
    gone = lab.post(f"{BASELINES}/withdraw", json={"name": "Rule"})
    assert (gone.status_code, gone.json()["withdrawn"]) == (201, True)
    assert fields(lab.post(f"{BASELINES}/withdraw", json={"name": "Rule"})) == ["name"]
    etag = lab.get(BASELINES).headers["etag"]
    assert lab.get(BASELINES, headers={"if-none-match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "oracle"}, "kind"),
        ({"metrics": {}}, "metrics"),
        ({"metrics": {"recall": "NaN"}}, "metrics.recall"),
        ({"metrics": {"recall": True}}, "metrics.recall"),
        ({"name": " "}, "name"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"fair": "maybe"}, "fair"),
    ],
)
def test_a_wrong_baseline_is_refused_by_field(lab: TestClient, change: dict[str, object], field: str) -> None:
    assert fields(lab.post(BASELINES, json={**RULE, **change})) == [field]
    assert good(lab.get(BASELINES))["history"] == []


def test_the_error_of_the_lecture_comes_apart(lab: TestClient) -> None:
    assert good(lab.get(ERRORS)) == {"items": [], "decomposition": None}
    answer = lab.post(ERRORS, json={"human": 1, "train": 20, "validation": 27, "test": 28})
    assert answer.status_code == 201
    found = answer.json()["decomposition"]
    assert [part["value"] for part in found["parts"]] == [1, 19, 7, None, 1]
    assert (found["total"], found["action"]["part"]) == (28, "avoidable_bias")
    assert good(lab.get(ERRORS)) == answer.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"train": "much"}, "train"),
        ({"train": 1e300}, "train"),
        ({"train": 90, "scale": "share"}, "train"),
        ({"train": 1, "scale": "odd"}, "scale"),
        ({"train": 1, "run": "none"}, "run"),
        ({"train": 1, "surprise": 1}, "surprise"),
    ],
)
def test_wrong_errors_are_refused_by_field(lab: TestClient, body: dict[str, object], field: str) -> None:
    assert fields(lab.post(ERRORS, json=body)) == [field]
    problem(lab.post(ERRORS, json={"human": 1}), 422)
