"""The sizings of a project: their inputs alone, since all else follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from planner.domain.sizing_inputs import Sizing, SizingDraft
from planner.store import facts
from planner.store.tables import SizingRow, table

sizing = table(SizingRow)


def _sizing(row: Row[Any]) -> Sizing:
    return Sizing.model_construct(inputs=SizingDraft.model_validate(row.inputs), **facts.values(row, "inputs"))


def load_sizings(connection: Connection, project_id: int) -> tuple[Sizing, ...]:
    """All sizings of a project, the oldest first."""
    return tuple(_sizing(row) for row in facts.load(connection, sizing, project_id))


def load_sizings_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Sizing, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, sizing, portfolio_id)
    return {project_id: tuple(_sizing(row) for row in rows) for project_id, rows in found.items()}


def append_sizings(connection: Connection, project_id: int, sizings: Sequence[Sizing]) -> None:
    """Adds sizings."""
    rows = [{"project_id": project_id, **dict(one), "inputs": one.inputs.stated} for one in sizings]
    facts.append(connection, sizing, rows)
