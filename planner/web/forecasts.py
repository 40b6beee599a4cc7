"""The forecasts of a project, its outcome, and the forecasts of a portfolio with their calibration."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Annotated, cast
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import Response

from planner.domain.calibration import ENOUGH
from planner.domain.errors import Conflict, FieldError, Invalid
from planner.domain.forecasts import (
    ENDED_STATUSES,
    Forecast,
    ForecastDraft,
    Outcome,
    OutcomeDraft,
    ProjectForecasts,
    chance_of_rate,
)
from planner.domain.track_records import Calibration, PortfolioCalibration
from planner.domain.uplift import Uplift
from planner.render.forecast_charts import calibration_svg, history_svg
from planner.services import forecasts as service
from planner.services import portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, ambiguity, build, messages, typed_number
from planner.web.pages import Here, page, see_other

router = APIRouter()

SHOWN = 200  # lines of a table; REST gives all
NAMED = 12  # projects without an outcome that are named before the rest is only counted
OUTCOMES = (
    ("success", "It succeeded"),
    ("failure", "It failed"),
    ("abandoned", "Abandoned: nobody will know, so it is not scored"),
    ("reopened", "It has not ended after all"),
)
LABELS = {
    "forecaster": "Who forecasts",
    "probability": "Probability",
    "success": "What counts as success",
    "horizon": "By when",
    "rationale": "Why",
    "outcome": "How it ended",
    "ended_on": "Known on",
    "actual_effort": "Person-weeks it took",
    "estimated_effort": "Person-weeks estimated",
    "note": "What happened",
}
Name = Annotated[str | None, Query(max_length=service.MAX_FORECASTER)]
Reveal = Annotated[str | None, Query(max_length=1)]


@router.get("/projects/{ref}/forecast")
def show(request: Request, ws: Here, ref: str, forecaster: Name = None, reveal: Reveal = None) -> Response:
    """The base rate, the form, and what was forecast so far once one has said something oneself."""
    return _page(request, ws, ref, (forecaster or "").strip() or ws.actor, revealed=bool(reveal))


@router.post("/projects/{ref}/forecast")
def record(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records a forecast. The form comes back as it was filled in when it is not accepted."""
    forecaster = form.text("forecaster")
    try:
        service.record_forecast(ws, ref, forecaster, _draft(form))
    except Invalid as error:
        return _page(request, ws, ref, forecaster, form.values, messages(error), 422)
    except Conflict as error:
        return _page(request, ws, ref, forecaster, form.values, {"": str(error)}, 409)
    key = projects.get_project(ws, ref).key
    back = f"?forecaster={quote(forecaster)}" if forecaster != ws.actor else ""
    return see_other(f"/projects/{key}/forecast{back}", "forecast", key)


