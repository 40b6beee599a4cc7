"""Forecasts of success, outcomes, and the calibration of a portfolio."""

from __future__ import annotations

from planner.domain.errors import Conflict, FieldError, Invalid, NotFound
from planner.domain.forecasts import (
    LEAST_EFFORT,
    SUCCESS,
    BaseRate,
    Forecast,
    ForecastDraft,
    Outcome,
    OutcomeDraft,
    ProjectForecasts,
    base_rate,
    build_project_forecasts,
    current_forecasts,
    current_outcome,
    status_after,
)
from planner.domain.history import FieldChange, differences
from planner.domain.projects import Project
from planner.domain.track_records import PortfolioForecasts, build_portfolio_forecasts
from planner.domain.wording import day
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, reading, reading_project, writing_project
from planner.store import forecasts as store

MAX_FORECASTER = 120


def get_forecasts(ws: Workspace, ref: str) -> ProjectForecasts:
    """The forecasts of a project with their history, the base rate, and the outcome if there is one; NotFound."""
    with reading_project(ws, ref) as (found, project):
        return load_project_forecasts(ws, found, project)


def load_project_forecasts(ws: Workspace, found: Reading, project: Project) -> ProjectForecasts:
    """The same inside a transaction that is open already."""
    history = store.load_forecasts(found.connection, project.id)
    outcomes = store.load_outcomes(found.connection, project.id)
    return build_project_forecasts(history, outcomes, _base_rate(ws, found, project))


def _base_rate(ws: Workspace, found: Reading, project: Project) -> BaseRate:
    """How often the other ended projects succeeded: its own outcome would tell what is asked."""
    others = (one for one in load_portfolio_forecasts(ws, found).ended if one.key != project.key)
    return base_rate(((one.archetype, one.outcome.outcome) for one in others), project.archetype)


def record_forecast(
    ws: Workspace, ref: str, forecaster: str, draft: ForecastDraft, expected_version: int | None = None
) -> Forecast:
    """Adds a forecast; saying the same again records nothing. Conflict once the outcome is recorded."""
    forecaster = forecaster.strip()
    with writing_project(ws, ref, expected_version) as (change, project):
        problems = []
        if not forecaster or len(forecaster) > MAX_FORECASTER or not forecaster.isprintable():
            message = f"name the person who forecasts, in at most {MAX_FORECASTER} characters"
            problems.append(FieldError(field="forecaster", message=message))
        if draft.horizon is not None and draft.horizon < change.now.date():
            message = f"must not lie in the past; it is {day(change.now)}"
            problems.append(FieldError(field="horizon", message=message))
        if problems:
            raise Invalid(problems)
        outcome = current_outcome(store.load_outcomes(change.connection, project.id))
        if outcome is not None:
            raise Conflict(
                f"{project.key} ended on {day(outcome.ended_on)}, and a forecast made now would know how. "
                "If that is wrong, record the outcome as reopened first."
            )
        history = store.load_forecasts(change.connection, project.id)
        success = draft.success or (history[-1].success if history else SUCCESS)
        last = {one.forecaster: one for one in current_forecasts(history)}.get(forecaster)
        said = {**dict(draft), "success": success}
        if last is not None and said == {name: getattr(last, name) for name in ForecastDraft.model_fields}:
            return last
        forecast = Forecast(**said, forecaster=forecaster, recorded_at=change.now, recorded_by=ws.actor)
        store.append_forecasts(change.connection, [(project.id, forecast)])
        change.touch(project)
        old = None if last is None else _chance(last)
        changes = [FieldChange(field=f"probability of success ({forecaster})", old=old, new=_chance(forecast))]
        if forecast.rationale:
            changes.append(FieldChange(field="rationale", old=None, new=forecast.rationale))
        change.record(project.id, "forecast.recorded", changes)
        return forecast


def _chance(forecast: Forecast) -> str:
    """A probability in full: two that differ must not look the same."""
    return f"{round(forecast.probability * 100, 10):.12g} %"


