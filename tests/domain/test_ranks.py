"""Ranks by sampling: laws that hold for every portfolio, and exact chances that samples must come to."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.ranks import sample_ranks, sample_top
from planner.domain.sampling import Sampler, Scratch, ordered_weights
from planner.domain.scoring import Answer, BeliefState, belief_state
from planner.domain.smaa import rank_order_centroid
from tests.domain.test_scoring_properties import answer_sets
from tests.support.factories import answer, fsdl

PLAYBOOK = fsdl()
FIXED = PLAYBOOK.with_weights({"data_availability": 3, "accuracy_requirement": 2, "problem_difficulty": 1})
ALONE = PLAYBOOK.with_weights({"data_availability": 1, "accuracy_requirement": 0, "problem_difficulty": 0})
CRITERIA = [criterion.id for criterion in PLAYBOOK.criteria]
SAMPLES = 400


def state(**levels: int) -> BeliefState:
    return belief_state([answer(name, level, confidence="informed") for name, level in levels.items()], PLAYBOOK)


STATES = [state(data_availability=1 + n % 5, ml_strength=1 + n % 3, problem_difficulty=1 + n % 4) for n in range(40)]


@given(st.lists(answer_sets(), min_size=1, max_size=12), st.integers(0, 100), st.booleans(), st.data())
@settings(max_examples=25, deadline=None)
def test_chances_of_the_top_sum_to_k_and_ranks_stay_in_their_interval(
    sets: list[list[Answer]], seed: int, fixed: bool, data: st.DataObject
) -> None:
    states = [belief_state(given, PLAYBOOK) for given in sets]
    k = data.draw(st.integers(1, len(states)))
    found = sample_ranks(states, FIXED if fixed else PLAYBOOK, 0.5, k, SAMPLES, seed)
    assert found.top.sum() == pytest.approx(k)
    assert ((found.top >= 0) & (found.top <= 1 + 1e-12)).all()
    assert ((found.low >= 1) & (found.low <= found.high) & (found.high <= len(states))).all()
    assert ((found.expected >= 1) & (found.expected <= len(states))).all()
    alone = sample_top(states, FIXED if fixed else PLAYBOOK, 0.5, k, SAMPLES, seed)
    assert alone == pytest.approx(found.top)


@given(st.lists(answer_sets(), min_size=2, max_size=8), st.integers(0, 100), st.data())
@settings(max_examples=25, deadline=None)
def test_raising_a_level_never_lowers_the_chance_to_be_at_the_top(
    sets: list[list[Answer]], seed: int, data: st.DataObject
) -> None:
    rest = sets[1:]
    criterion = data.draw(st.sampled_from(CRITERIA))
    low, high = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    low, high = min(low, high), max(low, high) + 1
    others = [one for one in sets[0] if one.criterion != criterion]
    k = data.draw(st.integers(1, len(rest)))

    def chance(level: int) -> float:
        mine = [*others, answer(criterion, level, confidence="informed", assessor="Zoe")]
        states = [belief_state(given, PLAYBOOK) for given in [mine, *rest]]
        return float(sample_ranks(states, PLAYBOOK, 0.5, k, SAMPLES, seed).top[0])

    assert chance(high) >= chance(low)


@given(st.integers(0, 100), st.integers(1, 40))
@settings(max_examples=10, deadline=None)
def test_the_same_bytes_whatever_the_number_of_threads(seed: int, k: int) -> None:
    one, two = (sample_ranks(STATES, PLAYBOOK, 0.5, k, 5_000, seed, threads) for threads in (1, 2))
    for name in ("expected", "low", "high", "top"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    tops = [sample_top(STATES, PLAYBOOK, 0.5, k, 5_000, seed, threads).tobytes() for threads in (1, 2)]
    assert tops[0] == tops[1]


def test_another_seed_gives_other_samples() -> None:
    first, second = (sample_ranks(STATES, PLAYBOOK, 0.5, 10, 1_000, seed).expected for seed in (1, 2))
    assert (first != second).any()


def test_all_alike_share_the_top_evenly() -> None:
    found = sample_ranks([state()] * 30, PLAYBOOK, 0.5, 6, 10_000, 1)
    assert found.top == pytest.approx(np.full(30, 0.2), abs=4 * 0.004)
    assert (found.low <= 3).all()
    assert (found.high >= 28).all()


def test_levels_are_drawn_as_the_beliefs_say() -> None:
    # Chances that no byte can hold, such as 1/3 and 1/1000: each level as often as believed, within 4 sigma.
    belief = (0.001, 1 / 3 - 0.001, 1 / 3, 1 / 6, 1 / 6)
    plain = state()
    states = [plain._replace(beliefs=(belief,) * 7)] * 64
    sampler, scratch = Sampler(states, ALONE, 0.0), Scratch(128, 64)
    generator = np.random.Generator(np.random.SFC64(7))
    drawn = np.concatenate([sampler.keys(generator, 128, scratch).ravel().copy() for _ in range(250)])
    values, counts = np.unique(drawn, return_counts=True)
    assert len(values) == 5
    for chance, count in zip(belief, counts[::-1], strict=True):  # the lowest key is the highest level
        assert count / len(drawn) == pytest.approx(chance, abs=4 * np.sqrt(chance / len(drawn)))


def test_ordered_weights_have_the_centroid_as_their_mean() -> None:
    # Barron & Barrett 1996.
    drawn = ordered_weights(np.random.default_rng(4), 40_000, 3)
    assert drawn.mean(axis=0) == pytest.approx(rank_order_centroid(3), abs=0.004)
    assert (np.diff(drawn, axis=1) <= 0).all()


def test_two_projects_against_every_combination_of_levels() -> None:
    # By enumerating all pairs of levels of one criterion, the weights being fixed on it.
    pair = [state(data_availability=3), state(data_availability=2)]
    position = CRITERIA.index("data_availability")
    a, b = (np.array(one.beliefs[position]) for one in pair)
    first = sum(a[i] * b[j] * (1.0 if i > j else 0.5 if i == j else 0.0) for i, j in product(range(5), range(5)))
    found = sample_ranks(pair, ALONE, 0.0, 1, 40_000, 5)
    assert found.top[0] == pytest.approx(first, abs=4 * np.sqrt(first * (1 - first) / 40_000))
