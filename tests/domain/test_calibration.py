"""Scores of forecasts: published examples, and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.calibration import Pair, brier, crps_normal, curve, decompose, interval_score, skill

TENS = st.integers(0, 10).map(lambda tens: tens / 10)
CHANCES = st.floats(0, 1)


def pairs_of(chances: st.SearchStrategy[float]) -> st.SearchStrategy[list[Pair]]:
    return st.lists(st.tuples(chances, st.booleans()), min_size=1, max_size=150)


def pairs(probabilities: list[float], came: list[int]) -> list[Pair]:
    return [(p, bool(y)) for p, y in zip(probabilities, came, strict=True)]


def test_brier_score_of_the_documentation_of_scikit_learn() -> None:
    # sklearn.metrics.brier_score_loss: (0.1, 0.9, 0.8, 0.3) against (0, 1, 1, 0).
    assert brier(pairs([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0])) == pytest.approx(0.0375, abs=1e-12)


def test_murphys_decomposition_of_ten_forecasts() -> None:
    # decision.md 3.12: .186 = .011 − .075 + .25 (Murphy 1973).
    made = pairs([0.1] * 4 + [0.5] * 4 + [0.9] * 2, [0, 0, 1, 0, 1, 0, 0, 1, 1, 1])
    parts = decompose(made)
    assert brier(made) == pytest.approx(0.186, abs=1e-12)
    assert (parts.reliability, parts.resolution, parts.uncertainty) == pytest.approx((0.011, 0.075, 0.25), abs=1e-12)
    assert (parts.grouping, parts.within) == ("distinct", 0)
    assert skill(made) == pytest.approx(1 - 0.186 / 0.25, abs=1e-12)


def test_scores_of_intervals_and_normals() -> None:
    # decision.md 3.12; Gneiting & Raftery 2007.
    assert interval_score(0.6, 0.8, 0.55, 0.2) == pytest.approx(0.7, abs=1e-12)
    assert interval_score(0.6, 0.8, 0.85, 0.2) == pytest.approx(0.7, abs=1e-12)
    assert interval_score(0.6, 0.8, 0.7, 0.2) == pytest.approx(0.2, abs=1e-12)
    assert round(crps_normal(0, 1, 0), 6) == 0.233695
    assert crps_normal(2, 0, 5) == 3
    assert crps_normal(3, 1e-9, 5) == pytest.approx(2)


@given(pairs_of(CHANCES))
def test_a_score_lies_between_0_and_1_and_its_parts_add_up(made: list[Pair]) -> None:
    score, parts = brier(made), decompose(made)
    assert 0 <= score <= 1
    assert score == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty + parts.within, abs=1e-9)
    assert parts.reliability >= 0
    assert -1e-12 <= parts.resolution <= parts.uncertainty + 1e-12


@given(pairs_of(TENS))
def test_grouped_by_distinct_probability_nothing_is_left_over(made: list[Pair]) -> None:
    parts = decompose(made)
    assert (parts.grouping, parts.within) == ("distinct", 0)
    assert brier(made) == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty, abs=1e-12)


@given(st.lists(st.booleans(), min_size=1))
def test_who_always_knew_scores_0(came: list[bool]) -> None:
    made = [(float(y), y) for y in came]
    assert brier(made) == 0
    assert decompose(made).reliability == 0
    assert skill(made) in (None, 1)


@given(pairs_of(CHANCES))
def test_the_curve_holds_every_forecast_once(made: list[Pair]) -> None:
    points = curve(made)
    assert sum(point.forecasts for point in points) == len(made)
    assert sum(point.successes for point in points) == sum(came for _, came in made)
    assert [point.low for point in points] == sorted({point.low for point in points})
    for point in points:
        assert point.low - 1e-9 <= point.mean <= point.high + 1e-9
        assert point.share_low <= point.share <= point.share_high
    assert len(points) <= (10 if len(made) >= 100 else 5)


def test_an_edge_opens_its_bin() -> None:
    assert [point.low for point in curve(pairs([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0] * 6))] == [0, 0.2, 0.4, 0.6, 0.8]
    assert curve([]) == ()
