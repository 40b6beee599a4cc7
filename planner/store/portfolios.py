"""Portfolios and their revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from planner.domain.errors import NotFound
from planner.domain.portfolios import Portfolio, PortfolioState
from planner.store.tables import EventRow, PortfolioRow, ProjectRow, table

portfolio, project, event = table(PortfolioRow), table(ProjectRow), table(EventRow)

_projects = (
    select(func.count())
    .where(project.c.portfolio_id == portfolio.c.id, project.c.deleted_at.is_(None))
    .correlate(portfolio)
)
_state = [column for column in portfolio.c if column.name not in ("next_number", "deleted_at")]
_select: Select[Any] = select(
    *_state,
    _projects.scalar_subquery().label("projects"),
    _projects.where(project.c.answered > 0).scalar_subquery().label("scored"),
).where(portfolio.c.deleted_at.is_(None))


def _portfolio(row: Row[Any]) -> Portfolio:
    return Portfolio.model_construct(**row._mapping)


def _askable(slug: str) -> str:
    """The slug, unless it holds what no slug does and some databases take for an error, such as NUL; then NotFound."""
    if not slug.isprintable():
        raise NotFound("There is no such portfolio.")
    return slug


def list_portfolios(connection: Connection) -> tuple[Portfolio, ...]:
    """All portfolios by name, the deleted ones left out."""
    return tuple(_portfolio(row) for row in connection.execute(_select.order_by(func.lower(portfolio.c.name))))


def get_portfolio(connection: Connection, slug: str) -> Portfolio:
    """The portfolio of that slug; NotFound."""
    row = connection.execute(_select.where(portfolio.c.slug == _askable(slug))).one_or_none()
    if row is None:
        raise NotFound(f"There is no portfolio '{slug[:80]}'.")
    return _portfolio(row)


_revision = select(portfolio.c.revision).where(
    portfolio.c.slug == bindparam("wanted"), portfolio.c.deleted_at.is_(None)
)


def get_revision(connection: Connection, slug: str) -> int:
    """The revision, which is all that a conditional GET needs of a portfolio; NotFound."""
    found = connection.execute(_revision, {"wanted": _askable(slug)}).scalar()
    if found is None:
        raise NotFound(f"There is no portfolio '{slug[:80]}'.")
    return int(found)


_found = select(*_state).where(portfolio.c.slug == bindparam("wanted"), portfolio.c.deleted_at.is_(None))
_bumped = (
    update(portfolio)
    .where(portfolio.c.slug == bindparam("wanted"), portfolio.c.deleted_at.is_(None))
    .values(
        revision=portfolio.c.revision + 1,
        updated_at=bindparam("now"),
        next_number=portfolio.c.next_number + bindparam("numbers"),
    )
    .returning(*_state, portfolio.c.next_number)
)


def get_state(connection: Connection, slug: str) -> PortfolioState:
    """The portfolio without its counts, which take longer; NotFound."""
    return _one(connection.execute(_found, {"wanted": _askable(slug)}).one_or_none(), slug)


def bump_revision(connection: Connection, slug: str, now: datetime, numbers: int = 0) -> tuple[PortfolioState, int]:
    """Raises the revision, takes the next `numbers` project numbers, and returns the portfolio and the first of them.

    Every write to a portfolio begins with this: on PostgreSQL it also makes writers take turns. A number is never given
    again. Raises NotFound.
    """
    row = connection.execute(_bumped, {"wanted": _askable(slug), "now": now, "numbers": numbers}).one_or_none()
    state = _one(row, slug)
    assert row is not None
    return state, row.next_number - numbers


def lock_all(connection: Connection) -> tuple[PortfolioState, ...]:
    """All portfolios, none of which anybody else can write to until the transaction ends."""
    statement = select(*_state).where(portfolio.c.deleted_at.is_(None)).order_by(portfolio.c.id).with_for_update()
    return tuple(PortfolioState.model_construct(**row._mapping) for row in connection.execute(statement))


def _one(row: Row[Any] | None, slug: str) -> PortfolioState:
    if row is None:
        raise NotFound(f"There is no portfolio '{slug[:80]}'.")
    return PortfolioState.model_construct(
        **{name: value for name, value in row._mapping.items() if name != "next_number"}
    )


def get_next_number(connection: Connection, portfolio_id: int) -> int:
    """The number that the next project will get."""
    return int(connection.execute(select(portfolio.c.next_number).where(portfolio.c.id == portfolio_id)).scalar_one())


def insert_portfolio(connection: Connection, values: dict[str, Any]) -> int:
    """Adds a portfolio and returns its id."""
    return int(connection.execute(insert(portfolio).values(**values).returning(portfolio.c.id)).scalar_one())


def update_portfolio(connection: Connection, portfolio_id: int, values: dict[str, Any]) -> None:
    """Changes columns of a portfolio."""
    connection.execute(update(portfolio).where(portfolio.c.id == portfolio_id).values(**values))


def taken_names(connection: Connection) -> tuple[set[str], set[str]]:
    """The slugs and key prefixes in use, those of deleted portfolios included: keys are never reused.

    Nobody else can take one until the transaction ends.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE portfolio IN SHARE ROW EXCLUSIVE MODE")
    rows = connection.execute(select(portfolio.c.slug, portfolio.c.key_prefix)).all()
    return {row.slug for row in rows}, {row.key_prefix for row in rows}


def remove_portfolio(connection: Connection, portfolio_id: int) -> None:
    """Takes a portfolio away for good, with everything in it: only the example is ever removed so."""
    connection.execute(event.delete().where(event.c.portfolio_id == portfolio_id))
    connection.execute(project.delete().where(project.c.portfolio_id == portfolio_id))
    connection.execute(portfolio.delete().where(portfolio.c.id == portfolio_id))
