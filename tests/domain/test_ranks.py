"""Ranks by sampling: laws that hold for every portfolio, and exact chances that samples must come to."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain import ranks
from planner.domain.ranks import sample_ranks, sample_top
from planner.domain.sampling import Sampler, Scratch, ordered_weights
from planner.domain.scoring import Answer, BeliefState, belief_state
from planner.domain.smaa import rank_order_centroid
from tests.domain.test_scoring_properties import answer_sets
from tests.support.factories import answer, fsdl

PLAYBOOK = fsdl()
FIXED = PLAYBOOK.with_weights({"data_availability": 3, "accuracy_requirement": 2, "problem_difficulty": 1})
ALONE = PLAYBOOK.with_weights({"data_availability": 1, "accuracy_requirement": 0, "problem_difficulty": 0})
WEIGHTS = (3, 2, 1)
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
    drawn = np.concatenate([keys.ravel().copy() for keys in sampler.draw(generator, [128] * 250, scratch)])
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [12_000 * level for level in range(1, 6)]
    for chance, count in zip(belief, counts, strict=True):
        assert count / len(drawn) == pytest.approx(chance, abs=4 * np.sqrt(chance / len(drawn)))


def test_the_dither_makes_up_for_what_a_byte_cannot_hold() -> None:
    # A chance of 0.3/256 with one row in a part: a byte alone would give 0 or 1/256 in every sample.
    plain = state()
    rare = (0.0, 0.0, 0.0, 1 - 0.3 / 256, 0.3 / 256)
    sampler, scratch = Sampler([plain._replace(beliefs=(rare,) * 7)] * 5_000, ALONE, 0.0), Scratch(1, 5_000)
    for parts in (10, 1_000):
        generator = np.random.Generator(np.random.SFC64(3))
        hits = [int((keys == 60_000).sum()) for keys in sampler.draw(generator, [1] * parts, scratch)]
        assert sum(count > 0 for count in hits) == 0.3 * parts  # evenly spread: in three parts of ten


@given(st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7), min_size=1, max_size=40), st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_sure_is_ranked_as_fractions_say(levels: list[list[int]], data: st.DataObject) -> None:
    # Level 0: does not apply. Equal priorities tie, however they come about: 0.6·2 + 0.4·1 = 0.6·1 + 0.4·2.5.
    sets = [[max(1, one[0]), *one[1:4], max(1, one[4]), *one[5:]] for one in levels]
    share = data.draw(st.sampled_from([Fraction(n, 20) for n in (0, 3, 6, 10, 19, 20)]))
    k = data.draw(st.integers(1, len(sets)))
    priorities = [_priority(given, share) for given in sets]
    states = [belief_state([_sure(*pair) for pair in zip(CRITERIA, given, strict=True)], PLAYBOOK) for given in sets]
    better = np.array([sum(other > own for other in priorities) for own in priorities])
    ties = np.array([priorities.count(own) for own in priorities])
    found = sample_ranks(states, FIXED, float(share), k, 100, 1)
    for ranking in (found.expected, found.low, found.high):
        assert ranking.tolist() == (1 + better).tolist()
    assert found.top == pytest.approx(np.clip((k - better) / ties, 0, 1))


def _sure(criterion: str, level: int) -> Answer:
    return answer(criterion, level, confidence="measured") if level else answer(criterion, not_applicable=True)


def _priority(levels: list[int], share: Fraction) -> Fraction:
    lenses = [level for level in levels[:4] if level]
    impact = Fraction(3, 5) * max(lenses) + Fraction(2, 5) * Fraction(sum(lenses), len(lenses))
    weighed = [(weight, level) for weight, level in zip(WEIGHTS, levels[4:], strict=True) if level]
    feasibility = Fraction(sum(weight * level for weight, level in weighed), sum(weight for weight, _ in weighed))
    return share * impact + (1 - share) * feasibility


def test_drawn_weights_make_up_the_whole_of_what_applies() -> None:
    # All on level 3 tie whatever the weights are, and whichever criteria apply.
    third = [[3] * 7, [3, 0, 3, 0, 3, 0, 3], [0, 3, 0, 0, 0, 3, 0], [3, 3, 3, 3, 3, 0, 0]]
    sets = [*third, [2] * 7]
    states = [belief_state([_sure(*pair) for pair in zip(CRITERIA, given, strict=True)], PLAYBOOK) for given in sets]
    for share in (0.0, 0.35, 1.0):
        found = sample_ranks(states, PLAYBOOK, share, 2, 1_000, 1)
        assert found.expected.tolist() == [1, 1, 1, 1, 5]
        assert found.top.tolist() == [0.5, 0.5, 0.5, 0.5, 0]


def test_quantiles_come_from_the_first_samples_when_there_are_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sample_ranks(STATES, PLAYBOOK, 0.5, 10, 3_000, 1)
    monkeypatch.setattr(ranks, "_KEPT", 1_500 * len(STATES))
    half = sample_ranks(STATES, PLAYBOOK, 0.5, 10, 3_000, 1)
    assert half.expected.tobytes() == whole.expected.tobytes()
    assert np.abs(half.low - whole.low).max() <= 2
    assert np.abs(half.high - whole.high).max() <= 2
    assert ((half.low != whole.low) | (half.high != whole.high)).any()


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
