"""How far weights and answers can move: published examples, and brute force."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.matrix import ProjectPoint
from planner.domain.playbook import Playbook
from planner.domain.scoring import Answer, BeliefState, belief_state, standings
from planner.domain.sensitivity import (
    Sensitivity,
    build_sensitivity,
    critical_changes,
    stable_interval,
    weight_path,
)
from tests.domain.test_scoring_properties import answer_sets
from tests.support.factories import answer, fsdl

PLAYBOOK = fsdl()
SCORES = np.array([(0.9, 0.2, 0.4), (0.5, 0.7, 0.5), (0.2, 0.9, 0.3), (0.6, 0.4, 0.8), (0.5, 0.6, 0.4)])
WEIGHTS = np.array((0.4, 0.35, 0.25))
ORDER = [3, 1, 0, 4, 2]


@pytest.mark.parametrize(
    ("criterion", "first", "two", "full"),
    [
        (0, (0.333333, 0.485714), (0.172414, 0.454545), (0.368421, 0.454545)),
        (1, (0.133333, 0.370968), (0.293478, 0.467213), (0.293478, 0.370968)),
        (2, (0.224138, 1), (0.142857, 1), (0.224138, 1)),
    ],
)
def test_weight_stability(
    criterion: int, first: tuple[float, float], two: tuple[float, float], full: tuple[float, float]
) -> None:
    # Mareschal 1988, EJOR 33:54–64; the values were checked against scanning every weight.
    path = weight_path(SCORES, np.ones(SCORES.shape, bool), WEIGHTS, criterion)
    now = float(WEIGHTS[criterion])

    def interval(k: int) -> tuple[float, float]:
        return stable_interval(path, now, np.array(ORDER[:k]), np.array(ORDER[k:]))

    assert interval(1) == pytest.approx(first, abs=5e-7)
    assert interval(2) == pytest.approx(two, abs=5e-7)
    adjacent = [stable_interval(path, now, np.array([a]), np.array([b])) for a, b in pairwise(ORDER)]
    assert max(low for low, _ in adjacent) == pytest.approx(full[0], abs=5e-7)
    assert min(high for _, high in adjacent) == pytest.approx(full[1], abs=5e-7)


def test_critical_criterion_of_triantaphyllou_and_sanchez() -> None:
    # Triantaphyllou & Sánchez 1997, Decision Sciences 28:151–194.
    values = np.array(
        [
            (0.3088, 0.2897, 0.3867, 0.1922),
            (0.2163, 0.3458, 0.1755, 0.6288),
            (0.4509, 0.2473, 0.1194, 0.0575),
            (0.0240, 0.1172, 0.3184, 0.1215),
        ]
    )
    weights = np.array((0.3277, 0.3058, 0.2876, 0.0790))
    assert values @ weights == pytest.approx((0.3162, 0.2768, 0.2623, 0.1449), abs=2e-4)
    first = critical_changes(values, weights, 0, 1)
    assert np.isnan(first[0])
    assert first[1:] == pytest.approx((-0.7024, 0.1866, -0.0903), abs=2e-4)
    second = critical_changes(values, weights, 1, 2)
    assert second == pytest.approx((-0.0618, 0.1473, 0.2586, 0.0254), abs=2e-4)
    assert 100 * second[0] / weights[0] == pytest.approx(-18.9, abs=0.1)


def points(sets: list[list[Answer]]) -> tuple[list[ProjectPoint], list[BeliefState]]:
    states = [belief_state(given, PLAYBOOK) for given in sets]
    found = standings(states, PLAYBOOK)
    return [
        ProjectPoint(id=number, key=f"P-{number}", name=f"Project {number}", archetype=None, standing=standing)
        for number, standing in enumerate(found, 1)
    ], states


def sensitivity(sets: list[list[Answer]], k: int, share: float = 0.5) -> Sensitivity:
    found, states = points(sets)
    answers = {point.id: given for point, given in zip(found, sets, strict=True)}
    return build_sensitivity(found, states, answers, PLAYBOOK, share, k)


def top(states: list[BeliefState], k: int, share: float, playbook: Playbook = PLAYBOOK) -> set[int]:
    values = [standing.priority.expected for standing in standings(states, playbook, share)]
    return set(sorted(range(len(values)), key=lambda i: (-values[i], i))[:k])


@settings(max_examples=25, deadline=None)
@given(st.lists(answer_sets(), min_size=3, max_size=6), st.integers(1, 2), st.integers(0, 20))
def test_within_an_interval_the_top_stays_and_beyond_it_changes(
    sets: list[list[Answer]], k: int, twentieths: int
) -> None:
    share = twentieths / 20
    _, states = points(sets)
    before = top(states, k, share)
    found = sensitivity(sets, k, share)
    of_share = found.intervals[0]
    assert of_share.low <= share + 1e-6
    assert share <= of_share.high + 1e-6
    for inner in np.linspace(of_share.low + 1e-4, of_share.high - 1e-4, 5):
        if of_share.low < inner < of_share.high:
            assert top(states, k, float(inner)) == before
    for interval in found.intervals[1:]:
        rest = [entry for entry in found.intervals[1:] if entry is not interval]
        left = sum(entry.value for entry in rest)
        for inner in np.linspace(interval.low + 1e-4, interval.high - 1e-4, 4):
            if interval.low < inner < interval.high:
                others = {entry.weight: entry.value / left * (1 - inner) for entry in rest}
                moved = PLAYBOOK.with_weights({interval.weight: float(inner), **others})
                assert top(states, k, share, moved) == before


def test_where_a_criterion_does_not_apply_the_path_bends_and_is_still_followed() -> None:
    levels, applies = np.array([(5.0, 1.0, 3.0), (2.0, 4.0, 3.4)]), np.array([(True, True, False), (True, True, True)])
    weights = np.array((0.5, 0.3, 0.2))
    path = weight_path(levels, applies, weights, 0)
    low, high = stable_interval(path, 0.5, np.array([0]), np.array([1]))

    def values(weight: float) -> np.ndarray:
        w = np.array((weight, 0.6 * (1 - weight), 0.4 * (1 - weight))) * applies
        return np.asarray((levels * w).sum(axis=1) / w.sum(axis=1))

    assert high == 1
    at = values(low)
    assert at[0] == pytest.approx(at[1], abs=1e-9)
    assert values(low + 0.01)[0] > values(low + 0.01)[1]


def test_a_single_answer_that_changes_the_top() -> None:
    measured = {"confidence": "measured"}
    sets = [
        [answer("data_availability", 4, **measured)],
        [answer("data_availability", 3, **measured), answer("problem_difficulty", 4, **measured)],
        [answer("data_availability", 1, **measured)],
    ]
    found = sensitivity(sets, 1)
    assert (found.last_in, found.first_out) == ("P-1", "P-2")
    flips = {(flip.project, flip.criterion, flip.to, flip.enters, flip.leaves) for flip in found.flips}
    assert flips == {("P-1", "data_availability", 3, "P-2", "P-1"), ("P-2", "data_availability", 4, "P-2", "P-1")}
    assert found.more_flips == 0
    assert found.gap == pytest.approx(0.5 * (11 / 18 - 1 / 9), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.lists(answer_sets(), min_size=3, max_size=5))
def test_flips_are_those_that_trying_every_answer_finds(sets: list[list[Answer]]) -> None:
    _, states = points(sets)
    before = top(states, 1, 0.5)
    told = {(flip.project, flip.criterion, flip.assessor) for flip in sensitivity(sets, 1).flips}
    tried = set()
    for number, given_answers in enumerate(sets):
        for index, one in enumerate(given_answers):
            step = -1 if number in before else 1
            if one.level is None or not 1 <= one.level + step <= 5:
                continue
            spread = {"measured": 0, "informed": 1, "guess": 2, None: 1}[one.confidence]
            update: dict[str, int] = {"level": one.level + step}
            if one.low is not None or one.high is not None:
                low = one.low if one.low is not None else max(1, one.level - spread)
                high = one.high if one.high is not None else min(5, one.level + spread)
                update |= {"low": max(1, low + step), "high": min(5, high + step)}
            moved = one.model_copy(update=update)
            others = [*given_answers[:index], moved, *given_answers[index + 1 :]]
            if top([*states[:number], belief_state(others, PLAYBOOK), *states[number + 1 :]], 1, 0.5) != before:
                tried.add((f"P-{number + 1}", one.criterion, one.assessor))
    assert told == tried


def test_when_everything_is_in_there_is_nothing_to_tell() -> None:
    found = sensitivity([[]], 1)
    assert (found.intervals, found.flips, found.gap) == ((), (), None)
