"""What changed between two moments of a portfolio, and why: the difference of two states with its causes.

A project's own move has causes (domain/attribution.py). Its rank moves for another reason too: others pass it. With
rank = 1 + the number of projects strictly better (ties share a rank), the difference of two ranks is exactly the number
of projects that came above it less the number that no longer stand above it, so both are named.

Ranks count scored projects only, by their expected priority: one that nobody has scored has no priority of its own to
be ranked by, and thousands of them would stand at one place in the middle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.as_of import Moment
from planner.domain.attribution import Cause
from planner.domain.history import FieldChange
from planner.domain.matrix import ProjectPoint
from planner.domain.model import Model
from planner.domain.portfolios import PortfolioState, top_of
from planner.domain.scoring import Standing

NAMED = 8  # projects that are named among those that passed another; the rest are counted

Presence = Literal["stayed", "created", "restored", "binned"]


class Passing(Model):
    """Another project that came above this one, or no longer stands above it, and what that one did."""

    key: str
    why: Literal["rose", "fell", "stayed", "came", "went"] = Field(
        description="What its priority did; `came` and `went` when it had none to rank by at one of the moments."
    )


class Passed(Model):
    """The projects on one side of an exchange of ranks."""

    count: int = Field(description="How many there are.")
    first: tuple[Passing, ...] = Field(description=f"Those whose priority moved most, at most {NAMED}.")


class ProjectChange(Model):
    """One project at two moments, and what lies behind the difference."""

    key: str = Field(description="Key of the project.")
    name: str
    presence: Presence = Field(description="Whether it was there at both moments, or how it came or went.")
    then: Standing | None = Field(description="Its standing at the earlier moment; null when it was not there.")
    now: Standing | None = Field(description="Its standing at the later moment; null when it was not there.")
    rank_then: int | None = Field(description="Its rank among the scored; null when it was not scored or not there.")
    rank_now: int | None = Field(description="Its rank among the scored; null when it is not scored or not there.")
    top: Literal["in", "entered", "left", "out"] = Field(description="What it did with regard to the top k.")
    difference: float | None = Field(description="Priority now less priority then; null when one is missing.")
    causes: tuple[Cause, ...] = Field(description="In the order of time; their effects sum to the difference.")
    overtaken_by: Passed = Field(description="Scored projects that are above it now and were not.")
    overtook: Passed = Field(description="Scored projects that were above it and are not now.")

    @property
    def climb(self) -> int | None:
        """How many ranks it rose; negative when it fell, None without two ranks."""
        return None if self.rank_then is None or self.rank_now is None else self.rank_then - self.rank_now

    @property
    def by_others(self) -> bool:
        """Whether nothing about the project itself changed: it moved because others did."""
        return self.presence == "stayed" and not self.causes

    @property
    def unscored_arrival(self) -> bool:
        """Whether it only came, and nothing is answered about it: thousands do so with an import."""
        return self.then is None and self.now is not None and not self.now.answered


class PortfolioUpdate(Model):
    """Settings of the portfolio that were changed together."""

    at: datetime
    by: str = Field(description="Who changed them.")
    settings: tuple[FieldChange, ...] = Field(description="The settings, before and after.")


class FileImport(Model):
    """A file that was imported."""

    at: datetime
    by: str = Field(description="Who imported it.")
    created: int = Field(description="Projects that it added.")
    updated: int = Field(description="Projects that it changed.")


class Changes(Model):
    """The difference of a portfolio between two moments."""

    since: Moment = Field(description="The earlier moment.")
    until: Moment = Field(description="The later moment.")
    top_then: int = Field(description="k at the earlier moment: the capacity, or ten.")
    top_now: int = Field(description="k at the later moment.")
    ranked_then: int = Field(description="Scored projects at the earlier moment.")
    ranked_now: int = Field(description="Scored projects at the later moment.")
    updates: tuple[PortfolioUpdate, ...] = Field(description="Changes of the portfolio's settings, the oldest first.")
    imports: tuple[FileImport, ...] = Field(description="Imports of files, the oldest first.")
    moved: int = Field(description="Projects with a rank at both moments that differs.")
    entered: int = Field(description="Projects that entered the top k.")
    left: int = Field(description="Projects that left the top k.")
    first_scored: int = Field(description="Projects that were not scored then, or not there, and are now.")
    created: int = Field(description="Projects that were added.")
    binned: int = Field(description="Projects that went to the bin.")
    restored: int = Field(description="Projects that came back from the bin.")
    total: int = Field(description="Projects of which anything differs.")
    items: tuple[ProjectChange, ...] = Field(description="These projects, the largest move of ranks first.")


@dataclass(frozen=True)
class State:
    """A portfolio at a moment: its settings then, and the projects that were in it, by id, as they stood."""

    moment: Moment
    portfolio: PortfolioState
    points: Mapping[int, ProjectPoint]

    @property
    def ranked(self) -> dict[int, float]:
        """The expected priority of each scored project."""
        return {id_: p.standing.priority.expected for id_, p in self.points.items() if p.standing.answered}


def ranks_of(priorities: Mapping[int, float]) -> dict[int, int]:
    """Rank = 1 + the number strictly better; those of equal priority share one."""
    rising = np.sort(np.array(list(priorities.values())))
    above = len(rising) - np.searchsorted(rising, np.array(list(priorities.values())), side="right")
    return {project: 1 + int(better) for project, better in zip(priorities, above, strict=True)}


def build_changes(
    then: State,
    now: State,
    causes: Mapping[int, tuple[Cause, ...]],
    born: Mapping[int, datetime],
    updates: Sequence[PortfolioUpdate] = (),
    imports: Sequence[FileImport] = (),
) -> Changes:
    """The difference of two states. `causes` and the times of creation `born` are given by project id."""
    places = _Places(then, now)
    found = [
        change
        for project in sorted({*then.points, *now.points})
        if (change := _change(project, then, now, causes.get(project, ()), born[project], places)) is not None
    ]
    found.sort(key=places.size)
    presence = [change.presence for change in found]
    top = [change.top for change in found]
    return Changes.model_construct(
        since=then.moment,
        until=now.moment,
        top_then=places.top_then,
        top_now=places.top_now,
        ranked_then=len(places.then),
        ranked_now=len(places.now),
        updates=tuple(updates),
        imports=tuple(imports),
        moved=sum(1 for change in found if change.climb),
        entered=top.count("entered"),
        left=top.count("left"),
        first_scored=sum(1 for c in found if c.rank_now is not None and not (c.then and c.then.answered)),
        created=presence.count("created"),
        binned=presence.count("binned"),
        restored=presence.count("restored"),
        total=len(found),
        items=tuple(found),
    )


class _Places:
    """The ranks at both moments, and who passed whom."""

    def __init__(self, then: State, now: State) -> None:
        self.then, self.now = then.ranked, now.ranked
        self.rank_then, self.rank_now = ranks_of(self.then), ranks_of(self.now)
        self.top_then = top_of(then.portfolio, len(then.points))
        self.top_now = top_of(now.portfolio, len(now.points))
        self.ids = sorted({*self.then, *self.now})
        self.keys = {p.id: p.key for state in (then, now) for p in state.points.values()}
        nowhere = -np.inf  # below everything: who has no rank stands above nobody
        self.old = np.array([self.then.get(project, nowhere) for project in self.ids])
        self.new = np.array([self.now.get(project, nowhere) for project in self.ids])

    def exchanged(self, project: int) -> tuple[Passed, Passed]:
        """Who came above a project with a rank at both moments, and who stands above it no more."""
        above_then, above_now = self.old > self.then[project], self.new > self.now[project]
        return self._passed(above_now & ~above_then), self._passed(above_then & ~above_now)

    def _passed(self, chosen: np.ndarray) -> Passed:
        where = np.flatnonzero(chosen)
        if not len(where):
            return NOBODY
        moves = self.new[where] - self.old[where]
        order = np.argsort(-np.abs(moves), kind="stable")[:NAMED]
        first = tuple(
            Passing.model_construct(key=self.keys[self.ids[where[at]]], why=_why(float(moves[at]))) for at in order
        )
        return Passed.model_construct(count=len(where), first=first)

    def top(self, project: int) -> Literal["in", "entered", "left", "out"]:
        was = self.rank_then.get(project, np.inf) <= self.top_then
        is_ = self.rank_now.get(project, np.inf) <= self.top_now
        return "in" if was and is_ else "entered" if is_ else "left" if was else "out"

    def size(self, change: ProjectChange) -> tuple[int, int, int, int]:
        """What a list of changes is sorted by. Who has no rank counts as coming from, or going to, below the last."""
        if change.rank_then is None and change.rank_now is None:
            return 1, 0, 0, 0
        then = change.rank_then or len(self.then) + 1
        now = change.rank_now or len(self.now) + 1
        return 0, -abs(now - then), now, then


NOBODY = Passed(count=0, first=())


def _why(move: float) -> Literal["rose", "fell", "stayed", "came", "went"]:
    if np.isinf(move):
        return "came" if move > 0 else "went"
    return "rose" if move > 0 else "fell" if move < 0 else "stayed"


def _change(
    project: int, then: State, now: State, causes: tuple[Cause, ...], born: datetime, places: _Places
) -> ProjectChange | None:
    """The difference of one project; None when there is none."""
    old, new = then.points.get(project), now.points.get(project)
    ranks = places.rank_then.get(project), places.rank_now.get(project)
    top = places.top(project)
    if old and new:
        known = old.standing.answered or new.standing.answered
        same = old.standing == new.standing and ranks[0] == ranks[1] and top in ("in", "out") and not causes
        if same or not known:  # of what nobody has scored, only what the settings say could differ
            return None
    point = new or old
    assert point is not None
    difference = new.standing.priority.expected - old.standing.priority.expected if old and new else None
    overtaken_by, overtook = places.exchanged(project) if None not in ranks else (NOBODY, NOBODY)
    return ProjectChange.model_construct(
        key=point.key,
        name=point.name,
        presence="stayed" if old and new else "binned" if new is None else _arrival(born, then.moment),
        then=old.standing if old else None,
        now=new.standing if new else None,
        rank_then=ranks[0],
        rank_now=ranks[1],
        top=top,
        difference=None if difference is None else round(difference, 6) + 0.0,
        causes=causes,
        overtaken_by=overtaken_by,
        overtook=overtook,
    )


def _arrival(born: datetime, since: Moment) -> Presence:
    return "created" if since.at is not None and born > since.at else "restored"
