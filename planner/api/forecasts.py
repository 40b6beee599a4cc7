"""Routes of /projects/{project}/forecasts and /outcome, /portfolios/{portfolio}/forecasts and /calibration."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from planner.api.dependencies import (
    IfMatch,
    Portfolio,
    ProjectRef,
    Space,
    portfolio_headers,
    tag_portfolio,
    tag_project,
)
from planner.api.errors import responses
from planner.api.routing import Route, matches
from planner.domain.forecasts import Forecast, ForecastDraft, Outcome, OutcomeDraft, ProjectForecasts
from planner.domain.track_records import PortfolioCalibration, PortfolioForecasts
from planner.services import forecasts, projects

router = APIRouter(tags=["forecasts"], route_class=Route)
Forecaster = Annotated[str, Path(description="Name of the person who forecasts.", max_length=120, examples=["Mara"])]


@router.get("/projects/{project}/forecasts", responses=responses(304, 404))
def get_forecasts(request: Request, response: Response, ws: Space, project: ProjectRef) -> ProjectForecasts:
    """The forecasts of a project with their history, the base rate of the projects that have ended, and the outcome."""
    # The outcomes of other projects are in it, so it is as old as the whole portfolio.
    headers = portfolio_headers(ws, projects.get_project(ws, project).portfolio)
    if matches(request, headers["ETag"]):
        raise HTTPException(304, headers=headers)
    response.headers.update(headers)
    return forecasts.get_forecasts(ws, project)


@router.put("/projects/{project}/forecasts/{forecaster}", responses=responses(404, 409, 412))
def record_forecast(
    ws: Space, project: ProjectRef, forecaster: Forecaster, draft: ForecastDraft, version: IfMatch
) -> Forecast:
    """Forecast the success of a project; 409 once its outcome is recorded."""
    return forecasts.record_forecast(ws, project, forecaster, draft, version)


@router.get("/projects/{project}/outcome", responses=responses(304, 404))
def get_outcome(request: Request, response: Response, ws: Space, project: ProjectRef) -> Outcome:
    """How the project ended; 404 while no outcome is recorded."""
    tag_project(request, response, ws, project)
    return forecasts.get_outcome(ws, project)


@router.put("/projects/{project}/outcome", responses=responses(404, 409, 412))
def record_outcome(ws: Space, project: ProjectRef, draft: OutcomeDraft, version: IfMatch) -> Outcome:
    """Record how the project ended, or correct it. 409 when there is nothing that could be reopened."""
    return forecasts.record_outcome(ws, project, draft, version)


@router.get("/portfolios/{portfolio}/forecasts", responses=responses(304, 404))
def get_portfolio_forecasts(response: Response, ws: Space, portfolio: Portfolio) -> PortfolioForecasts:
    """The projects that are open and have a forecast, those that have ended, and those whose outcome is missing."""
    tag_portfolio(response, ws, portfolio)
    return forecasts.get_portfolio_forecasts(ws, portfolio)


@router.get("/portfolios/{portfolio}/calibration", responses=responses(304, 404))
def get_calibration(response: Response, ws: Space, portfolio: Portfolio) -> PortfolioCalibration:
    """The Brier score, its decomposition and the calibration curve, of the portfolio and of each forecaster."""
    tag_portfolio(response, ws, portfolio)
    return forecasts.get_portfolio_forecasts(ws, portfolio).calibration
