"""The worked values of the scoring model, and what an answer may say."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from planner.domain.playbook import Playbook
from planner.domain.scoring import (
    Answer,
    AnswerDraft,
    Standing,
    answer_range,
    belief_state,
    current_answers,
    dimension_left_empty,
    quadrant_of,
    standings,
    triangle,
    unknown_criteria,
)
from tests.support.factories import answer, fsdl

IMPACT = ("cheap_prediction", "product_need", "ml_strength", "inspiration")
FEASIBILITY = ("data_availability", "accuracy_requirement", "problem_difficulty")


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return fsdl()


def standing(playbook: Playbook, *answers: Answer, impact_share: float | None = None) -> Standing:
    return standings([belief_state(answers, playbook)], playbook, impact_share)[0]


def measured(**levels: int) -> list[Answer]:
    return [answer(criterion, level, confidence="measured") for criterion, level in levels.items()]


def test_a_project_nobody_has_scored_sits_at_the_centre_in_no_quadrant(playbook: Playbook) -> None:
    unknown = standing(playbook)
    # E[max] = 5 − (.35⁴ + .65⁴ + .85⁴ + .95⁴) = 3.469975 and E[mean] = 2.2, so impact = .6·3.469975 + .4·2.2.
    assert unknown.impact.expected == 2.961985
    assert unknown.feasibility.expected == 3.0
    assert unknown.priority.expected == pytest.approx(2.9809925, abs=1e-6)
    assert (unknown.quadrant, unknown.quadrant_probability) == (None, None)
    assert (unknown.answered, unknown.of) == (0, 7)


def test_an_unscored_project_has_the_widest_intervals(playbook: Playbook) -> None:
    unknown = standing(playbook)
    for criterion in playbook.criteria:
        for level in range(1, 6):
            known = standing(playbook, *measured(**{criterion.id: level}))
            axis = "impact" if criterion.id in IMPACT else "feasibility"
            before, after = getattr(unknown, axis), getattr(known, axis)
            assert after.high - after.low <= before.high - before.low


@pytest.mark.parametrize(
    ("said", "belief"),
    [
        ((4, 4, 4), [0, 0, 0, 1, 0]),
        ((4, 3, 5), [0, 0, 1 / 4, 2 / 4, 1 / 4]),
        ((3, 1, 5), [1 / 9, 2 / 9, 3 / 9, 2 / 9, 1 / 9]),
        ((1, 1, 3), [3 / 6, 2 / 6, 1 / 6, 0, 0]),
        ((5, 1, 5), [1 / 15, 2 / 15, 3 / 15, 4 / 15, 5 / 15]),
        # Each side falls on its own: to 1/(2+1) two levels below, to 1/(1+1) one level above.
        ((3, 1, 4), [2 / 15, 4 / 15, 6 / 15, 3 / 15, 0]),
    ],
)
def test_the_triangle_of_an_answer(said: tuple[int, int, int], belief: list[float]) -> None:
    assert triangle(*said) == pytest.approx(belief)


def test_the_rank_order_centroid(playbook: Playbook) -> None:
    assert [round(weight, 3) for weight in playbook.feasibility.weights] == [0.611, 0.278, 0.111]


def test_feasibility_is_the_weighted_mean_in_the_order_of_the_source(playbook: Playbook) -> None:
    found = standing(playbook, *measured(data_availability=5, accuracy_requirement=3, problem_difficulty=1))
    assert found.feasibility.expected == pytest.approx(5 * 11 / 18 + 3 * 5 / 18 + 1 * 2 / 18, abs=1e-6)
    assert (found.feasibility.low, found.feasibility.high) == (found.feasibility.expected, found.feasibility.expected)


def test_impact_leans_on_the_best_lens(playbook: Playbook) -> None:
    found = standing(playbook, *measured(cheap_prediction=5, product_need=1, ml_strength=1, inspiration=1))
    assert found.impact.expected == pytest.approx(0.6 * 5 + 0.4 * 2)


def test_priority_mixes_both_by_the_share_of_the_portfolio(playbook: Playbook) -> None:
    answers = measured(**dict.fromkeys(IMPACT, 5), **dict.fromkeys(FEASIBILITY, 1))
    assert standing(playbook, *answers).priority.expected == pytest.approx(3.0)
    assert standing(playbook, *answers, impact_share=0.9).priority.expected == pytest.approx(4.6)
    assert standing(playbook, *answers, impact_share=0.0).priority.expected == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("confidence", "level", "span"),
    [
        ("measured", 3, (3, 3)),
        ("informed", 3, (2, 4)),
        ("guess", 3, (1, 5)),
        ("informed", 1, (1, 2)),
        ("guess", 5, (3, 5)),
        ("guess", 4, (2, 5)),
        (None, 3, (2, 4)),
    ],
)
def test_a_confidence_gives_the_range_cut_at_the_ends(
    playbook: Playbook, confidence: str | None, level: int, span: tuple[int, int]
) -> None:
    assert answer_range(AnswerDraft(level=level, confidence=confidence), playbook) == span


def test_a_range_that_is_given_wins_over_the_confidence_end_by_end(playbook: Playbook) -> None:
    assert answer_range(AnswerDraft(level=3, low=1, confidence="measured"), playbook) == (1, 3)
    assert answer_range(AnswerDraft(level=3, high=5, confidence="informed"), playbook) == (2, 5)


def test_several_assessors_are_the_mean_of_their_beliefs(playbook: Playbook) -> None:
    state = belief_state(
        [
            answer("data_availability", 1, confidence="measured", assessor="Ada"),
            answer("data_availability", 5, confidence="measured", assessor="Ben"),
        ],
        playbook,
    )
    assert state.beliefs[4] == (0.5, 0.0, 0.0, 0.0, 0.5)
    assert state.answered == 1


def test_a_criterion_is_out_only_when_everybody_says_so(playbook: Playbook) -> None:
    out = answer("ml_strength", not_applicable=True, assessor="Ada")
    assert belief_state([out], playbook).applicable == (True, True, False, True, True, True, True)
    both = belief_state([out, answer("ml_strength", 4, confidence="measured", assessor="Ben")], playbook)
    assert all(both.applicable)
    assert both.beliefs[2] == (0.0, 0.0, 0.0, 1.0, 0.0)
    assert both.answered == 1


def test_a_criterion_that_does_not_apply_has_no_part_in_the_value(playbook: Playbook) -> None:
    lenses = measured(cheap_prediction=4, product_need=2, inspiration=2)
    found = standing(playbook, *lenses, answer("ml_strength", not_applicable=True))
    assert found.impact.expected == pytest.approx(0.6 * 4 + 0.4 * (4 + 2 + 2) / 3)
    drivers = measured(accuracy_requirement=4, problem_difficulty=1)
    found = standing(playbook, *drivers, answer("data_availability", not_applicable=True))
    assert found.feasibility.expected == pytest.approx((4 * 5 + 1 * 2) / 7, abs=1e-6)


def test_the_dimension_that_would_be_left_empty_is_named(playbook: Playbook) -> None:
    state = belief_state([answer(criterion, not_applicable=True) for criterion in FEASIBILITY], playbook)
    empty = dimension_left_empty(state, playbook)
    assert empty is not None
    assert empty.id == "feasibility"
    assert dimension_left_empty(belief_state([], playbook), playbook) is None


def test_only_the_last_answer_of_each_assessor_counts_and_a_withdrawn_one_not_at_all() -> None:
    first, second = answer("ml_strength", 2), answer("ml_strength", 4)
    other = answer("ml_strength", 1, assessor="Ben")
    assert current_answers([first, other, second]) == [second, other]
    withdrawn = answer("ml_strength", withdrawn=True)
    assert current_answers([first, other, withdrawn]) == [other]
    assert current_answers([first, withdrawn, second]) == [second]


@pytest.mark.parametrize(
    ("impact", "feasibility", "quadrant"),
    [(3.0, 3.0, "do_first"), (3.0, 2.99, "strategic_bet"), (2.99, 3.0, "quick_win"), (1.0, 1.0, "not_now")],
)
def test_a_value_at_its_cut_off_is_high(playbook: Playbook, impact: float, feasibility: float, quadrant: str) -> None:
    assert quadrant_of(impact, feasibility, playbook).id == quadrant


def test_full_knowledge_leaves_no_doubt_about_the_quadrant(playbook: Playbook) -> None:
    found = standing(playbook, *measured(**dict.fromkeys((*IMPACT, *FEASIBILITY), 3)))
    assert (found.quadrant, found.quadrant_probability) == ("do_first", 1.0)
    assert found.answered == found.of == 7


def test_disagreement_can_put_the_expected_value_outside_the_interval(playbook: Playbook) -> None:
    # Twenty say 1 and one says 5: more than 95 % of the probability lies at 1, and the mean a little above it.
    crowd = [
        answer(criterion, 1, confidence="measured", assessor=f"A{number}")
        for criterion in FEASIBILITY
        for number in range(20)
    ]
    odd_one = [answer("data_availability", 5, confidence="measured", assessor="B")]
    found = standing(playbook, *crowd, *odd_one).feasibility
    assert (found.low, found.high) == (1.0, 1.0)
    assert found.expected == pytest.approx(1 + 4 / 21 * 11 / 18, abs=1e-6)


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ({}, "give a level"),
        ({"level": 0}, "greater than or equal to 1"),
        ({"level": 6}, "less than or equal to 5"),
        ({"level": 2.5}, "integer"),
        ({"level": 3, "low": 4}, "low must not be above level"),
        ({"level": 3, "high": 2}, "high must not be below level"),
        ({"level": 3, "not_applicable": True}, "takes no level"),
        ({"low": 2, "not_applicable": True}, "takes no level"),
        ({"low": 2, "high": 3}, "give a level"),
        ({"level": 3, "score": 9}, "Extra inputs"),
        ({"level": 3, "rationale": "a\x00b"}, "pattern"),
        ({"level": 3, "rationale": "x" * 20_001}, "20000 characters"),
    ],
)
def test_an_answer_that_says_nothing_or_two_things_is_refused(said: dict[str, object], cure: str) -> None:
    with pytest.raises(ValidationError, match=cure):
        AnswerDraft.model_validate(said)


def test_unknown_criteria_and_confidences_are_all_named(playbook: Playbook) -> None:
    problems = unknown_criteria(
        {
            "ml_strength": AnswerDraft(level=3, confidence="certain"),
            "beauty": AnswerDraft(level=3),
            "taste": None,
            "inspiration": AnswerDraft(level=2, confidence="guess"),
        },
        playbook,
    )
    assert [field for field, _ in problems] == ["answers.ml_strength.confidence", "answers.beauty", "answers.taste"]
    assert "measured, informed, guess" in problems[0][1]
    assert "data_availability" in problems[1][1]


def test_the_belief_of_an_unanswered_criterion_is_its_prior(playbook: Playbook) -> None:
    state = belief_state(measured(ml_strength=5), playbook)
    priors = [criterion.prior for criterion in playbook.criteria]
    assert [*state.beliefs[:2], *state.beliefs[3:]] == [*priors[:2], *priors[3:]]


def test_many_projects_at_once_are_each_as_if_alone(playbook: Playbook) -> None:
    # More than one chunk of 256, with repeated states and several patterns of what applies.
    states = [
        belief_state(
            [
                answer("data_availability", 1 + number % 5, confidence="guess"),
                answer("ml_strength", 1 + number % 3, low=1, high=5),
                *([answer("inspiration", not_applicable=True)] if number % 7 == 0 else []),
                *([answer("product_need", 1 + number // 60, confidence="informed")] if number % 2 else []),
            ],
            playbook,
        )
        for number in range(300)
    ]
    together = standings(states, playbook)
    alone = [standings([state], playbook)[0] for state in states]
    assert together == alone
    assert len({found.priority.expected for found in together}) > 50


def test_no_projects_have_no_standings(playbook: Playbook) -> None:
    assert standings([], playbook) == []


def test_a_dimension_value_stays_on_the_scale(playbook: Playbook) -> None:
    for level in (1, 5):
        found = standing(playbook, *measured(**dict.fromkeys((*IMPACT, *FEASIBILITY), level)))
        for interval in (found.impact, found.feasibility, found.priority):
            assert (interval.low, interval.expected, interval.high) == (level, level, level)
    assert np.isclose(sum(playbook.impact.weights), 1)
