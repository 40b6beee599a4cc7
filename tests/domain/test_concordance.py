"""Published examples to the digits printed, and the laws that hold for all ratings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.concordance import (
    Metric,
    average_deviation,
    average_ranks,
    chi_square_tail,
    gamma_upper,
    kendall_w,
    krippendorff_alpha,
    largest_complete_block,
    overlap_of_ranges,
    within_group_agreement,
)

N = float("nan")
# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: 4 observers, 12 units, some missing.
CANONICAL = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
)
# The data `anxiety` of the R package irr, also in DescTools: 20 subjects, 3 raters.
ANXIETY = np.array(
    [
        [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
        [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
        [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
    ],
    dtype=float,
)


@pytest.mark.parametrize(
    ("metric", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_canonical_data(metric: Metric, printed: float) -> None:
    alpha = krippendorff_alpha(CANONICAL, metric)
    assert alpha is not None
    assert round(alpha, 3) == printed


def test_kendalls_w_of_the_anxiety_data() -> None:
    # DescTools prints W corrected for ties, χ², df and p; irr prints W without the correction.
    found = kendall_w(ANXIETY)
    assert found is not None
    assert round(found.w_uncorrected, 6) == 0.501921
    assert round(found.w, 7) == 0.5396569
    assert round(found.chi_square, 4) == 30.7604
    assert found.df == 19
    assert round(found.p_value, 6) == 0.042883


@pytest.mark.parametrize(
    ("x", "df", "p"),
    # Abramowitz & Stegun 1964, table 26.8: percentage points of χ².
    [(3.84146, 1, 0.05), (6.63490, 1, 0.01), (18.3070, 10, 0.05), (50.8922, 30, 0.01), (140.169, 100, 0.005)],
)
def test_the_tail_of_chi_square_as_printed_in_tables(x: float, df: int, p: float) -> None:
    assert chi_square_tail(x, df) == pytest.approx(p, rel=1e-4)


def test_the_incomplete_gamma_function_where_it_has_a_closed_form() -> None:
    for x in (0.01, 0.5, 1.0, 1.9, 2.0, 2.1, 5.0, 40.0, 300.0):
        assert gamma_upper(1, x) == pytest.approx(np.exp(-x), rel=1e-12)
        assert gamma_upper(3, x) == pytest.approx(np.exp(-x) * (1 + x + x * x / 2), rel=1e-12)
    assert gamma_upper(2, 0) == 1
    with pytest.raises(ValueError, match="above 0"):
        gamma_upper(0, 1)


def test_what_cannot_be_told_is_none() -> None:
    assert krippendorff_alpha(np.array([[3.0, N], [N, 4.0]])) is None  # nobody rated the same unit
    assert krippendorff_alpha(np.array([[3.0, 3.0], [3.0, 3.0]])) is None  # nothing varies
    assert krippendorff_alpha(np.full((3, 2), N)) is None
    assert kendall_w(np.array([[1.0, 1.0], [2.0, 2.0]])) is None
    assert kendall_w(np.array([[1.0, 2.0]])) is None
    with pytest.raises(ValueError, match="every"):
        kendall_w(CANONICAL)
    assert within_group_agreement([3]) is None
    assert average_deviation([]) is None
    assert overlap_of_ranges([(1, 2)]) is None


def test_small_measures_by_hand() -> None:
    assert within_group_agreement([4, 4, 4]) == 1
    assert within_group_agreement([3, 5]) == 0  # s² = 2 = (25 − 1)/12
    assert within_group_agreement([1, 5]) == -3
    assert average_deviation([2, 4, 4, 2]) == 1
    assert overlap_of_ranges([(2, 4), (3, 5)]) == 0.5
    assert overlap_of_ranges([(1, 2), (4, 5)]) == 0
    assert overlap_of_ranges([(1, 1), (1, 1), (1, 2)]) == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert average_ranks(np.array([5.0, 1.0, 5.0])).tolist() == [2.5, 1, 2.5]


def test_the_largest_complete_block_leaves_out_whoever_would_shrink_it() -> None:
    block = largest_complete_block(CANONICAL)
    assert block is not None
    assert not np.isnan(block).any()
    assert block.shape == (4, 8)
    sparse = np.array([[1, 2, 3, 4], [2, 2, 3, 4], [N, N, N, 1]], dtype=float)
    found = largest_complete_block(sparse)
    assert found is not None
    assert found.tolist() == sparse[:2].tolist()
    assert largest_complete_block(sparse[1:]) is None
    whole = largest_complete_block(ANXIETY)
    assert whole is not None
    assert whole.shape == ANXIETY.shape


LEVELS = st.integers(1, 5).map(float)
RATINGS = st.integers(2, 5).flatmap(
    lambda units: st.lists(
        st.lists(st.one_of(LEVELS, st.just(N)), min_size=units, max_size=units), min_size=2, max_size=5
    ).map(np.array)
)
COMPLETE = st.integers(2, 6).flatmap(
    lambda units: st.lists(st.lists(LEVELS, min_size=units, max_size=units), min_size=2, max_size=5).map(np.array)
)
METRICS: st.SearchStrategy[Metric] = st.sampled_from(["nominal", "ordinal", "interval", "ratio"])


@given(RATINGS, METRICS, st.randoms())
def test_alpha_is_at_most_one_and_does_not_care_who_or_where(ratings: np.ndarray, metric: Metric, rnd: object) -> None:
    alpha = krippendorff_alpha(ratings, metric)
    raters, units = list(range(len(ratings))), list(range(ratings.shape[1]))
    rnd.shuffle(raters)  # type: ignore[attr-defined]
    rnd.shuffle(units)  # type: ignore[attr-defined]
    other = krippendorff_alpha(ratings[raters][:, units], metric)
    if alpha is None:
        assert other is None
    else:
        assert alpha <= 1
        assert other == pytest.approx(alpha, abs=1e-12)


@given(st.lists(LEVELS, min_size=2, max_size=8), st.integers(2, 5), METRICS)
def test_alpha_is_one_for_full_agreement(row: list[float], raters: int, metric: Metric) -> None:
    alpha = krippendorff_alpha(np.array([row] * raters), metric)
    assert alpha is None if len(set(row)) == 1 else alpha == 1


@given(COMPLETE)
def test_w_lies_between_zero_and_one(ratings: np.ndarray) -> None:
    found = kendall_w(ratings)
    if found is not None:
        assert 0 <= found.w_uncorrected <= found.w + 1e-12
        assert found.w <= 1
        assert 0 <= found.p_value <= 1
        backwards = kendall_w(ratings[::-1])
        assert backwards is not None
        assert backwards.w == pytest.approx(found.w, abs=1e-12)


@given(st.permutations(range(6)), st.integers(2, 5))
def test_w_is_one_when_all_rank_alike(order: list[int], raters: int) -> None:
    found = kendall_w(np.array([order] * raters, dtype=float))
    assert found is not None
    assert found.w == 1


@given(st.floats(0.1, 80), st.floats(0, 200), st.floats(0, 50))
def test_the_tail_falls(a: float, x: float, more: float) -> None:
    assert 0 <= gamma_upper(a, x + more) <= gamma_upper(a, x) + 1e-12 <= 1 + 1e-12
