"""The REST front door, /api/v1: each route parses, calls one service and presents what it returns."""

from fastapi import APIRouter

from planner.api import (
    agenda,
    agreement,
    changes,
    comparisons,
    exports,
    forecasts,
    history,
    imports,
    infrastructure,
    lifecycle,
    matrix,
    metrics,
    metrics_imports,
    playbooks,
    portfolios,
    projects,
    ranking,
    reports,
    rounds,
    scoring,
    selection,
    snapshots,
)

router = APIRouter()
for topic in (
    portfolios,
    projects,
    scoring,
    agreement,
    rounds,
    matrix,
    ranking,
    agenda,
    comparisons,
    metrics,
    metrics_imports,
    lifecycle,
    infrastructure,
    forecasts,
    selection,
    history,
    changes,
    snapshots,
    imports,
    exports,
    reports,
    playbooks,
):
    router.include_router(topic.router)
