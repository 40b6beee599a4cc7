"""The roadmap as the services give it: settings and their versions, kept plans, conflicts in words, what if."""

from __future__ import annotations

from typing import Any

import pytest

from planner.domain.errors import Invalid, NotFound, Stale
from planner.domain.projects import ProjectPatch
from planner.domain.selection import Dependency, ItemPlan, Resource, SharedItem
from planner.domain.selection_answer import RobustOptions, SelectionRequest
from planner.domain.selection_plan import Plan
from planner.services import history, projects, scoring, selection
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, all_levels, roadmap_settings

SOLVE = SelectionRequest(time_limit=10)


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """Four projects worth 5, 4, 3 and 2, of which each takes ten people for a period; there are two periods."""
    add_portfolio(any_ws)
    for number, level in enumerate((5, 4, 3, 2), 1):
        add_project(any_ws, f"Idea {number}")
        scoring.record_answers(any_ws, f"LAB-{number}", "Mara", all_levels(level))
    return any_ws


def stored(ws: Workspace, **said: Any) -> None:
    needs = {f"LAB-{number}": ItemPlan(needs={"people": 10.0}) for number in range(1, 5)}
    reason = said.pop("reason", "")
    selection.set_settings(ws, SLUG, roadmap_settings(**{"projects": needs, **said}, reason=reason))


def held(plan: Plan) -> dict[str, str]:
    return {planned.id: planned.start for planned in plan.planned}


def refused(ws: Workspace, request: SelectionRequest) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as found:
        selection.solve_selection(ws, SLUG, request)
    return [(error.field, error.message) for error in found.value.errors]


def test_the_most_valuable_are_done_and_the_rest_says_why_not(lab: Workspace) -> None:
    stored(lab, discount=0.9)
    plan = selection.get_roadmap(lab, SLUG).plan
    assert held(plan) == {"LAB-1": "Q1", "LAB-2": "Q2"}
    assert (plan.status, plan.gap) == ("optimal", 0)
    assert plan.objective == pytest.approx(5 + 0.9 * 4)
    assert [(left.id, left.reason) for left in plan.left_out] == [("LAB-3", "capacity"), ("LAB-4", "capacity")]
    assert plan.left_out[0].why == "No room: it needs 10 units of People where 0 are left in Q1."
    assert [(load.used, load.capacity) for load in plan.loads] == [(10, 10), (10, 10)]


def test_without_settings_there_is_no_roadmap_unless_the_question_brings_them(lab: Workspace) -> None:
    with pytest.raises(NotFound):
        selection.get_roadmap(lab, SLUG)
    assert refused(lab, SOLVE) == [
        (name, "is missing: give it here, or store settings for the portfolio")
        for name in ("periods", "resources", "capacity")
    ]
    whole = roadmap_settings(projects={"LAB-4": ItemPlan(needs={"people": 3.0})})
    asked = {name: getattr(whole, name) for name in ("periods", "resources", "capacity", "projects")}
    answer = selection.solve_selection(lab, SLUG, SelectionRequest(**asked))
    assert held(answer.plan) == {"LAB-4": "Q1"}
    assert [unplanned.why for unplanned in answer.plan.unplanned] == [
        "Nobody says what it takes: neither the plan nor its own page."
    ] * 3
    assert selection.find_settings(lab, SLUG) is None


def test_what_a_project_states_itself_is_taken_where_the_plan_is_silent(lab: Workspace) -> None:
    projects.update_project(lab, "LAB-1", ProjectPatch(effort=12.0, cost=900.0), None)
    projects.update_project(lab, "LAB-2", ProjectPatch(needs={"gpu": 6.0}), None)
    resources = (
        Resource(id="weeks", name="Weeks", source="effort"),
        Resource(id="money", name="Money", source="cost"),
        Resource(id="gpu", name="GPUs"),
    )
    selection.set_settings(
        lab,
        SLUG,
        roadmap_settings(
            resources=resources,
            capacity={"weeks": (6.0,), "money": (450.0,), "gpu": (5.0,)},
            projects={"LAB-1": ItemPlan(duration=2), "LAB-2": ItemPlan(duration=2, value=1.5)},
        ),
    )
    plan = selection.get_roadmap(lab, SLUG).plan
    uses = {planned.id: planned.use for planned in plan.planned}
    assert uses == {"LAB-1": {"weeks": (6.0, 6.0), "money": (450.0, 450.0)}, "LAB-2": {"gpu": (3.0, 3.0)}}
    assert {planned.id: planned.value for planned in plan.planned} == {"LAB-1": 5, "LAB-2": 1.5}
    assert [unplanned.id for unplanned in plan.unplanned] == ["LAB-3", "LAB-4"]


