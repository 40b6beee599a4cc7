"""The matrix of a portfolio, and of one project."""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.matrix import Matrix, ProjectPoint, build_matrix
from planner.domain.projects import Filters, Project, ProjectSummary
from planner.domain.scoring import Standing
from planner.services.as_of import candidates_as_of
from planner.services.filters import check_words
from planner.services.snapshots import resolve_moment
from planner.services.workspace import Workspace, reading, reading_project
from planner.store import project_lists


def get_matrix(ws: Workspace, slug: str, filters: Filters, as_of: str | None = None) -> Matrix:
    """The matrix of the projects that the filters find, now or as of a date, a time or a snapshot.

    Invalid for a moment that is none or lies in the future; before the portfolio began, its matrix is empty.
    """
    with reading(ws, slug) as found:
        if as_of is not None:
            past = candidates_as_of(ws, found, resolve_moment(ws, found, as_of, "as_of").at, filters)
            return build_matrix(past.candidates.points, past.playbook)
        check_words(found, filters)
        points = project_lists.load_points(found.connection, found.portfolio.id, filters)
        return build_matrix(points, found.playbook)


def locate(ws: Workspace, ref: str, standing: Standing | None = None) -> Matrix:
    """One project's place in the matrix; at `standing` instead of its own when one is given."""
    with reading_project(ws, ref) as (found, project):
        shown = project if standing is None else project.model_copy(update={"standing": standing})
        return build_matrix(points_of([shown]), found.playbook)


def points_of(projects: Iterable[Project | ProjectSummary]) -> list[ProjectPoint]:
    """Projects as the matrix sees them."""
    return [
        ProjectPoint.model_construct(
            id=p.id, key=p.key, name=p.name, archetype=p.archetype, status=p.status, standing=p.standing
        )
        for p in projects
    ]
