"""Ranks at two moments as a chart of slopes: one template, two widths.

Both sides list the projects shown in the order of their ranks, one line each, so that names never overlap; the ranks
themselves stand beside the marks. A line that goes up is a project that rose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment

from planner.domain.change_words import rank_words
from planner.domain.changes import Changes, ProjectChange
from planner.domain.labels import fit
from planner.domain.wording import plural

SHOWN = 14  # projects in the chart
ROW, TOP, TYPE = 30, 34, 13.0  # pixels: height of a line, room for the headings, size of the type


@dataclass(frozen=True)
class Frame:
    """The measures of one size, in pixels: the ends of the slopes, and the room for names beside them."""

    width: int
    left: int
    right: int
    left_room: int
    right_room: int


FRAMES = {"wide": Frame(900, 330, 570, 280, 280), "narrow": Frame(340, 92, 186, 58, 132)}


@dataclass(frozen=True)
class Slope:
    """One project: where its line begins and ends, and what stands beside the ends."""

    key: str
    direction: Literal["up", "down", "level", "came", "went"]
    y_then: float
    y_now: float
    rank_then: str
    rank_now: str
    label_then: str
    label_now: str
    text: str


@dataclass(frozen=True)
class Bump:
    """Everything the template draws."""

    frame: Frame
    size: str
    height: float
    text: str
    then: str
    now: str
    slopes: tuple[Slope, ...]
    border: tuple[float, float] | None  # between the top k and the others, on either side
    border_text: str


def shown_in_chart(changes: Changes) -> list[ProjectChange]:
    """The projects of the chart: those that entered or left the top, then the largest moves."""
    ranked = [c for c in changes.items if c.rank_then != c.rank_now or c.top in ("entered", "left")]
    ranked.sort(key=lambda change: change.top not in ("entered", "left"))  # stable: the largest moves stay first
    return ranked[:SHOWN]


def bump_svg(env: Environment, changes: Changes, size: Literal["wide", "narrow"]) -> str:
    """The chart as an SVG document, complete in itself; it shows in light colours without a style sheet."""
    return env.get_template("charts/bump.svg").render(chart=lay_out(changes, size))


def lay_out(changes: Changes, size: Literal["wide", "narrow"]) -> Bump:
    """The places of everything."""
    chosen, frame = shown_in_chart(changes), FRAMES[size]
    then = _places((c.key, c.rank_then) for c in chosen)
    now = _places((c.key, c.rank_now) for c in chosen)
    slopes = tuple(
        Slope(
            key=change.key,
            direction=_direction(change),
            y_then=_y(then[change.key]),
            y_now=_y(now[change.key]),
            rank_then=_rank(change.rank_then),
            rank_now=_rank(change.rank_now),
            label_then=change.key if size == "narrow" else _label(change, frame.left_room),
            label_now=_label(change, frame.right_room),
            text=f"{change.key} {change.name}: {rank_words(change)}",
        )
        for change in chosen
    )
    return Bump(
        frame=frame,
        size=size,
        height=TOP + ROW * len(chosen) + 8,
        text=f"Ranks of {plural(len(chosen), 'project')}, {changes.since.words} and {changes.until.words}: "
        + "; ".join(slope.text for slope in slopes),
        then=fit(_heading(changes.since.words), TYPE, frame.left_room + 40),
        now=fit(_heading(changes.until.words), TYPE, frame.right_room + 40),
        slopes=slopes,
        border=_border(chosen, changes),
        border_text=f"Top {changes.top_now:,}",
    )


def _heading(words: str) -> str:
    return words[:1].upper() + words[1:]


def _label(change: ProjectChange, room: int) -> str:
    return fit(f"{change.key} {change.name}", TYPE, room)


def _rank(rank: int | None) -> str:
    return "–" if rank is None else f"{rank:,}"


def _places(ranks: Iterable[tuple[str, int | None]]) -> dict[str, int]:
    """The line of each project on one side: by rank, those without one last."""
    ordered = sorted(ranks, key=lambda pair: (pair[1] is None, pair[1] or 0))
    return {key: line for line, (key, _) in enumerate(ordered)}


def _y(line: int) -> float:
    return TOP + ROW * (line + 0.5)


def _direction(change: ProjectChange) -> Literal["up", "down", "level", "came", "went"]:
    climb = change.climb
    if climb is None:
        return "went" if change.rank_now is None else "came"
    return "up" if climb > 0 else "down" if climb < 0 else "level"


def _border(chosen: Sequence[ProjectChange], changes: Changes) -> tuple[float, float] | None:
    """Where the top ends on either side; None when nobody in the chart is in it at either moment."""
    inside_then = sum(1 for c in chosen if c.rank_then is not None and c.rank_then <= changes.top_then)
    inside_now = sum(1 for c in chosen if c.rank_now is not None and c.rank_now <= changes.top_now)
    if not inside_then and not inside_now:
        return None
    return TOP + ROW * inside_then, TOP + ROW * inside_now
