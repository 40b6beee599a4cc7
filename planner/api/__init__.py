"""The REST front door, /api/v1: each route parses, calls one service and presents what it returns."""

from fastapi import APIRouter

from planner.api import (
    exports,
    history,
    imports,
    infrastructure,
    lifecycle,
    matrix,
    metrics,
    playbooks,
    portfolios,
    projects,
    reports,
    scoring,
    selection,
)

router = APIRouter()
for topic in (
    portfolios,
    projects,
    scoring,
    matrix,
    metrics,
    lifecycle,
    infrastructure,
    selection,
    history,
    imports,
    exports,
    reports,
    playbooks,
):
    router.include_router(topic.router)
