"""What is stated about readiness, ethics and risk, the last statement on each item being current."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, select

from planner.domain.assessments import Assessment
from planner.store import facts
from planner.store.tables import AssessmentRow, ProjectRow, table

assessment, project = table(AssessmentRow), table(ProjectRow)


def load_assessments(connection: Connection, project_id: int) -> tuple[Assessment, ...]:
    """All statements of a project in their order."""
    return tuple(
        Assessment.model_construct(**facts.values(row)) for row in facts.load(connection, assessment, project_id)
    )


def load_assessments_by_project(
    connection: Connection, portfolio_id: int, only: Collection[int] | None = None
) -> Mapping[int, tuple[Assessment, ...]]:
    """The same for every project of a portfolio, or for those that `only` names."""
    found = facts.load_many(connection, assessment, portfolio_id, only)
    return {
        project_id: tuple(Assessment.model_construct(**facts.values(row)) for row in rows)
        for project_id, rows in found.items()
    }


def append_assessments(connection: Connection, project_id: int, assessments: Iterable[Assessment]) -> None:
    """Adds statements about a project."""
    facts.append(connection, assessment, [{"project_id": project_id, **dict(one)} for one in assessments])


def load_archetypes(connection: Connection, portfolio_id: int) -> dict[int, str | None]:
    """The archetype of each project of a portfolio that is not in the bin, by id."""
    statement = select(project.c.id, project.c.archetype).where(
        project.c.portfolio_id == portfolio_id, project.c.deleted_at.is_(None)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}
