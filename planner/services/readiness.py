"""Readiness, ethics and the triage of risk, of a project and over a portfolio."""

from __future__ import annotations

from planner.domain.assessments import (
    ReadinessDraft,
    assessment_changes,
    check_items,
    current_assessments,
    new_assessments,
)
from planner.domain.project_readiness import ProjectReadiness, build_project_readiness
from planner.domain.projects import Project
from planner.domain.readiness_counts import PortfolioReadiness, count_readiness
from planner.services.infrastructure import load_checklist
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, reading, reading_project, writing_project
from planner.store import readiness as store


def get_readiness(ws: Workspace, ref: str) -> ProjectReadiness:
    """The readiness, ethics and risk of a project; NotFound."""
    with reading_project(ws, ref) as (found, project):
        return load_readiness(found, project)


def load_readiness(found: Reading, project: Project) -> ProjectReadiness:
    """The same inside a transaction that is open already."""
    history = store.load_assessments(found.connection, project.id)
    components = {line.component: line.status for line in load_checklist(found, project).lines}
    return build_project_readiness(history, project.archetype, components, found.playbook)


def record_readiness(
    ws: Workspace, ref: str, draft: ReadinessDraft, expected_version: int | None = None
) -> ProjectReadiness:
    """States tests, ethics and answers about risk; the same again records nothing.

    Invalid, by field, for items that the playbook does not have.
    """
    with writing_project(ws, ref, expected_version) as (change, project):
        check_items(draft, change.playbook)
        present = current_assessments(store.load_assessments(change.connection, project.id))
        fresh = new_assessments(draft, present, change.playbook, change.now, ws.actor)
        if fresh:
            store.append_assessments(change.connection, project.id, fresh)
            change.touch(project)
            change.record(project.id, "readiness.recorded", assessment_changes(fresh, present, change.playbook))
        return load_readiness(change, project)


def get_portfolio_readiness(ws: Workspace, slug: str) -> PortfolioReadiness:
    """How many projects of a portfolio stand in each band and each tier; NotFound."""
    with reading(ws, slug) as found:
        return load_portfolio_readiness(found)


def load_portfolio_readiness(found: Reading) -> PortfolioReadiness:
    """The same inside a transaction that is open already; kept until the portfolio changes."""
    return kept(found.ws, found.portfolio, "readiness", lambda: _count(found))


def _count(found: Reading) -> PortfolioReadiness:
    stated = store.load_assessments_by_project(found.connection, found.portfolio.id)
    archetypes = store.load_archetypes(found.connection, found.portfolio.id)
    projects = {key: (archetype, stated.get(key, ())) for key, archetype in archetypes.items()}
    return count_readiness(projects.values(), found.playbook)
