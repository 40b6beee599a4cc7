"""The HTML front door: each page parses, calls the services and presents. It works without a script."""

from fastapi import APIRouter

from planner.web import (
    agenda,
    agenda_walk,
    agreement,
    changes,
    comparisons,
    forecasts,
    guide,
    imports,
    infrastructure,
    lifecycle,
    matrix,
    metrics,
    metrics_imports,
    portfolios,
    projects,
    ranking,
    reports,
    rounds,
    scoring,
    selection,
    selection_settings,
)

router = APIRouter()
for topic in (
    portfolios,
    projects,
    scoring,
    matrix,
    ranking,
    agenda,
    agenda_walk,
    comparisons,
    selection,
    selection_settings,
    lifecycle,
    infrastructure,
    metrics,
    metrics_imports,
    agreement,
    rounds,
    forecasts,
    changes,
    imports,
    reports,
    guide,
):
    router.include_router(topic.router)
