"""TOPSIS and VIKOR: the examples of the literature to the digits printed there."""

from __future__ import annotations

import numpy as np
import pytest

from planner.domain.reference_points import compromise, topsis, vikor
from planner.domain.weighted_sum import by_range, by_scale, by_vector

# Opricovic & Tzeng 2004, EJOR 156:445–455: which mountain to climb, by risk (a cost) and altitude.
MOUNTAINS, RISK_AND_ALTITUDE = np.array([[1.0, 3000], [2, 3750], [5, 4500]]), [False, True]
# Tzeng & Huang 2011, Multiple Attribute Decision Making, CRC Press.
PARTS, PART_WEIGHTS = np.array([[5.0, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]]), [0.3, 0.4, 0.3]
# Papathanasiou & Ploskas 2018, Multiple Criteria Decision Aid, Springer: where to build.
SITES = np.array([[8.0, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]])
SITE_WEIGHTS = [0.4, 0.3, 0.1, 0.2]
# Opricovic & Tzeng 2007, EJOR 178:514–529: water resources on the Drina.
RIVER = np.array(
    [
        [4184.3, 2914.0, 407.2, 251.0, 195, 244, 15, 2.41],
        [5211.9, 3630.0, 501.7, 308.3, 282, 346, 21, 1.41],
        [5021.3, 3920.5, 504.0, 278.6, 12, 56, 3, 4.42],
        [5566.1, 3957.9, 559.5, 335.3, 167, 268, 16, 3.36],
        [5060.5, 3293.5, 514.1, 284.2, 69, 90, 7, 4.04],
        [4317.9, 2925.9, 432.8, 239.3, 12, 55, 3, 4.36],
    ]
)
RIVER_MAXIMISE = [True, False, True, True, False, False, False, True]


def test_topsis_of_tzeng_and_huang_2011() -> None:
    closeness = topsis(by_vector(PARTS, [True] * 3), PART_WEIGHTS)
    assert closeness == pytest.approx([0.5037, 0.6581, 0.7482, 0.3340], abs=1e-4)
    assert np.argsort(-closeness).tolist() == [2, 1, 0, 3]


def test_topsis_of_opricovic_and_tzeng_2004_depends_on_the_normalisation() -> None:
    linear = topsis(by_range(MOUNTAINS, RISK_AND_ALTITUDE), [0.5, 0.5])
    vector = topsis(by_vector(MOUNTAINS, RISK_AND_ALTITUDE), [0.5, 0.5])
    assert linear.round(3).tolist() == [0.5, 0.617, 0.5]
    assert vector.round(4).tolist() == [0.7621, 0.7222, 0.2379]
    assert (int(linear.argmax()), int(vector.argmax())) == (1, 0)


def test_topsis_of_a_textbook_case_with_weights_that_do_not_sum_to_one() -> None:
    # A case of the Julia package JMcDM; only the ratios of the weights matter.
    grades = np.array([[9.0, 7, 6, 7], [8, 7, 9, 6], [7, 8, 6, 6]])
    assert topsis(by_vector(grades, [True] * 4), [4, 2, 6, 8]) == pytest.approx(
        [0.3876870, 0.6503238, 0.0834767], abs=5e-8
    )


def test_topsis_of_ersoy_2021() -> None:
    # LogForum 17(3): equipment for an e-commerce company; the last two criteria are costs. Printed from rounded values.
    laptops = np.array(
        [
            [256, 8, 41, 1.6, 1.77, 7347.16],
            [256, 8, 32, 1.0, 1.8, 6919.99],
            [256, 8, 53, 1.6, 1.9, 8400],
            [256, 8, 41, 1.0, 1.75, 6808.9],
            [512, 8, 35, 1.6, 1.7, 8479.99],
            [256, 4, 35, 1.6, 1.7, 7499.99],
        ]
    )
    weights, maximise = [0.405, 0.221, 0.134, 0.199, 0.007, 0.034], [True] * 4 + [False] * 2
    assert topsis(by_vector(laptops, maximise), weights).round(2).tolist() == [0.31, 0.25, 0.33, 0.26, 0.86, 0.19]


def test_topsis_reverses_ranks_and_a_fixed_scale_with_fixed_ideals_does_not() -> None:
    # Wang & Triantaphyllou 2008, Omega 36:45–63: a third alternative turns the order of two others round.
    three = np.array([[2.0, 2.0], [3.0, 1.0], [1.0, 4.0]])
    first_two, maximise, weights = three[:2], [True, True], [0.5, 0.5]
    before = topsis(by_vector(first_two, maximise), weights)
    after = topsis(by_vector(three, maximise), weights)
    assert before[0] > before[1]
    assert after[0] < after[1]
    fixed = topsis(by_scale(three, maximise, 1, 5), weights, best=1, worst=0)
    assert (topsis(by_scale(first_two, maximise, 1, 5), weights, best=1, worst=0) == fixed[:2]).all()


