from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from planner.domain.selection_answer import SelectionAnswer
from tests.api.reading import API, LAB, PROJECT, fields, good, problem

EXAMPLE = f"{API}/portfolios/example/selection"
URL = f"{LAB}/selection"
PEOPLE = {"resources": [{"id": "people", "name": "People"}], "capacity": {"people": [10]}}
BODY: dict[str, Any] = {"periods": ["Q1", "Q2"], **PEOPLE, "projects": {"LAB-1": {"needs": {"people": 4}, "value": 3}}}


def test_the_roadmap_of_the_example(example_client: TestClient) -> None:
    plan = SelectionAnswer.model_validate(good(example_client.get(EXAMPLE))).plan
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(sum(planned.worth for planned in plan.planned))
    ends = {planned.id: planned.first + planned.duration for planned in plan.planned}
    starts = {planned.id: planned.first for planned in plan.planned}
    assert plan.dependencies
    assert all(ends[before] <= starts[after] for before, after in plan.dependencies)
    for load in plan.loads:
        assert load.used <= load.capacity


def test_a_body_alone_is_enough(lab: TestClient) -> None:
    found = good(lab.post(URL, json=BODY))
    assert [(one["id"], one["start"], one["value"]) for one in found["plan"]["planned"]] == [("LAB-1", "Q1", 3)]
    assert found["kept_at"] is None
    problem(lab.get(URL), 404)
    problem(lab.get(f"{URL}/settings"), 404)
    problem(lab.get(f"{URL}/roadmap.svg"), 404)
    assert fields(lab.get(f"{URL}/robust")) == ["periods", "resources", "capacity"]


def test_settings_have_versions_and_an_etag(lab: TestClient) -> None:
    first = lab.put(f"{URL}/settings", json=BODY)
    assert (good(first)["version"], first.headers["etag"]) == (1, '"1"')
    assert lab.get(f"{URL}/settings", headers={"if-none-match": '"1"'}).status_code == 304
    other = {**BODY, "discount": 0.9}
    assert fields(lab.put(f"{URL}/settings", json=other)) == ["reason"]
    told = {**other, "reason": "later is less"}
    problem(lab.put(f"{URL}/settings", json=told, headers={"if-match": '"7"'}), 412)
    assert good(lab.put(f"{URL}/settings", json=told, headers={"if-match": '"1"'}))["version"] == 2
    history = good(lab.get(f"{URL}/settings/history"))["items"]
    assert [one["version"] for one in history] == [1, 2]


def test_a_kept_plan_is_told_and_an_unchanged_portfolio_answers_304(lab: TestClient) -> None:
    lab.put(f"{URL}/settings", json=BODY)
    kept = good(lab.post(URL, json={"keep": True}))
    answer = lab.get(URL)
    assert good(answer)["kept_at"] == kept["kept_at"]
    assert lab.get(URL, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 4}}})
    assert lab.get(URL, headers={"if-none-match": answer.headers["etag"]}).status_code == 200


def test_what_if_and_doubt(example_client: TestClient) -> None:
    found = good(example_client.post(EXAMPLE, json={"more": {"data_engineers": 6}, "robust": {"samples": 3}}))
    assert found["what_if"]["gained"] > 0
    assert found["robust"]["asked"] == 3
    shares = {item["id"]: item["share"] for item in found["robust"]["items"]}
    assert shares["EX-6"] == 1  # must be done
    assert shares["EX-22"] == 0  # must not


def test_the_chart_is_one_document(example_client: TestClient) -> None:
    answer = example_client.get(f"{EXAMPLE}/roadmap.svg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg")


def test_wishes_that_conflict_are_named(lab: TestClient) -> None:
    body = {**BODY, "capacity": {"people": [0]}, "must": ["LAB-1"]}
    answer = lab.post(URL, json=body)
    assert fields(answer) == ["must", "capacity.people"]
    assert "No plan can keep all of this at once" in problem(answer, 422).detail


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"wat": 1}, "wat"),
        ({"periods": 10**9}, "periods"),
        ({"periods": []}, "periods"),
        ({"periods": ["Q"] * 41}, "periods"),
        ({"duration": 10**9}, "duration"),
        ({"duration": 0}, "duration"),
        ({"time_limit": 0}, "time_limit"),
        ({"time_limit": 1e9}, "time_limit"),
        ({"gap": -1}, "gap"),
        ({"discount": 0}, "discount"),
        ({"discount": 1.5}, "discount"),
        ({"robust": {"samples": 10**9}}, "robust.samples"),
        ({"robust": {"samples": 0}}, "robust.samples"),
        ({"more": {"gold": 1}}, "more.gold"),
        ({"more": {"people": -1}}, "more.people"),
        ({"keep": True}, "keep"),
        ({"capacity": {"people": []}}, "capacity.people"),
        ({"capacity": {"people": [-1]}}, "capacity.people.0"),
        ({"capacity": {"people": [1e300]}}, "capacity.people.0"),
        ({"capacity": {"people": [True]}}, "capacity.people.0"),
        ({"projects": {"LAB-99": {}}}, "projects.LAB-99"),
        ({"projects": {"LAB-1": {"value": -1}}}, "projects.LAB-1.value"),
        ({"must": ["LAB-99"]}, "must.0"),
        ({"dependencies": [{"before": "LAB-1", "after": "LAB-1"}]}, "dependencies"),
        ({"either_or": [["LAB-1"]]}, "either_or.0"),
        ({"shared": [{"id": "a b", "name": "x"}]}, "shared.0.id"),
    ],
)
def test_bad_questions_are_refused_by_name(lab: TestClient, wrong: dict[str, Any], field: str) -> None:
    assert fields(lab.post(URL, json={**BODY, **wrong})) == [field]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_no_number_is_no_capacity(lab: TestClient, number: str) -> None:
    text = json.dumps(BODY).replace('"people": [10]', f'"people": [{number}]')
    answer = lab.post(URL, content=text, headers={"content-type": "application/json"})
    assert fields(answer) == ["capacity.people.0"]


@pytest.mark.parametrize("query", ["samples=0", "samples=1000000000", "samples=NaN", "seed=-1"])
def test_wrong_samples_are_refused(example_client: TestClient, query: str) -> None:
    assert fields(example_client.get(f"{EXAMPLE}/robust?{query}")) == [query.partition("=")[0]]
