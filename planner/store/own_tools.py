"""Tools that portfolios add or make their standard, the last statement on each being current."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from planner.domain.own_tools import OwnTool
from planner.store import facts
from planner.store.tables import OwnToolRow, table

tool = table(OwnToolRow)


def load_tools(connection: Connection, portfolio_id: int) -> tuple[OwnTool, ...]:
    """All statements of a portfolio in the order of recording."""
    statement = select(tool).where(tool.c.portfolio_id == portfolio_id).order_by(tool.c.id)
    return tuple(OwnTool(**facts.values(row, "portfolio_id")) for row in connection.execute(statement))


def append_tools(connection: Connection, portfolio_id: int, tools: Iterable[OwnTool]) -> None:
    """Adds statements."""
    rows = [
        {
            "portfolio_id": portfolio_id,
            **dict(one),
            "components": list(one.components),
            "standard_for": list(one.standard_for),
        }
        for one in tools
    ]
    facts.append(connection, tool, rows)