def test_equal_alternatives_are_neither_near_nor_far() -> None:
    assert topsis(np.ones((3, 2)), [0.5, 0.5]).tolist() == [0.5] * 3


def test_vikor_of_opricovic_and_tzeng_2004() -> None:
    found = vikor(MOUNTAINS, [0.5, 0.5], RISK_AND_ALTITUDE)
    assert found.group.tolist() == [0.5, 0.375, 0.5]
    assert found.individual.tolist() == [0.5, 0.25, 0.5]
    assert found.compromise.tolist() == [1, 0, 1]
    proposed = compromise(found)
    assert (proposed.alternatives, proposed.advantage, proposed.stable) == ((1,), True, True)


def test_vikor_of_tzeng_and_huang_2011() -> None:
    found = vikor(PARTS, PART_WEIGHTS, [True] * 3)
    assert found.group == pytest.approx([0.6, 0.3, 0.15, 0.65])
    assert found.individual == pytest.approx([0.3, 0.2, 0.15, 0.4])
    assert found.compromise == pytest.approx([0.75, 0.25, 0, 1])
    proposed = compromise(found)
    assert (set(proposed.alternatives), proposed.advantage, proposed.stable) == ({1, 2}, False, True)


def test_vikor_of_papathanasiou_and_ploskas_2018() -> None:
    found = vikor(SITES, SITE_WEIGHTS, [True] * 4, group_share=0.625)
    assert found.compromise.round(3).tolist() == [0.640, 1.000, 0.693, 0.271, 0.000, 0.694]


@pytest.mark.parametrize(
    ("weights", "group", "individual", "between", "proposal", "advantage"),
    [
        (
            [1, 1, 1, 1, 1, 1, 1, 1],
            [0.692, 0.7, 0.29, 0.423, 0.28, 0.346],
            [0.125, 0.125, 0.121, 0.125, 0.067, 0.125],
            [0.991, 1.0, 0.473, 0.670, 0.0, 0.578],
            {4},
            True,
        ),
        (
            [2, 2, 2, 2, 1, 1, 1, 1],
            [0.701, 0.6, 0.386, 0.365, 0.317, 0.459],
            [0.167, 0.114, 0.161, 0.167, 0.089, 0.167],
            [1.0, 0.533, 0.552, 0.563, 0.0, 0.686],
            {4},
            True,
        ),
        (
            [1, 1, 1, 1, 2, 2, 2, 2],
            [0.683, 0.8, 0.193, 0.48, 0.243, 0.232],
            [0.113, 0.167, 0.08, 0.122, 0.044, 0.083],
            [0.684, 1.0, 0.147, 0.554, 0.041, 0.191],
            {2, 4, 5},
            False,
        ),
        (
            [1, 1, 1, 1, 3.2, 3.2, 3.2, 3.2],
            [0.678, 0.857, 0.138, 0.513, 0.222, 0.167],
            [0.129, 0.190, 0.057, 0.139, 0.042, 0.060],
            [0.668, 1.0, 0.051, 0.588, 0.058, 0.078],
            {2, 4, 5},
            False,
        ),
    ],
)
def test_vikor_of_opricovic_and_tzeng_2007(
    weights: list[float],
    group: list[float],
    individual: list[float],
    between: list[float],
    proposal: set[int],
    advantage: bool,
) -> None:
    found = vikor(RIVER, np.array(weights) / sum(weights), RIVER_MAXIMISE)
    assert found.group == pytest.approx(group, abs=1e-3)
    assert found.individual == pytest.approx(individual, abs=1e-3)
    assert found.compromise == pytest.approx(between, abs=2e-3)
    proposed = compromise(found)
    assert (set(proposed.alternatives), proposed.advantage, proposed.stable) == (proposal, advantage, True)


def test_a_clear_lead_that_is_not_stable_proposes_the_first_two() -> None:
    # A case of scikit-criteria: the fourth leads by Q, but neither by S nor by R.
    costs = np.array(
        [[1, 101, 1, 101, 1], [101, 1, 101, 1, 101], [1, 1, 1, 1, 101], [11, 11, 11, 16, 61], [56, 56, 56, 56, 56]],
        dtype=float,
    )
    found = vikor(costs, [0.2] * 5, [False] * 5)
    assert found.compromise == pytest.approx([0.75, 1, 0.5, 0.068, 0.4375], abs=1e-3)
    proposed = compromise(found)
    assert (proposed.alternatives, proposed.advantage, proposed.stable) == ((3, 4), True, False)


def test_what_is_the_same_for_all_counts_for_nothing() -> None:
    found = vikor(np.array([[1.0, 0, 3], [5, 0, 6]]), [1, 1, 1], [True] * 3)
    assert found.individual.tolist() == [1, 0]
    assert vikor(np.ones((2, 2)), [0.5, 0.5], [True, True]).compromise.tolist() == [0, 0]
    assert compromise(vikor(np.ones((1, 2)), [0.5, 0.5], [True, True])).alternatives == (0,)
