"""Metric contracts, version by version; runs, and which of them is in production."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, Row, Text, cast, select

from planner.domain.metrics import Contract
from planner.domain.metrics_runs import Promotion, Run, RunTable, Uncertainty
from planner.store import facts
from planner.store.tables import ContractRow, PromotionRow, RunRow, table

AT_ONCE = 10_000  # values that one statement names; a database takes 32,766

contract, run, promotion = table(ContractRow), table(RunRow), table(PromotionRow)


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


def _run(row: Row[Any]) -> Run:
    # NaN and the infinities are kept as words, since JSON has no such numbers.
    metrics = {name: float(value) for name, value in row.metrics.items()}
    return Run.model_construct(
        id=row.id,
        metrics=metrics,
        uncertainty=_uncertainty(row.uncertainty),
        **facts.values(row, "metrics", "uncertainty"),
    )


def _uncertainty(stated: Mapping[str, Any] | None) -> dict[str, Uncertainty]:
    return {name: Uncertainty(**said) for name, said in (stated or {}).items()}


def load_runs(connection: Connection, project_id: int, after: int = 0) -> tuple[Run, ...]:
    """The runs of a project in the order they were recorded, those with a greater id than `after`."""
    statement = select(run).where(run.c.project_id == project_id, run.c.id > after).order_by(run.c.id)
    return tuple(_run(row) for row in connection.execute(statement))


def load_runs_by_id(connection: Connection, ids: Sequence[int]) -> Mapping[int, Run]:
    """The runs with these ids."""
    return {row.id: _run(row) for row in connection.execute(select(run).where(run.c.id.in_(ids)))}


def load_run_table(connection: Connection, project_id: int, names: Sequence[str]) -> RunTable:
    """All runs of a project as columns of these names: of 100,000 runs in well under a second."""
    # The JSON is read as text and parsed in one go: a call for each row takes five times as long.
    statement = (
        select(run.c.id, run.c.name, run.c.status, cast(run.c.metrics, Text))
        .where(run.c.project_id == project_id)
        .order_by(run.c.id)
    )
    return _table(connection, project_id, names, connection.execute(statement).all())


def _table(connection: Connection, project_id: int, names: Sequence[str], rows: Sequence[Any]) -> RunTable:
    metrics = orjson.loads("[" + ",".join(row[3] for row in rows) + "]") if rows else []
    unsure = connection.execute(
        select(run.c.id, run.c.uncertainty).where(run.c.project_id == project_id, run.c.uncertainty.is_not(None))
    ).all()
    place = {row[0]: number for number, row in enumerate(rows)} if unsure else {}
    return RunTable(
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        names=[row[1] for row in rows],
        finished=np.array([row[2] == "finished" for row in rows], dtype=bool),
        # Words for what is not finite become NaN here: what is no finite number is never evaluated.
        values={name: np.array([_number(found.get(name)) for found in metrics], dtype=float) for name in names},
        uncertainty={place[one.id]: _uncertainty(one.uncertainty) for one in unsure},
    )


def _number(value: float | str | None) -> float:
    return value if isinstance(value, (float, int)) else float("nan")


def load_runs_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Run, ...]]:
    """All runs of a portfolio by project, each in the order they were recorded."""
    found = facts.load_many(connection, run, portfolio_id)
    return {project_id: tuple(_run(row) for row in rows) for project_id, rows in found.items()}


def run_ids(connection: Connection, project_id: int, names: Sequence[str] | None = None) -> dict[str, int]:
    """The id of each run of a project by its name, of all or of those with these names."""
    asked = select(run.c.name, run.c.id).where(run.c.project_id == project_id)
    if names is None:
        return {row.name: row.id for row in connection.execute(asked)}
    found: dict[str, int] = {}
    for start in range(0, len(names), AT_ONCE):
        part = asked.where(run.c.name.in_(names[start : start + AT_ONCE]))
        found.update((row.name, row.id) for row in connection.execute(part))
    return found


def last_run_id(connection: Connection, project_id: int) -> int:
    """The greatest id among a project's runs; 0 when it has none."""
    last = select(run.c.id).where(run.c.project_id == project_id).order_by(run.c.id.desc()).limit(1)
    return connection.execute(last).scalar() or 0


def source_ids(connection: Connection, project_id: int, source: str, ids: Sequence[str] | None = None) -> set[str]:
    """The ids of a project's runs in the tracker that they come from; of all or of those among `ids`."""
    asked = select(run.c.source_id).where(run.c.project_id == project_id, run.c.source == source)
    if ids is None:
        return set(connection.execute(asked.where(run.c.source_id.is_not(None))).scalars())
    found: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        found.update(connection.execute(asked.where(run.c.source_id.in_(ids[start : start + AT_ONCE]))).scalars())
    return found


def source_ids_by_run(connection: Connection, project_id: int, source: str) -> dict[int, str]:
    """Of each of a project's runs that come from a tracker, the id there by the id here."""
    statement = select(run.c.id, run.c.source_id).where(
        run.c.project_id == project_id, run.c.source == source, run.c.source_id.is_not(None)
    )
    return {row.id: row.source_id for row in connection.execute(statement)}


def append_runs(connection: Connection, project_id: int, runs: Sequence[Mapping[str, Any]]) -> None:
    """Adds runs given as column values; metrics that are not finite are stored as words."""
    facts.append(
        connection,
        run,
        [
            {
                **one,
                "project_id": project_id,
                "metrics": {name: v if isfinite(v) else str(v) for name, v in one["metrics"].items()},
                "uncertainty": {name: said.model_dump(exclude_none=True) for name, said in one["uncertainty"].items()}
                or None,
            }
            for one in runs
        ],
    )


def _promotion(row: Row[Any]) -> Promotion:
    return Promotion(run=row.run_id, **facts.values(row, "run_id"))


def load_promotions(connection: Connection, project_id: int) -> tuple[Promotion, ...]:
    """What went to production, the oldest first."""
    return tuple(_promotion(row) for row in facts.load(connection, promotion, project_id))


def load_promotions_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Promotion, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, promotion, portfolio_id)
    return {project_id: tuple(_promotion(row) for row in rows) for project_id, rows in found.items()}


def append_promotions(connection: Connection, project_id: int, promotions: Sequence[Promotion]) -> None:
    """Adds promotions of runs."""
    rows = [{"project_id": project_id, "run_id": one.run, **one.model_dump(exclude={"run"})} for one in promotions]
    facts.append(connection, promotion, rows)
