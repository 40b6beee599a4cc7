"""What the forecasts of a portfolio have been worth: its open and ended projects, and how well each was foreseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import Field

from planner.domain.calibration import CurvePoint, Decomposition, brier, curve, decompose, skill
from planner.domain.forecasts import (
    ENDED_STATUSES,
    BaseRate,
    Case,
    Forecast,
    Outcome,
    ScoredForecast,
    base_rate,
    build_case,
    current_forecasts,
    current_outcome,
    mean_of,
    score_over_time,
    scored_forecasts,
)
from planner.domain.model import Model
from planner.domain.uplift import Uplift, uplifts


class Subject(Model):
    """What is known of a project that forecasts or an outcome are about."""

    key: str
    name: str
    archetype: str | None
    status: str | None


class OpenForecast(Subject):
    """A project that has not ended, with its current forecasts."""

    mean: float = Field(description="The mean of the current probabilities.")
    lowest: float = Field(description="The least of them.")
    highest: float = Field(description="The largest of them.")
    forecasters: tuple[str, ...] = Field(description="Names of those who forecast it.")
    probabilities: tuple[float, ...] = Field(description="One for each forecaster, in their order.")
    horizon: date | None = Field(description="The first horizon that a current forecast names.")


class EndedForecast(Subject):
    """A project that has ended, and how well that was foreseen."""

    outcome: Outcome = Field(description="How it ended.")
    scored: tuple[ScoredForecast, ...] = Field(description="The forecasts that count for the outcome.")
    mean: float | None = Field(description="The mean of the forecasts that count; null when there is none.")


class Calibration(Model):
    """How good the forecasts of one forecaster, or the portfolio's mean ones, have been."""

    forecaster: str | None = Field(description="Null for the portfolio, whose forecast is the mean of the forecasters.")
    forecasts: int = Field(description="Projects that ended in success or failure with a forecast that counts.")
    share: float | None = Field(description="The share of these that succeeded.")
    mean: float | None = Field(description="The mean of the probabilities.")
    brier: float | None = Field(description="0 is perfect, 0.25 what one half for everything scores; null if none.")
    brier_over_time: float | None = Field(
        description="The same, each forecast weighed by how long it stood: early foresight counts."
    )
    decomposition: Decomposition | None = Field(description="The parts of the score; null without a forecast.")
    skill: float | None = Field(
        description="1 − brier / uncertainty: better than the base rate above 0; null when all came out alike."
    )
    curve: tuple[CurvePoint, ...] = Field(description="What was said against what came, by bin.")


class PortfolioCalibration(Model):
    """The scores of the portfolio and of each forecaster."""

    overall: Calibration = Field(description="The portfolio, by the mean of its forecasters.")
    forecasters: tuple[Calibration, ...] = Field(description="Those with a scored forecast, most forecasts first.")
    base_rate: BaseRate = Field(description="How often the projects succeeded that have ended.")
    unforecast: int = Field(description="Projects that ended in success or failure and had no forecast that counts.")
    effort: tuple[Uplift, ...] = Field(description="How much longer projects took than was estimated.")


class PortfolioForecasts(Model):
    """The forecasts of a portfolio: what is open, what has ended, and what that teaches."""

    open: tuple[OpenForecast, ...] = Field(description="The most probable first.")
    ended: tuple[EndedForecast, ...] = Field(description="The last to end first.")
    unrecorded: tuple[Subject, ...] = Field(description="Live, retired or stopped, without a recorded outcome.")
    calibration: PortfolioCalibration = Field(description="How good the forecasts have been.")


def build_portfolio_forecasts(
    subjects: Mapping[int, Subject],
    forecasts: Mapping[int, Sequence[Forecast]],
    outcomes: Mapping[int, Sequence[Outcome]],
) -> PortfolioForecasts:
    """The forecasts of a portfolio from the facts of each project by its id, the oldest first."""
    opened: list[OpenForecast] = []
    ended: list[EndedForecast] = []
    unrecorded: list[Subject] = []
    cases: list[Case] = []
    for project, subject in subjects.items():
        history, said = forecasts.get(project, ()), outcomes.get(project, ())
        outcome = current_outcome(said)
        if outcome is None:
            if subject.status in ENDED_STATUSES:
                unrecorded.append(subject)
            if history:
                opened.append(_open(subject, current_forecasts(history)))
            continue
        case = build_case(history, said)
        cases += [case] if case else []
        mean = case.probability if case else None
        ended.append(EndedForecast(**dict(subject), outcome=outcome, scored=scored_forecasts(case), mean=mean))
    return PortfolioForecasts(
        open=tuple(sorted(opened, key=lambda one: -one.mean)),
        ended=tuple(sorted(ended, key=lambda one: one.outcome.ended_on, reverse=True)),
        unrecorded=tuple(unrecorded),
        calibration=_calibrate(ended, cases),
    )


def _open(subject: Subject, current: Sequence[Forecast]) -> OpenForecast:
    probabilities = tuple(forecast.probability for forecast in current)
    return OpenForecast(
        **dict(subject),
        mean=mean_of(probabilities) or 0.0,
        lowest=min(probabilities),
        highest=max(probabilities),
        forecasters=tuple(forecast.forecaster for forecast in current),
        probabilities=probabilities,
        horizon=min((forecast.horizon for forecast in current if forecast.horizon), default=None),
    )


def _calibrate(ended: Sequence[EndedForecast], cases: Sequence[Case]) -> PortfolioCalibration:
    names = sorted({name for case in cases for name in case.made})
    alone = [score_cases([case.of(name) for case in cases], name) for name in names]
    ratios: dict[str | None, list[float]] = {}
    for one in ended:
        actual, estimated = one.outcome.actual_effort, one.outcome.estimated_effort
        if actual and estimated and one.outcome.outcome != "abandoned":  # which says nothing of what it would take
            ratios.setdefault(one.archetype, []).append(actual / estimated)
    return PortfolioCalibration(
        overall=score_cases(cases),
        forecasters=tuple(sorted(alone, key=lambda found: -found.forecasts)),
        base_rate=base_rate([(one.archetype, one.outcome.outcome) for one in ended], None),
        unforecast=sum(not case.made for case in cases),
        effort=uplifts(ratios),
    )


def score_cases(cases: Sequence[Case], forecaster: str | None = None) -> Calibration:
    """The scores over the cases that have a forecast; those without one are left out."""
    forecast = [case for case in cases if case.made]
    pairs = [(case.probability or 0.0, case.came) for case in forecast]
    over_time = [score for case in forecast if (score := score_over_time(case)) is not None]
    count = len(pairs)
    return Calibration(
        forecaster=forecaster,
        forecasts=count,
        share=sum(came for _, came in pairs) / count if count else None,
        mean=mean_of([probability for probability, _ in pairs]),
        brier=brier(pairs) if count else None,
        brier_over_time=mean_of(over_time),
        decomposition=decompose(pairs) if count else None,
        skill=skill(pairs) if count else None,
        curve=curve(pairs),
    )
