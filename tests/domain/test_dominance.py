"""Fronts, layers, hypervolume and the chance of dominance: published cases, and laws against slower definitions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.dominance import chance_of_dominance, hypervolume, pareto_front, pareto_layers
from planner.domain.scoring import Distribution

# The documentation of moocore: eight points to be maximised.
EIGHT = -np.array([[9.0, 6], [7, 9], [6, 7], [8, 3], [1, 3], [3, 8], [9, 1], [5, 8]])


def test_front_layers_and_hypervolume_of_eight_points() -> None:
    assert pareto_front(EIGHT) == [0, 1]
    assert pareto_layers(EIGHT).tolist() == [1, 1, 2, 2, 4, 3, 2, 2]
    assert hypervolume(EIGHT, (0, 0)) == 75


def test_hypervolume_of_four_points_to_be_minimised() -> None:
    assert hypervolume(np.array([[5.0, 5], [4, 6], [2, 7], [7, 4]]), (10, 10)) == 38


def test_nondominated_sorting_of_three_and_four_objectives() -> None:
    # Cases of the Julia package JMcDM.
    maximised = -np.array([[1.0, 2, 3], [2, 1, 3], [1, 3, 2], [4, 5, 6]])
    assert pareto_layers(maximised).tolist() == [2, 2, 2, 1]
    chain = np.outer([1.0, 2, 4, 8], [1, 2, 3, 4])
    assert pareto_layers(chain).tolist() == [1, 2, 3, 4]


def test_hypervolume_in_three_dimensions_by_inclusion_and_exclusion() -> None:
    points = np.array([[1.0, 2, 3], [2, 1, 2], [3, 3, 1]])
    reference = np.array([4.0, 4, 4])
    volume = 0.0
    for chosen in product((0, 1), repeat=3):
        if any(chosen):
            worst = points[np.array(chosen, dtype=bool)].max(axis=0)
            volume -= (-1) ** sum(chosen) * float((reference - worst).prod())
    assert hypervolume(points, tuple(reference)) == pytest.approx(volume)


def test_points_beyond_the_reference_count_for_nothing() -> None:
    assert hypervolume(np.array([[5.0, 1], [1, 5]]), (5, 5)) == 0
    assert hypervolume(np.empty((0, 2)), (1, 1)) == 0


def slow_front(rows: list[list[float]]) -> list[int]:
    def dominates(a: list[float], b: list[float]) -> bool:
        return all(x <= y for x, y in zip(a, b, strict=True)) and any(x < y for x, y in zip(a, b, strict=True))

    return [n for n, row in enumerate(rows) if not any(dominates(other, row) for other in rows)]


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(
                st.sampled_from([0.0, 1.0, 2.0, 1e16, 1e16 + 2]) | st.floats(-3, 3), min_size=width, max_size=width
            ),
            max_size=25,
        )
    )
)
def test_front_and_layers_are_what_comparing_all_pairs_finds(rows: list[list[float]]) -> None:
    costs = np.array(rows, dtype=float).reshape(len(rows), len(rows[0]) if rows else 2)
    assert pareto_front(costs) == slow_front(rows)
    layers, left, number = [0] * len(rows), list(range(len(rows))), 0
    while left:
        number += 1
        peeled = [left[at] for at in slow_front([rows[index] for index in left])]
        for index in peeled:
            layers[index] = number
        left = [index for index in left if index not in peeled]
    assert pareto_layers(costs).tolist() == layers


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(0, 900), st.integers(1, 1000), st.integers(0, 2**32 - 1))
def test_the_front_of_many_rows_is_what_comparing_all_pairs_finds(
    width: int, size: int, distinct: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    costs = chance.integers(0, distinct, (size, width)) / 7 - chance.random() * chance.integers(0, 2, (size, 1))
    no_worse = (costs[:, None, :] <= costs[None, :, :]).all(axis=2)
    dominated = (no_worse & ~no_worse.T).any(axis=0)
    assert pareto_front(costs) == np.flatnonzero(~dominated).tolist()


def belief(*probabilities: float) -> Distribution:
    return Distribution(np.arange(1.0, len(probabilities) + 1), np.array([probabilities]))


@given(st.lists(st.tuples(*[st.lists(st.integers(0, 3), min_size=3, max_size=3)] * 2), min_size=1, max_size=3))
def test_the_chance_of_dominance_is_that_of_enumerating_all_levels(pairs: list[tuple[list[int], list[int]]]) -> None:
    first = [belief(*(np.array(a) + 0.5) / (sum(a) + 1.5)) for a, _ in pairs]
    second = [belief(*(np.array(b) + 0.5) / (sum(b) + 1.5)) for _, b in pairs]
    expected = 0.0
    for mine, theirs in product(product(range(3), repeat=len(pairs)), repeat=2):
        if mine != theirs and all(x >= y for x, y in zip(mine, theirs, strict=True)):
            chances = [d.probabilities[0][level] for d, level in zip([*first, *second], [*mine, *theirs], strict=True)]
            expected += float(np.prod(chances))
    assert chance_of_dominance(first, second) == pytest.approx(expected)


def test_what_is_known_dominates_for_sure_or_not_at_all() -> None:
    low, high = belief(1, 0, 0), belief(0, 0, 1)
    assert chance_of_dominance([high, low], [low, low]) == 1
    assert chance_of_dominance([low], [low]) == 0
    assert chance_of_dominance([high, low], [low, high]) == 0
