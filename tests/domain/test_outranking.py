"""PROMETHEE II: published flows, and the sorted sums against comparing all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.outranking import USUAL, Preference, promethee


def test_linear_preferences_of_papathanasiou_and_ploskas_2018() -> None:
    # Multiple Criteria Decision Aid, Springer, ch. 3.
    sites = np.array([[8.0, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]])
    flows = promethee(sites, [0.4, 0.3, 0.1, 0.2], [True] * 4, [Preference(indifference=1, strict=2)] * 4)
    assert flows.net.round(2).tolist() == [-0.26, -0.52, -0.22, 0.36, 0.70, -0.06]
    assert flows.positive.round(2).tolist() == [0.28, 0.14, 0.22, 0.52, 0.78, 0.26]


def test_usual_preferences_of_zhao_et_al_2013() -> None:
    flows = promethee(np.array([[4.0, 3, 2], [3, 2, 4], [5, 1, 3]]), [0.5, 0.3, 0.2], [True] * 3, [USUAL] * 3)
    assert flows.net == pytest.approx([0.1, -0.3, 0.2])


def by_pairs(values: np.ndarray, preference: Preference) -> np.ndarray:
    difference = values[:, None] - values[None, :]
    width = preference.strict - preference.indifference
    if width == 0:
        return np.asarray((difference > preference.indifference).sum(axis=1))
    return np.asarray(np.clip((difference - preference.indifference) / width, 0, 1).sum(axis=1))


@given(
    st.lists(st.lists(st.integers(0, 20), min_size=2, max_size=2), min_size=2, max_size=30),
    st.integers(0, 6),
    st.integers(0, 6),
    st.booleans(),
)
def test_sorting_finds_what_comparing_all_pairs_finds(
    rows: list[list[int]], indifference: int, more: int, first_is_cost: bool
) -> None:
    values, weights = np.array(rows) / 4, (0.7, 0.3)
    preference = Preference(indifference / 4, (indifference + more) / 4)
    flows = promethee(values, weights, [not first_is_cost, True], [preference, USUAL])
    turned = values * [-1 if first_is_cost else 1, 1]
    sides = zip(turned.T, weights, (preference, USUAL), strict=True)
    slow = sum(weight * by_pairs(column, kind) for column, weight, kind in sides) / (len(rows) - 1)
    assert flows.positive == pytest.approx(slow)
    assert flows.net.sum() == pytest.approx(0, abs=1e-9)


def test_one_alternative_has_no_flow() -> None:
    assert promethee(np.array([[1.0]]), [1.0], [True], [USUAL]).net.tolist() == [0]
