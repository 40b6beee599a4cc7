"""The HTML front door: each page parses, calls the services and presents. It works without a script."""

from fastapi import APIRouter

from planner.web import (
    comparisons,
    guide,
    imports,
    infrastructure,
    lifecycle,
    matrix,
    metrics,
    portfolios,
    projects,
    reports,
    scoring,
)

router = APIRouter()
for topic in (
    portfolios,
    projects,
    scoring,
    matrix,
    comparisons,
    lifecycle,
    infrastructure,
    metrics,
    imports,
    reports,
    guide,
):
    router.include_router(topic.router)
