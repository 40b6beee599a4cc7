"""The HTML front door: each page parses, calls the services and presents. It works without a script."""

from fastapi import APIRouter

from planner.web import (
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
    selection,
    selection_settings,
)

router = APIRouter()
for topic in (
    *(portfolios, projects, scoring, matrix, lifecycle, infrastructure, metrics, imports, reports, guide),
    *(selection, selection_settings),
):
    router.include_router(topic.router)
