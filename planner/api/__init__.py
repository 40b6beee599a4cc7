"""The REST front door, /api/v1: each route parses, calls one service and presents what it returns."""

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

# Requests are tried against them in this order. The list of projects is what machines read most, so it is found first.
ROUTERS = tuple(
    topic.router
    for topic in (
        projects,
        portfolios,
        scoring,
        agreement,
        rounds,
        matrix,
        ranking,
        agenda,
        comparisons,
        metrics,
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
    )
)
