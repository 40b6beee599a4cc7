"""Filters, orders and cursors of project lists as SQL."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, text

from planner.domain.errors import Invalid
from planner.domain.projects import CLOSED, NOT_STATED, OPEN, Filters
from planner.store.search import found_by
from planner.store.tables import ProjectRow, table

project = table(ProjectRow)

WORD_FILTERS = ("stage", "status", "archetype", "problem_type", "quadrant", "organisation", "unit", "owner")


def conditions(
    portfolio_id: int, filters: Filters, *, sqlite: bool, deleted: bool = False
) -> list[ColumnElement[bool]]:
    """The WHERE clauses of a set of filters, the bin left out unless `deleted` is true."""
    clauses: list[ColumnElement[bool]] = [project.c.portfolio_id == portfolio_id]
    if not deleted:
        clauses.append(project.c.deleted_at.is_(None))
    for name in WORD_FILTERS:
        value = getattr(filters, name)
        if name == "status" and value == OPEN:
            clauses.append(or_(project.c.status.is_(None), project.c.status.not_in(CLOSED)))
        elif value is not None:
            clauses.append(project.c[name].is_(None) if value == NOT_STATED else project.c[name] == value)
    if filters.answered is not None:
        clauses.append(project.c.answered == filters.answered)
    if filters.tag is not None:
        if sqlite:
            tags = func.json_each(project.c.tags).table_valued("value", name="tag_of")
            clauses.append(select(literal(1)).select_from(tags).where(tags.c.value == filters.tag).exists())
        else:
            clauses.append(text("project.tags::jsonb ? :tag").bindparams(tag=filters.tag))  # type: ignore[arg-type]
    if filters.q and filters.q.strip():
        clauses.append(found_by(filters.q, sqlite=sqlite))
    return clauses


@dataclass(frozen=True)
class SortKey:
    """One expression to order by, and the kind of its values, which a cursor carries."""

    expression: ColumnElement[Any]
    descending: bool
    kind: type[int] | type[float] | type[str] | type[datetime]

    @property
    def ordered(self) -> ColumnElement[Any]:
        return self.expression.desc() if self.descending else self.expression.asc()

    def beyond(self, value: Any) -> ColumnElement[bool]:
        """The rows that come after this value."""
        lower: ColumnElement[bool] = self.expression < value
        return lower if self.descending else self.expression > value


def sort_keys(filters: Filters) -> list[SortKey]:
    """In the order of sorting; what is not stated comes last either way."""
    keys = []
    for name, descending in filters.sort_fields:
        if name == "key":
            keys.append(SortKey(project.c.number, descending, int))
        elif name in ("name", "organisation", "stage", "status"):
            column = project.c[name]
            if name != "name":
                keys.append(SortKey(case((column.is_(None), 1), else_=0), False, int))
            keys.append(SortKey(func.lower(func.coalesce(column, "")), descending, str))
        elif name == "updated_at":
            keys.append(SortKey(project.c.updated_at, descending, datetime))
        else:
            keys.append(SortKey(project.c[name], descending, int if name == "answered" else float))
    return keys


def after(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """The rows that come after `values` in the order of `keys`.

    Beside the exact condition stands a bound on the first key alone, by which the database can seek in an index.
    """
    alternatives = []
    for position, key in enumerate(keys):
        equal = [keys[earlier].expression == values[earlier] for earlier in range(position)]
        alternatives.append(and_(*equal, key.beyond(values[position])))
    first = keys[0]
    bound = first.expression <= values[0] if first.descending else first.expression >= values[0]
    return and_(bound, or_(*alternatives))


def encode_cursor(sort: str, values: Sequence[Any]) -> str:
    """The sort values of the last row of a page, in a form that goes into an address."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, *values])).decode().rstrip("=")


def decode_cursor(cursor: str, sort: str, keys: Sequence[SortKey]) -> list[Any]:
    """The sort values of the last row seen; Invalid for anything that this service did not give out for this order."""
    try:
        given, *values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if given != sort:
            raise ValueError("the cursor of another order")
        return [_sort_value(value, key.kind) for value, key in zip(values, keys, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError):
        message = "not a cursor of this list; leave it out to begin at the first page"
        raise Invalid.one("cursor", message) from None


def _sort_value(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.utcoffset() is None:
            raise ValueError("a time without its zone")
        return moment.astimezone(UTC)
    # JSON writes a float without a fraction like a whole number; true and false are neither.
    sound = type(value) in (int, float) if kind is float else type(value) is kind
    if not sound or (kind is int and not -(2**31) <= value < 2**31) or "\x00" in str(value):
        raise ValueError("a value of another kind")
    return kind(value)
