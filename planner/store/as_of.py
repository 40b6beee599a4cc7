"""What the past of a portfolio is found from, beside its answers."""

from __future__ import annotations

from sqlalchemy import Connection, select

from planner.domain.as_of import ProjectPast
from planner.domain.matrix import ProjectPoint
from planner.domain.projects import Filters
from planner.store.project_filters import conditions
from planner.store.projects import STANDING, standing_of
from planner.store.tables import ProjectRow, table

project = table(ProjectRow)


def load_pasts(connection: Connection, portfolio_id: int, filters: Filters) -> tuple[ProjectPast, ...]:
    """The projects that the filters find, the bin included, in the order of their ids."""
    columns = [project.c[name] for name in ("id", "key", "name", "archetype", "created_at", "deleted_at", *STANDING)]
    sqlite = connection.dialect.name == "sqlite"
    clauses = conditions(portfolio_id, filters, sqlite=sqlite, deleted=True)
    return tuple(
        ProjectPast.model_construct(
            point=ProjectPoint.model_construct(
                id=row[0], key=row[1], name=row[2], archetype=row[3], standing=standing_of(row[6:])
            ),
            created_at=row[4],
            in_bin=row[5] is not None,
        )
        for row in connection.execute(select(*columns).where(*clauses).order_by(project.c.id))
    )
