"""Time in stage, cumulative flow, and the projects that are stuck, from the ways that projects went."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.flow_paths import Path, Visit
from planner.domain.model import Model
from planner.domain.playbook import Playbook

ENOUGH = 5  # completed visits from which on they say how long a visit takes
EXPECTED = 0.85  # the share of completed visits within which a visit is expected to end
WEEKS = 52  # a longer time is told by month
LISTED = 20  # projects that are named of those that are stuck
LONGEST = 3  # projects that are named of a stage that cannot tell who is stuck


class StageTime(Model):
    """How long projects stay in a stage, in days. What needs completed visits is null without any."""

    stage: str = Field(description="Id of the stage.")
    name: str
    completed: int = Field(description="Visits that ended by a move, or by the project going live or succeeding.")
    here: int = Field(description="Visits that last.")
    cut_short: int = Field(description="Visits that ended only because the project did.")
    quartile_low: float | None = Field(description="A quarter of the completed visits took no longer.")
    median: float | None = Field(description="Of the completed visits.")
    quartile_high: float | None = Field(description="Three quarters of the completed visits took no longer.")
    median_with_here: float | None = Field(
        description="The median when the visits that last, or were cut short, count too (Kaplan and Meier); null while "
        "fewer than half of all are known to be over."
    )
    expected: float | None = Field(
        description=f"Within so many days {EXPECTED:.0%} of the completed visits ended; null with fewer than {ENOUGH}."
    )


class FlowPoint(Model):
    """The projects in the flow at a time."""

    at: datetime = Field(description="The time; the last point is now.")
    counts: tuple[int, ...] = Field(description="Projects in each stage, in the order of `stages`.")
    total: int = Field(description="Projects in the flow: the sum of the counts.")
    left: int = Field(description="Projects that had been in the flow and were no more.")


class CumulativeFlow(Model):
    """How many projects were in which stage as time went by."""

    step: Literal["week", "month"] = Field(description="What lies between two points; the last one is now.")
    stages: tuple[str, ...] = Field(description="Ids of the stages.")
    names: tuple[str, ...] = Field(description="Their names.")
    points: tuple[FlowPoint, ...] = Field(description="The oldest first; none while nothing has been in the flow.")


class Waiting(Model):
    """A project in its present stage."""

    key: str
    name: str
    owner: str | None
    status: str | None
    stage: str
    stage_name: str = Field(description="The name of the stage.")
    since: datetime = Field(description="When it came to the stage.")
    days: float = Field(description="In the stage so far.")
    expected: float | None = Field(description="Days within which a visit to the stage is expected to end.")
    open_points: tuple[str, ...] = Field(default=(), description="Points of the gate that are not met.")


class Unsure(Model):
    """A stage of which nobody can say what is long, since too few visits are completed."""

    stage: str
    name: str
    completed: int = Field(description="Visits that are completed.")
    here: int = Field(description="Projects in the stage.")
    longest: tuple[Waiting, ...] = Field(description=f"The {LONGEST} projects that have been there longest.")


class Stuck(Model):
    """The open projects that have been in their stage for longer than visits to it take."""

    total: int
    projects: tuple[Waiting, ...] = Field(description=f"The {LISTED} that are most over time, in days.")
    unsure: tuple[Unsure, ...] = Field(description="Stages with projects but too few completed visits to tell.")


def stage_names(paths: Iterable[Path], playbook: Playbook) -> dict[str, str]:
    """The stages of the playbook in their order, then those that only the moves know, from another version of it."""
    names = {stage.id: stage.name for stage in playbook.stages}
    unknown = sorted({visit.stage for path in paths for visit in path.visits} - names.keys())
    return names | {stage: stage for stage in unknown}


def last_moment(paths: Iterable[Path], now: datetime) -> datetime:
    """`now`, or the last thing that happened where a clock was ahead: nothing takes less than no time."""
    last = (visit.until or visit.since for path in paths for visit in path.visits[-1:])
    return max((now, *last))


def time_in_stages(paths: Sequence[Path], names: dict[str, str], now: datetime) -> tuple[StageTime, ...]:
    """How long visits take, by stage; those of projects in the bin are left out.

    Completed visits alone say too little: those that take long are the ones still there. So beside their quartiles
    stands the median in which every visit counts for as long as it was watched.
    """
    completed: dict[str, list[float]] = {stage: [] for stage in names}
    watched: dict[str, list[float]] = {stage: [] for stage in names}
    here: Counter[str] = Counter()
    for path in paths:
        for visit in () if path.in_bin else path.visits:
            (completed if visit.is_complete else watched)[visit.stage].append(visit.days(now))
            here[visit.stage] += visit.until is None
    times = []
    for stage, name in names.items():
        done = completed[stage]
        low, median, high = np.quantile(done, (0.25, 0.5, 0.75)).tolist() if done else (None, None, None)
        times.append(
            StageTime(
                stage=stage,
                name=name,
                completed=len(done),
                here=here[stage],
                cut_short=len(watched[stage]) - here[stage],
                quartile_low=_days(low),
                median=_days(median),
                quartile_high=_days(high),
                median_with_here=_days(survival_median(done, watched[stage])),
                expected=_days(service_level(done)),
            )
        )
    return tuple(times)


def _days(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def service_level(completed: Sequence[float]) -> float | None:
    """The service level expectation: the least of the completed times that 85 % of them did not exceed.

    None for fewer than five. Source: Vacanti 2015, Actionable Agile Metrics for Predictability (the cycle-time scatter
    plot and its percentile lines; 85 % is the usual line).
    """
    if len(completed) < ENOUGH:
        return None
    return float(np.quantile(np.asarray(completed), EXPECTED, method="inverted_cdf"))


def survival_median(completed: Sequence[float], watched: Sequence[float]) -> float | None:
    """The time at which half of all visits are over, by the product-limit estimate; None while that is not known.

    `watched` are the times of visits that were not seen to end: each counts as at risk for as long as it was watched.
    S(t) = Π over the ends up to t of (1 − ended/at risk). Source: Kaplan and Meier 1958, Journal of the American
    Statistical Association 53:457-481.
    """
    ended, lost = Counter(completed), Counter(watched)
    at_risk, surviving = len(completed) + len(watched), 1.0
    for time in sorted(ended.keys() | lost.keys()):
        if ended[time]:
            surviving *= 1 - ended[time] / at_risk
            if surviving <= 0.5 + 1e-12:
                return time
        at_risk -= ended[time] + lost[time]
    return None


def cumulative_flow(paths: Sequence[Path], names: dict[str, str], now: datetime) -> CumulativeFlow:
    """The projects in each stage at the turn of each week, or of each month where it has been long, and now.

    Those in the bin today count until they went there.
    """
    begun = [path.visits[0].since for path in paths if path.visits]
    first = min(begun, default=None)
    step: Literal["week", "month"] = "month" if first and now - first > timedelta(weeks=WEEKS) else "week"
    times = [] if first is None else [*_turns(first, now, step), now]
    changes = {stage: [0] * (len(times) + 1) for stage in names}  # how many more or fewer from a point on
    entered = [0] * (len(times) + 1)
    for moment in begun:
        entered[bisect_left(times, moment)] += 1
    for path in paths:
        for visit in path.visits:
            change = changes[visit.stage]
            change[bisect_left(times, visit.since)] += 1
            if visit.until is not None:
                change[bisect_left(times, visit.until)] -= 1
    counts = list(zip(*(accumulate(change[: len(times)]) for change in changes.values()), strict=True))
    ever = accumulate(entered[: len(times)])
    return CumulativeFlow(
        step=step,
        stages=tuple(names),
        names=tuple(names.values()),
        points=tuple(
            FlowPoint.model_construct(at=at, counts=count, total=sum(count), left=so_far - sum(count))
            for at, count, so_far in zip(times, counts, ever, strict=True)
        ),
    )


def _turns(first: datetime, now: datetime, step: Literal["week", "month"]) -> list[datetime]:
    """The Mondays, or the first days of months, in UTC from the one after `first` to the one before `now`."""
    day = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    turns: list[datetime] = []
    while True:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1) if step == "month" else _monday(day)
        if day >= now:
            return turns
        turns.append(day)


def _monday(day: datetime) -> datetime:
    """The Monday after a day."""
    return day + timedelta(days=7 - day.weekday())


def find_stuck(paths: Sequence[Path], times: Sequence[StageTime], now: datetime) -> Stuck:
    """Who has been in a stage for longer than the service level expectation of this portfolio, most over it first.

    Of a stage with too few completed visits that cannot be told; those that have been there longest are named instead.
    """
    waiting: dict[str, list[tuple[Path, Visit]]] = {time.stage: [] for time in times}
    for path in paths:
        if path.here is not None and not path.in_bin:
            waiting[path.here.stage].append((path, path.here))
    stuck, unsure = [], []
    for time in times:
        there = sorted(waiting[time.stage], key=lambda one: (one[1].since, one[0].id))
        if time.expected is None:
            if there:
                longest = tuple(_waiting(*one, time, now) for one in there[:LONGEST])
                unsure.append(
                    Unsure(stage=time.stage, name=time.name, completed=time.completed, here=len(there), longest=longest)
                )
        else:
            stuck += [
                (visit.days(now) - time.expected, path, visit, time)
                for path, visit in there
                if round(visit.days(now), 2) > time.expected
            ]
    stuck.sort(key=lambda one: (-one[0], one[1].id))
    return Stuck(
        total=len(stuck),
        projects=tuple(_waiting(path, visit, time, now) for _, path, visit, time in stuck[:LISTED]),
        unsure=tuple(unsure),
    )


def _waiting(path: Path, visit: Visit, time: StageTime, now: datetime) -> Waiting:
    return Waiting(
        key=path.key,
        name=path.name,
        owner=path.owner,
        status=path.status,
        stage=time.stage,
        stage_name=time.name,
        since=visit.since,
        days=round(visit.days(now), 2),
        expected=time.expected,
    )


class StageStay(Model):
    """The time of one project in a stage."""

    stage: str
    name: str
    visits: int = Field(description="How often it was there.")
    days: float = Field(description="In all visits together, so far.")
    here: bool = Field(description="Whether it is there now, and in the flow.")


def stage_stays(path: Path, names: dict[str, str], now: datetime) -> tuple[StageStay, ...]:
    """The time of a project in each stage that it has been in, in the order of the stages."""
    stays = []
    for stage, name in names.items():
        visits = [visit for visit in path.visits if visit.stage == stage]
        if visits:
            stays.append(
                StageStay(
                    stage=stage,
                    name=name,
                    visits=len(visits),
                    days=round(sum(visit.days(now) for visit in visits), 2),
                    here=visits[-1].until is None,
                )
            )
    return tuple(stays)
