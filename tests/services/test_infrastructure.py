"""Statements about components, for a project and over a portfolio."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid, NotFound
from planner.domain.infrastructure import COMPONENT_STATUSES, ChecklistDraft
from planner.domain.projects import ProjectPatch
from planner.services import history, infrastructure, projects
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, fsdl


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio with one project."""
    add_portfolio(any_ws)
    add_project(any_ws, stage="data")
    return any_ws


def test_a_statement_is_kept_and_the_line_shows_it(lab: Workspace) -> None:
    draft = ChecklistDraft(status="partial", tool="Lake & Co", shared="data.sources", note="since **May**")
    line = infrastructure.record_component(lab.as_actor("Ben"), "LAB-1", "data.versioning", draft)
    assert {name: getattr(line, name) for name in ChecklistDraft.model_fields} == dict(draft)
    assert (line.requirement, line.recorded_by) == ("required", "Ben")
    assert line in infrastructure.get_checklist(lab, "LAB-1").lines


def test_a_later_statement_replaces_an_earlier_one_and_the_same_is_no_change(lab: Workspace) -> None:
    for status in COMPONENT_STATUSES:
        infrastructure.record_component(lab, "LAB-1", "data.sources", ChecklistDraft(status=status))
        before, events = projects.get_project(lab, "LAB-1"), history.list_project_events(lab, "LAB-1")
        infrastructure.record_component(lab, "LAB-1", "data.sources", ChecklistDraft(status=status))
        assert projects.get_project(lab, "LAB-1") == before
        assert history.list_project_events(lab, "LAB-1") == events
        lines = {line.component: line.status for line in infrastructure.get_checklist(lab, "LAB-1").lines}
        assert lines["data.sources"] == status


def test_an_unknown_component_is_refused_with_those_there_are(lab: Workspace) -> None:
    with pytest.raises(NotFound, match=r"data\.sources"):
        infrastructure.record_component(lab, "LAB-1", "data.magic", ChecklistDraft(status="missing"))
    with pytest.raises(Invalid) as refused:
        infrastructure.record_component(
            lab, "LAB-1", "data.sources", ChecklistDraft(status="missing", shared="data.magic")
        )
    assert refused.value.errors[0].field == "shared"


def test_what_a_project_needs_follows_its_facts(lab: Workspace) -> None:
    def requirement(component: str) -> str:
        lines = infrastructure.get_checklist(lab, "LAB-1").lines
        return next(line.requirement for line in lines if line.component == component)

    assert requirement("data.labelling") == "conditional"
    projects.update_project(lab, "LAB-1", ProjectPatch(archetype="human_in_the_loop"), None)
    assert requirement("data.labelling") == "required"
    projects.update_project(lab, "LAB-1", ProjectPatch(problem_type="forecasting"), None)
    assert requirement("data.labelling") == "not_applicable"


def test_components_by_status_count_the_last_statement_of_each_project_outside_the_bin(lab: Workspace) -> None:
    add_portfolio(lab, "other")
    for number, status in enumerate(("missing", "in_place", "in_place", "planned"), 2):
        add_project(lab, f"p{number}")
        infrastructure.record_component(lab, f"LAB-{number}", "data.sources", ChecklistDraft(status="partial"))
        infrastructure.record_component(lab, f"LAB-{number}", "data.sources", ChecklistDraft(status=status))
    projects.delete_project(lab, "LAB-5")
    elsewhere = add_project(lab, "x", slug="other")
    infrastructure.record_component(lab, elsewhere.key, "data.sources", ChecklistDraft(status="missing"))
    rows = infrastructure.list_component_counts(lab, SLUG)
    assert [row.component for row in rows] == [component.id for component in fsdl().components]
    assert {status: getattr(rows[0], status) for status in (*COMPONENT_STATUSES, "not_stated")} == {
        "missing": 1, "planned": 0, "partial": 0, "in_place": 2, "not_needed": 0, "not_stated": 1,
    }  # fmt: skip
    assert {row.not_stated for row in rows[1:]} == {4}