def get_outcome(ws: Workspace, ref: str) -> Outcome:
    """How a project ended; NotFound while it has not."""
    outcome = current_outcome(list_outcomes(ws, ref))
    if outcome is None:
        raise NotFound("No outcome is recorded yet; PUT one here when the project has ended.")
    return outcome


def list_outcomes(ws: Workspace, ref: str) -> tuple[Outcome, ...]:
    """All that was recorded of how a project ended, corrections included, the oldest first."""
    with reading_project(ws, ref) as (found, project):
        return store.load_outcomes(found.connection, project.id)


def record_outcome(ws: Workspace, ref: str, draft: OutcomeDraft, expected_version: int | None = None) -> Outcome:
    """Records how a project ended, or corrects it; the same again records nothing.

    A project that was open takes the status that follows, so that it no longer competes with what is to be decided.

    Conflict for `reopened` when nothing is recorded that it could take back.
    """
    with writing_project(ws, ref, expected_version) as (change, project):
        today = change.now.date()
        if draft.ended_on is not None and draft.ended_on > today:
            raise Invalid.one("ended_on", f"must not lie in the future; it is {day(today)}")
        last = current_outcome(store.load_outcomes(change.connection, project.id))
        if last is None and draft.outcome == "reopened":
            raise Conflict(f"{project.key} has no outcome that could be taken back.")
        estimated = draft.estimated_effort or (last.estimated_effort if last else None) or _estimate(project)
        said = {**dict(draft), "ended_on": draft.ended_on or (last.ended_on if last else today)}
        said["estimated_effort"] = None if draft.outcome == "reopened" else estimated
        if last is not None and said == {name: getattr(last, name) for name in OutcomeDraft.model_fields}:
            return last
        outcome = Outcome(**said, recorded_at=change.now, recorded_by=ws.actor)
        store.append_outcomes(change.connection, [(project.id, outcome)])
        status = status_after(draft.outcome, project.status, last)
        change.touch(project, status=status)
        changes = [*_changes(last, outcome), *differences({"status": project.status}, {"status": status})]
        change.record(project.id, "outcome.recorded", changes)
        return outcome


def _estimate(project: Project) -> float | None:
    return project.effort if project.effort is not None and project.effort >= LEAST_EFFORT else None


def _changes(last: Outcome | None, outcome: Outcome) -> list[FieldChange]:
    changes = [FieldChange(field="outcome", old=_in_words(last), new=_in_words(outcome))]
    if outcome.note:
        changes.append(FieldChange(field="note", old=None, new=outcome.note))
    return changes


def _in_words(outcome: Outcome | None) -> str | None:
    if outcome is None:
        return None
    effort = "" if outcome.actual_effort is None else f", {outcome.actual_effort:g} person-weeks"
    compared = "" if not effort or outcome.estimated_effort is None else f" ({outcome.estimated_effort:g} estimated)"
    return f"{outcome.outcome} on {day(outcome.ended_on)}{effort}{compared}"


def get_portfolio_forecasts(ws: Workspace, slug: str) -> PortfolioForecasts:
    """The open and the ended projects of a portfolio with their forecasts, and the calibration; NotFound."""
    with reading(ws, slug) as found:
        return load_portfolio_forecasts(ws, found)


def load_portfolio_forecasts(ws: Workspace, found: Reading) -> PortfolioForecasts:
    """The same inside a transaction that is open already; kept until the portfolio changes."""
    return kept(ws, found.portfolio, "forecasts", lambda: _build(found))


def _build(found: Reading) -> PortfolioForecasts:
    connection, portfolio_id = found.connection, found.portfolio.id
    return build_portfolio_forecasts(
        store.load_subjects(connection, portfolio_id),
        store.load_forecasts_by_project(connection, portfolio_id),
        store.load_outcomes_by_project(connection, portfolio_id),
    )
