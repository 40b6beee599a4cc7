"""Projects: one by one. Lists are in project_lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from planner.domain.errors import NotFound
from planner.domain.projects import Link, Project, ProjectFields
from planner.domain.scoring import Interval, Standing
from planner.store.search import search_words
from planner.store.tables import PortfolioRow, ProjectRow, table

project, portfolio = table(ProjectRow), table(PortfolioRow)

# Nothing else is asked of the database: some texts and numbers are an error to it. Ids have at most 31 bits.
_REF = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}-[0-9]{1,10}|[0-9]{1,9}")

FIELDS = tuple(ProjectFields.model_fields)
STANDING = (
    *(f"{axis}{part}" for axis in ("impact", "feasibility", "priority") for part in ("", "_low", "_high")),
    "quadrant",
    "quadrant_probability",
    "answered",
    "criteria",
)
_columns = [
    column for column in project.c if column.name not in ("portfolio_id", "number", "external_id", "search_text")
]
_select: Select[Any] = (
    select(*_columns, portfolio.c.slug.label("portfolio"))
    .join(portfolio, portfolio.c.id == project.c.portfolio_id)
    .where(portfolio.c.deleted_at.is_(None))
)


class Identity(NamedTuple):
    """What a project can be recognised by."""

    id: int
    number: int
    key: str
    external_id: str | None
    in_bin: bool


def standing_of(columns: Sequence[Any]) -> Standing:
    """The standing that the columns STANDING of a row keep."""
    impact, i_low, i_high, feasibility, f_low, f_high, priority, p_low, p_high, quadrant, chance, answered, of = columns
    return Standing(  # for so few values checking them is faster than model_construct
        impact=Interval(expected=impact, low=i_low, high=i_high),
        feasibility=Interval(expected=feasibility, low=f_low, high=f_high),
        priority=Interval(expected=priority, low=p_low, high=p_high),
        quadrant=quadrant,
        quadrant_probability=chance,
        answered=answered,
        of=of,
    )


def standing_columns(standing: Standing) -> dict[str, Any]:
    """A standing as the columns that keep it."""
    columns: dict[str, Any] = {}
    for axis in ("impact", "feasibility", "priority"):
        interval: Interval = getattr(standing, axis)
        columns[axis] = interval.expected
        columns[f"{axis}_low"] = interval.low
        columns[f"{axis}_high"] = interval.high
    return columns | {
        "quadrant": standing.quadrant,
        "quadrant_probability": standing.quadrant_probability,
        "answered": standing.answered,
        "criteria": standing.of,
    }


def field_columns(fields: ProjectFields) -> dict[str, Any]:
    """The stated facts of a project as columns, the text that the search looks through included."""
    columns = {name: getattr(fields, name) for name in FIELDS}
    columns["tags"] = list(fields.tags)
    columns["links"] = [link.model_dump() for link in fields.links]
    said = (fields.name, fields.summary, fields.organisation, fields.unit, fields.owner, *fields.tags)
    columns["search_text"] = " ".join(search_words("\n".join(part for part in said if part)))
    return columns


def _project(row: Row[Any]) -> Project:
    values = {name: value for name, value in row._mapping.items() if name not in STANDING}
    values["tags"] = tuple(values["tags"])
    values["links"] = tuple(Link.model_construct(**link) for link in values["links"])
    return Project.model_construct(**values, standing=standing_of([getattr(row, name) for name in STANDING]))


def get_project(connection: Connection, ref: str, *, deleted: bool = False) -> Project:
    """The project of an id or a key; NotFound, also for one in the bin unless `deleted` is true."""
    found = find_project(connection, ref)
    if found is None:
        raise NotFound(f"There is no project '{ref[:40]}'." if ref.isprintable() else "There is no such project.")
    if found.deleted_at is not None and not deleted:
        raise NotFound(f"The project '{found.key}' is in the bin; restore it first.")
    return found


def find_project(connection: Connection, ref: str) -> Project | None:
    """The project of an id (`12`) or a key (`FED-12`), the bin included."""
    if not _REF.fullmatch(ref):
        return None
    condition = project.c.key == ref.upper() if "-" in ref else project.c.id == int(ref)
    row = connection.execute(_select.where(condition)).one_or_none()
    return None if row is None else _project(row)


def load_projects(
    connection: Connection, portfolio_id: int, *, deleted: bool = False, only: Collection[int] | None = None
) -> tuple[Project, ...]:
    """The projects of a portfolio, or those of these ids, by their numbers; with `deleted` those in the bin too."""
    statement = _select.where(project.c.portfolio_id == portfolio_id).order_by(project.c.number)
    if not deleted:
        statement = statement.where(project.c.deleted_at.is_(None))
    if only is not None:
        statement = statement.where(project.c.id.in_(only))
    return tuple(_project(row) for row in connection.execute(statement))


_insert = insert(project).returning(project.c.id)  # built once: it has forty columns


def insert_projects(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds projects, all in one executemany."""
    if rows:
        connection.execute(insert(project), [dict(row) for row in rows])


def insert_project(connection: Connection, values: Mapping[str, Any]) -> int:
    """Adds one project and returns its id."""
    return int(connection.execute(_insert, dict(values)).scalar_one())


def update_project(connection: Connection, project_id: int, values: Mapping[str, Any]) -> None:
    """Changes columns of a project and raises its version."""
    connection.execute(
        update(project).where(project.c.id == project_id).values(**values, version=project.c.version + 1)
    )


def update_standings(connection: Connection, standings: Iterable[tuple[int, Standing]]) -> None:
    """Rewrites the standing columns of projects; the versions stay, since no stated fact changed."""
    rows = [{"target": project_id, **standing_columns(standing)} for project_id, standing in standings]
    if rows:
        statement = update(project).where(project.c.id == bindparam("target"))
        connection.execute(statement.values({name: bindparam(name) for name in STANDING}), rows)


def list_identities(connection: Connection, portfolio_id: int) -> list[Identity]:
    """How each project of a portfolio can be recognised, the bin included."""
    rows = connection.execute(
        select(project.c.id, project.c.number, project.c.key, project.c.external_id, project.c.deleted_at).where(
            project.c.portfolio_id == portfolio_id
        )
    )
    return [Identity(*row[:4], row[4] is not None) for row in rows]


def raise_versions(connection: Connection, project_ids: Sequence[int]) -> None:
    """Raises the versions of projects whose representation changed without a change of their own facts."""
    if project_ids:
        statement = update(project).where(project.c.id == bindparam("target")).values(version=project.c.version + 1)
        connection.execute(statement, [{"target": project_id} for project_id in project_ids])


def raise_all_versions(connection: Connection, portfolio_id: int) -> None:
    """The same for every project of a portfolio."""
    here = project.c.portfolio_id == portfolio_id
    connection.execute(update(project).where(here).values(version=project.c.version + 1))
