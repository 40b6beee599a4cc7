"""A portfolio as it was: which projects it held at a time, what had been answered, and which settings were in force.

Facts are only appended, so the past is found by leaving out what came later. Two things are kept as they are now and
not as facts of their own: the settings of a portfolio and whether a project is in the bin. Their changes stand in the
history with the value before and after, so they are taken back one by one, from the newest on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time

from pydantic import Field

from planner.domain.errors import Invalid
from planner.domain.history import Event
from planner.domain.matrix import ProjectPoint
from planner.domain.model import Model
from planner.domain.portfolios import PortfolioState, weights_in
from planner.domain.scoring import Answer
from planner.domain.wording import day, moment

# What a portfolio may set that moves its projects or their top, and how the history's words are read back.
SETTINGS: Mapping[str, Callable[[str], object]] = {
    "priority_impact_share": float,
    "weights": weights_in,
    "capacity": int,
    "playbook": str,
    "playbook_version": int,
}
PORTFOLIO_UPDATED, BINNED, RESTORED, IMPORTED = (
    "portfolio.updated",
    "project.deleted",
    "project.restored",
    "file.imported",
)
ACTIONS = (PORTFOLIO_UPDATED, BINNED, RESTORED, IMPORTED)  # the events that tell of the past what no fact does
DATE_OR_TIME = "a date (2026-05-01, the end of that day in UTC) or a time with its zone (2026-05-01T12:00:00Z)"


class Moment(Model):
    """A point in time by which a portfolio is looked at."""

    at: datetime | None = Field(description="The time; null for the portfolio as it is now.")
    snapshot: str | None = Field(default=None, description="Name of the snapshot that marks it; null without one.")

    @property
    def words(self) -> str:
        """As a sentence names it: now; 1 May 2026; “Board, spring” (1 May 2026)."""
        if self.at is None:
            return "now"
        whole_day = self.at.timetz() == time.max.replace(tzinfo=UTC)
        told = day(self.at) if whole_day else moment(self.at)
        return f"“{self.snapshot}” ({day(self.at)})" if self.snapshot else told

    def precedes(self, other: Moment) -> bool:
        """Whether it lies before the other."""
        return self.at is not None and (other.at is None or self.at < other.at)


class ProjectPast(Model):
    """What the past of a project is found from, the project being in the bin or not."""

    point: ProjectPoint = Field(description="As it is now.")
    created_at: datetime
    in_bin: bool


def read_time(text: str, field: str, now: datetime) -> datetime | None:
    """The time that somebody wrote: a date means its last moment in UTC; None when the text is neither.

    Invalid for a time without its zone and for one that is still to come: nobody knows the portfolio of tomorrow.
    """
    try:
        on = date.fromisoformat(text) if "-" in text and len(text) == 10 else None
        found = datetime.combine(on, time.max, UTC) if on else datetime.fromisoformat(text) if "T" in text else None
        if found is None:
            return None
        if found.tzinfo is None:
            raise Invalid.one(field, "needs its time zone, such as 2026-05-01T12:00:00Z")
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if (on or found) > (now.astimezone(UTC).date() if on else now):
        raise Invalid.one(field, f"lies in the future; give {DATE_OR_TIME} that has been")
    return found


def settings_as_of(portfolio: PortfolioState, events: Iterable[Event], when: datetime | None) -> PortfolioState:
    """The portfolio with the settings that were in force at `when`. `events` are its updates, the newest first."""
    values: dict[str, object] = {}
    for event in events:
        if event.action == PORTFOLIO_UPDATED and is_after(event.at, when):
            values |= {c.field: _value(c.field, c.old) for c in event.changes if c.field in SETTINGS}
    return portfolio.model_copy(update=values)


def set_anew(portfolio: PortfolioState, event: Event) -> PortfolioState:
    """The portfolio with the settings that an update gave it."""
    values = {c.field: _value(c.field, c.new) for c in event.changes if c.field in SETTINGS}
    return portfolio.model_copy(update=values)


def _value(setting: str, words: str | None) -> object:
    return None if words is None else SETTINGS[setting](words)


def is_after(at: datetime, when: datetime | None) -> bool:
    """Whether something that happened at `at` is left out of the state at `when`; nothing is left out of now."""
    return when is not None and at > when


def answers_as_of(answers: Iterable[Answer], when: datetime | None) -> tuple[Answer, ...]:
    """The answers that had been given, those replaced or withdrawn since included."""
    return tuple(answer for answer in answers if not is_after(answer.recorded_at, when))


def was_there(project: ProjectPast, events: Sequence[Event], when: datetime | None) -> bool:
    """Whether the project was in the portfolio, and not in its bin. `events` are its own, the newest first."""
    if is_after(project.created_at, when):
        return False
    in_bin = project.in_bin
    for event in events:
        if event.action in (BINNED, RESTORED) and is_after(event.at, when):
            in_bin = event.action == RESTORED
    return not in_bin


def events_by_project(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The events of each project by its key, in the order given."""
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.project is not None:
            found.setdefault(event.project, []).append(event)
    return found
