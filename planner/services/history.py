"""Who changed what, when."""

from __future__ import annotations

from planner.domain.history import Event
from planner.services import access
from planner.services.workspace import Workspace, reading
from planner.store import history, projects


def list_project_events(ws: Workspace, ref: str) -> tuple[Event, ...]:
    """Everything that was done to a project, the newest first; also for one in the bin."""
    access.check(ws.actor, "read")
    with ws.database.read() as connection:
        project = projects.get_project(connection, ref, deleted=True)
        return history.load_project_events(connection, project.id)


def list_portfolio_events(ws: Workspace, slug: str, limit: int = 100) -> tuple[Event, ...]:
    """The newest things that were done in a portfolio."""
    with reading(ws, slug) as found:
        return history.load_portfolio_events(found.connection, found.portfolio.id, max(1, limit))
