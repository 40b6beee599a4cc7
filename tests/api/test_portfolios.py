from __future__ import annotations

from collections import Counter

import pytest
from starlette.testclient import TestClient

from planner.domain.portfolios import Facets
from tests.api.reading import API, good, problem

LAB = {"slug": "lab", "name": "Lab"}


def test_a_portfolio_is_created_read_changed_and_deleted(client: TestClient) -> None:
    created = client.post(f"{API}/portfolios", json=LAB)
    assert created.status_code == 201
    assert created.headers["location"] == f"{API}/portfolios/lab"
    assert (created.json()["key_prefix"], created.json()["playbook"]) == ("LAB", "fsdl")
    assert client.get(f"{API}/portfolios").json()["items"] == [created.json()]
    changed = client.patch(f"{API}/portfolios/lab", json={"name": "The lab", "capacity": 3}).json()
    assert (changed["name"], changed["capacity"], changed["revision"]) == ("The lab", 3, 2)
    assert client.delete(f"{API}/portfolios/lab").status_code == 204
    assert client.get(f"{API}/portfolios/lab").status_code == 404
    assert client.post(f"{API}/portfolios", json=LAB).status_code == 409  # its keys may be in use somewhere


def test_a_portfolio_is_changed_only_as_it_was_read(client: TestClient) -> None:
    client.post(f"{API}/portfolios", json=LAB)
    url = f"{API}/portfolios/lab"
    read = client.get(url)
    assert client.get(url, headers={"if-none-match": read.headers["etag"]}).status_code == 304
    client.post(f"{url}/projects", json={"name": "One"})  # which is a change of the portfolio too
    stale = {"if-match": read.headers["etag"]}
    assert "revision 1, now 2" in problem(client.patch(url, json={"capacity": 3}, headers=stale), 412).detail
    problem(client.delete(url, headers=stale), 412)
    changed = client.patch(url, json={"capacity": 3}, headers={"if-match": client.get(url).headers["etag"]})
    assert good(changed)["capacity"] == 3
    assert changed.headers["etag"] == client.get(url).headers["etag"]
    assert client.delete(url, headers={"if-match": changed.headers["etag"]}).status_code == 204


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {""}),
        ({"slug": "other"}, {"slug"}),
        ({"name": "", "capacity": 0, "priority_impact_share": 1.1}, {"name", "capacity", "priority_impact_share"}),
        ({"capacity": True, "summary": None}, {"capacity", "summary"}),
        ({"capacity": 2.5}, {"capacity"}),
    ],
)
def test_a_wrong_change_is_refused_by_field(client: TestClient, body: dict[str, object], fields: set[str]) -> None:
    created = client.post(f"{API}/portfolios", json=LAB).json()
    found = problem(client.patch(f"{API}/portfolios/lab", json=body), 422)
    assert {error.field for error in found.errors} == fields
    assert good(client.get(f"{API}/portfolios/lab")) == created


def test_facets_count_every_value_of_every_filter(example_client: TestClient) -> None:
    url = f"{API}/portfolios/example/facets"
    facets = Facets.model_validate(good(example_client.get(url)))
    everyone = good(example_client.get(f"{API}/portfolios/example/projects?limit=200"))["items"]
    for field in ("stage", "status", "archetype", "problem_type", "organisation", "unit", "owner"):
        counts = Counter(item[field] for item in everyone)
        assert {count.value: count.count for count in getattr(facets, field)} == counts
    assert {count.value: count.count for count in facets.tag} == Counter(
        tag for item in everyone for tag in item["tags"]
    )
    assert (
        example_client.get(url, headers={"if-none-match": example_client.get(url).headers["etag"]}).status_code == 304
    )
    problem(example_client.get(f"{API}/portfolios/none/facets"), 404)


def test_wrong_input_names_every_field_and_its_cure(client: TestClient) -> None:
    answer = client.post(f"{API}/portfolios", json={"slug": "Not A Slug", "capacity": 0, "colour": "red"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in answer.json()["errors"]} == {"slug", "name", "capacity", "colour"}
    assert client.post(f"{API}/portfolios", json={**LAB, "playbook": "other"}).json()["errors"] == [
        {"field": "playbook", "message": "not a playbook; one of: fsdl"}
    ]


def test_the_input_is_never_echoed(client: TestClient) -> None:
    secret = "hunter2-" * 1000
    answer = client.post(f"{API}/portfolios", json={"slug": secret, "name": [secret], secret[:90]: 1})
    assert answer.status_code == 422
    assert len(answer.content) < 2000
    assert b"hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-h" not in answer.content


def test_another_share_of_impact_moves_every_priority_at_once(client: TestClient) -> None:
    client.post(f"{API}/portfolios", json=LAB)
    client.post(f"{API}/portfolios/lab/projects", json={"name": "One"})
    answers = {"answers": {"data_availability": {"level": 5, "confidence": "measured"}}}
    before = client.put(f"{API}/projects/LAB-1/answers/Mara", json=answers).json()
    etag = client.get(f"{API}/projects/LAB-1").headers["etag"]
    client.patch(f"{API}/portfolios/lab", json={"priority_impact_share": 0})
    after = client.get(f"{API}/projects/LAB-1", headers={"if-none-match": etag})
    assert after.status_code == 200
    assert after.json()["standing"]["priority"] == before["feasibility"]


def test_overview_counts_what_the_filters_find(example_client: TestClient) -> None:
    overview = example_client.get(f"{API}/portfolios/example/overview").json()
    assert (overview["total"], overview["scored"]) == (24, 23)
    for field in ("stage", "status", "archetype", "quadrant"):
        assert sum(count["count"] for count in overview[field]) == 24
    narrowed = example_client.get(f"{API}/portfolios/example/overview?quadrant=not_stated").json()
    assert (narrowed["total"], narrowed["scored"]) == (1, 0)
