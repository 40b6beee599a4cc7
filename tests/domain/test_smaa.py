"""SMAA-2 against published examples and exact geometry."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from planner.domain.errors import Invalid
from planner.domain.sampling import ordered_weights
from planner.domain.smaa import (
    central_weights,
    chances_of_best,
    confidence_factors,
    consistent_scores,
    free_weights,
    interval_weights,
    normal_scores,
    pairwise_winning,
    piecewise_linear,
    rank_acceptability,
    rank_order_centroid,
    rank_reciprocal,
    rank_sum,
    ranking_entropy,
    utilities,
)

# Five projects, three criteria; the indices are areas of polygons in the simplex of weights, in exact fractions.
SCORES = np.array([(0.9, 0.2, 0.4), (0.5, 0.7, 0.5), (0.2, 0.9, 0.3), (0.6, 0.4, 0.8), (0.5, 0.6, 0.4)])
FREE = np.array(
    [
        (547 / 2394, 0.144612, 0.127718, 0.071977, 0.427206),
        (119 / 855, 0.541082, 0.319737, 0, 0),
        (1 / 5, 0.070833, 0.105392, 0.066993, 0.556781),
        (115 / 266, 0.241158, 0.104561, 0.205937, 0.016013),
        (0, 0.002315, 0.342593, 0.655093, 0),
    ]
)
FREE_CENTRAL = np.array(
    [
        (0.679808, 0.167119, 0.153072),
        (0.329354, 0.476889, 0.193756),
        (0.133333, 0.700000, 0.166667),
        (0.244023, 0.205339, 0.550637),
    ]
)
FREE_PAIRS = np.array(
    [
        (0, 0.355556, 0.5625, 0.257143, 0.5),
        (0.644444, 0, 0.8, 0.375, 1),
        (0.4375, 0.2, 0, 0.277778, 0.375),
        (0.742857, 0.625, 0.722222, 0, 0.777778),
        (0.5, 0, 0.625, 0.222222, 0),
    ]
)
ORDERED = np.array(
    [
        (83 / 114, 0.139098, 0.132832, 0, 0),
        (73 / 456, 0.292920, 0.546992, 0, 0),
        (0, 0, 0, 0.030303, 0.969697),
        (17 / 152, 0.567982, 0.209064, 0.080808, 0.030303),
        (0, 0, 0.111111, 0.888889, 0),
    ]
)
ORDERED_CENTRAL = {
    0: (0.670389, 0.241099, 0.088512),
    1: (0.472646, 0.414580, 0.112773),
    3: (0.423418, 0.320734, 0.255848),
}
S = 100_000


def close(found: np.ndarray, exact: np.ndarray, samples: int = S) -> bool:
    """Within four standard errors of a sampled share."""
    return bool((np.abs(found - exact) <= 4 * np.sqrt(exact * (1 - exact) / samples) + 1e-6).all())


def test_exact_geometry_without_any_weight_information() -> None:
    weights = free_weights(np.random.default_rng(1), S, 3)
    utility = utilities(SCORES, weights)
    assert close(rank_acceptability(utility), FREE)
    assert close(pairwise_winning(utility), FREE_PAIRS)
    central = central_weights(utility, weights)
    assert np.allclose(central[:4], FREE_CENTRAL, atol=0.006)
    assert np.isnan(central[4]).all()  # never first: no weights favour it, and 0 or a third would be invented
    assert np.isnan(confidence_factors(np.tile(SCORES, (2, 1, 1)), central)[4])


def test_exact_geometry_with_an_order_of_the_weights() -> None:
    weights = ordered_weights(np.random.default_rng(1), S, 3)
    utility = utilities(SCORES, weights)
    assert close(rank_acceptability(utility), ORDERED)
    central = central_weights(utility, weights)
    for index, exact in ORDERED_CENTRAL.items():
        assert np.allclose(central[index], exact, atol=0.006)
    assert np.isnan(central[[2, 4]]).all()


def test_what_no_weights_put_first_is_not_potentially_optimal() -> None:
    # The case `potopt` of tommite/rrpm: the first and the third are best under some weights, the second under none.
    weights = free_weights(np.random.default_rng(1), S, 3)
    first = rank_acceptability(utilities(np.array([(1, 1, 2), (1, 1, 1.5), (2, 1, 1)]), weights))[:, 0]
    assert (first > 0).tolist() == [True, False, True]


def test_the_mean_of_ordered_weights_is_the_rank_order_centroid() -> None:
    for n in (2, 3, 5):
        mean = ordered_weights(np.random.default_rng(n), S, n).mean(axis=0)
        assert np.allclose(mean, rank_order_centroid(n), atol=0.003)


def test_surrogate_weights() -> None:
    # Barron & Barrett 1996; Stillwell, Seaver & Edwards 1981.
    centroids = {
        2: "3/4 1/4",
        3: "11/18 5/18 1/9",
        4: "25/48 13/48 7/48 1/16",
        5: "137/300 77/300 47/300 9/100 1/25",
        6: "49/120 29/120 19/120 37/360 11/180 1/36",
        7: "363/980 223/980 153/980 319/2940 107/1470 13/294 1/49",
    }
    for n, exact in centroids.items():
        assert rank_order_centroid(n) == pytest.approx([float(Fraction(part)) for part in exact.split()])
    assert rank_sum(4) == pytest.approx((0.4, 0.3, 0.2, 0.1))
    assert rank_reciprocal(4) == pytest.approx((0.48, 0.24, 0.16, 0.12))


def test_interval_weights_are_uniform_between_their_ends() -> None:
    generator = np.random.default_rng(3)
    free = interval_weights(generator, 20_000, (0, 0, 0), (1, 1, 1))
    assert close(rank_acceptability(utilities(SCORES, free)), FREE, 20_000)
    tight = interval_weights(generator, 5_000, (0.2, 0.3, 0.1), (0.5, 0.6, 0.3))
    assert tight.sum(axis=1) == pytest.approx(1)
    assert (tight >= np.array((0.2, 0.3, 0.1)) - 1e-9).all()
    assert (tight <= np.array((0.5, 0.6, 0.3)) + 1e-9).all()
    assert interval_weights(generator, 2, (1,), (1,)).tolist() == [[1], [1]]
    for low, high in (((0.6, 0.6), (1, 1)), ((0, 0), (0.4, 0.4)), ((0.5, 0.2), (0.4, 1))):
        with pytest.raises(Invalid):
            interval_weights(generator, 2, low, high)


def test_small_cases_of_the_r_package() -> None:
    # gertvv/rsmaa, tests: ten samples of which A wins nine; A better than B in every one.
    utility = np.array([(1.0, 0.5)] * 9 + [(0.1, 0.5)])
    assert pairwise_winning(utility).tolist() == [[0, 0.9], [pytest.approx(0.1), 0]]
    weights = free_weights(np.random.default_rng(1), 10, 2)
    always = np.array([(1.0, 0.5)] * 10)
    central = central_weights(always, weights)
    assert central[0] == pytest.approx(weights.mean(axis=0))
    assert np.isnan(central[1]).all()
    factors = confidence_factors(np.tile(np.array([(1.0, 1.0), (0.5, 0.5)]), (10, 1, 1)), central)
    assert factors[0] == 1
    assert np.isnan(factors[1])


def test_partial_values_of_the_r_package() -> None:
    # gertvv/rsmaa, tests of smaa.pvf.
    assert piecewise_linear(np.array(0.1), (-0.15, 0, 0.25, 0.35), (0, 0.1, 0.9, 1)) == pytest.approx(0.42)
    cut_offs, values = (50, 75, 90, 100), (1, 0.8, 0.5, 0)
    assert piecewise_linear(np.array(60), cut_offs, values) == pytest.approx(0.92)
    outside = np.array((10, 40, 101, 120))
    assert piecewise_linear(outside, cut_offs, values, clipped=False) == pytest.approx((1.32, 1.08, -0.05, -1))
    assert piecewise_linear(outside, cut_offs, values) == pytest.approx((1, 1, 0, 0))


def test_the_chance_to_be_best_of_normal_scores() -> None:
    exact = (0.563996, 0.294823, 0.139362, 0.001819)
    found = chances_of_best((0.70, 0.66, 0.60, 0.55), (0.05, 0.08, 0.10, 0.04))
    assert found == pytest.approx(exact, abs=5e-7)
    scores = normal_scores(
        np.random.default_rng(1),
        S,
        np.array([[0.70], [0.66], [0.60], [0.55]]),
        np.array([[0.05], [0.08], [0.10], [0.04]]),
    )
    assert close(rank_acceptability(utilities(scores, np.array([1.0])))[:, 0], np.array(exact))


def test_one_assessor_for_all_projects_lets_leniency_cancel() -> None:
    strict = np.array([[2.0], [1.0]])
    both = np.array([strict, strict + 2])  # the second assessor gives two points more to everything
    drawn = consistent_scores(np.random.default_rng(1), 500, both)
    assert pairwise_winning(utilities(drawn, np.array([1.0])))[0, 1] == 1
    assert set(drawn[:, 0, 0]) == {2.0, 4.0}
    assert ranking_entropy(utilities(drawn, np.array([1.0]))) == 0


def test_ties_share_the_better_rank() -> None:
    assert rank_acceptability(np.array([(1.0, 1.0, 0.5)])).tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
