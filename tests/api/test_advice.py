"""/projects/{project}/advice."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import PROJECT, fields, good

ADVICE = f"{PROJECT}/advice"


def test_advice_is_given_by_what_is_stored_and_what_is_asked(lab: TestClient) -> None:
    found = good(lab.get(ADVICE, params={"problem_type": "tabular", "data_size": 800}))
    assert [step["step"] for step in found["steps"]] == ["baseline", "stronger", "state_of_the_art"]
    assert found["steps"][0]["technique"]["because"] == ["number of examples: below 1,000"]
    assert found["facts"][0] == {**found["facts"][0], "value": 800, "origin": "given"}
    answer = lab.get(ADVICE)
    assert answer.json()["missing"] == "problem_type"
    etag = answer.headers["etag"]
    assert lab.get(ADVICE, headers={"if-none-match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"problem_type": "magic"}, "problem_type"),
        ({"labels": "some"}, "labels"),
        ({"data_size": "-1"}, "data_size"),
        ({"latency_ms": "NaN"}, "latency_ms"),
        ({"edge": "maybe"}, "edge"),
        ({"surprise": "1"}, "surprise"),
    ],
)
def test_a_wrong_query_is_refused_by_field(lab: TestClient, query: dict[str, str], field: str) -> None:
    assert fields(lab.get(ADVICE, params=query)) == [field]
    assert fields(lab.post(f"{ADVICE}/checklist", params=query)) == [field]


def test_what_it_needs_goes_on_the_checklist(lab: TestClient) -> None:
    query = {"problem_type": "object_detection", "edge": "yes"}
    done = good(lab.post(f"{ADVICE}/checklist", params=query))
    assert "Edge deployment" in done["planned"]
    assert good(lab.post(f"{ADVICE}/checklist", params=query))["planned"] == []
    lines = good(lab.get(f"{PROJECT}/checklist"))["lines"]
    assert {line["component"] for line in lines if line["status"] == "planned"} >= {"deployment.edge"}
