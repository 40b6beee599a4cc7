"""Statements about components, for a project and over a portfolio."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid, NotFound
from planner.domain.infrastructure import COMPONENT_STATUSES, ChecklistDraft
from planner.domain.infrastructure_plan import BuildQuery
from planner.domain.own_tools import OwnToolDraft, differs, offers, standards
from planner.domain.projects import ProjectPatch
from planner.domain.shared_components import SharedDraft
from planner.services import history, infrastructure, own_tools, projects
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored, fsdl


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


def test_a_shared_component_is_stated_by_name_and_the_same_again_is_no_change(lab: Workspace) -> None:
    draft = SharedDraft(status="planned", cost=12.5, owner="Ben")
    infrastructure.record_shared(lab, SLUG, "data.versioning", draft)
    infrastructure.record_shared(lab, SLUG, "data.versioning", SharedDraft(status="in_place", name="Second"))
    events = history.list_portfolio_events(lab, SLUG)
    infrastructure.record_shared(lab, SLUG, "data.versioning", draft)
    assert history.list_portfolio_events(lab, SLUG) == events
    told = {change.field: change.new for event in events for change in event.changes}
    assert told["data.versioning.cost"] == "12.5"
    assert told["data.versioning.Second.status"] == "in_place"
    assert [one.name for one in infrastructure.list_shared(lab, SLUG)] == ["", "Second"]
    with pytest.raises(NotFound, match=r"data\.sources"):
        infrastructure.record_shared(lab, SLUG, "data.magic", draft)


def test_a_project_counts_as_the_shared_component_it_uses_everywhere(lab: Workspace) -> None:
    component = "data.versioning"
    infrastructure.record_component(lab, "LAB-1", component, ChecklistDraft(status="missing", shared=component))
    waiting = {line.component: line.held_back for line in infrastructure.get_overview(lab, SLUG).demand.lines}
    assert waiting[component] == 1
    infrastructure.record_shared(lab, SLUG, component, SharedDraft(status="in_place"))
    found = infrastructure.get_overview(lab, SLUG)
    assert component not in {line.component for line in found.demand.lines}
    counts = next(line for line in found.items if line.component == component)
    assert (counts.in_place, counts.missing) == (1, 0)
    line = next(line for line in infrastructure.get_checklist(lab, "LAB-1").lines if line.component == component)
    assert (line.status, line.counts_as) == ("missing", "in_place")


def test_only_open_projects_outside_the_bin_are_demanding(lab: Workspace) -> None:
    for name, status in (("live", "live"), ("paused", "paused"), ("binned", None)):
        add_project(lab, name, stage="data", status=status)
    projects.delete_project(lab, "LAB-4")
    assert infrastructure.get_overview(lab, SLUG).demand.projects == 2


def test_what_to_build_follows_priorities_and_costs(lab: Workspace) -> None:
    first = add_scored(lab, "first", 5, stage="planning")
    infrastructure.record_component(lab, first.key, "data.exploration", ChecklistDraft(status="in_place"))
    infrastructure.record_shared(lab, SLUG, "training.software_engineering", SharedDraft(status="planned", cost=70))
    found = infrastructure.get_overview(lab, SLUG)
    plan = found.plan(BuildQuery(budget=100))
    assert [(step.component, step.cost, step.projects) for step in plan.steps] == [
        ("training.software_engineering", 70.0, (first.key,))
    ]
    assert plan.worth == pytest.approx(first.standing.priority.expected, abs=1e-6)
    assert found.plan(BuildQuery(budget=60)).steps == ()


def test_one_standard_gives_way_to_another_and_a_withdrawn_tool_is_gone(lab: Workspace) -> None:
    own_tools.record_tool(lab, SLUG, "DVC", OwnToolDraft(standard_for=("data.versioning", "data.sources")))
    before = len(history.list_portfolio_events(lab, SLUG))
    own_tools.record_tool(lab, SLUG, "DVC", OwnToolDraft(standard_for=("data.versioning", "data.sources")))
    assert len(history.list_portfolio_events(lab, SLUG)) == before
    own_tools.record_tool(lab, SLUG, "lakeFS", OwnToolDraft(standard_for=("data.versioning",)))
    tools = own_tools.list_tools(lab, SLUG)
    assert standards(tools) == {"data.sources": "DVC", "data.versioning": "lakeFS"}
    assert offers("data.versioning", tools, fsdl())[:2] == ("lakeFS", "DVC")
    own_tools.withdraw_tool(lab, SLUG, "LAKEFS")
    assert standards(own_tools.list_tools(lab, SLUG)) == {"data.sources": "DVC"}
    with pytest.raises(NotFound):
        own_tools.withdraw_tool(lab, SLUG, "lakeFS")
    with pytest.raises(Invalid) as refused:
        own_tools.record_tool(lab, SLUG, "a/b", OwnToolDraft(components=("data.sources",)))
    assert refused.value.errors[0].field == "name"


def test_a_tool_is_off_the_standard_only_where_it_is_another() -> None:
    playbook = fsdl()
    assert not differs("", "MLflow", playbook)
    assert not differs("mlflow", "MLflow", playbook)
    assert not differs("anything", None, playbook)
    assert differs("Weights & Biases", "MLflow", playbook)
    assert not differs(" house tool ", "House Tool", playbook)
