from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from planner.domain.infrastructure import Checklist, ChecklistLine
from planner.domain.infrastructure_whole import PortfolioInfrastructure
from planner.domain.shared_components import SharedComponent
from tests.api.reading import API, LAB, PROJECT, fields, good, problem
from tests.support.factories import fsdl

CHECKLIST = f"{PROJECT}/checklist"
VERSIONING = f"{CHECKLIST}/data.versioning"
COMPONENTS = [component.id for component in fsdl().components]


def test_the_checklist_says_what_is_needed_and_why(lab: TestClient) -> None:
    checklist = Checklist.model_validate(good(lab.get(CHECKLIST)))
    assert [line.component for line in checklist.lines] == COMPONENTS
    assert {line.status for line in checklist.lines} == {None}  # nothing is stated, so nothing is claimed
    assert all(line.why for line in checklist.lines)
    for area in checklist.progress:
        assert area.not_stated == area.required == area.in_place + area.started + area.missing + area.not_stated


def test_a_statement_is_kept_and_moves_the_progress(lab: TestClient) -> None:
    said = {"status": "in_place", "tool": "dvc <3", "shared": "data.lakes_warehouses", "note": "=1+1"}
    line = ChecklistLine.model_validate(good(lab.put(VERSIONING, json=said)))
    assert (line.status, line.tool, line.shared, line.note) == tuple(said.values())
    assert line.recorded_by == "Mara"
    checklist = Checklist.model_validate(good(lab.get(CHECKLIST)))
    assert line in checklist.lines
    progress = {area.area: area.in_place for area in checklist.progress}
    assert progress["data"] == (1 if line.requirement == "required" else 0)


def test_a_later_statement_replaces_the_earlier_one_whole(lab: TestClient) -> None:
    good(lab.put(VERSIONING, json={"status": "planned", "tool": "dvc"}))
    line = good(lab.put(VERSIONING, json={"status": "missing"}))
    assert (line["status"], line["tool"]) == ("missing", "")
    etag = lab.get(PROJECT).headers["etag"]
    good(lab.put(VERSIONING, json={"status": "missing"}))
    assert lab.get(PROJECT).headers["etag"] == etag  # the same again says nothing new


def test_a_statement_can_ask_for_the_version_it_was_made_on(lab: TestClient) -> None:
    etag = lab.get(PROJECT).headers["etag"]
    good(lab.put(VERSIONING, json={"status": "planned"}, headers={"if-match": etag}))
    problem(lab.put(VERSIONING, json={"status": "missing"}, headers={"if-match": etag}), 412)
    assert lab.get(CHECKLIST, headers={"if-none-match": etag}).status_code == 200
    etag = lab.get(CHECKLIST).headers["etag"]
    assert lab.get(CHECKLIST, headers={"if-none-match": etag}).status_code == 304


def test_a_checklist_that_shared_facts_change_is_not_taken_for_unchanged(lab: TestClient) -> None:
    used = {"status": "missing", "shared": "data.versioning"}
    good(lab.put(VERSIONING, json=used))
    for path, said in (
        ("infrastructure/data.versioning", {"status": "in_place"}),
        ("tools/DVC", {"standard_for": ["data.versioning"]}),
    ):
        etag = lab.get(CHECKLIST).headers["etag"]
        good(lab.put(f"{LAB}/{path}", json=said))
        assert lab.get(CHECKLIST, headers={"if-none-match": etag}).status_code == 200
    etag = lab.get(CHECKLIST).headers["etag"]
    good(lab.put(f"{LAB}/infrastructure/data.versioning", json={"status": "in_place", "note": "Since May."}))
    assert lab.get(CHECKLIST, headers={"if-none-match": etag}).status_code == 304
    assert lab.delete(f"{LAB}/tools/DVC").status_code == 204
    assert lab.get(CHECKLIST, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": None}, "status"),
        ({"status": "done"}, "status"),
        ({"status": "planned", "tool": "two\nlines"}, "tool"),
        ({"status": "planned", "tool": "x" * 301}, "tool"),
        ({"status": "planned", "shared": "data.magic"}, "shared"),
        ({"status": "planned", "note": "nul\x00"}, "note"),
        ({"status": "planned", "cost": 3}, "cost"),
        (["planned"], ""),
    ],
)
def test_a_wrong_statement_is_refused_by_field(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.put(VERSIONING, json=body)) == [field]
    assert {line["status"] for line in good(lab.get(CHECKLIST))["lines"]} == {None}


