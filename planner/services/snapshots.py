"""Snapshots of a portfolio, and the moments that people name by them or by dates."""

from __future__ import annotations

from planner.domain.as_of import Moment
from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.history import FieldChange
from planner.domain.snapshots import Snapshot, SnapshotDraft, find_moment
from planner.services.workspace import Reading, Workspace, reading, writing
from planner.store import snapshots

MAX_SNAPSHOTS = 1000  # in one portfolio, those that were taken away included


def list_snapshots(ws: Workspace, slug: str) -> tuple[Snapshot, ...]:
    """The snapshots of a portfolio, the latest moment first."""
    with reading(ws, slug) as found:
        listed = snapshots.load_snapshots(found.connection, found.portfolio.id)
        return tuple(sorted(listed, key=lambda snapshot: (snapshot.at, snapshot.number), reverse=True))


def create_snapshot(ws: Workspace, slug: str, draft: SnapshotDraft) -> Snapshot:
    """Marks a moment, now unless the draft names another. Conflict when a snapshot of that name is there.

    Invalid for a moment to come, or from before the portfolio began.
    """
    with writing(ws, slug) as change:
        ever = snapshots.load_snapshots(change.connection, change.portfolio.id, deleted=True)
        if any(known.name == draft.name and known.deleted_at is None for known in ever):
            raise Conflict(f"There is a snapshot '{draft.name[:60]}' already; give this one another name.")
        if len(ever) >= MAX_SNAPSHOTS:
            raise Conflict(f"A portfolio has {MAX_SNAPSHOTS:,} snapshots at most; a date serves as well as a name.")
        if draft.at is not None and not change.portfolio.created_at <= draft.at <= change.now:
            raise Invalid.one("at", "must lie between the creation of the portfolio and now")
        snapshot = Snapshot(
            number=max((known.number for known in ever), default=0) + 1,
            name=draft.name,
            note=draft.note,
            at=draft.at or change.now,
            revision=change.portfolio.revision if draft.at is None else None,
            recorded_at=change.now,
            recorded_by=ws.actor,
        )
        snapshots.append_snapshots(change.connection, change.portfolio.id, [snapshot])
        change.record(None, "snapshot.created", [FieldChange(field="snapshot", old=None, new=snapshot.name)])
        return snapshot


def get_snapshot(ws: Workspace, slug: str, number: int) -> Snapshot:
    """The snapshot of that number; NotFound, also for one that was taken away."""
    with reading(ws, slug) as found:
        return _get(found, number)


def delete_snapshot(ws: Workspace, slug: str, number: int) -> Snapshot:
    """Takes a snapshot away: the name only, the facts stay. Its number is not used again. NotFound."""
    with writing(ws, slug) as change:
        snapshot = _get(change, number)
        snapshots.mark_deleted(change.connection, change.portfolio.id, number, change.now)
        change.record(None, "snapshot.deleted", [FieldChange(field="snapshot", old=snapshot.name, new=None)])
        return snapshot


def _get(found: Reading, number: int) -> Snapshot:
    for snapshot in snapshots.load_snapshots(found.connection, found.portfolio.id):
        if snapshot.number == number:
            return snapshot
    raise NotFound(f"There is no snapshot {number} of {found.portfolio.slug}.")


def resolve_moment(ws: Workspace, found: Reading, text: str, field: str) -> Moment:
    """The moment that somebody names: a date, a time, a snapshot's number or name. Invalid, naming the field."""
    listed = snapshots.load_snapshots(found.connection, found.portfolio.id)
    return find_moment(text.strip(), field, listed, ws.clock())
