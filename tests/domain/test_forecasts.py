"""Forecasts of one project and what they were worth: which count, the base rate, the record of a portfolio."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from planner.domain.calibration import brier
from planner.domain.forecasts import (
    SUCCESS,
    Forecast,
    ForecastDraft,
    Outcome,
    OutcomeDraft,
    OutcomeKind,
    base_rate,
    build_case,
    build_project_forecasts,
    chance_of_rate,
    current_outcome,
    score_over_time,
    scored_forecasts,
)
from planner.domain.track_records import Subject, build_portfolio_forecasts

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def said(probability: float, day: float = 0, by: str = "Mara") -> Forecast:
    at = START + timedelta(days=day)
    return Forecast(probability=probability, success=SUCCESS, forecaster=by, recorded_at=at, recorded_by=by)


def ended(kind: OutcomeKind, day: int, recorded: float | None = None, **more: Any) -> Outcome:
    at = START + timedelta(days=day if recorded is None else recorded)
    return Outcome(
        outcome=kind,
        ended_on=(START + timedelta(days=day)).date(),
        recorded_at=at,
        recorded_by="Jo",
        **more,
    )


def scored(history: list[Forecast], *outcomes: Outcome) -> dict[str, float]:
    return {one.forecaster: one.probability for one in scored_forecasts(build_case(history, outcomes))}


def test_the_last_forecast_before_the_outcome_counts() -> None:
    history = [said(0.2), said(0.4, 1, "Jo"), said(0.6, 2), said(0.9, 9), said(0.8, 9, "Ben")]
    assert scored(history, ended("success", 5, 20)) == {"Mara": 0.6, "Jo": 0.4}
    assert scored(history, ended("success", 9, 20)) == {"Mara": 0.9, "Jo": 0.4, "Ben": 0.8}
    assert scored(history, ended("success", 9, 8.9)) == {"Mara": 0.6, "Jo": 0.4}  # somebody had recorded it by then
    assert scored(history) == {}


def test_a_correction_changes_what_came_and_not_which_forecasts_count() -> None:
    history = [said(0.2), said(0.9, 3)]
    outcomes = [ended("success", 2), ended("failure", 4, 10)]
    assert scored(history, *outcomes) == {"Mara": 0.2}
    case = build_case(history, outcomes)
    assert case is not None
    assert not case.came
    reopened = [ended("success", 2), ended("reopened", 2, 2.5)]
    assert current_outcome(reopened) is None
    assert scored(history, *reopened) == {}
    assert scored(history, *reopened, ended("failure", 4, 10)) == {"Mara": 0.9}


def test_what_was_abandoned_is_not_scored() -> None:
    assert build_case([said(0.9)], [ended("abandoned", 3)]) is None


def test_a_score_over_time_weighs_each_forecast_by_how_long_it_stood() -> None:
    case = build_case([said(0.5), said(0.9, 3)], [ended("success", 4)])
    assert case is not None
    assert score_over_time(case) == pytest.approx((3 * 0.25 + 1 * 0.01) / 4)
    both = build_case([said(0.5), said(1.0, 2, "Jo")], [ended("success", 4)])
    assert both is not None
    assert score_over_time(both) == pytest.approx((2 * 0.25 + 2 * 0.0625) / 4)
    assert score_over_time(both.of("Jo")) == 0
    assert score_over_time(both.of("nobody")) is None


def test_the_base_rate_is_narrowed_to_an_archetype_that_has_ten() -> None:
    kinds: list[tuple[str | None, OutcomeKind]] = [("a", "success") for _ in range(9)]
    kinds += [("b", "failure"), ("b", "failure"), ("b", "failure"), (None, "abandoned")]
    wide = base_rate(kinds, "a")
    assert wide.archetype is None
    assert wide.ended is not None
    assert (wide.ended.successes, wide.ended.of, wide.abandoned) == (9, 12, 1)
    narrow = base_rate([*kinds, ("a", "failure")], "a")
    assert narrow.archetype == "a"
    assert narrow.ended is not None
    assert (narrow.ended.successes, narrow.ended.of, narrow.abandoned) == (9, 10, 0)
    assert chance_of_rate(narrow, 0.0) == 1
    assert 0 < (chance_of_rate(narrow, 0.99) or 0) < 0.2


def test_without_history_there_is_no_base_rate() -> None:
    rate = base_rate([(None, "abandoned")], "a")
    assert (rate.ended, rate.archetype, rate.abandoned) == (None, None, 1)
    assert chance_of_rate(rate, 0.5) is None
    found = build_project_forecasts([], [], rate)
    assert (found.mean, found.success, found.current) == (None, SUCCESS, ())


def test_the_last_forecast_of_each_is_current_and_the_mean_is_theirs() -> None:
    found = build_project_forecasts([said(0.1), said(0.5, 1, "Jo"), said(0.7, 2)], [], base_rate([], None))
    assert [(one.forecaster, one.probability) for one in found.current] == [("Jo", 0.5), ("Mara", 0.7)]
    assert found.mean == pytest.approx(0.6)
    assert len(found.history) == 3


def test_a_portfolio_is_scored_by_the_mean_and_each_forecaster_alone() -> None:
    subjects = {
        n: Subject(key=f"L-{n}", name=f"p{n}", archetype=None, status=status)
        for n, status in enumerate(["active", "live", "live", "stopped", "live", "active"], 1)
    }
    forecasts = {1: [said(0.8)], 2: [said(0.9), said(0.7, 0, "Jo")], 3: [said(0.6)], 4: [said(0.5)]}
    outcomes = {
        2: [ended("success", 3, actual_effort=3.0, estimated_effort=2.0)],
        3: [ended("failure", 4)],
        4: [ended("abandoned", 5, actual_effort=1.0, estimated_effort=9.0)],
        6: [ended("success", 6)],
    }
    found = build_portfolio_forecasts(subjects, forecasts, outcomes)
    assert [one.key for one in found.open] == ["L-1"]
    assert [one.key for one in found.ended] == ["L-6", "L-4", "L-3", "L-2"]
    assert [one.key for one in found.unrecorded] == ["L-5"]
    record = found.calibration
    assert record.overall.brier == pytest.approx(brier([(0.8, True), (0.6, False)]))
    assert (record.overall.forecasts, record.unforecast) == (2, 1)
    assert [(one.forecaster, one.forecasts) for one in record.forecasters] == [("Mara", 2), ("Jo", 1)]
    assert record.forecasters[1].skill is None
    assert record.base_rate.ended is not None
    assert (record.base_rate.ended.successes, record.base_rate.ended.of) == (2, 3)
    assert [(one.projects, one.median) for one in record.effort] == [(1, 1.5)]


def test_an_empty_portfolio_has_no_score() -> None:
    overall = build_portfolio_forecasts({}, {}, {}).calibration.overall
    assert (overall.forecasts, overall.brier, overall.decomposition, overall.curve) == (0, None, None, ())


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf"), True, "much", None, 10**400])
def test_a_probability_lies_between_0_and_1(value: object) -> None:
    with pytest.raises(ValidationError):
        ForecastDraft.model_validate({"probability": value})


@pytest.mark.parametrize("value", [0, 20260530, "31.5.2026", "2026-06-31", "20260531", "1969-12-31", "2200-01-01", ""])
def test_a_date_is_written_in_one_way(value: object) -> None:
    with pytest.raises(ValidationError):
        OutcomeDraft.model_validate({"outcome": "success", "ended_on": value})
    assert OutcomeDraft.model_validate({"outcome": "success", "ended_on": "2026-05-31"}).ended_on == date(2026, 5, 31)
