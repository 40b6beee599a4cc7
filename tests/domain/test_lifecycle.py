"""Gates and moves: what the data decide, which way is open, and what a move must say."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.assessments import Assessment
from planner.domain.errors import Conflict, Invalid
from planner.domain.infrastructure import ChecklistItem, build_checklist
from planner.domain.lifecycle import (
    Facts,
    TaskLine,
    TaskMark,
    TransitionDraft,
    decide_move,
    judge_check,
    moves,
    open_points,
    task_lines,
)
from planner.domain.metrics_judging import judge
from planner.domain.playbook_lifecycle import Check, Edge
from planner.domain.projects import Project
from planner.domain.scoring import Answer, belief_state, standings
from tests.support.factories import NOW, answer, contract, fsdl, runs

PLAYBOOK = fsdl()
ORDER = [stage.id for stage in PLAYBOOK.stages]
IMPACT = [criterion.id for criterion in PLAYBOOK.impact.criteria]
FEASIBILITY = [criterion.id for criterion in PLAYBOOK.feasibility.criteria]


def facts(*, stage: str | None = "planning", answers: tuple[Answer, ...] = (), **known: Any) -> Facts:
    """Everything a gate looks at; a project of which nothing more is known unless named."""
    project = Project(
        id=1,
        key="LAB-1",
        portfolio="lab",
        name="Churn",
        owner=known.get("owner"),
        archetype=known.get("archetype"),
        stage=stage,
        created_at=NOW,
        updated_at=NOW,
        version=1,
        standing=standings([belief_state(answers, PLAYBOOK)], PLAYBOOK)[0],
    )
    agreed = known.get("contract")
    items = [
        ChecklistItem(component=component, status=status, recorded_at=NOW, recorded_by="Mara")
        for component, status in known.get("checklist", {}).items()
    ]
    return Facts(
        project=project,
        answers=answers,
        contract=agreed,
        verdict=judge(agreed, known.get("runs", [])) if agreed else None,
        checklist=build_checklist(stage, project.archetype, None, items, PLAYBOOK).lines,
        assessments=known.get("assessments", ()),
    )


def stated(kind: Any, value: str, items: Iterable[str], rules: str = "") -> tuple[Assessment, ...]:
    version = 1 if rules else None
    return tuple(
        Assessment(
            kind=kind, rules=rules, rules_version=version, item=item, value=value, recorded_at=NOW, recorded_by="Ben"
        )
        for item in items
    )


assert PLAYBOOK.ethics is not None
assert PLAYBOOK.readiness is not None
TESTS = [test.id for test in PLAYBOOK.readiness.tests]
ETHICS = stated("ethics", "yes", (question.id for question in PLAYBOOK.ethics.questions))
OUT_OF_SCOPE = stated("risk", "no", ["in_union"], "eu_ai_act")


AGREED = contract("maximise recall", "latency <= 100", baseline=0.7)
GOOD_RUN = runs({"x": {"recall": 0.8, "latency": 90}})
BAD_RUN = runs({"x": {"recall": 0.8, "latency": 190}})
BLIND_RUN = runs({"x": {"recall": 0.8}})


def complete(stage: str) -> Facts:
    """Facts under which every computed point of the stage is met."""
    answers = tuple(answer(name, 4, rationale="counted") for name in (*IMPACT, *FEASIBILITY))
    checklist = {component.id: "in_place" for component in PLAYBOOK.components}
    return facts(
        stage=stage,
        answers=answers,
        owner="Mara",
        archetype="autonomous",
        contract=AGREED,
        runs=GOOD_RUN,
        checklist=checklist,
        assessments=(*ETHICS, *OUT_OF_SCOPE, *stated("test", "manual", TESTS)),
    )


@pytest.mark.parametrize(
    ("check", "known", "met", "why"),
    [
        ("owner_named", {}, False, "no owner is named"),
        ("owner_named", {"owner": "Mara"}, True, "Mara"),
        ("archetype_stated", {}, False, "no archetype is stated"),
        ("archetype_stated", {"archetype": "autonomous"}, True, "Autonomous"),
        ("impact_answered", {}, False, "0 of 4 impact criteria scored"),
        ("impact_answered", {"answers": (answer(IMPACT[0], 1),)}, True, "1 of 4 impact criteria scored"),
        (
            "impact_answered",
            {"answers": (answer(IMPACT[0], not_applicable=True),)},
            False,
            "0 of 4 impact criteria scored",
        ),
        ("impact_answered", {"answers": (answer(FEASIBILITY[0], 3),)}, False, "0 of 4 impact criteria scored"),
        (
            "feasibility_answered",
            {"answers": tuple(answer(name, 3) for name in FEASIBILITY[:2])},
            False,
            "2 of 3 feasibility criteria answered",
        ),
        (
            "feasibility_answered",
            {"answers": (*(answer(name, 3) for name in FEASIBILITY[:2]), answer(FEASIBILITY[2], not_applicable=True))},
            True,
            "3 of 3 feasibility criteria answered",
        ),
        (
            "feasibility_evidenced",
            {
                "answers": (
                    answer(FEASIBILITY[0], 3, rationale="asked"),
                    answer(FEASIBILITY[1], 3, evidence="https://example.org"),
                    answer(FEASIBILITY[2], 3),
                )
            },
            False,
            "2 of 3 with a rationale or evidence",
        ),
        (
            "feasibility_evidenced",
            {"answers": tuple(answer(name, 3, rationale="asked") for name in FEASIBILITY)},
            True,
            "3 of 3 with a rationale or evidence",
        ),
        ("contract_agreed", {}, False, "no metric contract yet"),
        ("contract_agreed", {"contract": AGREED}, True, "version 1"),
        ("ethics_answered", {}, False, "0 of 21 ethics questions answered"),
        ("ethics_answered", {"assessments": ETHICS[1:]}, False, "20 of 21 ethics questions answered"),
        ("ethics_answered", {"assessments": ETHICS}, True, "21 of 21 ethics questions answered"),
        (
            "ethics_answered",
            {"assessments": (*ETHICS, *stated("ethics", "no", ["collection.consent"]))},
            True,
            "21 of 21 ethics questions answered, 1 of them with no",
        ),
        ("risk_triaged", {}, False, "no question about risk is answered"),
        ("risk_triaged", {"assessments": OUT_OF_SCOPE}, True, "EU AI Act: Out of scope"),
        (
            "risk_triaged",
            {"assessments": (*OUT_OF_SCOPE, *stated("risk", "yes", ["federal_agency"], "us_m_25_21"))},
            False,
            "EU AI Act: Out of scope; US federal high-impact AI: cannot be told yet",
        ),
        ("readiness_floor_met", {}, False, "no archetype is stated, so no floor is known"),
        (
            "readiness_floor_met",
            {"archetype": "autonomous", "assessments": stated("test", "manual", TESTS)},
            True,
            "3.5; 3 is asked of Autonomous; lowest in Data, Model, Infrastructure and Monitoring",
        ),
        (
            "readiness_floor_met",
            {"archetype": "software_2_0", "assessments": stated("test", "manual", TESTS[:8])},
            False,
            (
                "0 from what is stated so far; 1 is asked of Software 2.0; lowest in Infrastructure and Monitoring; "
                "8 of 28 tests stated"
            ),
        ),
        ("baseline_recorded", {}, False, "no baseline of the optimised metric"),
        ("baseline_recorded", {"contract": contract("maximise recall")}, False, "no baseline of the optimised metric"),
        ("baseline_recorded", {"contract": AGREED}, True, "baseline 0.7"),
        ("baseline_recorded", {"contract": contract("minimise cost", baseline=0)}, True, "baseline 0"),
        ("run_recorded", {}, False, "0 runs under the contract"),
        ("run_recorded", {"contract": AGREED}, False, "0 runs under the contract"),
        ("run_recorded", {"contract": AGREED, "runs": BAD_RUN}, True, "1 run under the contract"),
        ("run_qualifies", {"contract": AGREED, "runs": BAD_RUN}, False, "0 runs qualify"),
        ("run_qualifies", {"contract": AGREED, "runs": BLIND_RUN}, False, "0 runs qualify"),
        ("run_qualifies", {"contract": AGREED, "runs": GOOD_RUN}, True, "1 run qualifies"),
        ("checklist_in_place", {}, False, "0 of 2 required components in place"),
        (
            "checklist_in_place",
            {"checklist": {"data.exploration": "in_place", "training.software_engineering": "partial"}},
            False,
            "1 of 2 required components in place",
        ),
        (
            "checklist_in_place",
            {"checklist": {"data.exploration": "in_place", "training.software_engineering": "not_needed"}},
            True,
            "2 of 2 required components in place",
        ),
    ],
)
def test_what_the_data_decide(check: Check, known: dict[str, Any], met: bool, why: str) -> None:
    assert judge_check(check, facts(**known), PLAYBOOK) == (met, why)


def test_tasks_and_points_of_all_stages_stand_in_their_order() -> None:
    lines = task_lines(PLAYBOOK.stages, (), facts(), PLAYBOOK)
    wanted = [(stage.id, entry.id) for stage in PLAYBOOK.stages for entry in (*stage.tasks, *stage.exit_criteria)]
    assert [(line.stage, line.task) for line in lines] == wanted
    assert len({line.task for line in lines}) == len(lines)
    computed = [line for line in lines if line.computed]
    assert {line.kind for line in computed} == {"exit_criterion"}
    assert all(line.why for line in computed)
    assert not any(line.done for line in lines if not line.computed)


def test_the_last_tick_counts_and_a_tick_never_moves_a_computed_point() -> None:
    def mark(task: str, done: bool, note: str = "") -> TaskMark:
        return TaskMark(task=task, done=done, note=note, recorded_at=NOW, recorded_by="Ben")

    marks = [
        mark("state_problem", True),
        mark("benchmark_versioned", True, "asked the council"),
        mark("ethics_answered", True, "ticked before the questions were asked one by one"),
        mark("state_problem", False, "the need went away"),
        mark("owner_named", True),
    ]
    lines = {line.task: line for line in task_lines(PLAYBOOK.stages, marks, facts(), PLAYBOOK)}
    assert (lines["state_problem"].done, lines["state_problem"].note) == (False, "the need went away")
    assert (lines["benchmark_versioned"].done, lines["benchmark_versioned"].recorded_by) == (True, "Ben")
    ethics = lines["ethics_answered"]  # it is computed now; what was noted stays in sight
    assert (ethics.done, ethics.computed, ethics.recorded_by) == (False, True, "Ben")
    assert ethics.note.startswith("ticked before")
    assert not lines["owner_named"].done


def test_open_points_are_those_of_the_stage_alone() -> None:
    lines = task_lines(PLAYBOOK.stages, (), complete("planning"), PLAYBOOK)
    assert open_points(lines, "planning") == ()
    assert [line.task for line in open_points(lines, "deployment")] == [
        "pilot_passed",
        "rollback_proven",
        "monitoring_live",
    ]
    assert len(open_points(lines, "data")) == 3
    assert open_points(lines, None) == ()


def test_a_project_without_a_stage_may_be_placed_anywhere() -> None:
    found = moves(None, (), PLAYBOOK)
    assert [(move.to, move.kind) for move in found] == [(stage, "placed") for stage in ORDER]
    for stage in ORDER:
        placed = decide_move(None, TransitionDraft(to=stage), (), PLAYBOOK, NOW, "Mara")
        assert (placed.start, placed.to, placed.kind, placed.reason) == (None, stage, "placed", None)
    with pytest.raises(Invalid, match="correcting"):
        decide_move(None, TransitionDraft(to="data", reason="data_too_hard"), (), PLAYBOOK, NOW, "Mara")


@pytest.mark.parametrize("edge", PLAYBOOK.edges, ids=lambda edge: f"{edge.start}-{edge.end}")
def test_every_edge_of_the_playbook_can_be_walked(edge: Edge) -> None:
    lines = task_lines(PLAYBOOK.stages, (), facts(stage=edge.start), PLAYBOOK)
    forward = ORDER.index(edge.end) > ORDER.index(edge.start)
    if forward:
        moved = decide_move(edge.start, TransitionDraft(to=edge.end, note="in a hurry"), lines, PLAYBOOK, NOW, "Mara")
        assert (moved.kind, moved.reason) == ("forward", None)
        assert moved.open_points == tuple(line.name for line in open_points(lines, edge.start))
        assert moved.open_points
    for reason in edge.reasons:
        moved = decide_move(edge.start, TransitionDraft(to=edge.end, reason=reason.id), lines, PLAYBOOK, NOW, "Mara")
        assert (moved.kind, moved.reason, moved.open_points) == ("back", reason.id, ())
    assert forward == (not edge.reasons)


@pytest.mark.parametrize(("start", "end"), [(a, b) for a in ORDER for b in ORDER if PLAYBOOK.edge(a, b) is None])
def test_where_there_is_no_edge_there_is_no_move(start: str, end: str) -> None:
    with pytest.raises(Conflict, match="already" if start == end else f"no move from '{start}' to '{end}'; possible"):
        decide_move(start, TransitionDraft(to=end, note="please"), (), PLAYBOOK, NOW, "Mara")


def test_going_back_needs_a_reason_of_that_very_edge() -> None:
    for reason in (None, "labels_unreliable", "bored"):
        with pytest.raises(Invalid) as refused:
            decide_move("data", TransitionDraft(to="planning", reason=reason, note="x"), (), PLAYBOOK, NOW, "Mara")
        assert refused.value.errors[0].field == "reason"
        assert "data_too_hard, easier_task" in refused.value.errors[0].message


def test_going_on_takes_no_reason_code() -> None:
    with pytest.raises(Invalid) as refused:
        decide_move("planning", TransitionDraft(to="data", reason="data_too_hard"), (), PLAYBOOK, NOW, "Mara")
    assert refused.value.errors[0].field == "reason"


def test_an_open_gate_needs_a_note_and_a_closed_one_does_not() -> None:
    closed = task_lines(PLAYBOOK.stages, (), complete("planning"), PLAYBOOK)
    moved = decide_move("planning", TransitionDraft(to="data"), closed, PLAYBOOK, NOW, "Mara")
    assert moved.open_points == ()
    opened = task_lines(PLAYBOOK.stages, (), complete("planning").model_copy(update={"assessments": ()}), PLAYBOOK)
    for note in ("", "   "):
        with pytest.raises(Invalid) as refused:
            decide_move("planning", TransitionDraft(to="data", note=note), opened, PLAYBOOK, NOW, "Mara")
        assert refused.value.errors[0].field == "note"
        assert "Harm and fairness" in refused.value.errors[0].message


def test_an_unknown_stage_is_named_with_those_there_are() -> None:
    with pytest.raises(Invalid) as refused:
        decide_move("data", TransitionDraft(to="production"), (), PLAYBOOK, NOW, "Mara")
    assert refused.value.errors[0].field == "to"
    assert ", ".join(ORDER) in refused.value.errors[0].message


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*ORDER, "production"]),
            st.none()
            | st.text(max_size=3)
            | st.sampled_from([reason.id for edge in PLAYBOOK.edges for reason in edge.reasons]),
            st.booleans(),
        ),
        max_size=25,
    )
)
def test_whatever_is_asked_the_stage_stays_one_of_the_playbook(
    asked: list[tuple[str, str | None, bool]],
) -> None:
    present: str | None = None
    walked = []
    for to, reason, noted in asked:
        lines = task_lines(PLAYBOOK.stages, (), facts(stage=present), PLAYBOOK)
        offered = {move.to: move for move in moves(present, lines, PLAYBOOK)}
        draft = TransitionDraft(to=to, reason=reason, note="because" if noted else "")
        try:
            moved = decide_move(present, draft, lines, PLAYBOOK, NOW, "Mara")
        except (Invalid, Conflict):
            continue
        assert moved.start == present
        assert moved.kind == offered[to].kind
        walked.append(moved)
        present = moved.to
        assert present in ORDER
    for before, after in pairwise(walked):
        assert before.to == after.start
        assert PLAYBOOK.edge(after.start, after.to) is not None


@pytest.mark.parametrize("present", [None, *ORDER])
def test_every_move_that_is_offered_is_allowed(present: str | None) -> None:
    lines: tuple[TaskLine, ...] = task_lines(PLAYBOOK.stages, (), facts(stage=present), PLAYBOOK)
    offered = moves(present, lines, PLAYBOOK)
    assert offered or present is None
    for move in offered:
        reason = move.reasons[0][0] if move.reasons else None
        draft = TransitionDraft(to=move.to, reason=reason, note="known" if move.open_points else "")
        moved = decide_move(present, draft, lines, PLAYBOOK, NOW, "Mara")
        assert (moved.kind, moved.open_points) == (move.kind, move.open_points)
