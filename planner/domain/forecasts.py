"""Forecasts of success, outcomes, and what the one teaches about the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from planner.domain.model import Line, Model, NotAFlag, Text
from planner.domain.projects import CLOSED, Status
from planner.domain.proportions import Share, count_share, probability_at_least

SUCCESS = "It meets its metric contract in production."  # what counts as success where nobody says it otherwise
LEAST_EFFORT = 0.01  # person-weeks, some twenty minutes; a ratio to less would mean nothing
ENOUGH_OF_A_KIND = 10  # ended projects of an archetype from which they alone make the reference class
ENDED_STATUSES = ("live", "retired", "stopped")  # a project of one of these has had its outcome, recorded or not

Probability = Annotated[float, Field(ge=0, le=1), NotAFlag]
Effort = Annotated[float, Field(ge=LEAST_EFFORT, le=1e6), NotAFlag]
OutcomeKind = Literal["success", "failure", "abandoned", "reopened"]
STATUS_AFTER: Mapping[OutcomeKind, Status] = {"success": "live", "failure": "stopped", "abandoned": "stopped"}


def _written_date(value: object) -> object:
    """Refuses numbers, which pydantic would take for seconds since 1970, and words that are no date."""
    if value is None or isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass  # 31 June
    raise ValueError("a date is needed, such as 2026-05-31")


def _of_our_time(value: date) -> date:
    if not 1970 <= value.year < 2200:
        raise ValueError("a date from 1970 to 2199 is needed")
    return value


Day = Annotated[date, BeforeValidator(_written_date), AfterValidator(_of_our_time)]


class ForecastDraft(Model):
    """How probable somebody thinks it is that a project succeeds."""

    probability: Probability = Field(description="From 0, impossible, to 1, certain.", examples=[0.7])
    success: Line = Field(
        default="", description="What counts as success; when left out as the last forecast of the project said."
    )
    horizon: Day | None = Field(default=None, description="By when it must have come; null when not stated.")
    rationale: Text = Field(default="", description="Why, in Markdown.")


class Forecast(ForecastDraft):
    """A forecast as it was recorded. The last one of each forecaster is current."""

    forecaster: str = Field(description="Name of the person who forecasts.")
    recorded_at: datetime
    recorded_by: str


class OutcomeDraft(Model):
    """How a project ended."""

    outcome: OutcomeKind = Field(
        description="success, failure, abandoned (not scored), or reopened: it has not ended after all."
    )
    ended_on: Day | None = Field(default=None, description="The day on which it was known; today when left out.")
    note: Text = Field(default="", description="What happened, in Markdown.")
    actual_effort: Effort | None = Field(default=None, description="Person-weeks it took; null when not known.")
    estimated_effort: Effort | None = Field(
        default=None, description="Person-weeks that were estimated before; the effort of the project when left out."
    )


class Outcome(OutcomeDraft):
    """An outcome as it was recorded; a later one corrects it."""

    ended_on: date = Field(description="The day on which it was known.")
    recorded_at: datetime
    recorded_by: str


def status_after(outcome: OutcomeKind, status: Status | None, last: Outcome | None) -> Status | None:
    """The status of a project once an outcome is recorded: it follows, unless somebody has stated another end.

    `last` is the outcome so far, which may be corrected. One that is taken back leaves the status as it is.
    """
    followed = last is not None and status == STATUS_AFTER.get(last.outcome)
    return STATUS_AFTER.get(outcome, status) if status not in CLOSED or followed else status


class BaseRate(Model):
    """How often the reference class succeeded: ended projects of the portfolio, the one in question left out."""

    archetype: str | None = Field(description="Id of the archetype that makes the class; null for all archetypes.")
    ended: Share | None = Field(description="Successes among the ended; null when there is none: nothing is invented.")
    abandoned: int = Field(description="Projects of the class that were abandoned; they count neither way.")


class ScoredForecast(Model):
    """The forecast of one forecaster that counts for the outcome."""

    forecaster: str = Field(description="Name of the person who forecasts.")
    probability: float = Field(description="What was said.")
    recorded_at: datetime
    brier: float = Field(description="(p − y)²: 0 is perfect, 1 the worst.")


class ProjectForecasts(Model):
    """Everything that was forecast of a project, and how it ended."""

    success: str = Field(description="What counts as success, as the last forecast said it.")
    base_rate: BaseRate = Field(description="How often the others succeeded that have ended.")
    current: tuple[Forecast, ...] = Field(description="The last forecast of each forecaster, by name.")
    mean: float | None = Field(description="The mean of the current probabilities; null without a forecast.")
    history: tuple[Forecast, ...] = Field(description="All forecasts ever made, the oldest first.")
    outcome: Outcome | None = Field(description="How it ended; null while that is open.")
    scored: tuple[ScoredForecast, ...] = Field(description="The forecasts that count for the outcome.")


def current_forecasts(history: Iterable[Forecast]) -> tuple[Forecast, ...]:
    """The last forecast of each forecaster, by name."""
    return tuple(forecast for _, forecast in sorted({forecast.forecaster: forecast for forecast in history}.items()))


def current_outcome(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The last word on how a project ended; None when it has not, or was reopened."""
    return outcomes[-1] if outcomes and outcomes[-1].outcome != "reopened" else None


