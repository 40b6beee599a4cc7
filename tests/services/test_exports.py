from __future__ import annotations

import json
from typing import Any

import pytest

from planner.domain.errors import Conflict, Invalid, Unreadable
from planner.domain.own_tools import OwnToolDraft
from planner.domain.projects import Filters
from planner.domain.selection_answer import SelectionRequest
from planner.domain.shared_components import SharedDraft
from planner.readers.documents import read_document
from planner.services import exports, infrastructure, maintenance, own_tools, portfolios, projects, selection
from planner.services.workspace import Workspace


@pytest.fixture
def example(example_ws: Workspace) -> Workspace:
    projects.delete_project(example_ws, "EX-2")
    selection.solve_selection(example_ws, "example", SelectionRequest(keep=True))
    return example_ws


def exported(ws: Workspace, slug: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(exports.export_portfolio(ws, slug, "json"))
    del document["exported_at"]
    return document


def test_a_portfolio_goes_out_and_comes_back_without_loss(example: Workspace) -> None:
    before = exported(example, "example")
    content = exports.export_portfolio(example, "example", "json")
    copy = exports.import_document(example, read_document(content, "example.json"), "copy")
    assert (copy.slug, copy.is_example, copy.projects, copy.scored) == ("copy", False, 23, 22)
    after = json.loads(json.dumps(exported(example, "copy")).replace(f'"{copy.key_prefix}-', '"EX-'))
    assert after["projects"] == before["projects"]
    assert after["events"] == before["events"]
    assert after["roadmap_settings"] == before["roadmap_settings"]
    assert after["roadmaps"] == before["roadmaps"]
    changed = {name for name, value in before["portfolio"].items() if after["portfolio"][name] != value}
    assert changed == {"slug", "key_prefix", "is_example"}
    found = {slug: projects.list_projects(example, slug, Filters(), 200).items for slug in ("example", "copy")}
    assert [p.standing for p in found["example"]] == [p.standing for p in found["copy"]]
    assert maintenance.rebuild(example) == 0
    kept = [selection.get_roadmap(example, slug) for slug in ("example", "copy")]
    assert kept[0].kept_at == kept[1].kept_at is not None  # the plan is still the answer to the same question
    assert {p.id.partition("-")[0] for p in kept[1].plan.planned if p.kind == "project"} == {copy.key_prefix}


def test_a_portfolio_moves_from_sqlite_to_postgresql_without_loss(example: Workspace, pg_ws: Workspace) -> None:
    content = exports.export_portfolio(example, "example", "json")
    moved = exports.import_document(pg_ws, read_document(content, "example.json"))
    assert (moved.slug, moved.is_example, moved.projects) == ("example", True, 23)
    assert exported(pg_ws, "example") == exported(example, "example")


def test_a_slug_that_is_taken_is_not_written_over(example: Workspace) -> None:
    document = read_document(exports.export_portfolio(example, "example", "json"), "example.json")
    with pytest.raises(Conflict, match="another slug"):
        exports.import_document(example, document)
    assert [portfolio.slug for portfolio in portfolios.list_portfolios(example)] == ["example"]


def test_a_document_that_is_not_sound_is_refused_by_its_fields(example: Workspace) -> None:
    with pytest.raises(Unreadable, match="is not JSON"):
        read_document(b"{", "x.json")
    broken = exported(example, "example") | {"exported_at": "2026-01-01T00:00:00Z"}
    broken["projects"][0]["effort"] = "many"
    broken["projects"][1]["answers"][0]["criterion"] = "colour"
    with pytest.raises(Invalid) as caught:
        read_document(json.dumps(broken).encode(), "x.json")
    assert [error.field for error in caught.value.errors] == ["projects.0.effort"]
    broken["projects"][0]["effort"] = 1
    with pytest.raises(Invalid) as caught:
        exports.import_document(example, read_document(json.dumps(broken).encode(), "x.json"), "copy")
    assert [error.field for error in caught.value.errors] == ["projects.1.answers.0.criterion"]
    assert len(portfolios.list_portfolios(example)) == 1


def test_tables_hold_a_line_for_each_project_that_is_not_in_the_bin(example: Workspace) -> None:
    lines = exports.export_portfolio(example, "example", "csv").decode("utf-8-sig").splitlines()
    assert lines[0].startswith("key,name,summary")
    assert sum(line.startswith("EX-") for line in lines) == 23
    assert exports.export_portfolio(example, "example", "xlsx").startswith(b"PK")


def test_shared_components_and_own_tools_go_out_and_come_back(example: Workspace) -> None:
    stated = {kind: len(entries) for kind, entries in exported(example, "example").items() if kind != "portfolio"}
    infrastructure.record_shared(example, "example", "data.versioning", SharedDraft(status="planned", cost=5))
    infrastructure.record_shared(example, "example", "data.versioning", SharedDraft(status="in_place", name="b"))
    own_tools.record_tool(example, "example", "DVC", OwnToolDraft(standard_for=("data.versioning",), as_of="2026-11"))
    own_tools.record_tool(example, "example", "X", OwnToolDraft(components=("data.sources",)))
    own_tools.withdraw_tool(example, "example", "X")
    before = exported(example, "example")
    content = exports.export_portfolio(example, "example", "json")
    exports.import_document(example, read_document(content, "example.json"), "copy")
    after = exported(example, "copy")
    for kind, count in (("shared_components", 2), ("own_tools", 3)):
        assert after[kind] == before[kind]
        assert len(after[kind]) == stated[kind] + count
    assert infrastructure.get_overview(example, "copy").demand == infrastructure.get_overview(example, "example").demand
    broken = before | {"exported_at": "2026-01-01T00:00:00Z"}
    broken["shared_components"][0]["component"] = "data.magic"
    broken["own_tools"][0]["standard_for"] = ["data.magic"]
    with pytest.raises(Invalid) as caught:
        exports.import_document(example, read_document(json.dumps(broken).encode(), "x.json"), "other")
    assert [error.field for error in caught.value.errors] == [
        "shared_components.0.component", "own_tools.0.standard_for"
    ]  # fmt: skip
