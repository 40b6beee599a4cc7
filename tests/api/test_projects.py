from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from planner.domain.projects import Page, ProjectSummary

API = "/api/v1"
EXAMPLE = f"{API}/portfolios/example/projects"


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
    return client


def test_the_list_is_what_the_model_says_to_the_last_field(example_client: TestClient) -> None:
    answer = example_client.get(EXAMPLE)
    page = Page[ProjectSummary].model_validate_json(answer.content)
    assert page.total == len(page.items) == 24
    assert json.loads(page.model_dump_json()) == _with_times(answer.json())


def _with_times(body: dict[str, list[dict[str, str]]]) -> object:
    for item in body["items"]:
        for field in ("created_at", "updated_at"):
            item[field] = datetime.fromisoformat(item[field]).isoformat().replace("+00:00", "Z")
    return body


def test_every_page_of_a_list_once_in_order(example_client: TestClient) -> None:
    seen, cursor = [], ""
    while True:
        page = example_client.get(f"{EXAMPLE}?limit=5&sort=-priority,name{cursor}").json()
        seen += [item["key"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    whole = example_client.get(f"{EXAMPLE}?limit=200&sort=-priority,name").json()["items"]
    assert seen == [item["key"] for item in whole]
    priorities = [item["standing"]["priority"]["expected"] for item in whole]
    assert priorities == sorted(priorities, reverse=True)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("sort=colour", "sort"),
        ("cursor=xyz", "cursor"),
        ("cursor=WyItcHJpb3JpdHkiLCAiYSIsICJiIl0", "cursor"),
        ("answered=-1", "answered"),
        ("quadrant=do_frist", "quadrant"),
        ("stage=nonsense", "stage"),
        ("status=nonsense", "status"),
        ("q=%00", "q"),
    ],
)
def test_a_wrong_query_is_refused_by_name(example_client: TestClient, query: str, field: str) -> None:
    answer = example_client.get(f"{EXAMPLE}?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_filters_narrow_and_not_stated_finds_what_is_empty(example_client: TestClient) -> None:
    everything = example_client.get(f"{EXAMPLE}?limit=200").json()["items"]
    for field in ("stage", "status", "archetype", "owner"):
        for value in {item[field] for item in everything}:
            found = example_client.get(EXAMPLE, params={field: value or "not_stated", "limit": 200}).json()
            assert found["total"] == sum(item[field] == value for item in everything) == len(found["items"])


def test_an_unchanged_list_answers_304_until_something_changes(example_client: TestClient) -> None:
    first = example_client.get(EXAMPLE)
    again = example_client.get(EXAMPLE, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    project = example_client.get(f"{API}/projects/EX-1")
    example_client.patch(
        f"{API}/projects/EX-1", json={"owner": "Someone else"}, headers={"if-match": project.headers["etag"]}
    )
    changed = example_client.get(EXAMPLE, headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_a_project_by_id_and_by_key_in_any_case(example_client: TestClient) -> None:
    by_key = example_client.get(f"{API}/projects/ex-3").json()
    assert by_key["key"] == "EX-3"
    assert example_client.get(f"{API}/projects/{by_key['id']}").json() == by_key
    for unknown in ("EX-999", "999999", "9" * 30, "..%2f..", "%00", "EX-1%27--"):
        assert example_client.get(f"{API}/projects/{unknown}").status_code == 404, unknown


def test_a_change_needs_the_version_that_was_read(lab: TestClient) -> None:
    created = lab.post(f"{API}/portfolios/lab/projects", json={"name": "One", "tags": ["nlp"]})
    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    url = f"{API}/projects/LAB-1"
    assert lab.patch(url, json={"name": "Two"}).status_code == 428
    assert lab.patch(url, json={"name": "Two"}, headers={"if-match": '"7"'}).status_code == 412
    assert lab.patch(url, json={"name": "Two"}, headers={"if-match": "garbage"}).status_code == 412
    changed = lab.patch(url, json={"name": "Two"}, headers={"if-match": '"1"'})
    assert (changed.json()["name"], changed.headers["etag"]) == ("Two", '"2"')
    assert changed.json()["tags"] == ["nlp"]
    assert lab.patch(url, json={"tags": []}, headers={"if-match": "*"}).json()["tags"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 501}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "nul\x00"}, "name"),
        ({"name": "x", "archetype": "robot"}, "archetype"),
        ({"name": "x", "stage": "done"}, "stage"),
        ({"name": "x", "status": "great"}, "status"),
        ({"name": "x", "effort": -1}, "effort"),
        ({"name": "x", "effort": "many"}, "effort"),
        ({"name": "x", "links": [{"url": "javascript:alert(1)"}]}, "links.0.url"),
        ({"name": "x", "impact": 5}, "impact"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(lab: TestClient, body: dict[str, object], field: str) -> None:
    answer = lab.post(f"{API}/portfolios/lab/projects", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert lab.get(f"{API}/portfolios/lab/projects").json()["total"] == 0


def test_malformed_bodies_are_refused(lab: TestClient) -> None:
    url = f"{API}/portfolios/lab/projects"
    json_type = {"content-type": "application/json"}
    assert lab.post(url, content=b"{not json", headers=json_type).status_code == 400
    assert lab.post(url, content=b"\xff\xfe", headers=json_type).status_code == 400
    assert lab.post(url, content=b'{"name": NaN}', headers=json_type).status_code in (400, 422)
    assert lab.post(url, content=b"name=One", headers={"content-type": "text/plain"}).status_code in (415, 422)
    deep = b'{"name": "x", "needs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert lab.post(url, content=deep, headers=json_type).status_code in (400, 422)


def test_deleted_projects_wait_in_the_bin_and_come_back_whole(example_client: TestClient) -> None:
    before = example_client.get(f"{API}/projects/EX-2").json()
    assert example_client.delete(f"{API}/projects/EX-2", headers={"if-match": '"0"'}).status_code == 412
    assert example_client.delete(f"{API}/projects/EX-2").json()["deleted_at"] is not None
    assert example_client.get(f"{API}/projects/EX-2").status_code == 404
    assert example_client.get(EXAMPLE).json()["total"] == 23
    assert [item["key"] for item in example_client.get(f"{API}/portfolios/example/bin").json()["items"]] == ["EX-2"]
    restored = example_client.post(f"{API}/projects/EX-2/restore").json()
    changing = {"version", "updated_at"}
    assert {k: v for k, v in restored.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
    assert example_client.post(f"{API}/projects/EX-2/restore").status_code == 409


def test_a_post_sent_twice_under_one_key_is_done_once(lab: TestClient) -> None:
    url, key = f"{API}/portfolios/lab/projects", {"idempotency-key": "k-1"}
    first = lab.post(url, json={"name": "One"}, headers=key)
    again = lab.post(url, json={"name": "One"}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert lab.get(url).json()["total"] == 1
    assert lab.post(url, json={"name": "Two"}, headers=key).status_code == 409
    refused = lab.post(url, json={"name": ""}, headers={"idempotency-key": "k-2"})
    assert refused.status_code == 422
    assert lab.post(url, json={"name": "Now right"}, headers={"idempotency-key": "k-2"}).status_code == 201


def test_of_many_who_send_the_same_under_one_key_one_is_heard(lab: TestClient) -> None:
    url, key = f"{API}/portfolios/lab/projects", {"idempotency-key": "k-1"}
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: lab.post(url, json={"name": "One"}, headers=key), range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert lab.get(url).json()["total"] == 1
