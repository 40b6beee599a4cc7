"""Why did it change? The difference of a portfolio between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from planner.domain.as_of import IMPORTED, Moment, answers_as_of, is_after
from planner.domain.attribution import History, causes_of
from planner.domain.changes import Changes, FileImport, PortfolioUpdate, State, build_changes
from planner.domain.errors import Invalid
from planner.domain.history import Event
from planner.domain.portfolios import PortfolioState
from planner.domain.scoring import current_answers
from planner.domain.snapshots import Snapshot, find_moment
from planner.services.as_of import load_facts, past_points, past_settings, settled, stages_between
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, reading
from planner.store import snapshots

DAYS = 30  # looked back when nobody says since when, and no snapshot does


def get_changes(ws: Workspace, slug: str, since: str | None = None, until: str | None = None) -> Changes:
    """What changed in a portfolio between two moments, and why; kept until the portfolio changes.

    Each is a date, a time, or the number or name of a snapshot. Left out, `until` is now, and `since` the latest
    snapshot before the last change, or thirty days before that change when there is none. Invalid for a moment that is
    none or lies in the future, and when `since` is later than `until`.
    """
    with reading(ws, slug) as found:
        listed = snapshots.load_snapshots(found.connection, found.portfolio.id)
        end = Moment(at=None) if until is None else find_moment(until.strip(), "until", listed, ws.clock())
        start = (
            usual_start(found.portfolio, listed, end)
            if since is None
            else find_moment(since.strip(), "since", listed, ws.clock())
        )
        if end.precedes(start):
            raise Invalid.one("since", f"must not be later than until, which is {end.words}")
        # Moments after the last change are one moment: so the result can be kept, whatever now is.
        then, now = settled(found.portfolio, start.at), settled(found.portfolio, end.at)
        same = kept(ws, found.portfolio, ("changes", then, now), lambda: _changes(ws, found, then, now))
        return same.model_copy(update={"since": start, "until": end})


def usual_start(portfolio: PortfolioState, listed: Sequence[Snapshot], end: Moment) -> Moment:
    """Since when one looks without having said so. It depends on the facts alone, and so on the revision."""
    last = portfolio.updated_at if end.at is None else min(end.at, portfolio.updated_at)
    marked = max((s for s in listed if s.at < last), key=lambda s: (s.at, s.number), default=None)
    if marked is not None:
        return Moment(at=marked.at, snapshot=marked.name)
    return Moment(at=datetime.combine((last - timedelta(days=DAYS)).date(), time.max, UTC))


def _changes(ws: Workspace, found: Reading, then: datetime | None, now: datetime | None) -> Changes:
    facts = load_facts(found)
    between = [e for e in reversed(facts.events) if is_after(e.at, then) and not is_after(e.at, now)]
    states = []
    for when in (then, now):
        portfolio, playbook = past_settings(ws, found, facts.events, when)
        points = past_points(found, facts, when, portfolio, playbook)
        states.append(State(Moment(at=when), portfolio, {point.id: point for point in points}))
    before, after = states
    first, *stages = stages_between(ws, found, facts.events, then, now)
    # What moves no priority, such as another capacity, is an update of the portfolio and no cause.
    moving = [stage for stage in stages if any(change.field != "capacity" for change in stage.settings)]
    histories, ids = [], []
    for past in facts.projects:
        ever = facts.answers.get(past.point.id, ())
        if moving or any(is_after(a.recorded_at, then) and not is_after(a.recorded_at, now) for a in ever):
            old, new = before.points.get(past.point.id), after.points.get(past.point.id)
            known = answers_as_of(ever, now)
            histories.append(
                History(
                    then=old.standing if old else None,
                    now=new.standing if new else None,
                    old=current_answers(answers_as_of(ever, then)),
                    new=current_answers(known),
                    latest={(answer.criterion, answer.assessor): answer for answer in known},
                )
            )
            ids.append(past.point.id)
    return build_changes(
        before,
        after,
        dict(zip(ids, causes_of(histories, first, moving), strict=True)),
        {past.point.id: past.created_at for past in facts.projects},
        [PortfolioUpdate.model_construct(at=s.at, by=s.by, settings=s.settings) for s in stages],
        [_import(event) for event in between if event.action == IMPORTED],
    )


def _import(event: Event) -> FileImport:
    counts = {change.field: int(change.new or 0) for change in event.changes}
    return FileImport.model_construct(
        at=event.at, by=event.actor, created=counts.get("created", 0), updated=counts.get("updated", 0)
    )
