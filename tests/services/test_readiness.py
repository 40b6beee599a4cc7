"""Readiness, ethics and risk of stored projects, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from planner.domain.assessments import ReadinessDraft
from planner.domain.errors import Invalid, NotFound, Stale
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.project_readiness import ProjectReadiness
from planner.domain.projects import Filters, ProjectPatch
from planner.services import exports, history, infrastructure, lifecycle, projects, readiness, reports
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, all_ethics, fsdl


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio with one project in deployment."""
    add_portfolio(any_ws)
    add_project(any_ws, stage="deployment", archetype="autonomous")
    return any_ws


def state(ws: Workspace, **said: Any) -> ProjectReadiness:
    return readiness.record_readiness(ws, "LAB-1", ReadinessDraft.model_validate(said))


def all_tests(score: str) -> dict[str, dict[str, str]]:
    scheme = fsdl().readiness
    assert scheme is not None
    return {test.id: {"score": score} for test in scheme.tests}


def test_what_is_stated_is_kept_and_the_same_again_is_no_change(lab: Workspace) -> None:
    said = {"data.schema": {"score": "automated", "evidence": "https://ci.example/schema", "note": "nightly"}}
    found = state(lab, tests=said)
    assert found.score is not None
    line = next(line for line in found.score.tests if line.test == "data.schema")
    assert (line.score, line.evidence, line.note, line.recorded_by) == (
        "automated",
        "https://ci.example/schema",
        "nightly",
        "Mara",
    )
    version = projects.get_project(lab, "LAB-1").version
    assert state(lab, tests=said) == found == readiness.get_readiness(lab, "LAB-1")
    assert projects.get_project(lab, "LAB-1").version == version
    assert state(lab, tests={"data.schema": None}).score == state(lab).score
    actions = [event.action for event in history.list_project_events(lab, "LAB-1")]
    assert actions.count("readiness.recorded") == 2
    event = next(e for e in history.list_project_events(lab, "LAB-1") if e.action == "readiness.recorded")
    assert [(change.field, change.new) for change in event.changes] == [
        ("What each feature may hold is written down as a schema", None)
    ]


def test_nothing_is_kept_of_a_draft_with_a_mistake_in_it(lab: Workspace) -> None:
    with pytest.raises(Invalid):
        state(lab, tests={"data.schema": {"score": "manual"}, "data.nonsense": {"score": "manual"}})
    found = readiness.get_readiness(lab, "LAB-1")
    assert found.score is not None
    assert (found.score.score, found.score.stated) == (None, 0)
    with pytest.raises(Stale):
        readiness.record_readiness(lab, "LAB-1", all_ethics(), expected_version=99)
    with pytest.raises(NotFound):
        readiness.get_readiness(lab, "LAB-7")


def test_the_gate_of_deployment_asks_for_the_floor_of_the_archetype(lab: Workspace) -> None:
    def point() -> tuple[bool, str]:
        line = next(line for line in lifecycle.list_tasks(lab, "LAB-1") if line.task == "readiness_floor")
        return line.done, line.why

    assert point() == (False, "no test is stated; 3 is asked of Autonomous")
    state(lab, tests=all_tests("manual"))
    assert point()[0]
    state(lab, tests={"model.slices": {"score": "none"}, "model.simpler": {"score": "none"}})
    assert point() == (False, "2.5; 3 is asked of Autonomous; lowest in Model")
    projects.update_project(lab, "LAB-1", ProjectPatch(archetype="human_in_the_loop"), None)
    assert point()[0]


def test_the_checklist_hints_at_a_test_and_changes_no_score(lab: Workspace) -> None:
    infrastructure.record_component(lab, "LAB-1", "deployment.monitoring", ChecklistDraft(status="in_place"))
    score = readiness.get_readiness(lab, "LAB-1").score
    assert score is not None
    assert {line.component for line in score.tests if line.seen} == {"deployment.monitoring"}
    assert score.score is None


def test_a_portfolio_is_counted_without_its_bin(lab: Workspace) -> None:
    add_project(lab, "Other")
    add_project(lab, "Binned")
    for key in ("LAB-1", "LAB-3"):
        readiness.record_readiness(lab, key, ReadinessDraft.model_validate({"tests": all_tests("manual")}))
    readiness.record_readiness(lab, "LAB-2", all_ethics("no"))
    projects.delete_project(lab, "LAB-3")
    counts = readiness.get_portfolio_readiness(lab, SLUG)
    assert (counts.projects, counts.not_stated, counts.floor_met) == (2, 1, 1)
    assert {band.name: band.count for band in counts.bands if band.count} == {"Strong": 1}
    assert (counts.ethics_complete, counts.ethics_with_no) == (1, 1)
    assert {rules.not_begun for rules in counts.risk} == {2}


def test_both_reports_tell_of_it(lab: Workspace) -> None:
    assert reports.get_project_report(lab, "LAB-1").readiness == ()
    state(lab, tests={"data.schema": {"score": "automated"}}, risk={"eu_ai_act": {"in_union": {"answer": "no"}}})
    readiness.record_readiness(lab, "LAB-1", all_ethics("no"))
    sections = {section.title: section for section in reports.get_project_report(lab, "LAB-1").readiness}
    assert list(sections) == ["ML Test Score", "Ethics checklist", "Risk"]
    assert "The score is at least 0, Research project" in sections["ML Test Score"].sentences[0]
    assert sections["Ethics checklist"].not_listed == 13
    assert "Out of scope" in sections["Risk"].rows[0]
    assert "not legal advice" in sections["Risk"].sentences[0]
    titles = [section.title for section in reports.get_portfolio_report(lab, SLUG, Filters()).decisions]
    assert "Readiness, ethics and risk" in titles
    for kind in ("html", "md", "pdf", "docx"):
        assert reports.render_project_report(lab, "LAB-1", kind)


def test_all_of_it_goes_out_and_comes_back(lab: Workspace) -> None:
    state(lab, tests={"data.schema": {"score": "manual", "evidence": "a page"}})
    state(lab, tests={"data.schema": None}, risk={"eu_ai_act": {"credit": {"answer": "unknown", "note": "ask"}}})
    document = exports.export_document(lab, SLUG)
    assert [one.value for one in document.projects[0].assessments] == ["manual", None, "unknown"]
    exports.import_document(lab, document, "copy")
    assert exports.export_document(lab, "copy").projects[0].assessments == document.projects[0].assessments


def test_a_document_with_an_item_that_the_playbook_does_not_have_is_refused(lab: Workspace) -> None:
    state(lab, tests={"data.schema": {"score": "manual"}})
    document = exports.export_document(lab, SLUG)
    (one,) = document.projects[0].assessments
    wrong = document.projects[0].model_copy(update={"assessments": (one.model_copy(update={"item": "data.magic"}),)})
    with pytest.raises(Invalid) as refused:
        exports.import_document(lab, document.model_copy(update={"projects": (wrong,)}), "copy")
    assert [error.field for error in refused.value.errors] == ["projects.0.assessments.0.item"]
