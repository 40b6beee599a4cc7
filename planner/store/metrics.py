"""Metric contracts, version by version, and runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from sqlalchemy import Connection, Row, select

from planner.domain.metrics import Contract, Run
from planner.store import facts
from planner.store.tables import ContractRow, RunRow, table

contract, run = table(ContractRow), table(RunRow)


def _contract(row: Row[Any]) -> Contract:
    return Contract(**row.body, **facts.values(row, "body"))


def load_contracts(connection: Connection, project_id: int) -> tuple[Contract, ...]:
    """All versions of a project's contract, the oldest first."""
    return tuple(_contract(row) for row in facts.load(connection, contract, project_id))


def load_contracts_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Contract, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, contract, portfolio_id)
    return {project_id: tuple(_contract(row) for row in rows) for project_id, rows in found.items()}


def append_contracts(connection: Connection, project_id: int, contracts: Sequence[Contract]) -> None:
    """Adds versions of a project's contract."""
    rows = [
        {
            "project_id": project_id,
            "version": c.version,
            "body": c.model_dump(mode="json", include={"optimised", "thresholded"}),
            "reason": c.reason,
            "recorded_at": c.recorded_at,
            "recorded_by": c.recorded_by,
        }
        for c in contracts
    ]
    facts.append(connection, contract, rows)


def _number(value: Any) -> float:
    return float(value)  # NaN and the infinities are kept as words, since JSON has no such numbers


def _run(row: Row[Any]) -> Run:
    metrics = {name: _number(value) for name, value in row.metrics.items()}
    return Run.model_construct(id=row.id, metrics=metrics, **facts.values(row, "metrics"))


def load_runs(connection: Connection, project_id: int) -> tuple[Run, ...]:
    """All runs of a project in the order they were recorded."""
    return tuple(_run(row) for row in facts.load(connection, run, project_id))


def load_runs_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Run, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, run, portfolio_id)
    return {project_id: tuple(_run(row) for row in rows) for project_id, rows in found.items()}


def run_names(connection: Connection, project_id: int) -> set[str]:
    """The names that a project's runs have."""
    return set(connection.execute(select(run.c.name).where(run.c.project_id == project_id)).scalars())


def append_runs(connection: Connection, project_id: int, runs: Sequence[Mapping[str, Any]]) -> None:
    """Adds runs given as column values; metrics that are not finite are stored as words."""
    rows = [
        {
            **one,
            "project_id": project_id,
            "metrics": {name: v if isfinite(v) else str(v) for name, v in one["metrics"].items()},
        }
        for one in runs
    ]
    facts.append(connection, run, rows)
