from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import API, LAB, PROJECT, fields, good, problem

EXAMPLE = f"{API}/portfolios/example/flow"


def test_the_flow_of_a_portfolio(example_client: TestClient) -> None:
    found = good(example_client.get(EXAMPLE))
    assert found["loops"]["total"] == 12
    first = found["loops"]["edges"][0]
    assert (first["start"], first["end"], first["loops"]) == ("training", "data", 7)
    assert first["words"] == "6 of 7 loops from Training back to Data: The labels cannot be trusted."
    assert [time["stage"] for time in found["times"]] == ["planning", "data", "training", "deployment"]
    assert all(sum(point["counts"]) == point["total"] for point in found["cumulative"]["points"])
    assert {"EX-14", "EX-16"} <= {one["key"] for one in found["stuck"]["projects"]}
    (labels,) = [one for one in found["hindsight"] if one["reason"] == "labels_unreliable"]
    assert (labels["looped"], labels["passed"]) == ({"projects": 5, "mean": 3.9}, {"projects": 5, "mean": 4.9})
    assert labels["difference"] == pytest.approx(-1.0)


def test_filters_and_errors(lab: TestClient) -> None:
    assert good(lab.get(f"{LAB}/flow?owner=nobody"))["cumulative"]["points"] == []
    assert fields(lab.get(f"{LAB}/flow?stage=nowhere")) == ["stage"]
    problem(lab.get(f"{API}/portfolios/elsewhere/flow"), 404)
    problem(lab.get(f"{API}/projects/LAB-99/flow"), 404)


def test_the_flow_of_a_project_has_no_etag_since_days_go_by(lab: TestClient) -> None:
    assert good(lab.get(f"{PROJECT}/flow"))["stages"] == []
    good(lab.post(f"{PROJECT}/transitions", json={"to": "data"}), 201)
    answer = lab.get(f"{PROJECT}/flow")
    assert [(stay["stage"], stay["visits"], stay["here"]) for stay in good(answer)["stages"]] == [("data", 1, True)]
    assert "etag" not in answer.headers
    assert "etag" not in lab.get(f"{LAB}/flow").headers
