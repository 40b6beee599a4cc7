from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import PROJECT, fields, good

SIZING = f"{PROJECT}/sizing"


def test_a_query_computes_and_a_post_records(lab: TestClient) -> None:
    assert good(lab.get(SIZING)) == {"items": [], "answer": None}
    asked = good(lab.get(f"{SIZING}?parameters=7e9&tokens=1e9&precision=mixed&gpu=h100"))
    assert asked["items"] == []
    assert asked["answer"]["gpus"][0]["gpu_hours"]["low"] > 0
    body = {"parameters": 7e9, "tokens": 1e9, "precision": "mixed", "gpu": "h100"}
    recorded = lab.post(SIZING, json=body)
    assert recorded.status_code == 201
    assert recorded.json()["answer"] == asked["answer"]
    assert good(lab.get(SIZING)) == recorded.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"parameters": 0}, "parameters"),
        ({"parameters": 1e30}, "parameters"),
        ({"parameters": "NaN"}, "parameters"),
        ({"tokens": "Infinity"}, "tokens"),
        ({"gpus": -1}, "gpus"),
        ({"batch": 1.5}, "batch"),
        ({"price_as_of": "soon"}, "price_as_of"),
        ({"utilisation_high": 1.1}, "utilisation_high"),
        ({"seconds_low": 9, "seconds_high": 1}, "seconds_high"),
        ({"label_kind": "odd"}, "label_kind"),
        ({"surprise": 1}, "surprise"),
        ({}, "parameters"),
    ],
)
def test_wrong_inputs_are_refused_by_field(lab: TestClient, body: dict[str, object], field: str) -> None:
    assert fields(lab.post(SIZING, json=body)) == [field]
    if body:
        assert fields(lab.get(SIZING, params={name: str(value) for name, value in body.items()})) == [field]