@dataclass(frozen=True)
class Case:
    """A project that ended in success or failure, with the forecasts of each forecaster that count, in time order."""

    came: bool
    until: datetime
    made: Mapping[str, tuple[Forecast, ...]]

    @property
    def probability(self) -> float | None:
        """The mean of the forecasters' last forecasts; None without any."""
        return mean_of([forecasts[-1].probability for forecasts in self.made.values()])

    def of(self, forecaster: str) -> Case:
        """The same as if this forecaster were alone."""
        return Case(self.came, self.until, {name: made for name, made in self.made.items() if name == forecaster})


def build_case(history: Iterable[Forecast], outcomes: Sequence[Outcome]) -> Case | None:
    """The case that a project makes for scoring; None while it is open, or when it was abandoned.

    A forecast counts when it was made by the day on which the outcome was known, and before anybody recorded it: of
    each forecaster the last such one.
    """
    outcome = current_outcome(outcomes)
    if outcome is None or outcome.outcome == "abandoned":
        return None
    until = _known_at(outcome, outcomes)
    made: dict[str, tuple[Forecast, ...]] = {}
    for forecast in history:
        if forecast.recorded_at < until:
            made[forecast.forecaster] = (*made.get(forecast.forecaster, ()), forecast)
    return Case(outcome.outcome == "success", until, dict(sorted(made.items())))


def _known_at(outcome: Outcome, outcomes: Sequence[Outcome]) -> datetime:
    """When forecasts stop to count: after its day, or when the outcome was first recorded if that was earlier."""
    first = outcome
    for earlier in reversed(outcomes[:-1]):
        if earlier.outcome == "reopened":
            break
        first = earlier
    end_of_day = datetime.combine(outcome.ended_on + timedelta(days=1), time(), UTC)
    return min(end_of_day, first.recorded_at)


def scored_forecasts(case: Case | None) -> tuple[ScoredForecast, ...]:
    """The last forecast of each forecaster that counts, with its score."""
    if case is None:
        return ()
    return tuple(
        ScoredForecast(
            forecaster=forecaster,
            probability=made[-1].probability,
            recorded_at=made[-1].recorded_at,
            brier=(made[-1].probability - case.came) ** 2,
        )
        for forecaster, made in case.made.items()
    )


def score_over_time(case: Case) -> float | None:
    """The mean of (p − y)² over the time since the first forecast; p is at each moment the mean of those that stand.

    None when no time passed, and without a forecast.
    """
    steps = sorted((one.recorded_at, name, one.probability) for name, made in case.made.items() for one in made)
    ends = [*(at for at, _, _ in steps[1:]), case.until]
    standing: dict[str, float] = {}
    total = score = 0.0
    for (at, name, probability), end in zip(steps, ends, strict=True) if steps else ():
        standing[name] = probability
        span = (end - at).total_seconds()
        total += span
        score += span * (sum(standing.values()) / len(standing) - case.came) ** 2
    return score / total if total > 0 else None


def mean_of(probabilities: Sequence[float]) -> float | None:
    """The forecast of several forecasters: the mean of theirs, each counting alike. None without any."""
    return min(1.0, sum(probabilities) / len(probabilities)) if probabilities else None


def base_rate(kinds: Iterable[tuple[str | None, OutcomeKind]], archetype: str | None) -> BaseRate:
    """The base rate from (archetype, outcome) of the ended projects, narrowed to an archetype that has enough."""
    everyone = list(kinds)
    alike = [kind for kind in everyone if kind[0] == archetype] if archetype else []
    narrowed = sum(outcome != "abandoned" for _, outcome in alike) >= ENOUGH_OF_A_KIND
    chosen = [outcome for _, outcome in (alike if narrowed else everyone)]
    successes, failures = chosen.count("success"), chosen.count("failure")
    return BaseRate(
        archetype=archetype if narrowed else None,
        ended=count_share(successes, successes + failures),
        abandoned=chosen.count("abandoned"),
    )


def chance_of_rate(rate: BaseRate, probability: float) -> float | None:
    """How probable it is, by the ended projects alone, that their true rate is at least this; None without any."""
    return None if rate.ended is None else probability_at_least(probability, rate.ended.successes, rate.ended.of)


def build_project_forecasts(
    history: Sequence[Forecast], outcomes: Sequence[Outcome], rate: BaseRate
) -> ProjectForecasts:
    """The forecasts of one project, all facts the oldest first."""
    current = current_forecasts(history)
    return ProjectForecasts(
        success=history[-1].success if history else SUCCESS,
        base_rate=rate,
        current=current,
        mean=mean_of([forecast.probability for forecast in current]),
        history=tuple(history),
        outcome=current_outcome(outcomes),
        scored=scored_forecasts(build_case(history, outcomes)),
    )
