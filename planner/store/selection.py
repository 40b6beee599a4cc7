"""The settings of a portfolio's roadmap, version by version; the plans that were kept; what projects take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from planner.domain.selection import CapacityPlan
from planner.domain.selection_answer import Roadmap
from planner.domain.selection_assembly import Candidate
from planner.store import facts
from planner.store.tables import CapacityPlanRow, ProjectRow, RoadmapRow, table

settings, roadmap, project = table(CapacityPlanRow), table(RoadmapRow), table(ProjectRow)
_STAMP = {"version", "reason", "recorded_at", "recorded_by"}


def _settings(row: Row[Any]) -> CapacityPlan:
    stamp = {name: row._mapping[name] for name in _STAMP}
    return CapacityPlan(**row.body, **stamp)


def load_settings(connection: Connection, portfolio_id: int) -> tuple[CapacityPlan, ...]:
    """All versions, the oldest first."""
    statement = select(settings).where(settings.c.portfolio_id == portfolio_id).order_by(settings.c.version)
    return tuple(_settings(row) for row in connection.execute(statement))


def find_settings(connection: Connection, portfolio_id: int) -> CapacityPlan | None:
    """The present version; None when there is none."""
    statement = select(settings).where(settings.c.portfolio_id == portfolio_id).order_by(settings.c.version.desc())
    row = connection.execute(statement.limit(1)).one_or_none()
    return None if row is None else _settings(row)


def append_settings(connection: Connection, portfolio_id: int, versions: Sequence[CapacityPlan]) -> None:
    """Adds versions."""
    rows = [
        {
            "portfolio_id": portfolio_id,
            "body": version.model_dump(mode="json", exclude=_STAMP),
            **{name: getattr(version, name) for name in _STAMP},
        }
        for version in versions
    ]
    facts.append(connection, settings, rows)


def _roadmap(row: Row[Any]) -> Roadmap:
    return Roadmap(plan=row.body, **{n: row._mapping[n] for n in ("settings_version", "recorded_at", "recorded_by")})


def load_roadmaps(connection: Connection, portfolio_id: int) -> tuple[Roadmap, ...]:
    """All plans that were kept, the oldest first."""
    statement = select(roadmap).where(roadmap.c.portfolio_id == portfolio_id).order_by(roadmap.c.id)
    return tuple(_roadmap(row) for row in connection.execute(statement))


def find_roadmap(connection: Connection, portfolio_id: int) -> Roadmap | None:
    """The plan that was kept last; None when there is none."""
    statement = select(roadmap).where(roadmap.c.portfolio_id == portfolio_id).order_by(roadmap.c.id.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _roadmap(row)


def append_roadmaps(connection: Connection, portfolio_id: int, roadmaps: Sequence[Roadmap]) -> None:
    """Adds plans that were kept."""
    rows = [
        {
            "portfolio_id": portfolio_id,
            "settings_version": kept.settings_version,
            "body": kept.plan.model_dump(mode="json"),
            "recorded_at": kept.recorded_at,
            "recorded_by": kept.recorded_by,
        }
        for kept in roadmaps
    ]
    facts.append(connection, roadmap, rows)


def load_plan_candidates(connection: Connection, portfolio_id: int) -> list[Candidate]:
    """The projects that are not in the bin, in the order of their ids."""
    columns = ("key", "name", "status", "priority", "effort", "cost", "needs")
    statement = (
        select(*(project.c[name] for name in columns))
        .where(project.c.portfolio_id == portfolio_id, project.c.deleted_at.is_(None))
        .order_by(project.c.id)
    )
    return [Candidate(**row._mapping) for row in connection.execute(statement)]


def load_keys(connection: Connection, portfolio_id: int) -> set[str]:
    """The keys of all projects, those in the bin included: what a plan may name."""
    return set(connection.execute(select(project.c.key).where(project.c.portfolio_id == portfolio_id)).scalars())
