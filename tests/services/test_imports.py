from __future__ import annotations

from pathlib import Path

import pytest

from planner.domain.errors import Invalid, NotFound, Unreadable
from planner.domain.imports import ImportReport
from planner.domain.portfolios import PortfolioDraft
from planner.domain.projects import Filters
from planner.services import exports, history, imports, infrastructure, lifecycle, portfolios, projects
from planner.services.workspace import Workspace

FIRST = b"name,owner,stage,checklist.data.sources,colour\nChurn,Mara,planning,in_place,red\nFraud,,,,\n"


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    portfolios.create_portfolio(any_ws, PortfolioDraft(slug="lab", name="Lab"))
    return any_ws


def take(ws: Workspace, content: bytes, *, dry_run: bool = False) -> ImportReport:
    return imports.import_file(ws, "lab", content, "projects.csv", dry_run=dry_run)


def test_a_dry_run_says_what_would_happen_and_stores_nothing(lab: Workspace) -> None:
    revision = portfolios.get_revision(lab, "lab")
    report = take(lab, FIRST, dry_run=True)
    assert (report.dry_run, report.read, report.created) == (True, 2, 2)
    assert projects.list_projects(lab, "lab", Filters()).total == 0
    assert portfolios.get_revision(lab, "lab") == revision


def test_records_become_projects_with_their_facts_and_a_history(lab: Workspace) -> None:
    assert take(lab, FIRST).created == 2
    churn, fraud = projects.get_project(lab, "LAB-1"), projects.get_project(lab, "LAB-2")
    assert (churn.name, churn.owner, churn.stage, churn.attributes) == ("Churn", "Mara", "planning", {"colour": "red"})
    assert (fraud.owner, fraud.stage, fraud.attributes) == (None, None, {})
    checklist = {line.component: line.status for line in infrastructure.get_checklist(lab, "LAB-1").lines}
    assert {status for component, status in checklist.items() if component != "data.sources"} == {None}
    assert checklist["data.sources"] == "in_place"
    assert [move.to for move in lifecycle.list_transitions(lab, "LAB-1")] == ["planning"]
    assert [event.action for event in history.list_project_events(lab, "LAB-1")] == ["project.imported"]
    assert history.list_portfolio_events(lab, "lab")[0].action == "file.imported"


def test_only_what_the_file_says_differently_changes(lab: Workspace) -> None:
    take(lab, FIRST)
    report = take(lab, FIRST.replace(b"Mara,planning,in_place,red", b"Jon,data,partial,"))
    assert (report.created, report.updated, report.reason_counts) == (0, 1, {"unchanged": 1})
    churn = projects.get_project(lab, "LAB-1")
    assert (churn.owner, churn.stage, churn.attributes, churn.version) == ("Jon", "data", {}, 2)
    assert [move.to for move in lifecycle.list_transitions(lab, "LAB-1")] == ["planning", "data"]
    newest = history.list_project_events(lab, "LAB-1")[0]
    assert (newest.action, {change.field: (change.old, change.new) for change in newest.changes}["owner"]) == (
        "project.reimported",
        ("Mara", "Jon"),
    )


def test_a_project_in_the_bin_is_not_brought_back_behind_its_back(lab: Workspace) -> None:
    take(lab, FIRST)
    projects.delete_project(lab, "LAB-1")
    report = take(lab, FIRST)
    assert report.reason_counts == {"in_bin": 1, "unchanged": 1}
    assert "restore" in report.skipped[0].detail


def test_an_export_comes_back_unchanged_and_an_edit_in_it_is_taken(lab: Workspace) -> None:
    take(lab, FIRST)
    for kind in ("csv", "xlsx"):
        content = exports.export_portfolio(lab, "lab", "csv" if kind == "csv" else "xlsx")
        again = imports.import_file(lab, "lab", content, f"plan.{kind}")
        assert (again.created, again.updated, again.reason_counts) == (0, 0, {"unchanged": 2})
    edited = exports.export_portfolio(lab, "lab", "csv").replace(b"Fraud", b"Fraud at the desk")
    assert take(lab, edited).updated == 1
    assert projects.get_project(lab, "LAB-2").name == "Fraud at the desk"


def test_a_file_that_cannot_be_taken_leaves_nothing_behind(lab: Workspace) -> None:
    revision = portfolios.get_revision(lab, "lab")
    with pytest.raises(Invalid, match=r"."):
        take(lab, b"colour,size\nred,5\n")
    with pytest.raises(Unreadable):
        take(lab, b"<html><body>name</body></html>")
    assert portfolios.get_revision(lab, "lab") == revision


def test_a_mapping_is_named_or_written_out(lab: Workspace, tmp_path: Path) -> None:
    assert imports.resolve_mapping("  ") is None
    named = imports.resolve_mapping("us-fed-ai-2024")
    assert named is not None
    assert named.id == "us-fed-ai-2024"
    with pytest.raises(NotFound, match="us-fed-ai-2024"):
        imports.resolve_mapping("no-such-mapping")
    with pytest.raises(Invalid):
        imports.resolve_mapping("id: mine\ncolour: red")


def test_progress_ends_at_the_number_of_changes(lab: Workspace) -> None:
    steps: list[tuple[int, int]] = []
    imports.import_file(lab, "lab", FIRST, "projects.csv", progress=lambda done, of: steps.append((done, of)))
    assert steps[-1] == (2, 2)
