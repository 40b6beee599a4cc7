from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from planner.domain.projects import Filters
from planner.web.lists import asked, columns
from planner.web.pages import query
from tests.web.reading import by_id, links, read, value, words

LIST = "/portfolios/example/projects"


def request_for(address: str) -> Request:
    return Request({"type": "http", "query_string": address.encode(), "headers": []})


def test_an_address_is_understood_and_defaults_are_left_out() -> None:
    wanted = asked(request_for("q=water&stage=data&sort=-priority"))
    assert wanted.filters == Filters(q="water", stage="data")
    assert query(wanted.filters) == "?q=water&stage=data"
    assert query(Filters()) == ""
    assert query(Filters(q="a&b=c"), stage="data") == "?q=a%26b%3Dc&stage=data"


@pytest.mark.parametrize(
    "address", ["colour=red", "sort=colour", "answered=many", "answered=-1", "q=" + "x" * 400, "q=%00"]
)
def test_what_is_not_understood_is_said_and_left_out(address: str) -> None:
    wanted = asked(request_for(f"{address}&stage=data"))
    assert wanted.filters == Filters(stage="data")
    assert len(wanted.ignored) == 1


def test_a_second_click_turns_the_order_round() -> None:
    first = {column.field: column for column in columns(Filters())}
    assert first["priority"].direction == "descending"
    assert first["priority"].href == "?sort=priority"
    assert first["name"].href == "?sort=name"
    assert first["impact"].href == "?sort=-impact"
    assert {c.field: c.href for c in columns(Filters(sort="name"))}["name"] == "?sort=-name"
    assert {c.field: c.href for c in columns(Filters(sort="priority"))}["priority"] == "?"


def test_the_filters_live_in_the_address(example_client: TestClient) -> None:
    root = read(example_client.get(f"{LIST}?archetype=autonomous&sort=name&q=traffic"))
    assert value(root, "archetype") == "autonomous"
    assert value(root, "q") == "traffic"
    assert value(root, "sort") == "name"
    assert "1 project of 24" in words(by_id(root, "found"))
    found = links(root)
    assert f"{LIST}?q=traffic&sort=name" in found  # without the archetype
    assert "/portfolios/example/matrix?q=traffic&archetype=autonomous&sort=name" in found
    assert "/projects/EX-14" in found


def test_an_unknown_filter_is_said(example_client: TestClient) -> None:
    for view in ("projects", "matrix", "board"):
        root = read(example_client.get(f"/portfolios/example/{view}?colour=red&sort=odd"))
        assert "“colour” is not a filter, so it is left out here." in words(by_id(root, "found"))
        assert "“odd” cannot be used for sort" in words(by_id(root, "found"))


def test_a_form_sent_without_a_script_leads_to_the_lean_address(example_client: TestClient) -> None:
    answer = example_client.get(f"{LIST}?q=&stage=data&status=&answered=")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}?stage=data")


def test_nothing_found_offers_the_way_back(example_client: TestClient) -> None:
    root = read(example_client.get(f"{LIST}?q=zzzz"))
    assert "No project is like that" in words(by_id(root, "found"))
    assert LIST in links(root)


def test_an_empty_portfolio_says_how_to_begin(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "Lab"})
    for view in ("projects", "matrix", "board", ""):
        root = read(client.get(f"/portfolios/lab/{view}".rstrip("/")))
        assert "No projects yet" in words(root.find(".//main"))
        assert "/portfolios/lab/projects/new" in links(root)


def test_a_long_list_is_paged_and_every_project_is_met_once(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "Lab"})
    for number in range(57):
        client.post("/portfolios/lab/projects", data={"name": f"Project {number:02}"})
    keys: list[str] = []
    address = "/portfolios/lab/projects?sort=name"
    while address:
        root = read(client.get(address))
        keys += [a.get("href", "") for a in root.iter("a") if a.get("data-item") is not None]
        following = [a.get("href", "") for a in root.iter("a") if a.get("rel") == "next"]
        address = f"/portfolios/lab/projects{following[0]}" if following else ""
    assert len(keys) == len(set(keys)) == 57
    assert client.get("/portfolios/lab/projects?cursor=nonsense").status_code == 422


def test_a_project_nobody_scored_shows_no_numbers(example_client: TestClient) -> None:
    root = read(example_client.get(f"{LIST}?answered=0"))
    rows = [words(row) for row in root.iter("tr")][1:]
    assert len(rows) == 1
    assert "open" in rows[0]
    assert rows[0].endswith("0/7")
    assert "Not placed" not in rows[0]
