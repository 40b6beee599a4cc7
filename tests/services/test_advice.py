"""Advice from what is stored, and the checklist that follows from it."""

from __future__ import annotations

import pytest

from planner.domain.advice_facts import AdviceQuery
from planner.domain.errors import Invalid
from planner.domain.infrastructure import ChecklistDraft
from planner.services import advice, exports, history, infrastructure, metrics, reports
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, contract_draft, metric

DEVICE = AdviceQuery(edge="yes", labels="none")


@pytest.fixture
def lab(ws: Workspace) -> Workspace:
    add_portfolio(ws)
    add_project(ws, problem_type="object_detection", archetype="autonomous")
    return ws


def test_the_project_tells_what_the_query_leaves_out(lab: Workspace) -> None:
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", metric("latency_p95 <= 40", unit="ms")))
    found = advice.get_advice(lab, "LAB-1", AdviceQuery())
    assert found.problem_type == "object_detection"
    assert "Let it abstain" in [line.name for line in found.approach]
    assert {fact.constraint for fact in found.facts if fact.origin == "project"} == {"latency_ms"}
    assert found.steps[2].technique.because == ("time for an answer: below 50 ms",)
    tried = advice.get_advice(lab, "LAB-1", AdviceQuery(problem_type="forecasting", latency_ms=9_000))
    assert (tried.problem_type, tried.facts[2].value) == ("forecasting", 9_000)
    with pytest.raises(Invalid):
        advice.get_advice(lab, "LAB-1", AdviceQuery(problem_type="magic"))


def test_what_it_needs_is_planned_where_nothing_is_stated_and_only_once(lab: Workspace) -> None:
    infrastructure.record_component(lab, "LAB-1", "data.labelling", ChecklistDraft(status="in_place", tool="cvat"))
    done = advice.plan_components(lab, "LAB-1", DEVICE)
    assert "Data labelling" in done.kept
    assert "Edge deployment" in done.planned
    lines = {line.component: line for line in infrastructure.get_checklist(lab, "LAB-1").lines}
    assert (lines["data.labelling"].status, lines["data.labelling"].tool) == ("in_place", "cvat")
    assert lines["deployment.edge"].status == "planned"
    assert lines["deployment.edge"].note.startswith("The technique advice calls for it: ")
    events = history.list_project_events(lab, "LAB-1")
    assert {change.field for change in events[0].changes} >= {"deployment.edge.status", "deployment.monitoring.note"}
    again = advice.plan_components(lab, "LAB-1", DEVICE)
    assert (again.planned, set(again.kept)) == ((), {*done.planned, *done.kept})
    assert len(history.list_project_events(lab, "LAB-1")) == len(events)


def test_what_was_planned_goes_out_and_comes_back(lab: Workspace) -> None:
    advice.plan_components(lab, "LAB-1", DEVICE)
    document = exports.export_document(lab, SLUG)
    copy = exports.import_document(lab, type(document).model_validate_json(document.model_dump_json()), "copy")
    there = infrastructure.get_checklist(lab, f"{copy.key_prefix}-1")
    assert there.lines == infrastructure.get_checklist(lab, "LAB-1").lines


def test_the_report_tells_the_path(lab: Workspace) -> None:
    (section,) = reports.get_project_report(lab, "LAB-1").advice
    assert section.rows[0][0].startswith("Baseline: ")
    for kind in ("html", "md"):
        text = reports.render_project_report(lab, "LAB-1", kind).decode()
        assert "Techniques" in text
        assert "A licence found out at release" in text
    add_project(lab, name="Another")
    assert reports.get_project_report(lab, "LAB-2").advice == ()