def test_a_component_that_is_not_there_is_404_with_those_that_are(lab: TestClient) -> None:
    assert "data.versioning" in problem(lab.put(f"{CHECKLIST}/data.magic", json={"status": "planned"}), 404).detail
    problem(lab.get(f"{API}/projects/LAB-9/checklist"), 404)
    problem(lab.put(f"{API}/projects/LAB-9/checklist/data.versioning", json={"status": "planned"}), 404)
    problem(lab.get(f"{API}/portfolios/none/infrastructure"), 404)


def test_the_portfolio_counts_statements_by_component(lab: TestClient) -> None:
    lab.post(f"{LAB}/projects", json={"name": "Another"})
    good(lab.put(VERSIONING, json={"status": "partial"}))
    url = f"{LAB}/infrastructure"
    counts = {item["component"]: item for item in good(lab.get(url))["items"]}
    assert list(counts) == COMPONENTS
    assert (counts["data.versioning"]["partial"], counts["data.versioning"]["not_stated"]) == (1, 1)
    assert counts["data.labelling"]["not_stated"] == 2
    etag = lab.get(url).headers["etag"]
    assert lab.get(url, headers={"if-none-match": etag}).status_code == 304


SHARED = f"{LAB}/infrastructure/data.exploration"


def test_a_shared_component_is_stated_and_lifts_the_projects_that_use_it(lab: TestClient) -> None:
    said = {"status": "in_place", "name": "Lab <1>", "owner": "Ben", "tool": "duckdb", "cost": 5.5}
    one = SharedComponent.model_validate(good(lab.put(SHARED, json=said)))
    assert (one.component, one.cost, one.cost_per_month, one.recorded_by) == ("data.exploration", 5.5, None, "Mara")
    line = good(lab.put(f"{CHECKLIST}/data.exploration", json={"status": "missing", "shared": "data.exploration"}))
    assert (line["status"], line["counts_as"]) == ("missing", "in_place")
    good(lab.put(SHARED, json=said | {"status": "retired"}))
    found = good(lab.get(SHARED))
    assert [one["status"] for one in found["history"]] == ["in_place", "retired"]
    assert [one["status"] for one in found["items"]] == ["retired"]
    assert good(lab.get(CHECKLIST))["lines"][COMPONENTS.index("data.exploration")]["counts_as"] == "missing"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": "not_needed"}, "status"),
        ({"status": "planned", "cost": -1}, "cost"),
        ({"status": "planned", "cost": True}, "cost"),
        ({"status": "planned", "name": "two\nlines"}, "name"),
        ({"status": "planned", "price": 3}, "price"),
    ],
)
def test_a_wrong_shared_component_is_refused_by_field(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.put(SHARED, json=body)) == [field]
    assert good(lab.get(SHARED)) == {"items": [], "history": []}


def test_demand_and_what_to_build_next_stand_beside_the_counts(lab: TestClient) -> None:
    url = f"{LAB}/infrastructure"
    good(lab.put(SHARED, json={"status": "planned", "cost": 100}))
    found = PortfolioInfrastructure.model_validate(good(lab.get(url, params={"budget": 500, "most": 2})))
    assert found.demand.projects == 1
    assert {line.cost for line in found.demand.lines if line.component == "data.exploration"} == {100.0}
    assert found.build_next.without_cost
    assert fields(lab.get(url, params={"most": 0})) == ["most"]
    assert fields(lab.get(url, params={"budget": "much"})) == ["budget"]
    problem(lab.put(f"{LAB}/infrastructure/data.magic", json={"status": "planned"}), 404)
    problem(lab.get(f"{LAB}/infrastructure/data.magic"), 404)
