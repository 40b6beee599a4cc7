"""Metric contracts, version by version; runs, and which of them is in production."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, Row, Text, cast, func, select

from planner.domain.metrics import Contract
from planner.domain.metrics_runs import Promotion, Run, RunTable, Uncertainty
from planner.store import facts
from planner.store.tables import ContractRow, PromotionRow, RunRow, table

A_FEW = 100  # projects whose runs are asked for by their ids
AT_ONCE = 5_000  # names in one question; a database takes some 32,000

contract, run, promotion = table(ContractRow), table(RunRow), table(PromotionRow)


def _contract(row: Row[Any]) -> Contract:
    return Contract(**row.body, **facts.values(row, "body"))


def load_contracts(connection: Connection, project_id: int) -> tuple[Contract, ...]:
    """All versions of a project's contract, the oldest first."""
    return tuple(_contract(row) for row in facts.load(connection, contract, project_id))


def load_contracts_by_project(
    connection: Connection, portfolio_id: int, only: Collection[int] | None = None
) -> Mapping[int, tuple[Contract, ...]]:
    """The same for every project of a portfolio, or for those that `only` names."""
    found = facts.load_many(connection, contract, portfolio_id, only)
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


# The JSON is read as text and parsed in one go: a call for each row takes five times as long.
_TABLE = (run.c.id, run.c.name, run.c.status, cast(run.c.metrics, Text))


def load_run_table(connection: Connection, project_id: int, names: Sequence[str]) -> RunTable:
    """All runs of a project as columns of these names: of 100,000 runs in well under a second."""
    rows = connection.execute(select(*_TABLE).where(run.c.project_id == project_id).order_by(run.c.id)).all()
    unsure = connection.execute(
        select(run.c.id, run.c.uncertainty).where(run.c.project_id == project_id, run.c.uncertainty.is_not(None))
    ).all()
    return _table(names, rows, unsure)


def load_run_tables(
    connection: Connection, portfolio_id: int, names: Mapping[int, Sequence[str]]
) -> dict[int, RunTable]:
    """The same for each project of a portfolio for which names are given."""
    ours = run.c.project_id.in_(
        list(names)
        if len(names) <= A_FEW
        else select(facts.project.c.id).where(facts.project.c.portfolio_id == portfolio_id)
    )
    rows: dict[int, list[Any]] = {project_id: [] for project_id in names}
    for row in connection.execute(select(*_TABLE, run.c.project_id).where(ours).order_by(run.c.id)):
        if row.project_id in rows:
            rows[row.project_id].append(row)
    unsure: dict[int, list[Any]] = {}
    stated = select(run.c.id, run.c.uncertainty, run.c.project_id).where(ours, run.c.uncertainty.is_not(None))
    for row in connection.execute(stated):
        unsure.setdefault(row.project_id, []).append(row)
    return {
        project_id: _table(wanted, rows[project_id], unsure.get(project_id, [])) for project_id, wanted in names.items()
    }


def _table(names: Sequence[str], rows: Sequence[Any], unsure: Sequence[Any]) -> RunTable:
    metrics = orjson.loads("[" + ",".join(row[3] for row in rows) + "]") if rows else []
    place = {row[0]: number for number, row in enumerate(rows)} if unsure else {}
    return RunTable(
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        names=[row[1] for row in rows],
        finished=np.array([row[2] == "finished" for row in rows], dtype=bool),
        # Words for what is not finite ("nan", "-inf") are read by numpy itself.
        values={name: np.array([found.get(name, np.nan) for found in metrics], dtype=float) for name in names},
        uncertainty={place[one.id]: _uncertainty(one.uncertainty) for one in unsure},
    )


def load_ids_by_time(connection: Connection, project_id: int) -> np.ndarray:
    """The ids of a project's runs by when they were measured or, where they do not say, recorded."""
    at = func.coalesce(run.c.measured_at, run.c.recorded_at)
    statement = select(run.c.id).where(run.c.project_id == project_id).order_by(at, run.c.id)
    return np.array(connection.execute(statement).scalars().all(), dtype=np.int64)


def count_runs(connection: Connection, project_id: int) -> int:
    """How many runs a project has."""
    return connection.execute(select(func.count()).where(run.c.project_id == project_id)).scalar_one()


def load_last_runs(connection: Connection, project_id: int, most: int) -> tuple[Run, ...]:
    """The runs of a project that were recorded last, the last first."""
    statement = select(run).where(run.c.project_id == project_id).order_by(run.c.id.desc()).limit(most)
    return tuple(_run(row) for row in connection.execute(statement))


def load_runs_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Run, ...]]:
    """All runs of a portfolio by project, each in the order they were recorded."""
    found = facts.load_many(connection, run, portfolio_id)
    return {project_id: tuple(_run(row) for row in rows) for project_id, rows in found.items()}


def run_ids(connection: Connection, project_id: int, names: Sequence[str] | None = None) -> dict[str, int]:
    """The id of each run of a project by its name, or of those with these names only."""
    ours = select(run.c.name, run.c.id).where(run.c.project_id == project_id)
    if names is None:
        return {row.name: row.id for row in connection.execute(ours)}
    found: dict[str, int] = {}
    for start in range(0, len(names), AT_ONCE):
        asked = ours.where(run.c.name.in_(names[start : start + AT_ONCE]))
        found.update({row.name: row.id for row in connection.execute(asked)})
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


def load_promotions_by_project(
    connection: Connection, portfolio_id: int, only: Collection[int] | None = None
) -> Mapping[int, tuple[Promotion, ...]]:
    """The same for every project of a portfolio, or for those that `only` names."""
    found = facts.load_many(connection, promotion, portfolio_id, only)
    return {project_id: tuple(_promotion(row) for row in rows) for project_id, rows in found.items()}


def append_promotions(connection: Connection, project_id: int, promotions: Sequence[Promotion]) -> None:
    """Adds promotions of runs."""
    rows = [{"project_id": project_id, "run_id": one.run, **one.model_dump(exclude={"run"})} for one in promotions]
    facts.append(connection, promotion, rows)
