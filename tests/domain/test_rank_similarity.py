"""Rank similarities: published values, and the laws they share."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.rank_similarity import (
    kendall_tau_b,
    mean_ranks,
    spearman,
    tied_places,
    weighted_spearman,
    ws_similarity,
)

MEASURES = [spearman, weighted_spearman, ws_similarity, kendall_tau_b]


def test_the_example_of_salabun_and_urbaniak_2020() -> None:
    first, second = np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 3, 2, 4, 5])
    assert [round(measure(first, second) or 0, 4) for measure in MEASURES] == [0.9, 0.8833, 0.8542, 0.8]


def test_the_example_of_paradowski_et_al_2021() -> None:
    # Procedia Computer Science 192:1347–1358.
    first = np.array([7.0, 11, 2, 1, 4, 9, 6, 3, 5, 10, 8, 12])
    second = np.array([7.0, 11, 3, 2, 4, 9, 6, 1, 5, 10, 8, 12])
    assert round(weighted_spearman(first, second) or 0, 2) == 0.96
    assert round(ws_similarity(first, second) or 0, 2) == 0.9


def test_correlations_with_ties_as_scipy_documents_them() -> None:
    # scipy.stats.kendalltau and spearmanr, the examples of their documentation.
    tau = kendall_tau_b(mean_ranks(np.array([12.0, 2, 1, 12, 2])), mean_ranks(np.array([1.0, 4, 7, 1, 0])))
    assert tau == pytest.approx(-0.47140452079103173)
    rho = spearman(mean_ranks(np.array([1.0, 2, 3, 4, 5])), mean_ranks(np.array([5.0, 6, 7, 8, 7])))
    assert rho == pytest.approx(0.8207826816681233)


def test_ranks_of_papathanasiou_and_ploskas_2018() -> None:
    regrets = np.array([0.640, 1.000, 0.693, 0.271, 0.000, 0.694])
    assert tied_places(-regrets)[0].tolist() == [3, 6, 4, 2, 1, 5]


def test_ties_share_their_places() -> None:
    first, last = tied_places(np.array([5.0, 7, 5, 1]))
    assert (first.tolist(), last.tolist()) == ([2, 1, 2, 4], [3, 1, 3, 4])
    assert mean_ranks(np.array([5.0, 7, 5, 1])).tolist() == [2.5, 1, 2.5, 4]


scores = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=30)


@given(scores)
def test_kendall_counts_what_comparing_all_pairs_finds(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs, dtype=float).T
    signs = [(np.sign(a[0] - b[0]), np.sign(a[1] - b[1])) for a, b in combinations(pairs, 2)]
    agree = sum(x * y for x, y in signs)
    spread = np.sqrt(sum(x != 0 for x, _ in signs) * sum(y != 0 for _, y in signs))
    expected = None if spread == 0 else pytest.approx(agree / spread)
    assert kendall_tau_b(mean_ranks(first), mean_ranks(second)) == expected


@given(st.integers(2, 40).flatmap(lambda n: st.permutations(range(1, n + 1))))
def test_the_same_order_is_1_and_none_is_above(order: list[int]) -> None:
    straight, other = np.arange(1.0, len(order) + 1), np.array(order, dtype=float)
    for measure in MEASURES:
        assert measure(straight, straight) == pytest.approx(1)
        assert (measure(straight, other) or 0) <= 1 + 1e-12


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("ranks", [[], [1.0]])
def test_fewer_than_two_have_no_similarity(measure: object, ranks: list[float]) -> None:
    assert callable(measure)
    assert measure(np.array(ranks), np.array(ranks)) is None


def test_a_ranking_that_ties_all_has_no_correlation() -> None:
    tied, straight = np.array([2.0, 2, 2]), np.array([1.0, 2, 3])
    assert (spearman(tied, straight), kendall_tau_b(tied, straight)) == (None, None)
