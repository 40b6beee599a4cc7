"""Pages of playbooks: the list, a comparison, and going over to another one after a look at what it changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from planner.app import create_app
from planner.settings import Settings
from tests.support.own_playbooks import OWN
from tests.web.reading import alert, by_id, error, headline, links, read, value, words

ADDRESS = "/portfolios/example/playbook"


def client_on(database: Path, playbooks: Path | None) -> TestClient:
    settings = Settings(database_url=f"sqlite:///{database}", actor="Mara", log_level="error", playbooks=playbooks)
    return TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def database(example_db: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(example_db, tmp_path / "planner.db"))


@pytest.fixture
def own(database: Path) -> Iterator[TestClient]:
    with client_on(database, OWN) as client:
        yield client


def test_the_list_names_every_playbook_and_how_to_have_one_of_ones_own(own: TestClient) -> None:
    root = read(own.get("/playbooks"))
    assert {"/playbooks/ai_risk?version=3", "/playbooks/fsdl?version=1", "/playbooks/rice?version=1"} <= links(root)
    assert words(root.find(".//main")).count("Your own") == 2
    assert "planner playbook copy fsdl" in words(by_id(root, "own"))


def test_two_playbooks_are_compared_by_topic(own: TestClient) -> None:
    root = read(own.get("/playbooks/rice/diff?version=1&to=ai_risk@3"))
    text = words(root.find(".//main"))
    assert value(root, "to") == "ai_risk@3"
    for said in (
        "Reach reach Lost",
        "Roles govern_roles New",
        "Stages 8 differences",
        "cut offs",
        "priority impact share",
    ):
        assert said in text
    assert "They say the same" in words(read(own.get("/playbooks/rice/diff?to=rice@1")).find(".//main"))
    assert own.get("/playbooks/rice/diff?to=nope").status_code == 404


def test_a_portfolio_looks_before_it_goes_over(own: TestClient) -> None:
    settings = read(own.get("/portfolios/example/settings"))
    assert value(settings, "to") == ""
    assert "Full Stack Deep Learning , version 1" in words(by_id(settings, "playbook"))
    root = read(own.get(f"{ADDRESS}?to=rice@1&criteria.product_need=impact&stages.training=build"))
    text = words(root.find(".//main"))
    assert "are repeated under another question" in text
    assert "projects are put into another stage" in text
    assert "23 of 23 scored projects move" in text
    assert value(root, "criteria.product_need") == "impact"
    assert own.get("/api/v1/portfolios/example").json()["playbook"] == "fsdl"
    typed = {
        "to": "rice@1",
        "criteria.product_need": "impact",
        "revision": value(root, "revision"),
        "reason": "To try it",
    }
    answer = own.post(ADDRESS, data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/portfolios/example")
    page = words(read(own.get("/portfolios/example")).find(".//main"))
    assert "RICE for model features is what this portfolio follows now." in page
    assert own.get("/api/v1/portfolios/example").json()["playbook"] == "rice"
    event = words(read(own.get("/portfolios/example/history")).find(".//ol[@class='events']"))
    assert "Playbook fsdl rice" in event
    assert "To try it" in event
    assert own.post(ADDRESS, data=typed).status_code == 412
    again = words(read(own.get(f"{ADDRESS}?to=rice@1")).find(".//main"))
    assert "follows RICE for model features, version 1, already." in again
    assert "answers to questions of an earlier playbook are kept" in own.get("/projects/EX-1/score").text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(own: TestClient) -> None:
    root = read(own.get(f"{ADDRESS}?to=nope"), 422)
    assert "There is no playbook 'nope'" in error(root, "to")
    root = read(own.get(f"{ADDRESS}?to=rice@1&criteria.product_need=reach&criteria.ml_strength=reach"), 422)
    assert "'reach' is mapped to twice" in alert(root)
    assert value(root, "to") == "rice@1"


def test_with_one_playbook_there_is_nothing_to_choose(example_client: TestClient) -> None:
    for path in (ADDRESS, "/playbooks/fsdl/diff"):
        assert "There is no other playbook" in words(read(example_client.get(path)).find(".//main"))
    assert "There is no other one" in words(by_id(read(example_client.get("/portfolios/example/settings")), "playbook"))


def test_a_new_portfolio_chooses_its_playbook_where_there_are_several(own: TestClient) -> None:
    assert value(read(own.get("/portfolios")), "playbook") == "fsdl@1"
    own.post("/portfolios", data={"name": "Risky", "playbook": "ai_risk@3"})
    found = own.get("/api/v1/portfolios/risky").json()
    assert (found["playbook"], found["playbook_version"]) == ("ai_risk", 3)


def test_a_playbook_that_was_taken_away_is_told_on_the_page_and_others_keep_working(
    own: TestClient, database: Path
) -> None:
    own.post("/portfolios", data={"name": "Risky", "playbook": "ai_risk@3"})
    with client_on(database, None) as client:
        for end in ("", "/projects", "/settings", "/playbook"):
            root = read(client.get(f"/portfolios/risky{end}"), 404)
            assert headline(root) == "Nothing is here"
            text = words(root.find(".//main"))
            assert "'risky' follows version 3 of the playbook 'ai_risk', which is not here" in text
            assert "PLANNER_PLAYBOOKS" in text
        assert headline(read(client.get("/portfolios"))) == "Portfolios"
        assert client.get("/portfolios/example").status_code == 200


def test_a_revision_that_no_portfolio_can_have_is_not_a_failure(own: TestClient) -> None:
    assert own.post(ADDRESS, data={"to": "rice@1", "revision": "9" * 5000}).status_code == 303
