"""What every use case needs: the database, the playbooks, the actor and the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from planner.domain.errors import NotFound, Stale
from planner.domain.history import FieldChange
from planner.domain.playbook import Playbook
from planner.domain.portfolios import PortfolioState
from planner.domain.projects import Project
from planner.playbooks import Playbooks
from planner.services import access
from planner.store import history, portfolios, projects
from planner.store.database import Connection, Database


def _utc_now() -> datetime:
    return datetime.now(UTC)


@lru_cache(maxsize=64)
def weighted(playbook: Playbook, weights: tuple[tuple[str, float], ...]) -> Playbook:
    """The playbook with these weights: the same object each time, so that what is kept by playbook is found again."""
    return playbook.with_weights(dict(weights))


@dataclass(frozen=True)
class Workspace:
    """The surroundings of a use case; cheap to make, one per request."""

    database: Database
    playbooks: Playbooks
    actor: str
    clock: Callable[[], datetime] = _utc_now

    def as_actor(self, actor: str, clock: Callable[[], datetime] | None = None) -> Workspace:
        """The same surroundings for somebody else, or at another time."""
        return replace(self, actor=actor, clock=clock or self.clock)

    def playbook_of(self, portfolio: PortfolioState) -> Playbook:
        """The version of the playbook that the portfolio follows, with the weights that the portfolio states in it.

        NotFound, with the cure, when it is not at hand: somebody took its file away.
        """
        try:
            playbook = self.playbooks.get(portfolio.playbook, portfolio.playbook_version)
        except NotFound:
            raise NotFound(
                f"The portfolio '{portfolio.slug}' follows version {portfolio.playbook_version} of the playbook "
                f"'{portfolio.playbook}', which is not here. Nothing is lost: put the playbook into the folder that "
                "the setting PLANNER_PLAYBOOKS names, and start again."
            ) from None
        return playbook if portfolio.weights is None else weighted(playbook, tuple(portfolio.weights.items()))


@dataclass(frozen=True)
class Reading:
    """One consistent view of a portfolio."""

    ws: Workspace
    connection: Connection
    portfolio: PortfolioState
    playbook: Playbook


@dataclass(frozen=True)
class Writing(Reading):
    """A write to a portfolio: one transaction, one time, one actor, and an event for what was done."""

    now: datetime
    first_number: int  # of the project numbers that were taken

    @property
    def actor(self) -> str:
        """Who writes."""
        return self.ws.actor

    def record(self, project_id: int | None, action: str, changes: Iterable[FieldChange] = ()) -> None:
        """Adds an event to the history."""
        row = history.event_row(self.portfolio.id, project_id, self.now, self.actor, action, changes)
        history.append_events(self.connection, [row])

    def touch(self, project: Project, **columns: object) -> None:
        """Changes columns of a project, if any, and raises its version: its representation is another now."""
        projects.update_project(self.connection, project.id, {**columns, "updated_at": self.now})


@contextmanager
def reading(ws: Workspace, slug: str) -> Iterator[Reading]:
    """Reads a portfolio; NotFound."""
    access.check(ws.actor, "read", slug)
    with ws.database.read() as connection:
        portfolio = portfolios.get_state(connection, slug)
        yield Reading(ws, connection, portfolio, ws.playbook_of(portfolio))


@contextmanager
def reading_project(ws: Workspace, ref: str) -> Iterator[tuple[Reading, Project]]:
    """Reads a project that is not in the bin; NotFound."""
    access.check(ws.actor, "read")
    with ws.database.read() as connection:
        project = projects.get_project(connection, ref)
        portfolio = portfolios.get_state(connection, project.portfolio)
        yield Reading(ws, connection, portfolio, ws.playbook_of(portfolio)), project


@contextmanager
def writing(ws: Workspace, slug: str, numbers: int = 0, *, alone: bool = False) -> Iterator[Writing]:
    """Writes to a portfolio, whose revision rises, and takes so many project numbers for it; NotFound.

    `alone` says that the work takes more than a moment.
    """
    access.check(ws.actor, "write", slug)
    with ws.database.write(alone=alone) as connection:
        now = ws.clock()
        portfolio, first = portfolios.bump_revision(connection, slug, now, numbers)
        yield Writing(ws, connection, portfolio, ws.playbook_of(portfolio), now, first)


@contextmanager
def writing_project(
    ws: Workspace, ref: str, expected_version: int | None = None, *, deleted: bool = False, alone: bool = False
) -> Iterator[tuple[Writing, Project]]:
    """Writes to a project; `alone` says that the work takes more than a moment.

    NotFound, also for one in the bin unless `deleted` is true; Stale when it is not at `expected_version` any more.
    """
    access.check(ws.actor, "write")
    with ws.database.write(alone=alone) as connection:
        slug = projects.get_project(connection, ref, deleted=deleted).portfolio
        now = ws.clock()
        portfolio, first = portfolios.bump_revision(connection, slug, now)
        # Read again: on PostgreSQL it is the bump that makes writers take turns.
        project = projects.get_project(connection, ref, deleted=deleted)
        if expected_version is not None and project.version != expected_version:
            raise Stale(
                f"{project.key} has changed since you read it (version {expected_version}, now {project.version}); "
                "read it again and repeat your change."
            )
        yield Writing(ws, connection, portfolio, ws.playbook_of(portfolio), now, first), project
