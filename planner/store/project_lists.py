"""Lists of projects: pages, facets and counts, all in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Connection, Engine, Row, Select, Text, bindparam, func, literal, select, type_coerce

from planner.domain.matrix import ProjectPoint
from planner.domain.portfolios import PortfolioState
from planner.domain.projects import Filters, Page, ProjectSummary
from planner.domain.scoring import Standing
from planner.store.project_filters import SortKey, after, conditions, decode_cursor, encode_cursor, sort_keys
from planner.store.projects import STANDING, standing_of
from planner.store.tables import ProjectRow, table

project = table(ProjectRow)

# The fields of a summary that are columns as they are; those of the standing follow them in every row.
_FLAT = (
    *("id", "key", "name", "summary", "organisation", "unit", "owner", "archetype", "problem_type", "stage", "status"),
    *("tags", "effort", "cost", "created_at", "updated_at", "version"),
)
COLUMNS = (*_FLAT, *STANDING)
_summary_columns = [project.c[name] for name in COLUMNS]


KEPT_TOTALS = 1000
_totals: WeakKeyDictionary[Engine, dict[tuple[int, int | None, Filters], int]] = WeakKeyDictionary()

# For JSON, times and tags are taken as the database keeps them: to make objects of them only to write them out again
# takes a third of the time of a page. SQLite keeps text, PostgreSQL gives objects; `_time` and `_tags` know both.
_json_columns = [
    type_coerce(column, Text()).label(column.name) if column.name in ("tags", "created_at", "updated_at") else column
    for column in _summary_columns
]


@lru_cache(maxsize=512)  # building a statement takes longer than running it; the same few are asked for all day
def _statements(
    portfolio_id: int, filters: Filters, *, sqlite: bool, as_json: bool = False
) -> tuple[Select[Any], Select[Any], Sequence[SortKey]]:
    """The list in its order with the sort values in the last columns, the count, and what it is sorted by."""
    clauses = conditions(portfolio_id, filters, sqlite=sqlite)
    keys = sort_keys(filters)
    labelled = [key.expression.label(f"sort_{index}") for index, key in enumerate(keys)]
    columns = _json_columns if as_json else _summary_columns
    listed = select(*columns, *labelled).where(*clauses).order_by(*(key.ordered for key in keys))
    return listed.limit(bindparam("at_most")), select(func.count()).select_from(project).where(*clauses), keys


def _alone(filters: Filters) -> Filters:
    """The filters without what a subclass adds, so that equal filters are one key of the cache."""
    return Filters.model_construct(**{name: getattr(filters, name) for name in Filters.model_fields})


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def list_rows(
    connection: Connection,
    portfolio_id: int,
    filters: Filters,
    limit: int,
    cursor: str | None,
    *,
    as_json: bool = False,
    revision: int | None = None,
) -> tuple[Sequence[Row[Any]], str | None, int]:
    """(rows of the page, next cursor, total) with the columns of a summary and then the sort values.

    With the portfolio's revision, read in this transaction, the total is counted once for each revision.
    """
    sqlite = _is_sqlite(connection)
    listed, counted, keys = _statements(portfolio_id, _alone(filters), sqlite=sqlite, as_json=as_json)
    if cursor:
        listed = listed.where(after(keys, decode_cursor(cursor, filters.sort, keys)))
    rows = connection.execute(listed, {"at_most": limit + 1}).all()
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = encode_cursor(filters.sort, rows[-1][-len(keys) :])
    return rows, following, _total(connection, counted, (portfolio_id, revision, _alone(filters)))


def _total(connection: Connection, counted: Select[Any], key: tuple[int, int | None, Filters]) -> int:
    totals = _totals.setdefault(connection.engine, {})
    found = totals.get(key) if key[1] is not None else None
    if found is None:
        found = int(connection.execute(counted).scalar_one())
        if len(totals) >= KEPT_TOTALS:
            totals.clear()
        totals[key] = found
    return found


def _time(kept: str | datetime) -> str | datetime:
    return f"{kept[:10]}T{kept[11:]}Z" if isinstance(kept, str) else kept.astimezone(UTC)


def _tags(kept: str | list[str]) -> orjson.Fragment | list[str]:
    return orjson.Fragment(kept) if isinstance(kept, str) else kept


def list_projects(
    connection: Connection, portfolio_id: int, slug: str, filters: Filters, limit: int, cursor: str | None
) -> Page[ProjectSummary]:
    """A page of projects."""
    rows, following, total = list_rows(connection, portfolio_id, filters, limit, cursor)
    return Page(items=tuple(_summary(row, slug) for row in rows), next=following, total=total)


def list_projects_json(
    connection: Connection, portfolio: PortfolioState, filters: Filters, limit: int, cursor: str | None
) -> bytes:
    """The same page as JSON bytes, straight from trusted columns; a test holds it to the model."""
    rows, following, total = list_rows(
        connection, portfolio.id, filters, limit, cursor, as_json=True, revision=portfolio.revision
    )
    slug = portfolio.slug
    width, standing = len(_FLAT), len(STANDING)
    items = []
    for row in rows:
        impact, i_low, i_high, feasibility, f_low, f_high, priority, p_low, p_high, quadrant, chance, answered, of = (
            row[width : width + standing]
        )
        item = dict(zip(_FLAT, row, strict=False))
        item["portfolio"] = slug
        item["tags"] = _tags(item["tags"])
        item["created_at"], item["updated_at"] = _time(item["created_at"]), _time(item["updated_at"])
        item["standing"] = {
            "impact": {"expected": impact, "low": i_low, "high": i_high},
            "feasibility": {"expected": feasibility, "low": f_low, "high": f_high},
            "priority": {"expected": priority, "low": p_low, "high": p_high},
            "quadrant": quadrant,
            "quadrant_probability": chance,
            "answered": answered,
            "of": of,
        }
        items.append(item)
    return orjson.dumps({"items": items, "next": following, "total": total}, option=orjson.OPT_UTC_Z)


def load_summaries(
    connection: Connection, portfolio_id: int, slug: str, filters: Filters, limit: int | None = None
) -> tuple[ProjectSummary, ...]:
    """All projects that the filters find, in their order, without the long texts."""
    columns = [literal(None).label("summary") if c.name == "summary" else c for c in _summary_columns]
    statement: Select[Any] = select(*columns).where(*conditions(portfolio_id, filters, sqlite=_is_sqlite(connection)))
    statement = statement.order_by(*(key.ordered for key in sort_keys(filters)))
    if limit is not None:
        statement = statement.limit(limit)
    return tuple(_summary(row, slug) for row in connection.execute(statement))


def load_points(connection: Connection, portfolio_id: int, filters: Filters) -> list[ProjectPoint]:
    """The projects that the filters find as the matrix sees them, in no particular order."""
    columns = [project.c[name] for name in ("id", "key", "name", "archetype", "status", *STANDING)]
    statement = select(*columns).where(*conditions(portfolio_id, filters, sqlite=_is_sqlite(connection)))
    unscored: dict[Sequence[Any], Standing] = {}  # of an import, thousands of projects have the very same standing

    def standing(columns: Sequence[Any]) -> Standing:
        found = unscored.get(columns)
        if found is None:
            found = standing_of(columns)
            if not found.answered:
                unscored[columns] = found
        return found

    return [
        ProjectPoint.model_construct(
            id=row[0], key=row[1], name=row[2], archetype=row[3], status=row[4], standing=standing(row[5:])
        )
        for row in connection.execute(statement).all()
    ]


def load_bin(connection: Connection, portfolio_id: int, slug: str) -> tuple[ProjectSummary, ...]:
    """The projects in the bin, the last deleted first."""
    statement = select(*_summary_columns).where(
        project.c.portfolio_id == portfolio_id, project.c.deleted_at.is_not(None)
    )
    return tuple(_summary(row, slug) for row in connection.execute(statement.order_by(project.c.deleted_at.desc())))


def count(connection: Connection, portfolio_id: int, filters: Filters) -> int:
    """How many projects the filters find."""
    counted = _statements(portfolio_id, _alone(filters), sqlite=_is_sqlite(connection))[1]
    return int(connection.execute(counted).scalar_one())


def count_by(
    connection: Connection, portfolio_id: int, filters: Filters, *fields: str
) -> list[tuple[tuple[str | None, ...], int]]:
    """How many projects there are of each combination of values of the fields."""
    columns = [project.c[name] for name in fields]
    statement = (
        select(*columns, func.count())
        .where(*conditions(portfolio_id, filters, sqlite=_is_sqlite(connection)))
        .group_by(*columns)
    )
    return [(tuple(row[:-1]), int(row[-1])) for row in connection.execute(statement)]


def count_tags(connection: Connection, portfolio_id: int) -> list[tuple[str, int]]:
    """How many projects carry each tag."""
    each = func.json_each if _is_sqlite(connection) else func.json_array_elements_text
    tags = each(project.c.tags).table_valued("value", name="tag_of")
    statement = (
        select(tags.c.value, func.count())
        .select_from(project)
        .join(tags, literal(True))
        .where(project.c.portfolio_id == portfolio_id, project.c.deleted_at.is_(None))
        .group_by(tags.c.value)
        .order_by(func.count().desc(), tags.c.value)
    )
    return [(str(value), int(count)) for value, count in connection.execute(statement)]


def _summary(row: Row[Any], slug: str) -> ProjectSummary:
    values: dict[str, Any] = dict(zip(_FLAT, row, strict=False))
    values["tags"] = tuple(values["tags"])
    standing = standing_of(row[len(_FLAT) : len(COLUMNS)])
    return ProjectSummary.model_construct(**values, portfolio=slug, standing=standing)
