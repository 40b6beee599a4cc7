from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from planner.domain.history import Event
from tests.api.reading import API, LAB, PROJECT, fields, good, problem


def test_every_change_says_who_when_and_from_what_to_what(lab: TestClient) -> None:
    lab.patch(PROJECT, json={"owner": "Jo <b>", "effort": 3.25}, headers={"if-match": "*"})
    lab.patch(PROJECT, json={"owner": None}, headers={"if-match": "*"})
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 4}}})
    lab.post(f"{PROJECT}/transitions", json={"to": "data"})
    events = [Event.model_validate(item) for item in good(lab.get(f"{PROJECT}/history"))["items"]]
    assert [event.action for event in events] == [
        "project.moved",
        "answers.recorded",
        "project.updated",
        "project.updated",
        "project.created",
    ]
    assert {(event.actor, event.project) for event in events} == {("Mara", "LAB-1")}
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    assert [change.model_dump() for change in events[2].changes] == [{"field": "owner", "old": "Jo <b>", "new": None}]
    assert {change.field: change.new for change in events[3].changes} == {"owner": "Jo <b>", "effort": "3.25"}


def test_the_bin_keeps_its_history(lab: TestClient) -> None:
    lab.delete(PROJECT)
    assert good(lab.get(f"{PROJECT}/history"))["items"][0]["action"] == "project.deleted"
    lab.post(f"{PROJECT}/restore")
    assert good(lab.get(f"{PROJECT}/history"))["items"][0]["action"] == "project.restored"


def test_a_change_that_is_refused_leaves_no_trace(lab: TestClient) -> None:
    before = good(lab.get(f"{PROJECT}/history"))
    lab.patch(PROJECT, json={"owner": "Jo"}, headers={"if-match": '"9"'})
    lab.patch(PROJECT, json={"effort": -1}, headers={"if-match": "*"})
    lab.post(f"{PROJECT}/transitions", json={"to": "heaven"})
    assert good(lab.get(f"{PROJECT}/history")) == before


def test_the_history_of_a_portfolio_is_the_newest_of_everything(example_client: TestClient) -> None:
    url = f"{API}/portfolios/example/history"
    events = good(example_client.get(url))["items"]
    assert len(events) == 100
    assert good(example_client.get(f"{url}?limit=3"))["items"] == events[:3]
    everything = good(example_client.get(f"{url}?limit=1000"))["items"]
    assert everything[:100] == events
    assert [item["id"] for item in everything] == sorted((item["id"] for item in everything), reverse=True)
    etag = example_client.get(url).headers["etag"]
    assert example_client.get(url, headers={"if-none-match": etag}).status_code == 304


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "1e2", "9" * 400])
def test_a_wrong_limit_is_refused(lab: TestClient, limit: str) -> None:
    assert fields(lab.get(f"{LAB}/history?limit={limit}")) == ["limit"]


def test_what_is_not_there_has_no_history(lab: TestClient) -> None:
    problem(lab.get(f"{API}/projects/LAB-9/history"), 404)
    problem(lab.get(f"{API}/portfolios/none/history"), 404)