def test_what_is_over_is_not_planned_unless_the_settings_name_it(lab: Workspace) -> None:
    for key, status in (("LAB-1", "live"), ("LAB-2", "stopped"), ("LAB-3", "retired")):
        projects.update_project(lab, key, ProjectPatch(status=status, effort=5.0), None)
    projects.update_project(lab, "LAB-4", ProjectPatch(effort=5.0), None)
    people = (Resource(id="people", name="People", source="effort"),)
    links = (Dependency(before="LAB-1", after="LAB-4"),)
    stored(lab, resources=people, projects={"LAB-2": ItemPlan(duration=1)}, dependencies=links)
    plan = selection.get_roadmap(lab, SLUG).plan
    assert held(plan) == {"LAB-2": "Q1", "LAB-4": "Q1"}  # what is live need not be waited for
    assert [(one.id, one.why) for one in plan.unplanned] == [
        ("LAB-1", "It is live, and the plan does not name it."),
        ("LAB-3", "It is retired, and the plan does not name it."),
    ]
    links = (Dependency(before="LAB-3", after="LAB-4"),)
    stored(lab, resources=people, projects={}, reason="again", dependencies=links)
    plan = selection.get_roadmap(lab, SLUG).plan
    assert held(plan) == {}
    assert plan.unplanned[-1].why == "It waits for LAB-3, which is not planned."


def test_settings_are_versions_with_a_reason(lab: Workspace) -> None:
    stored(lab)
    stored(lab)  # the same again is no new version
    with pytest.raises(Invalid, match="correcting") as missing:
        stored(lab, discount=0.9)
    assert [error.field for error in missing.value.errors] == ["reason"]
    stored(lab, discount=0.9, reason="money is dear")
    assert [(one.version, one.discount) for one in selection.list_settings(lab, SLUG)] == [(1, 1.0), (2, 0.9)]
    with pytest.raises(Stale):
        selection.set_settings(lab, SLUG, roadmap_settings(reason="x"), expected_version=1)
    actions = [event.action for event in history.list_portfolio_events(lab, SLUG)]
    assert actions.count("roadmap_settings.recorded") == 2


def test_settings_that_do_not_hang_together_are_refused_by_name(lab: Workspace) -> None:
    with pytest.raises(Invalid) as found:
        selection.set_settings(
            lab,
            SLUG,
            roadmap_settings(
                periods=("Q1", "Q1"),
                capacity={"people": (1.0, 2.0, 3.0), "gold": (1.0,)},
                projects={"LAB-9": ItemPlan(), "LAB-1": ItemPlan(per_period={"people": (1.0, 2.0)})},
                shared=(SharedItem(id="LAB-2", name="Store", needs={"gold": 1.0}),),
                dependencies=(Dependency(before="LAB-1", after="LAB-2"), Dependency(before="LAB-2", after="LAB-1")),
                either_or=(("LAB-1", "LAB-1"), ("LAB-1", "nobody")),
                must=("LAB-3", "LAB-3"),
                must_not=("LAB-3",),
            ),
        )
    told = {error.field: error.message for error in found.value.errors}
    assert told.keys() == {
        *("periods.1", "capacity.people", "capacity.gold", "projects.LAB-9", "projects.LAB-1.per_period.people"),
        *("shared.0.id", "shared.0.needs.gold", "dependencies", "either_or.0.1", "either_or.1.1", "must.1", "must_not"),
    }
    assert told["dependencies"].endswith("LAB-1 → LAB-2 → LAB-1")
    assert selection.find_settings(lab, SLUG) is None


