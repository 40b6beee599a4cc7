"""Baselines of a project, and the errors that were measured on each data set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from planner.domain.baselines import Baseline
from planner.domain.error_analysis import ErrorAnalysis
from planner.store import facts
from planner.store.tables import BaselineRow, ErrorAnalysisRow, table

baseline, analysis = table(BaselineRow), table(ErrorAnalysisRow)


def _baseline(row: Row[Any]) -> Baseline:
    # JSON gives 1 back where 1.0 was kept.
    metrics = {name: float(value) for name, value in row.metrics.items()}
    return Baseline.model_construct(metrics=metrics, **facts.values(row, "metrics"))


def _analysis(row: Row[Any]) -> ErrorAnalysis:
    return ErrorAnalysis.model_construct(**facts.values(row))


def load_baselines(connection: Connection, project_id: int) -> tuple[Baseline, ...]:
    """All that was recorded of a project's baselines, the oldest first."""
    return tuple(_baseline(row) for row in facts.load(connection, baseline, project_id))


def load_baselines_by_project(
    connection: Connection, portfolio_id: int, only: Collection[int] | None = None
) -> Mapping[int, tuple[Baseline, ...]]:
    """The same for every project of a portfolio, or for those that `only` names."""
    found = facts.load_many(connection, baseline, portfolio_id, only)
    return {project_id: tuple(_baseline(row) for row in rows) for project_id, rows in found.items()}


def append_baselines(connection: Connection, project_id: int, baselines: Sequence[Baseline]) -> None:
    """Adds records of baselines."""
    facts.append(connection, baseline, [{"project_id": project_id, **dict(one)} for one in baselines])


def load_analyses(connection: Connection, project_id: int) -> tuple[ErrorAnalysis, ...]:
    """All analyses of a project's errors, the oldest first."""
    return tuple(_analysis(row) for row in facts.load(connection, analysis, project_id))


def load_analyses_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[ErrorAnalysis, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, analysis, portfolio_id)
    return {project_id: tuple(_analysis(row) for row in rows) for project_id, rows in found.items()}


def append_analyses(connection: Connection, project_id: int, analyses: Sequence[ErrorAnalysis]) -> None:
    """Adds analyses of errors."""
    facts.append(connection, analysis, [{"project_id": project_id, **dict(one)} for one in analyses])
