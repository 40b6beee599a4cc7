"""What must hold of every standing, held against a slow reference in exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import BestLens, Dimension
from planner.domain.scoring import (
    Answer,
    BeliefState,
    belief_state,
    dimension_distribution,
    dimension_left_empty,
    mix,
    standings,
)
from tests.support.factories import answer, fsdl

PLAYBOOK = fsdl()
CRITERIA = [criterion.id for criterion in PLAYBOOK.criteria]
SPREAD = {"measured": 0, "informed": 1, "guess": 2, None: 1}
ROC = {
    "data_availability": Fraction(11, 18),
    "accuracy_requirement": Fraction(5, 18),
    "problem_difficulty": Fraction(2, 18),
}

Table = dict[Fraction, Fraction]  # value → probability


@st.composite
def said(draw: st.DrawFn, criterion: str, assessor: str) -> Answer:
    if draw(st.integers(0, 5)) == 0:
        return answer(criterion, not_applicable=True, assessor=assessor)
    level = draw(st.integers(1, 5))
    return answer(
        criterion,
        level,
        assessor=assessor,
        low=draw(st.none() | st.integers(1, level)),
        high=draw(st.none() | st.integers(level, 5)),
        confidence=draw(st.sampled_from(list(SPREAD))),
    )


@st.composite
def answer_sets(draw: st.DrawFn) -> list[Answer]:
    """The current answers of up to three people, each of whom may have left out any question."""
    answers = [
        draw(said(criterion, assessor))
        for criterion in CRITERIA
        for assessor in ("Ada", "Ben", "Cy")
        if draw(st.booleans())
    ]
    assume(dimension_left_empty(belief_state(answers, PLAYBOOK), PLAYBOOK) is None)
    return answers


def reference_belief(answers: Sequence[Answer], prior: Sequence[float]) -> list[Fraction] | None:
    """The belief of one criterion in fractions; None when it does not apply."""
    beliefs = []
    for one in answers:
        if one.level is None:
            continue
        spread = SPREAD[one.confidence]
        low = one.low or max(1, one.level - spread)
        high = one.high or min(5, one.level + spread)
        weights = []
        for position in range(1, 6):
            away = abs(position - one.level)
            reach = one.level - low if position < one.level else high - one.level
            # A straight line from 1 at the level to 1/(reach + 1) at the end that lies `reach` levels away.
            inside = low <= position <= high
            weights.append(1 - Fraction(away, 1) * Fraction(1, reach + 1) if inside else Fraction(0))
        beliefs.append([weight / sum(weights) for weight in weights])
    if beliefs:
        return [sum(column, Fraction(0)) / len(beliefs) for column in zip(*beliefs, strict=True)]
    return None if answers else [Fraction(probability).limit_denominator(100) for probability in prior]


def reference_value(dimension: Dimension, levels: dict[str, int]) -> Fraction:
    if isinstance(dimension.aggregation, BestLens):
        mean = Fraction(sum(levels.values()), len(levels))
        return Fraction(3, 5) * max(levels.values()) + Fraction(2, 5) * mean
    total = sum((ROC[criterion] for criterion in levels), Fraction(0))
    return sum((ROC[criterion] * level for criterion, level in levels.items()), Fraction(0)) / total


def reference(dimension: Dimension, answers: Sequence[Answer]) -> Table:
    """Every combination of levels, one after the other."""
    beliefs = {}
    for criterion in dimension.criteria:
        belief = reference_belief([a for a in answers if a.criterion == criterion.id], criterion.prior)
        if belief is not None:
            beliefs[criterion.id] = belief
    table: Table = {}
    possible = [[level for level in range(1, 6) if belief[level - 1]] for belief in beliefs.values()]
    for levels in product(*possible):
        combination = dict(zip(beliefs, levels, strict=True))
        probability = Fraction(1)
        for name, level in combination.items():
            probability *= beliefs[name][level - 1]
        value = reference_value(dimension, combination)
        table[value] = table.get(value, Fraction(0)) + probability
    return table


def reference_mix(first: Table, second: Table, share: Fraction) -> Table:
    table: Table = {}
    for (a, p), (b, q) in product(first.items(), second.items()):
        value = share * a + (1 - share) * b
        table[value] = table.get(value, Fraction(0)) + p * q
    return table


def mean(table: Table) -> Fraction:
    return sum((value * probability for value, probability in table.items()), Fraction(0))


def quantile(table: Table, q: Fraction) -> Fraction:
    below = Fraction(0)
    for value in sorted(table):
        below += table[value]
        if below >= q:
            return value
    raise AssertionError("the probabilities do not reach q")


@settings(max_examples=40, deadline=None)
@given(answer_sets(), st.fractions(0, 1, max_denominator=20))
def test_a_standing_is_what_the_slow_reference_counts(answers: list[Answer], share: Fraction) -> None:
    found = standings([belief_state(answers, PLAYBOOK)], PLAYBOOK, float(share))[0]
    impact, feasibility = reference(PLAYBOOK.impact, answers), reference(PLAYBOOK.feasibility, answers)
    priority = reference_mix(impact, feasibility, share)
    for interval, table in ((found.impact, impact), (found.feasibility, feasibility), (found.priority, priority)):
        assert sum(table.values()) == 1
        assert interval.expected == pytest.approx(float(mean(table)), abs=1.1e-6)
        assert interval.low == pytest.approx(float(quantile(table, Fraction(1, 20))), abs=1.1e-6)
        assert interval.high == pytest.approx(float(quantile(table, Fraction(19, 20))), abs=1.1e-6)
    assert found.answered == len({a.criterion for a in answers})
    if not answers:
        assert found.quadrant is None
        return
    high = (mean(impact) >= 3, mean(feasibility) >= 3)
    placed = PLAYBOOK.quadrant(found.quadrant)
    assert placed is not None
    assert (placed.impact == "high", placed.feasibility == "high") == high
    inside = Fraction(1)
    for table, wanted in zip((impact, feasibility), high, strict=True):
        inside *= sum((p for value, p in table.items() if (value >= 3) == wanted), Fraction(0))
    assert found.quadrant_probability == pytest.approx(float(inside), abs=1.1e-6)


@settings(max_examples=40, deadline=None)
@given(answer_sets())
def test_distributions_sum_to_one_in_rising_order(answers: list[Answer]) -> None:
    state = belief_state(answers, PLAYBOOK)
    beliefs = np.array([state.beliefs])
    assert beliefs.sum(axis=2) == pytest.approx(1)
    impact = dimension_distribution(beliefs[:, :4], state.applicable[:4], PLAYBOOK.impact)
    feasibility = dimension_distribution(beliefs[:, 4:], state.applicable[4:], PLAYBOOK.feasibility)
    for distribution in (impact, feasibility, mix(impact, feasibility, 0.37)):
        assert distribution.probabilities.sum() == pytest.approx(1)
        assert (distribution.probabilities >= 0).all()
        assert (np.diff(distribution.values) > 0).all()
        assert distribution.values[0] >= 1 - 1e-9
        assert distribution.values[-1] <= 5 + 1e-9


@settings(max_examples=40, deadline=None)
@given(answer_sets())
def test_an_interval_holds_nine_tenths_of_the_probability(answers: list[Answer]) -> None:
    found = standings([belief_state(answers, PLAYBOOK)], PLAYBOOK)[0]
    for dimension, interval in ((PLAYBOOK.impact, found.impact), (PLAYBOOK.feasibility, found.feasibility)):
        table = reference(dimension, answers)
        inside = sum(p for value, p in table.items() if interval.low - 2e-6 <= value <= interval.high + 2e-6)
        assert interval.low <= interval.high
        assert inside >= Fraction(9, 10)


@settings(max_examples=60, deadline=None)
@given(answer_sets(), st.data())
def test_raising_a_level_never_lowers_anything(answers: list[Answer], data: st.DataObject) -> None:
    raisable = [i for i, a in enumerate(answers) if a.level is not None and a.level < (a.high or 5)]
    assume(raisable)
    index = data.draw(st.sampled_from(raisable))
    lower = answers[index]
    assert lower.level is not None
    higher = lower.model_copy(update={"level": lower.level + 1})
    before = standings([belief_state(answers, PLAYBOOK)], PLAYBOOK)[0]
    after = standings([belief_state([*answers[:index], higher, *answers[index + 1 :]], PLAYBOOK)], PLAYBOOK)[0]
    for axis in ("impact", "feasibility", "priority"):
        old, new = getattr(before, axis), getattr(after, axis)
        assert new.expected >= old.expected - 1e-6
        assert new.low >= old.low - 1e-6
        assert new.high >= old.high - 1e-6


@settings(max_examples=30, deadline=None)
@given(answer_sets(), st.sampled_from(CRITERIA), st.sampled_from(["measured", "informed", "guess"]))
def test_unanswered_is_never_low(answers: list[Answer], criterion: str, confidence: str) -> None:
    others = [a for a in answers if a.criterion != criterion]
    assume(dimension_left_empty(belief_state(others, PLAYBOOK), PLAYBOOK) is None)
    unanswered = standings([belief_state(others, PLAYBOOK)], PLAYBOOK)[0]
    low = standings([belief_state([*others, answer(criterion, 1, confidence=confidence)], PLAYBOOK)], PLAYBOOK)[0]
    assert unanswered.priority.expected > low.priority.expected
    for axis in ("impact", "feasibility"):
        assert getattr(unanswered, axis).expected >= getattr(low, axis).expected


@settings(max_examples=30, deadline=None)
@given(st.lists(answer_sets(), min_size=2, max_size=6), st.randoms())
def test_other_projects_make_no_difference(sets: list[list[Answer]], random: object) -> None:
    states: list[BeliefState] = [belief_state(answers, PLAYBOOK) for answers in sets]
    together = standings(states, PLAYBOOK)
    assert together == [standings([state], PLAYBOOK)[0] for state in states]
    assert standings(states[::-1], PLAYBOOK) == together[::-1]
    assert standings(states[:1], PLAYBOOK) == together[:1]


@settings(max_examples=30, deadline=None)
@given(answer_sets(), st.permutations(range(21)))
def test_the_order_in_which_people_answered_makes_no_difference(answers: list[Answer], order: list[int]) -> None:
    shuffled = [answers[index] for index in order if index < len(answers)]
    here, there = (standings([belief_state(given, PLAYBOOK)], PLAYBOOK)[0] for given in (answers, shuffled))
    for axis in ("impact", "feasibility", "priority"):
        assert getattr(here, axis).expected == pytest.approx(getattr(there, axis).expected, abs=1.1e-6)
    assert (here.quadrant, here.answered) == (there.quadrant, there.answered)


def test_the_reference_itself_knows_a_worked_value() -> None:
    # Written out by hand, so that product and reference cannot be wrong in the same way unseen.
    table = reference(PLAYBOOK.impact, [])
    best = 5 - (Fraction(35, 100) ** 4 + Fraction(65, 100) ** 4 + Fraction(85, 100) ** 4 + Fraction(95, 100) ** 4)
    assert mean(table) == Fraction(3, 5) * best + Fraction(2, 5) * Fraction(22, 10)


def test_another_playbook_with_weights_is_counted_the_same_way() -> None:
    weighted = _with_weights(PLAYBOOK, {"data_availability": 3, "accuracy_requirement": 1, "problem_difficulty": 0})
    answers = [
        answer("data_availability", 4, confidence="measured"),
        answer("accuracy_requirement", 2, confidence="measured"),
    ]
    found = standings([belief_state(answers, weighted)], weighted)[0]
    assert found.feasibility.expected == pytest.approx((3 * 4 + 2) / 4)
    # What weighs nothing is alone when the others do not apply; then it must carry the value.
    alone = [answer(name, not_applicable=True) for name in ("data_availability", "accuracy_requirement")]
    found = standings(
        [belief_state([*alone, answer("problem_difficulty", 4, confidence="measured")], weighted)], weighted
    )[0]
    assert found.feasibility.expected == 4


def _with_weights(playbook: Playbook, weights: dict[str, float]) -> Playbook:
    data = playbook.model_dump()
    data["feasibility"]["aggregation"] = {"kind": "weighted_mean", "weights": weights}
    return Playbook.model_validate(data)
