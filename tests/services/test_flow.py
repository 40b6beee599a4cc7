"""The flow of projects as people move them, end them and bring them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from planner.domain.errors import Invalid, NotFound
from planner.domain.forecasts import OutcomeDraft
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.projects import Filters, ProjectPatch
from planner.domain.rounds import RoundDraft
from planner.domain.shared_components import SharedDraft
from planner.services import (
    exports,
    flow,
    forecasts,
    infrastructure,
    lifecycle,
    projects,
    readiness,
    rounds,
    scoring,
)
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, all_ethics, levels

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
On = Callable[[float], Workspace]


@pytest.fixture
def on(any_ws: Workspace) -> On:
    """A portfolio, and its people so many days after its beginning."""

    def at(days: float) -> Workspace:
        return any_ws.as_actor(any_ws.actor, lambda: START + timedelta(days=days))

    add_portfolio(at(0))
    return at


def move(ws: Workspace, key: str, to: str, reason: str | None = None) -> None:
    lifecycle.move_project(ws, key, TransitionDraft(to=to, reason=reason, note="as agreed"))


def test_a_loop_after_a_favourable_answer_is_told_until_it_is_answered_again(on: On) -> None:
    add_project(on(0), stage="training")
    scoring.record_answers(on(1), "LAB-1", "Mara", levels(data_availability=5))
    move(on(10), "LAB-1", "data", "labels_unreliable")
    found = flow.get_flow(on(12), SLUG, Filters())
    assert [edge.words for edge in found.loops.edges] == [
        "One loop from Training back to Data: The labels cannot be trusted."
    ]
    (doubt,) = found.doubts
    assert (doubt.key, doubt.waiting_for, found.doubts_open) == ("LAB-1", ("Mara",), 1)
    assert flow.get_project_flow(on(12), "LAB-1").doubts == (doubt,)
    scoring.record_answers(on(13), "LAB-1", "Mara", levels(data_availability=2))
    found = flow.get_flow(on(14), SLUG, Filters())
    assert (found.doubts[0].waiting_for, found.doubts_open) == ((), 0)


def test_time_goes_by_although_nothing_changes(on: On) -> None:
    add_project(on(0), stage="planning", owner="Jo")
    for days in (3, 40):
        (stage,) = flow.get_flow(on(days), SLUG, Filters()).stuck.unsure
        (waiting,) = stage.longest
        assert (waiting.key, waiting.owner, waiting.days) == ("LAB-1", "Jo", days)
        assert "A metric contract is agreed" in waiting.open_points
        assert [stay.days for stay in flow.get_project_flow(on(days), "LAB-1").stages] == [days]


def test_the_open_points_are_those_of_the_project_itself(on: On) -> None:
    for number in range(1, 4):
        add_project(on(0), f"Project {number}", stage="planning", owner="Jo" if number == 2 else None)
    scoring.record_answers(on(1), "LAB-3", "Mara", levels(data_availability=5, cheap_prediction=2))
    (stage,) = flow.get_flow(on(9), SLUG, Filters()).stuck.unsure
    for waiting in stage.longest:
        lines = lifecycle.list_tasks(on(9), waiting.key)
        wanted = [one.name for one in lines if one.stage == "planning" and one.kind != "task" and not one.done]
        assert list(waiting.open_points) == wanted


def test_what_is_stated_of_ethics_and_shared_components_counts_at_the_gates(on: On) -> None:
    add_project(on(0), "Planned", stage="planning")
    add_project(on(0), "Trained", stage="training")
    readiness.record_readiness(on(1), "LAB-1", all_ethics())
    for line in infrastructure.get_checklist(on(1), "LAB-2").lines:
        infrastructure.record_shared(on(1), SLUG, line.component, SharedDraft(status="in_place"))
        draft = ChecklistDraft(status="missing", shared=line.component)
        infrastructure.record_component(on(1), "LAB-2", line.component, draft)
    told = {
        one.key: one.open_points
        for stage in flow.get_flow(on(9), SLUG, Filters()).stuck.unsure
        for one in stage.longest
    }
    for key, stage in (("LAB-1", "planning"), ("LAB-2", "training")):
        lines = lifecycle.list_tasks(on(9), key)
        assert list(told[key]) == [
            one.name for one in lines if (one.stage, one.kind, one.done) == (stage, "exit_criterion", False)
        ]


def test_filters_choose_who_is_told_and_not_how_long_a_stage_may_take(on: On) -> None:
    for number in range(6):
        key = add_project(on(0), f"Quick {number}", stage="planning").key
        lifecycle.move_project(on(3 + number), key, TransitionDraft(to="data", note="It is agreed."))
    slow = add_project(on(0), "Slow", stage="planning", owner="Jo").key
    whole = flow.get_flow(on(30), SLUG, Filters()).stuck
    assert [one.key for one in whole.projects] == [slow]
    assert flow.get_flow(on(30), SLUG, Filters(owner="Jo")).stuck.projects == whole.projects


def test_projects_leave_the_flow_by_status_outcome_and_bin_and_come_back(on: On) -> None:
    for number in range(1, 5):
        add_project(on(0), f"Project {number}", stage="deployment", status="active")
    add_project(on(0), "In use for years", stage="deployment", status="live")
    projects.update_project(on(10), "LAB-1", ProjectPatch(status="live"), None)
    forecasts.record_outcome(on(11), "LAB-2", OutcomeDraft(outcome="failure", ended_on=date(2026, 1, 10)))
    projects.delete_project(on(12), "LAB-3", None)
    projects.update_project(on(13), "LAB-4", ProjectPatch(owner="Jo"), None)

    def totals(days: float) -> list[tuple[int, int]]:
        points = flow.get_flow(on(days), SLUG, Filters()).cumulative.points
        return [(point.total, point.left) for point in points]

    # Mondays after the beginning are its days 6.6, 13.6, …: 9 h of the first Monday had gone by.
    assert totals(20) == [(3, 1), (1, 3), (1, 3)]
    (deployment,) = [time for time in flow.get_flow(on(20), SLUG, Filters()).times if time.stage == "deployment"]
    assert (deployment.completed, deployment.here, deployment.cut_short) == (1, 1, 1)
    assert deployment.median == 10

    projects.update_project(on(21), "LAB-1", ProjectPatch(status="active"), None)
    forecasts.record_outcome(on(22), "LAB-2", OutcomeDraft(outcome="reopened"))
    assert (
        flow.get_flow(on(22), SLUG, Filters()).cumulative.points[-1].total == 2
    )  # its status is for somebody to state
    projects.update_project(on(22.5), "LAB-2", ProjectPatch(status="active"), None)
    projects.restore_project(on(23), "LAB-3")
    assert totals(24)[-1] == (4, 0)
    assert [stay.visits for stay in flow.get_project_flow(on(24), "LAB-1").stages] == [2]


def test_filters_choose_and_unknown_words_are_refused(on: On) -> None:
    add_project(on(0), stage="data", owner="Jo")
    add_project(on(0), "Another", stage="data", owner="Ben")
    found = flow.get_flow(on(5), SLUG, Filters(owner="Jo"))
    assert found.cumulative.points[-1].total == 1
    assert [one.key for one in found.stuck.unsure[0].longest] == ["LAB-1"]
    with pytest.raises(Invalid):
        flow.get_flow(on(5), SLUG, Filters(stage="nowhere"))
    with pytest.raises(NotFound):
        flow.get_flow(on(5), "elsewhere", Filters())
    with pytest.raises(NotFound):
        flow.get_project_flow(on(5), "LAB-9")


def test_whoever_is_to_answer_unswayed_is_not_told_what_others_said(on: On) -> None:
    add_project(on(0), stage="training")
    scoring.record_answers(on(1), "LAB-1", "Ben", levels(data_availability=5))
    move(on(2), "LAB-1", "data", "labels_unreliable")
    assert flow.list_doubts(on(3), "LAB-1", "Jo")
    rounds.open_round(on(3), SLUG, RoundDraft(name="Spring", assessors=("Mara", "Ben")))
    assert flow.get_flow(on(4), SLUG, Filters()).doubts == ()  # Mara is asked
    assert flow.get_flow(on(4).as_actor("Jo"), SLUG, Filters()).doubts
    assert flow.list_doubts(on(4), "LAB-1", "Jo") == ()  # who is about to answer too
    assert flow.list_doubts(on(4), "LAB-1", "Ben")[0].assessors == ("Ben",)


def test_the_flow_survives_an_export(on: On) -> None:
    add_project(on(0), stage="deployment", status="active")
    projects.update_project(on(10), "LAB-1", ProjectPatch(status="live"), None)
    add_project(on(0), "Another", stage="training")
    move(on(4), "LAB-2", "data", "labels_unreliable")
    projects.delete_project(on(12), "LAB-2", None)
    before = flow.get_flow(on(20), SLUG, Filters())
    exports.import_document(on(20), exports.export_document(on(20), SLUG), "copy")
    after = flow.get_flow(on(20), "copy", Filters())
    assert (after.cumulative, after.times, after.loops) == (before.cumulative, before.times, before.loops)
