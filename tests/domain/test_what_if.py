"""What would move a project: laws of the shifts, the cost of accuracy, the flywheel, and what would be recorded."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import Invalid
from planner.domain.level_shifts import (
    accuracy_shift,
    cost_of_accuracy,
    expected_level,
    level_of_accuracy,
    level_quantile,
    nines,
    relative_cost,
    shifted,
)
from planner.domain.playbook_moves import AccuracyCost, Flywheel, Shift
from planner.domain.projects import Project
from planner.domain.scoring import Answer, Belief, belief_state, standings, triangle
from planner.domain.what_if import build_what_if
from planner.domain.what_if_draft import FlywheelAnswer, WhatIfDraft
from planner.domain.what_if_models import WhatIf
from tests.support.factories import NOW, answer, fsdl

PLAYBOOK = fsdl()
RULE, FLYWHEEL = cast(AccuracyCost, PLAYBOOK.accuracy_cost), cast(Flywheel, PLAYBOOK.flywheel)
LINKS = [question.id for question in FLYWHEEL.questions]
ALL_YES = {name: FlywheelAnswer(answer="yes", evidence=f"seen {name}") for name in LINKS}
SCORED = [answer(criterion.id, 3, confidence="informed") for criterion in PLAYBOOK.criteria]

steps = st.integers(-4, 4)
accuracies = st.floats(0, 99.9999)


@st.composite
def shifts(draw: st.DrawFn, least: int = -4) -> Shift:
    low, by, high = sorted(draw(st.lists(st.integers(least, 4), min_size=3, max_size=3)))
    return Shift(criterion="any", by=by, low=low, high=high)


@st.composite
def beliefs(draw: st.DrawFn) -> Belief:
    weights = draw(st.lists(st.integers(0, 20), min_size=5, max_size=5).filter(any))
    return cast(Belief, tuple(weight / sum(weights) for weight in weights))


def project(archetype: str | None = "autonomous", **said: Any) -> Project:
    standing = standings([belief_state((), PLAYBOOK)], PLAYBOOK)[0]
    plain: dict[str, Any] = {"stage": "planning", "version": 3}
    return Project(
        **{**plain, **said},
        id=1,
        key="LAB-1",
        portfolio="lab",
        name="Churn",
        archetype=archetype,
        created_at=NOW,
        updated_at=NOW,
        standing=standing,
    )


def tried(answers: list[Answer] = SCORED, archetype: str | None = "autonomous", **said: Any) -> WhatIf:
    return build_what_if(project(archetype), answers, "Mara", WhatIfDraft(**said), PLAYBOOK, None)


@given(beliefs(), shifts())
def test_a_shift_keeps_a_probability_distribution(belief: Belief, shift: Shift) -> None:
    moved = shifted(belief, shift)
    assert min(moved) >= 0
    assert sum(moved) == pytest.approx(1)


@given(beliefs(), shifts(least=0))
def test_a_favourable_shift_never_lowers_the_expected_level(belief: Belief, shift: Shift) -> None:
    assert expected_level(shifted(belief, shift)) >= expected_level(belief) - 1e-9


@given(beliefs(), shifts())
def test_a_shift_up_and_its_mirror_down_are_mirror_images(belief: Belief, shift: Shift) -> None:
    mirror = Shift(criterion="any", by=-shift.by, low=-shift.high, high=-shift.low)
    other = shifted(belief[::-1], mirror)[::-1]
    assert shifted(belief, shift) == pytest.approx(other)


@given(beliefs())
def test_a_shift_by_nothing_moves_nothing(belief: Belief) -> None:
    assert shifted(belief, Shift(criterion="any", by=0, low=0, high=0)) == belief


def test_a_shift_spreads_as_an_answer_does() -> None:
    # One level for sure, moved by 1 (0 to 2): the triangle of an answer one level higher.
    assert shifted(triangle(2, 2, 2), Shift(criterion="any", by=1, low=0, high=2)) == pytest.approx(triangle(3, 2, 4))
    assert shifted(triangle(5, 5, 5), Shift(criterion="any", by=2, low=1, high=3)) == (0, 0, 0, 0, 1)


@given(beliefs())
def test_a_new_belief_can_be_recorded_as_an_answer(belief: Belief) -> None:
    low, level, high = level_quantile(belief, 0.05), int(expected_level(belief) + 0.5), level_quantile(belief, 0.95)
    assert 1 <= low <= level <= high <= 5


def test_cost_by_nines() -> None:
    # −log₁₀(1 − accuracy): 90, 99 and 99.9 per cent are one, two and three nines; each costs k times the one before.
    assert [nines(value) for value in (0, 90, 99, 99.9)] == [0, 1, 2, 3]
    assert relative_cost(99, 99.9, 4) == pytest.approx(4)
    assert relative_cost(99.9, 90, 4) == pytest.approx(1 / 16)
    found = cost_of_accuracy(RULE, 99.9, 99, None)
    assert (found.factor, found.low, found.high) == pytest.approx((1 / 4, 1 / 4, 1 / 3.2))
    assert "rule of thumb" in found.note
    stated = cost_of_accuracy(RULE, 99.9, 99, 10)
    assert (stated.factor, stated.low, stated.high) == pytest.approx((0.1, 0.1, 0.1))


@given(accuracies, accuracies, st.floats(1.1, 100))
def test_the_way_back_costs_the_inverse(one: float, other: float, per_nine: float) -> None:
    assert relative_cost(one, other, per_nine) * relative_cost(other, one, per_nine) == pytest.approx(1)
    assert relative_cost(one, one, per_nine) == 1


@given(accuracies, accuracies)
def test_levels_of_accuracy_move_alike_both_ways(one: float, other: float) -> None:
    there, back = accuracy_shift(RULE, one, other), accuracy_shift(RULE, other, one)
    if there is None or back is None:
        assert there is back is None
        assert level_of_accuracy(RULE, one) == level_of_accuracy(RULE, other)
        return
    assert (there.by, there.low, there.high) == (-back.by, -back.high, -back.low)
    assert there.low * there.high >= 0, "never against the direction of the change"


def test_levels_are_read_off_as_they_are_worded() -> None:
    assert [level_of_accuracy(RULE, value) for value in (99.95, 99.9, 99.5, 99, 97, 95, 90, 50)] == [
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        5,
    ]


def test_without_a_lever_nothing_changes() -> None:
    found = tried()
    assert found.after == found.before
    assert found.moves == ()
    assert not any(line.moved for line in found.criteria)
    assert found.recording.empty
    assert found.recording.standing == found.before
    assert found.archetype_after == "autonomous"


favourable = [lever.id for lever in PLAYBOOK.levers if lever.shifts and all(shift.low >= 0 for shift in lever.shifts)]


@pytest.mark.parametrize("lever", favourable)
def test_a_favourable_lever_never_lowers_a_standing(lever: str) -> None:
    archetype = next(iter(next(entry for entry in PLAYBOOK.levers if entry.id == lever).archetypes), "autonomous")
    found = tried(archetype=archetype, levers=(lever,))
    assert found.after.priority.expected > found.before.priority.expected
    assert all(line.expected_after >= line.expected_before for line in found.criteria)


def test_a_lever_for_what_another_makes_of_the_project_can_be_pulled_with_it() -> None:
    both = tried(levers=("human_approval", "product_design"))
    assert [move.id for move in both.moves] == ["human_approval", "product_design"]
    with pytest.raises(Invalid) as caught:
        tried(levers=("product_design",))
    assert "is for projects of the archetype" in caught.value.errors[0].message


def test_each_move_is_told_alone_with_its_rule_and_source() -> None:
    found = tried(levers=("guardrails", "human_approval"))
    assert [move.id for move in found.moves] == ["human_approval", "guardrails"]
    for move in found.moves:
        assert move.rule
        assert move.source
        assert move.alone == tried(levers=(move.id,)).after
    assert found.archetype_after == "human_in_the_loop"
    assert found.after.feasibility.expected > found.moves[0].alone.feasibility.expected


def test_the_bonus_of_the_flywheel_needs_every_yes() -> None:
    assert tried(flywheel=ALL_YES).moves[0].id == "flywheel"
    for name in LINKS:
        for answer_ in (FlywheelAnswer(answer="no"), FlywheelAnswer()):
            found = tried(flywheel={**ALL_YES, name: answer_})
            assert found.flywheel is not None
            assert (found.flywheel.passed, found.flywheel.missing) == (False, (name,))
            assert (found.moves, found.after) == ((), found.before)


def test_the_data_loop_makes_one_link_a_yes_and_the_others_stay_open() -> None:
    rest = {name: said for name, said in ALL_YES.items() if name != "labels_return"}
    found = tried(levers=("data_loop",))
    assert found.flywheel is not None
    assert found.flywheel.missing == tuple(rest)
    assert [move.id for move in tried(levers=("data_loop",), flywheel=rest).moves] == ["data_loop", "flywheel"]


def test_what_is_recorded_is_the_new_belief_of_what_was_answered() -> None:
    answers = [one for one in SCORED if one.criterion != "accuracy_requirement"]
    found = tried(answers, flywheel=ALL_YES, levers=("guardrails",))
    by_name = {line.criterion: line for line in found.criteria}
    assert found.recording.left_out == ("accuracy_requirement",)
    assert by_name["accuracy_requirement"].after != by_name["accuracy_requirement"].before
    assert set(found.recording.answers) == {"cheap_prediction", "product_need"}
    draft = found.recording.answers["product_need"]
    line = by_name["product_need"]
    assert draft.level == int(line.expected_after + 0.5)
    assert (draft.low, draft.high) == (level_quantile(line.after, 0.05), level_quantile(line.after, 0.95))
    assert "Data flywheel" in draft.rationale
    assert "FSDL" in draft.rationale
    assert draft.evidence == "; ".join(f"{question.name}: seen {question.id}" for question in FLYWHEEL.questions)


def test_what_does_not_apply_does_not_move() -> None:
    answers = [one for one in SCORED if one.criterion != "accuracy_requirement"]
    answers.append(answer("accuracy_requirement", not_applicable=True))
    found = tried(answers, levers=("guardrails",))
    line = next(line for line in found.criteria if line.criterion == "accuracy_requirement")
    assert (line.applicable, line.moved) == (False, False)
    assert "accuracy_requirement" not in (*found.recording.answers, *found.recording.left_out)


def test_answers_of_others_stay_in_what_would_follow() -> None:
    others = [answer(one.criterion, 1, confidence="measured", assessor="Ben") for one in SCORED]
    found = tried([*SCORED, *others], levers=("guardrails",))
    assert found.recording.standing.feasibility.expected < found.after.feasibility.expected


def test_the_classifier_decides_which_levers_can_be_tried() -> None:
    found = tried(archetype=None, classify={"automated_today": False, "approved_each": False}, levers=("guardrails",))
    assert found.recording.archetype == "autonomous"
    with pytest.raises(Invalid) as caught:
        tried(archetype=None, levers=("guardrails",))
    assert "for projects of the archetype Autonomous" in caught.value.errors[0].message


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"levers": ("magic",)}, "levers.0"),
        ({"levers": ("product_design",)}, "levers.0"),
        ({"levers": ("relax_accuracy",)}, "accuracy_from"),
        ({"levers": ("relax_accuracy",), "accuracy_from": 99, "accuracy_to": 99}, "accuracy_to"),
        ({"classify": {"magic": True}}, "classify.magic"),
        ({"flywheel": {"magic": FlywheelAnswer()}}, "flywheel.magic"),
    ],
)
def test_what_the_playbook_does_not_have_is_refused_by_field(said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        tried(**said)
    assert caught.value.errors[0].field == field


def test_relaxing_the_accuracy_moves_its_criterion_and_its_cost() -> None:
    found = tried(levers=("relax_accuracy",), accuracy_from=99.9, accuracy_to=99)
    assert [(shift.criterion, shift.by, shift.low, shift.high) for shift in found.moves[0].shifts] == [
        ("accuracy_requirement", 1, 0, 2)
    ]
    assert found.accuracy is not None
    assert found.accuracy.factor == pytest.approx(1 / 4)
    assert "99.9 % → 99 %" in found.recording.answers["accuracy_requirement"].rationale
    same = tried(levers=("relax_accuracy",), accuracy_from=99.5, accuracy_to=99.1)
    assert (same.moves[0].shifts, same.after) == ((), same.before)


def test_the_archetype_changes_components_floor_and_questions() -> None:
    found = {effect.archetype: effect for effect in tried(archetype="software_2_0").archetypes}
    assert found["software_2_0"].stated
    assert (found["software_2_0"].added, found["software_2_0"].dropped) == ((), ())
    assert {effect.floor_of_readiness for effect in found.values()} == {1, 3}
    assert found["autonomous"].wordings["accuracy_requirement"].startswith("What failure rate")
    assert found["autonomous"].added == ("data.labelling",)
    assert (found["software_2_0"].required, found["autonomous"].required) == (9, 10)
    back = {effect.archetype: effect for effect in tried(archetype="autonomous").archetypes}
    assert back["software_2_0"].dropped == ("data.labelling",)


def test_a_playbook_without_levers_moves_nothing_and_says_so() -> None:
    nothing = {"classifier": (), "levers": (), "flywheel": None, "accuracy_cost": None}
    bare = PLAYBOOK.model_copy(update=nothing)
    asked = WhatIfDraft(accuracy_from=99.9, accuracy_to=99)
    found = build_what_if(project(), SCORED, "Mara", asked, bare, None)
    assert (found.flywheel, found.accuracy, found.classification.next, found.moves) == (None, None, None, ())
    assert found.after == found.before
    with pytest.raises(Invalid) as caught:
        build_what_if(project(), SCORED, "Mara", WhatIfDraft(levers=("guardrails",)), bare, None)
    assert "the playbook has no levers" in caught.value.errors[0].message
