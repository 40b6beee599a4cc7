"""Forecasts and outcomes as people record them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.forecasts import SUCCESS, ForecastDraft, OutcomeDraft
from planner.services import forecasts, history, projects
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio with two projects."""
    add_portfolio(any_ws)
    add_project(any_ws, effort=10, archetype="autonomous")
    add_project(any_ws, "Another", status="live")
    return any_ws


def at(ws: Workspace, day: int) -> Workspace:
    """The same people some days later."""
    return ws.as_actor(ws.actor, lambda: datetime(2026, 6, 1, 9, tzinfo=UTC) + timedelta(days=day))


def test_a_forecast_is_kept_with_who_and_when_and_the_next_one_stands_beside_it(lab: Workspace) -> None:
    draft = ForecastDraft(probability=0.7, horizon=date(2027, 3, 31), rationale="Seen.")
    first = forecasts.record_forecast(lab, "LAB-1", " Jo ", draft)
    assert (first.forecaster, first.recorded_by, first.success) == ("Jo", "Mara", SUCCESS)
    before = projects.get_project(lab, "LAB-1")
    assert forecasts.record_forecast(lab, "LAB-1", "Jo", draft) == first
    assert projects.get_project(lab, "LAB-1") == before
    forecasts.record_forecast(lab, "LAB-1", "Ben", ForecastDraft(probability=0.5, success="In use."))
    assert forecasts.record_forecast(lab, "LAB-1", "Jo", ForecastDraft(probability=0.2)).success == "In use."
    found = forecasts.get_forecasts(lab, "LAB-1")
    assert [(one.forecaster, one.probability) for one in found.current] == [("Ben", 0.5), ("Jo", 0.2)]
    assert found.mean == pytest.approx(0.35)
    assert len(found.history) == 3
    event = history.list_project_events(lab, "LAB-1")[0]
    assert event.action == "forecast.recorded"
    assert [(c.field, c.old, c.new) for c in event.changes] == [("probability of success (Jo)", "70 %", "20 %")]


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\nb"])
def test_a_forecaster_has_a_name(lab: Workspace, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        forecasts.record_forecast(lab, "LAB-1", name, ForecastDraft(probability=0.5, horizon=date(2001, 1, 1)))
    assert [error.field for error in refused.value.errors] == ["forecaster", "horizon"]
    assert forecasts.get_forecasts(lab, "LAB-1").history == ()


def test_an_outcome_ends_the_forecasts_and_can_be_corrected(lab: Workspace) -> None:
    with pytest.raises(NotFound):
        forecasts.get_outcome(lab, "LAB-1")
    with pytest.raises(Conflict):
        forecasts.record_outcome(lab, "LAB-1", OutcomeDraft(outcome="reopened"))
    forecasts.record_forecast(lab, "LAB-1", "Mara", ForecastDraft(probability=0.7))
    ended = forecasts.record_outcome(at(lab, 9), "LAB-1", OutcomeDraft(outcome="success", actual_effort=15))
    assert (ended.ended_on, ended.estimated_effort) == (date(2026, 6, 10), 10)
    assert forecasts.record_outcome(at(lab, 10), "LAB-1", OutcomeDraft(outcome="success", actual_effort=15)) == ended
    with pytest.raises(Conflict, match="ended on 10 Jun 2026"):
        forecasts.record_forecast(at(lab, 11), "LAB-1", "Mara", ForecastDraft(probability=0.9))
    assert projects.get_project(lab, "LAB-1").status == "live"  # so it does not compete any more
    corrected = forecasts.record_outcome(at(lab, 12), "LAB-1", OutcomeDraft(outcome="failure"))
    assert projects.get_project(lab, "LAB-1").status == "stopped"
    assert (corrected.ended_on, corrected.estimated_effort, corrected.actual_effort) == (date(2026, 6, 10), 10, None)
    assert [one.brier for one in forecasts.get_forecasts(lab, "LAB-1").scored] == [pytest.approx(0.49)]
    forecasts.record_outcome(at(lab, 13), "LAB-1", OutcomeDraft(outcome="reopened"))
    forecasts.record_forecast(at(lab, 14), "LAB-1", "Mara", ForecastDraft(probability=0.9))
    assert len(forecasts.list_outcomes(lab, "LAB-1")) == 3
    assert history.list_project_events(lab, "LAB-1")[1].changes[0].new == "reopened on 10 Jun 2026"


def test_an_outcome_does_not_lie_in_the_future(lab: Workspace) -> None:
    with pytest.raises(Invalid) as refused:
        forecasts.record_outcome(at(lab, 0), "LAB-1", OutcomeDraft(outcome="success", ended_on=date(2026, 6, 2)))
    assert refused.value.errors[0].field == "ended_on"
    assert "it is 1 Jun 2026" in refused.value.errors[0].message


def test_the_record_of_a_portfolio_follows_its_facts(lab: Workspace) -> None:
    assert [one.key for one in forecasts.get_portfolio_forecasts(lab, SLUG).unrecorded] == ["LAB-2"]
    forecasts.record_forecast(lab, "LAB-1", "Mara", ForecastDraft(probability=0.7))
    assert [one.mean for one in forecasts.get_portfolio_forecasts(lab, SLUG).open] == [0.7]
    forecasts.record_outcome(lab, "LAB-2", OutcomeDraft(outcome="success"))
    # Its own outcome would tell what is asked: only the others make the base rate.
    assert forecasts.get_forecasts(lab, "LAB-2").base_rate.ended is None
    rate = forecasts.get_forecasts(lab, "LAB-1").base_rate.ended
    assert rate is not None
    assert (rate.successes, rate.of) == (1, 1)
    forecasts.record_outcome(lab, "LAB-1", OutcomeDraft(outcome="success"))
    found = forecasts.get_portfolio_forecasts(lab, SLUG)
    assert (found.open, found.unrecorded, [one.key for one in found.ended]) == ((), (), ["LAB-1", "LAB-2"])
    assert found.calibration.overall.brier == pytest.approx(0.09)
    assert found.calibration.unforecast == 1
    projects.delete_project(lab, "LAB-1")
    assert [one.key for one in forecasts.get_portfolio_forecasts(lab, SLUG).ended] == ["LAB-2"]
