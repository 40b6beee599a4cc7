"""Published weighted sums, and what makes a fixed scale different from the normalisations of the alternatives."""

from __future__ import annotations

import numpy as np
import pytest

from planner.domain.weighted_sum import by_range, by_scale, by_sum, by_vector, weighted_sum

# Kracka, Brauers & Zavadskas 2010, Inzinerine Ekonomika 21(4):352–359: heating losses of a building, six variants.
LOSSES = np.array(
    [
        [33.95, 23.78, 11.45, 39.97, 29.44, 167.10, 3.852],
        [38.9, 4.17, 6.32, 0.01, 4.29, 132.52, 25.184],
        [37.59, 9.36, 8.23, 4.35, 10.22, 136.71, 10.845],
        [30.44, 37.59, 13.91, 74.08, 45.10, 198.34, 2.186],
        [36.21, 14.79, 9.17, 17.77, 17.06, 148.3, 6.610],
        [37.8, 8.55, 7.97, 2.35, 9.25, 134.83, 11.935],
    ]
)
BENEFITS = [False, False, False, False, True, False, True]


def test_weighted_sum_of_kracka_et_al_2010() -> None:
    scores = weighted_sum(by_sum(LOSSES, BENEFITS), np.full(7, 1 / 7))
    expected = [0.12040426, 0.3458235, 0.13838192, 0.12841246, 0.12346084, 0.14351701]
    assert scores == pytest.approx(expected, abs=5e-9)
    assert np.argsort(-scores).tolist() == [1, 5, 2, 3, 4, 0]


def test_ratio_system_of_kracka_et_al_2010() -> None:
    # The ratio part of MULTIMOORA: vector normalisation, costs with a minus, all weights 1.
    scores = weighted_sum(by_vector(LOSSES, BENEFITS), np.ones(7))
    expected = [-1.62447867, -0.25233889, -0.84635037, -2.23363519, -1.18698242, -0.77456208]
    assert scores == pytest.approx(expected, abs=5e-9)


def test_ratio_system_of_karabasevic_et_al_2015() -> None:
    # Acta Montanistica Slovaca 20(2): candidates in the mining industry.
    grades = np.array([[4, 3, 3, 4, 3, 2, 4], [3, 3, 4, 3, 5, 4, 4], [5, 4, 4, 5, 5, 5, 4]], dtype=float)
    weights = [0.215, 0.215, 0.159, 0.133, 0.102, 0.102, 0.073]
    assert weighted_sum(by_vector(grades, [True] * 7), weights).round(3).tolist() == [0.494, 0.527, 0.677]


def test_a_fixed_scale_does_not_look_at_the_other_alternatives() -> None:
    levels = np.array([[1.0, 5.0], [3.0, 2.0], [4.0, 4.0]])
    whole = by_scale(levels, [True, False], 1, 5)
    assert whole.tolist() == [[0, 0], [0.5, 0.75], [0.75, 0.25]]
    assert (by_scale(levels[:2], [True, False], 1, 5) == whole[:2]).all()
    assert (by_range(levels[1:], [True, True]) != by_range(levels, [True, True])[1:]).any()


def test_a_column_of_equal_values_is_no_division_by_zero() -> None:
    assert by_range(np.array([[2.0], [2.0]]), [True]).tolist() == [[1], [1]]
    assert by_vector(np.array([[0.0], [0.0]]), [True]).tolist() == [[0], [0]]