def test_conflicting_wishes_are_named_and_only_these(lab: Workspace) -> None:
    stored(lab)
    told = refused(lab, SelectionRequest(must=("LAB-1", "LAB-2", "LAB-3")))
    assert told == [
        ("must", "LAB-1 must be done and runs one period; it needs 10 of People in a period"),
        ("must", "LAB-2 must be done and runs one period; it needs 10 of People in a period"),
        ("must", "LAB-3 must be done and runs one period; it needs 10 of People in a period"),
        ("capacity.people", "of People there is 10 in Q1 and Q2"),
    ]
    told = refused(lab, SelectionRequest(must=("LAB-1", "LAB-4"), either_or=(("LAB-4", "LAB-1"), ("LAB-2", "LAB-3"))))
    assert [field for field, _ in told] == ["must", "must", "either_or"]
    told = refused(lab, SelectionRequest(capacity={"people": (0.0,)}, must=("LAB-4",)))
    assert told[-1] == ("capacity.people", "of People there is 0 in Q1 and Q2")
    long = SelectionRequest(projects={"LAB-1": ItemPlan(duration=3, needs={"people": 1.0})}, must=("LAB-1",))
    assert refused(lab, long) == [("must", "LAB-1 must be done and runs 3 periods, but there are only 2")]
    waits = SelectionRequest(
        dependencies=(Dependency(before="LAB-3", after="LAB-4"),), must=("LAB-4",), must_not=("LAB-3",)
    )
    assert [field for field, _ in refused(lab, waits)] == ["must", "must_not", "dependencies"]
    projects.delete_project(lab, "LAB-2")
    assert refused(lab, SelectionRequest(must=("LAB-2",)))[0][0] == "must.0"


def test_more_of_something_names_what_comes_in(lab: Workspace) -> None:
    stored(lab)
    answer = selection.get_roadmap(lab, SLUG, {"people": 10.0})
    assert answer.what_if is not None
    assert answer.what_if.gained == 5
    assert [item.id for item in answer.what_if.enters] == ["LAB-3", "LAB-4"]
    assert answer.what_if.leaves == ()
    assert held(answer.plan).keys() == {"LAB-1", "LAB-2"}
    with pytest.raises(Invalid) as wrong:
        selection.get_roadmap(lab, SLUG, {"gold": 1.0})
    assert [error.field for error in wrong.value.errors] == ["more.gold"]


def test_a_kept_plan_shows_until_its_question_changes(lab: Workspace) -> None:
    stored(lab)
    with pytest.raises(Invalid) as refusal:
        selection.solve_selection(lab, SLUG, SelectionRequest(keep=True, discount=0.5))
    assert [error.field for error in refusal.value.errors] == ["keep"]
    assert selection.get_roadmap(lab, SLUG).kept_at is None
    kept = selection.solve_selection(lab, SLUG, SelectionRequest(keep=True))
    shown = selection.get_roadmap(lab, SLUG)
    assert (shown.kept_at, held(shown.plan)) == (kept.kept_at, held(kept.plan))
    assert shown.kept_at is not None
    projects.update_project(lab, "LAB-4", ProjectPatch(summary="Told."), None)
    assert selection.get_roadmap(lab, SLUG).kept_at == kept.kept_at
    scoring.record_answers(lab, "LAB-4", "Mara", all_levels(5))
    anew = selection.get_roadmap(lab, SLUG)
    assert anew.kept_at is None
    assert held(anew.plan).keys() == {"LAB-1", "LAB-4"}
    assert "roadmap.kept" in [event.action for event in history.list_portfolio_events(lab, SLUG)]


def test_doubt_moves_what_is_not_chosen(lab: Workspace) -> None:
    add_project(lab, "Nobody knows")
    needs = {f"LAB-{number}": ItemPlan(needs={"people": 10.0}) for number in range(1, 6)}
    needs["LAB-4"] = ItemPlan(needs={"people": 10.0}, value=9.0)
    stored(lab, projects=needs)
    found = selection.get_robustness(lab, SLUG, RobustOptions(samples=30, seed=3))
    verdicts = {item.id: item.verdict for item in found.items}
    assert verdicts == {
        "LAB-4": "core",
        "LAB-1": "core",
        "LAB-2": "exterior",
        "LAB-3": "exterior",
        "LAB-5": "exterior",
    }
    assert found == selection.get_robustness(lab, SLUG, RobustOptions(samples=30, seed=3))
    asked = SelectionRequest(robust=RobustOptions(samples=10), must_not=("LAB-1",))
    robust = selection.solve_selection(lab, SLUG, asked).robust
    assert robust is not None
    assert {item.id for item in robust.of("borderline")} <= {"LAB-2", "LAB-5"}
    assert "LAB-1" in {item.id for item in robust.of("exterior")}


def test_the_example_is_planned_whole(example_ws: Workspace) -> None:
    answer = selection.get_roadmap(example_ws, "example")
    plan = answer.plan
    assert plan.status == "optimal"
    assert {"EX-6", "feature-store"} <= held(plan).keys()
    assert "EX-22" not in held(plan)
    reasons = {left.reason for left in plan.left_out}
    assert {"must_not", "either_or", "capacity"} <= reasons
    assert any(load.binds for load in plan.loads)
    assert all(load.used <= load.capacity + 1e-9 for load in plan.loads)
