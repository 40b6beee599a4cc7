"""Tasks, gates and moves of stored projects, and the board."""

from __future__ import annotations

import pytest

from planner.domain.assessments import ReadinessDraft, RiskAnswer
from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.metrics_runs import RunDraft
from planner.domain.projects import Filters, ProjectPatch
from planner.domain.scoring import AnswerDraft
from planner.services import infrastructure, lifecycle, metrics, metrics_runs, projects, readiness, scoring
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, all_ethics, contract_draft, fsdl

ORDER = [stage.id for stage in fsdl().stages]


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio with one project in planning."""
    add_portfolio(any_ws)
    add_project(any_ws, stage="planning")
    return any_ws


def open_gate(ws: Workspace, to: str) -> tuple[str, ...]:
    return next(move.open_points for move in lifecycle.list_moves(ws, "LAB-1") if move.to == to)


def test_the_gate_closes_point_by_point_as_the_facts_arrive(lab: Workspace) -> None:
    assert len(open_gate(lab, "data")) == 9
    projects.update_project(lab, "LAB-1", ProjectPatch(owner="Mara", archetype="autonomous"), None)
    assert len(open_gate(lab, "data")) == 7
    backed = AnswerDraft(level=3, confidence="measured", rationale="counted")
    scoring.record_answers(lab, "LAB-1", "Mara", {criterion.id: backed for criterion in fsdl().criteria})
    assert len(open_gate(lab, "data")) == 4
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", baseline=0.7))
    assert open_gate(lab, "data") == ("Harm and fairness are answered in writing", "The tier of risk is known")
    readiness.record_readiness(lab, "LAB-1", all_ethics())
    outside = {"eu_ai_act": {"in_union": RiskAnswer(answer="no")}}
    readiness.record_readiness(lab, "LAB-1", ReadinessDraft.model_validate({"risk": outside}))
    assert open_gate(lab, "data") == ()
    moved = lifecycle.move_project(lab, "LAB-1", TransitionDraft(to="data"))
    assert (moved.kind, moved.open_points) == ("forward", ())
    assert projects.get_project(lab, "LAB-1").stage == "data"


def test_a_move_past_an_open_gate_keeps_the_open_points_and_the_note(lab: Workspace) -> None:
    with pytest.raises(Invalid):
        lifecycle.move_project(lab, "LAB-1", TransitionDraft(to="data"))
    assert lifecycle.list_transitions(lab, "LAB-1")[1:] == ()
    moved = lifecycle.move_project(lab, "LAB-1", TransitionDraft(to="data", note="the season starts"))
    assert len(moved.open_points) == 9
    assert lifecycle.list_transitions(lab, "LAB-1")[-1] == moved
    assert projects.get_project(lab, "LAB-1").version == 2


def test_every_way_through_the_playbook_is_kept_in_order(lab: Workspace) -> None:
    walk = [
        ("data", None), ("planning", "data_too_hard"), ("data", None), ("training", None), ("data", "more_data_needed"),
        ("training", None), ("planning", "task_too_hard"), ("data", None), ("training", None), ("deployment", None),
        ("training", "pilot_falls_short"), ("deployment", None), ("data", "hard_cases_missing"), ("training", None),
        ("deployment", None), ("planning", "poor_in_practice"),
    ]  # fmt: skip
    for to, reason in walk:
        lifecycle.move_project(lab, "LAB-1", TransitionDraft(to=to, reason=reason, note="on purpose"))
    kept = lifecycle.list_transitions(lab, "LAB-1")[1:]
    assert [(one.to, one.reason) for one in kept] == walk
    assert [one.start for one in kept] == ["planning", *(to for to, _ in walk[:-1])]
    assert {(one.start, one.to) for one in kept} == {(edge.start, edge.end) for edge in fsdl().edges}
    assert projects.get_project(lab, "LAB-1").stage == "planning"


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (TransitionDraft(to="planning"), Conflict),
        (TransitionDraft(to="training", note="x"), Conflict),
        (TransitionDraft(to="deployment", note="x"), Conflict),
        (TransitionDraft(to="production", note="x"), Invalid),
        (TransitionDraft(to="data", reason="data_too_hard", note="x"), Invalid),
    ],
)
def test_a_move_that_is_refused_changes_nothing(lab: Workspace, draft: TransitionDraft, error: type[Exception]) -> None:
    before, kept = projects.get_project(lab, "LAB-1"), lifecycle.list_transitions(lab, "LAB-1")
    with pytest.raises(error):
        lifecycle.move_project(lab, "LAB-1", draft)
    assert projects.get_project(lab, "LAB-1") == before
    assert lifecycle.list_transitions(lab, "LAB-1") == kept


def test_an_unstated_stage_may_be_placed_anywhere(lab: Workspace) -> None:
    for number, stage in enumerate(ORDER, 2):
        add_project(lab)
        moved = lifecycle.move_project(lab, f"LAB-{number}", TransitionDraft(to=stage))
        assert (moved.start, moved.kind, projects.get_project(lab, f"LAB-{number}").stage) == (None, "placed", stage)


def test_a_computed_point_cannot_be_ticked(lab: Workspace) -> None:
    with pytest.raises(Conflict, match="computed from the data"):
        lifecycle.mark_task(lab, "LAB-1", "owner_named", True)
    with pytest.raises(NotFound, match="no task 'nonsense'"):
        lifecycle.mark_task(lab, "LAB-1", "nonsense", True)


def test_a_tick_can_be_taken_back_and_the_same_tick_is_no_change(lab: Workspace) -> None:
    lifecycle.mark_task(lab, "LAB-1", "state_problem", True, "told")
    before = projects.get_project(lab, "LAB-1")
    lifecycle.mark_task(lab, "LAB-1", "state_problem", True, "told")
    assert projects.get_project(lab, "LAB-1") == before
    assert not lifecycle.mark_task(lab, "LAB-1", "state_problem", False, "").done
    found = {line.task: line.done for line in lifecycle.list_tasks(lab, "LAB-1")}
    assert found["state_problem"] is False


def test_training_is_left_when_a_run_qualifies_and_its_infrastructure_is_there(lab: Workspace) -> None:
    add_project(lab, stage="training")

    def points() -> dict[str, bool]:
        return {line.task: line.done for line in lifecycle.list_tasks(lab, "LAB-2") if line.stage == "training"}

    metrics.set_contract(lab, "LAB-2", contract_draft("maximise recall", "latency <= 100"))
    metrics_runs.record_runs(lab, "LAB-2", [RunDraft(name="slow", metrics={"recall": 1, "latency": 101})])
    assert (points()["run_recorded"], points()["run_qualifies"]) == (True, False)
    metrics_runs.record_runs(lab, "LAB-2", [RunDraft(name="fast", metrics={"recall": 0.5, "latency": 100})])
    assert points()["run_qualifies"]
    required = [line for line in infrastructure.get_checklist(lab, "LAB-2").lines if line.requirement == "required"]
    for line in required:
        assert not points()["training_infrastructure"]
        infrastructure.record_component(lab, "LAB-2", line.component, ChecklistDraft(status="in_place"))
    assert points()["training_infrastructure"]


def test_the_board_holds_every_project_once_in_the_column_of_its_stage(lab: Workspace) -> None:
    for number in range(70):
        add_project(lab, f"p{number}", stage=[None, *ORDER][number % 2], owner="Mara" if number % 3 else None)
    board = lifecycle.get_board(lab, SLUG, Filters(sort="key"))
    assert [column.stage for column in board.columns] == [*ORDER, None]
    assert {column.stage: column.count for column in board.columns if column.count} == {"planning": 36, None: 35}
    assert [len(column.projects) for column in board.columns] == [30, 0, 0, 0, 30]
    for column in board.columns:
        assert {card.stage for card in column.projects} <= {column.stage}
    filtered = lifecycle.get_board(lab, SLUG, Filters(owner="Mara", stage="planning"))
    assert sum(column.count for column in filtered.columns) == 23
    assert sum(len(column.projects) for column in filtered.columns) == 23
