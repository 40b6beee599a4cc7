"""Short ways to say how projects went through the stages; times are days from the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from planner.domain.flow_paths import Absence, Path, Step, build_visits

T0 = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday
STAGES = ("planning", "data", "training", "deployment")


def day(number: float) -> datetime:
    """A day of the story."""
    return T0 + timedelta(days=number)


def step(
    at: float,
    to: str,
    kind: Literal["placed", "forward", "back"] = "forward",
    reason: str | None = None,
    start: str | None = None,
) -> Step:
    """A move on a day."""
    return Step(day(at), start, to, kind, reason)


def path(number: int, *steps: Step, gone: Sequence[Absence] = (), in_bin: bool = False) -> Path:
    """A project with these moves, of which each starts where the one before led."""
    started = [
        move._replace(start=move.start or (steps[index - 1].to if index else None)) for index, move in enumerate(steps)
    ]
    return Path(
        id=number,
        key=f"P-{number}",
        name=f"Project {number}",
        owner=None,
        status=None,
        in_bin=in_bin,
        steps=tuple(started),
        visits=build_visits(started, gone),
    )


UP = (step(0, "planning", "placed"), step(1, "data"), step(2, "training"))  # a project in training


def back(at: float, reason: str = "labels_unreliable", to: str = "data", start: str = "training") -> Step:
    """A loop on a day."""
    return step(at, to, "back", reason, start)
