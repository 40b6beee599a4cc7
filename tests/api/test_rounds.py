from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import API, LAB, PROJECT, fields, good, problem


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
    client.post(f"{LAB}/projects", json={"name": "Churn"})
    return client


def test_a_round_from_opening_to_closing(lab: TestClient) -> None:
    opened = lab.post(f"{LAB}/rounds", json={"name": "Autumn", "assessors": ["Ana", "Ben"]})
    assert opened.headers["location"] == f"{LAB}/rounds/1"
    assert good(opened, 201)["round"]["projects"] == ["LAB-1"]
    answers = {"answers": {"data_availability": {"level": 4}}}
    good(lab.put(f"{PROJECT}/answers/Ana", json=answers))
    assert good(lab.get(f"{PROJECT}/answers?assessor=Ben"))["items"] == []
    assert len(good(lab.get(f"{PROJECT}/answers?assessor=Ana"))["items"]) == 1
    assert len(good(lab.get(f"{PROJECT}/answers"))["items"]) == 1
    assert [entry["owed"] for entry in good(lab.get(f"{LAB}/rounds/1/owed"))["items"]] == [7, 6]
    assert good(lab.patch(f"{LAB}/rounds/1", json={"closed": True}))["round"]["closed_by"] == "Mara"
    assert problem(lab.patch(f"{LAB}/rounds/1", json={"name": "Late"}), 409).detail.startswith("Round 1 was closed")
    assert len(good(lab.get(f"{PROJECT}/answers?assessor=Ben"))["items"]) == 1


def test_what_is_wrong_is_named(lab: TestClient) -> None:
    assert fields(lab.post(f"{LAB}/rounds", json={"name": "x", "assessors": []})) == ["assessors"]
    wrong = {"name": "x", "assessors": ["Ana"], "projects": ["LAB-7"], "criteria": ["colour"]}
    assert fields(lab.post(f"{LAB}/rounds", json=wrong)) == ["criteria.0", "projects.0"]
    problem(lab.get(f"{LAB}/rounds/1"), 404)
    problem(lab.get(f"{LAB}/rounds/1/owed"), 404)
    for query in ("top=0", "top=100", "limit=1000000000", "metric=colour", "top=nan"):
        assert fields(lab.get(f"{LAB}/agreement?{query}")), query


def test_agreement_of_nobody_is_unknown_and_not_zero(lab: TestClient) -> None:
    found = good(lab.get(f"{LAB}/agreement"))
    assert (found["overall"]["alpha"], found["overall"]["reading"], found["projects"]) == (None, "unknown", [])
    assert good(lab.get(f"{LAB}/assessors"))["items"] == []


def test_krippendorffs_canonical_data_through_the_front_door(lab: TestClient) -> None:
    # Krippendorff 2011; the levels of 12 projects by 4 observers, a dot where there is none.
    rows = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    for unit in range(12):
        lab.post(f"{LAB}/projects", json={"name": f"Unit {unit}"})
        for number, row in enumerate(rows):
            if row[unit] != ".":
                body = {"answers": {"ml_strength": {"level": int(row[unit])}}}
                good(lab.put(f"{API}/projects/LAB-{unit + 2}/answers/Observer {number}", json=body))
    for metric, printed in (("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)):
        found = good(lab.get(f"{LAB}/agreement?metric={metric}"))
        line = next(c for c in found["criteria"] if c["criterion"] == "ml_strength")
        assert round(line["alpha"], 3) == printed
        assert round(found["overall"]["alpha"], 3) == printed
