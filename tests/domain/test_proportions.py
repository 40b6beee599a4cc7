"""Shares that were counted: published examples, and laws."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.proportions import count_share, incomplete_beta, probability_at_least, wilson


@pytest.mark.parametrize(
    ("successes", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)],
)
def test_wilson_as_newcombe_1998_prints_it(successes: int, of: int, low: float, high: float) -> None:
    # Newcombe 1998, Statistics in Medicine 17:857-872, method 3.
    assert tuple(round(bound, 4) for bound in wilson(successes, of)) == (low, high)


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilson_holds_the_share_and_stays_between_0_and_1(counted: tuple[int, int]) -> None:
    successes, of = counted
    low, high = wilson(successes, of)
    assert 0 <= low <= successes / of <= high <= 1
    assert low < high


def test_there_is_no_share_of_nothing() -> None:
    assert count_share(0, 0) is None
    share = count_share(4, 7)
    assert share is not None
    assert (share.successes, share.of, round(share.share, 3)) == (4, 7, 0.571)


@pytest.mark.parametrize(("successes", "of", "said"), [(186, 200, 0.926872), (45, 50, 0.474319)])
def test_jeffreys_probability_that_a_rate_reaches_a_threshold(successes: int, of: int, said: float) -> None:
    # decision.md 3.12: P(p ≥ 0.9), by Beta(½, ½).
    assert round(probability_at_least(0.9, successes, of), 6) == said


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_incomplete_beta_function_is_the_binomial_tail(a: int, b: int, x: float) -> None:
    # NIST DLMF 8.17.5: I_x(a, b) = Σ_{j=a}^{a+b−1} C(a+b−1, j) x^j (1−x)^(a+b−1−j).
    n = a + b - 1
    tail = sum(comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))
    assert incomplete_beta(x, a, b) == pytest.approx(tail, abs=1e-11)


@given(st.floats(0.5, 1e5), st.floats(0.5, 1e5), st.floats(0, 1))
def test_the_incomplete_beta_function_is_symmetric_and_a_probability(a: float, b: float, x: float) -> None:
    found = incomplete_beta(x, a, b)
    assert -1e-9 <= found <= 1 + 1e-9
    assert found == pytest.approx(1 - incomplete_beta(1 - x, b, a), abs=1e-7)
