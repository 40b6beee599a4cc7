from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from planner.app import create_app
from planner.domain.playbook import Playbook
from planner.settings import Settings
from tests.api.reading import API, good, problem
from tests.support.factories import fsdl
from tests.support.own_playbooks import OWN


def test_the_whole_methodology_is_data(client: TestClient) -> None:
    assert Playbook.model_validate(good(client.get(f"{API}/playbooks/fsdl"))) == fsdl()


@pytest.mark.parametrize("name", ["other", "FSDL", "..%2ffsdl", "%00", "x" * 60, "fsdl.yaml"])
def test_another_playbook_is_404_with_those_there_are(client: TestClient, name: str) -> None:
    problem(client.get(f"{API}/playbooks/{name}"), 404)


def test_an_id_that_is_too_long_is_refused(client: TestClient) -> None:
    problem(client.get(f"{API}/playbooks/{'x' * 61}"), 422)


@pytest.fixture
def own(example_db: Path, tmp_path: Path) -> Iterator[TestClient]:
    file = shutil.copyfile(example_db, tmp_path / "planner.db")
    settings = Settings(database_url=f"sqlite:///{file}", actor="Mara", log_level="error", playbooks=OWN)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


def test_own_playbooks_are_listed_read_and_compared(own: TestClient) -> None:
    items = good(own.get(f"{API}/playbooks"))["items"]
    assert [(item["id"], item["version"], item["shipped"]) for item in items] == [
        ("ai_risk", 3, False),
        ("fsdl", 1, True),
        ("rice", 1, False),
    ]
    assert good(own.get(f"{API}/playbooks/ai_risk?version=3"))["name"] == "AI risk first"
    problem(own.get(f"{API}/playbooks/ai_risk?version=1"), 404)
    found = good(own.get(f"{API}/playbooks/fsdl/diff?to=rice&to_version=1"))
    assert (found["old"]["id"], found["new"]["id"]) == ("fsdl", "rice")
    assert {effect["effect"] for effect in found["answers"]} == {"lost", "new"}
    assert good(own.get(f"{API}/playbooks/fsdl/diff"))["entries"] == []


def test_a_portfolio_chooses_its_playbook_and_goes_over_to_another(own: TestClient) -> None:
    made = good(own.post(f"{API}/portfolios", json={"slug": "risky", "name": "Risky", "playbook": "ai_risk"}), 201)
    assert (made["playbook"], made["playbook_version"]) == ("ai_risk", 3)
    told = problem(own.post(f"{API}/portfolios", json={"slug": "x", "name": "X", "playbook": "rise"}), 422)
    assert [(e.field, e.message) for e in told.errors] == [("playbook", "not a playbook; one of: ai_risk, fsdl, rice")]
    told = problem(own.post(f"{API}/portfolios", json={"slug": "x", "name": "X", "playbook_version": 9}), 422)
    assert [e.field for e in told.errors] == ["playbook_version"]
    address, going = f"{API}/portfolios/example/migration", {"playbook": "rice", "criteria": {"product_need": "impact"}}
    looked = good(own.post(address, json={**going, "dry_run": True}))
    tag = own.get(f"{API}/portfolios/example").headers["etag"]
    assert looked["applied"] is False
    problem(own.post(address, json=going, headers={"If-Match": '"1"'}), 412)
    done = good(own.post(address, json=going, headers={"If-Match": tag}))
    assert done == {**looked, "applied": True}
    assert good(own.get(f"{API}/portfolios/example"))["playbook"] == "rice"
    problem(own.post(address, json={"playbook": "rise"}), 422)