@router.post("/projects/{ref}/outcome")
def record_outcome(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Records how the project ended, or corrects it."""
    numbers = {name: form.text(name) for name in ("actual_effort", "estimated_effort")}
    values: dict[str, object] = {name: form.given(name) for name in ("outcome", "ended_on", *numbers)}
    try:
        service.record_outcome(ws, ref, build(OutcomeDraft, {**values, "note": form.text("note")}, numbers))
    except Invalid as error:
        found = messages(error) | ({} if form.given("outcome") else {"outcome": "Say how it ended."})
        return _page(request, ws, ref, ws.actor, form.values, found, 422, ending=True)
    except Conflict as error:
        return _page(request, ws, ref, ws.actor, form.values, {"outcome": str(error)}, 409, ending=True)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/forecast", "outcome", key)


def _draft(form: Form) -> ForecastDraft:
    """The forecast as it was typed, its probability in per cent."""
    text = form.text("probability").removesuffix("%").strip()
    try:
        percent = float(text)
    except ValueError:
        percent = -1.0
    problems = []
    if ambiguity(text):
        problems.append(FieldError(field="probability", message=ambiguity(text)))
    elif not (isfinite(percent) and 0 <= percent <= 100):
        problems.append(FieldError(field="probability", message="a number from 0 to 100 is needed, in per cent"))
    said = {name: form.text(name) for name in ("success", "rationale")}
    probability = 0.0 if problems else round(percent / 100, 12)
    try:
        draft = build(ForecastDraft, {**said, "horizon": form.given("horizon"), "probability": probability})
    except Invalid as error:
        raise Invalid([*problems, *error.errors]) from None
    if problems:
        raise Invalid(problems)
    return draft


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    forecaster: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    revealed: bool = False,
    ending: bool = False,
) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    found = service.get_forecasts(ws, ref)
    outcomes = service.list_outcomes(ws, ref)
    mine = next((one for one in found.current if one.forecaster == forecaster), None)
    others = [one for one in found.current if one.forecaster != forecaster]
    blind = bool(others) and mine is None and found.outcome is None and not revealed
    calibration = service.get_portfolio_forecasts(ws, project.portfolio).calibration
    archetype = playbook.archetype(found.base_rate.archetype)
    charts = () if blind or not found.history else _history(request, ws, found)
    return page(
        request,
        "forecasts/project.html",
        slug=project.portfolio,
        section="Projects",
        tab="Forecast",
        status=status,
        project=project,
        found=found,
        rate=found.base_rate.ended,
        kind=archetype.name if archetype else "",
        mine=mine,
        chance=None if mine is None else chance_of_rate(found.base_rate, mine.probability),
        others=others,
        blind=blind,
        charts=charts,
        outcomes=outcomes[::-1],
        uplift=_uplift_of(calibration, project.archetype),
        values=_values(forecaster, mine, found.success, found.outcome, project.effort) | (typed or {}),
        errors={name: text for name, text in (errors or {}).items() if not ending},
        wrong_end={name: text for name, text in (errors or {}).items() if ending},
        labels=LABELS,
        choices=OUTCOMES if found.outcome else OUTCOMES[:3],
        ending=ending or (found.outcome is None and project.status in ENDED_STATUSES),
    )


def _values(
    forecaster: str, mine: Forecast | None, success: str, outcome: Outcome | None, effort: float | None
) -> dict[str, str]:
    """What the two forms show before anything is typed."""
    values = {"forecaster": forecaster, "success": success}
    if mine is not None:
        values["probability"] = typed_number(round(mine.probability * 100, 10))
        values["success"] = mine.success
        values["horizon"] = mine.horizon.isoformat() if mine.horizon else ""
    estimated = effort
    if outcome is not None:
        values.update(outcome=outcome.outcome, ended_on=outcome.ended_on.isoformat(), note=outcome.note)
        values["actual_effort"] = "" if outcome.actual_effort is None else typed_number(outcome.actual_effort)
        estimated = outcome.estimated_effort
    values["estimated_effort"] = typed_number(estimated) if estimated else ""
    return values


def _uplift_of(calibration: PortfolioCalibration, archetype: str | None) -> Uplift | None:
    """That of the project's archetype, else that of all; none while no effort was ever compared."""
    by_archetype = {one.archetype: one for one in calibration.effort}
    return by_archetype.get(archetype) or by_archetype.get(None)


def _history(request: Request, ws: Workspace, found: ProjectForecasts) -> tuple[Markup, Markup]:
    """The chart for wide screens and for narrow ones. Its template escapes every name."""
    environment, now = cast(Environment, request.app.state.templates), ws.clock()
    wide, narrow = history_svg(environment, found, now), history_svg(environment, found, now, "narrow")
    return Markup(wide), Markup(narrow)  # noqa: S704


@router.get("/portfolios/{slug}/forecasts")
def show_portfolio(request: Request, ws: Here, slug: str, forecaster: Name = None, reveal: Reveal = None) -> Response:
    """The open forecasts, the ended projects, and how good the forecasts have been."""
    found = service.get_portfolio_forecasts(ws, slug)
    calibration = found.calibration
    chosen = next((one for one in calibration.forecasters if one.forecaster == forecaster), calibration.overall)
    environment = cast(Environment, request.app.state.templates)
    playbook = portfolios.get_playbook(ws, slug)
    return page(
        request,
        "forecasts/portfolio.html",
        slug=slug,
        section="Forecasts",
        found=found,
        calibration=calibration,
        chosen=chosen,
        rate=calibration.base_rate.ended,
        chart=Markup(calibration_svg(environment, chosen.curve)),  # noqa: S704 - escaped by the template
        enough=ENOUGH,
        alone=_all_alone(chosen),
        hidden={one.key for one in found.open if ws.actor not in one.forecasters} if not reveal else set(),
        actor=ws.actor,
        today=_today(ws),
        shown=SHOWN,
        named=NAMED,
        archetypes={entry.id: entry.name for entry in playbook.archetypes},
    )


def _all_alone(one: Calibration) -> bool:
    """Whether each group of equal forecasts ended one way, as when each stands alone: then the parts say little."""
    parts = one.decomposition
    return parts is not None and parts.grouping == "distinct" and parts.resolution >= parts.uncertainty > 0


def _today(ws: Workspace) -> date:
    return ws.clock().date()
