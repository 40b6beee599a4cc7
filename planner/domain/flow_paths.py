"""The way of a project through the stages: its moves, the times it was out of the flow, and the visits that leaves.

A project is in the flow from its first stage on, until it is live, retired or stopped, has an outcome, or lies in the
bin; it comes back when that is taken back. A pause is no end: waiting is what the flow is to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Literal, NamedTuple

from planner.domain.forecasts import ENDED_STATUSES

REACHED = ("live", "success")  # the ends that a project is made for

# How a visit ended: by a move, by the project reaching its aim, by the end of the project; or not yet.
Left = Literal["placed", "forward", "back", "reached", "ended", "there"]


class Step(NamedTuple):
    """A move to a stage, as little of it as the flow needs."""

    at: datetime
    start: str | None
    to: str
    kind: Literal["placed", "forward", "back"]
    reason: str | None


class Mark(NamedTuple):
    """What a project has from a time on, until the next mark of the kind: a status, an outcome, a place in the bin.

    `value` is None where it has none of it any more.
    """

    at: datetime
    what: Literal["status", "outcome", "bin"]
    value: str | None


class Absence(NamedTuple):
    """A time out of the flow, and whether the project had reached its aim. `until` is None while it lasts."""

    since: datetime
    until: datetime | None
    reached: bool


class Visit(NamedTuple):
    """A stay in one stage. `until` is None while it lasts."""

    stage: str
    since: datetime
    until: datetime | None
    left: Left

    @property
    def is_complete(self) -> bool:
        """Whether it ended as visits do, rather than with the project."""
        return self.left not in ("ended", "there")

    def days(self, now: datetime) -> float:
        """How many days it took, or has taken so far."""
        return ((self.until or now) - self.since).total_seconds() / 86_400


@dataclass(frozen=True)
class Path:
    """A project on its way: its moves, and its visits, both in the order of time."""

    id: int
    key: str
    name: str
    owner: str | None
    status: str | None
    in_bin: bool
    steps: tuple[Step, ...]
    visits: tuple[Visit, ...]

    @property
    def here(self) -> Visit | None:
        """The visit that lasts; None outside the flow."""
        return self.visits[-1] if self.visits and self.visits[-1].until is None else None


def outcome_marks(outcomes: Iterable[tuple[str, date, datetime]]) -> list[Mark]:
    """When a project had an outcome, from (outcome, day on which it was known, time of recording), the oldest first.

    It has one from the end of that day on, or from when somebody first recorded it if that was earlier. A correction
    moves the day; `reopened` takes the outcome back.
    """
    marks: list[Mark] = []
    open_again = True
    first = None
    for outcome, known_on, at in outcomes:
        if outcome == "reopened":
            marks.append(Mark(at, "outcome", None))
            open_again = True
            continue
        if open_again:
            first, open_again = at, False
        else:
            marks.pop()
        assert first is not None
        marks.append(
            Mark(min(first, datetime.combine(known_on + timedelta(days=1), time.min, UTC)), "outcome", outcome)
        )
    return marks


def build_absences(marks: Sequence[Mark]) -> tuple[Absence, ...]:
    """When a project was out of the flow, from all its marks in any order."""
    absences: list[Absence] = []
    ends: dict[str, str] = {}  # what keeps it out of the flow, by kind
    since, reached = None, False
    for at, what, value in sorted(marks, key=lambda mark: mark.at):
        if value is None or (what == "status" and value not in ENDED_STATUSES):
            ends.pop(what, None)
        else:
            ends[what] = value
        if ends and since is None:
            since, reached = at, value in REACHED
        elif not ends and since is not None:
            absences.append(Absence(since, at, reached))
            since = None
    return (*absences, Absence(since, None, reached)) if since is not None else tuple(absences)


def build_visits(steps: Sequence[Step], absences: Sequence[Absence]) -> tuple[Visit, ...]:
    """The visits of a project to the stages. One that comes back to a stage, or to the flow, begins another visit."""
    visits: list[Visit] = []
    times = list(accumulate((step.at for step in steps), max))  # a clock that was put back takes no time away
    for index, step in enumerate(steps):
        after = steps[index + 1] if index + 1 < len(steps) else None
        end = None if after is None else times[index + 1]
        since: datetime | None = times[index]
        for absence in absences:
            if since is None or (end is not None and absence.since >= end):
                break
            if absence.since > since:
                visits.append(Visit(step.to, since, absence.since, "reached" if absence.reached else "ended"))
            if absence.until is None or absence.until > since:
                since = absence.until
        if since is not None and (end is None or since < end):
            visits.append(Visit(step.to, since, end, "there" if after is None else after.kind))
    return tuple(visits)
