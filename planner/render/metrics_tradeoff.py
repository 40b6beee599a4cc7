"""The trade-off of two metrics as SVG: feasible region, front, and every run as a dot or in a cell of a grid.

Places are computed here, in pixels with y downwards; the template holds every colour and stroke. Shape says the same
as colour: runs that qualify are round or filled, the others are crosses or hollow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from jinja2 import Environment

from planner.domain.labels import Box, Label, Spot, fit, place_labels, shown
from planner.domain.metrics_tradeoff import GRID, Axis, Cell, Role, Tradeoff, TradeoffRun
from planner.domain.wording import measure, plural
from planner.render.axes import axis_ticks
from planner.render.shapes import Shape, shape_path

Size = Literal["wide", "narrow"]
SIZES: tuple[Size, Size] = ("wide", "narrow")
SHADES = 4
RADIUS = 6.5
INSET = 10.0  # between the edge of the plot and the outermost runs
SHAPES: dict[Role, Shape] = {"winner": "circle", "production": "square", "nearest": "triangle", "front": "circle"}
ROLES: dict[Role, str] = {
    "winner": "winner",
    "production": "in production",
    "nearest": "nearest",
    "front": "on the front",
}


@dataclass(frozen=True)
class Frame:
    """The measures of one size, in pixels."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    ticks_x: int
    ticks_y: int

    def x(self, share: float) -> float:
        return self.left + INSET + share * (self.right - self.left - 2 * INSET)

    def y(self, share: float) -> float:
        return self.bottom - INSET - share * (self.bottom - self.top - 2 * INSET)


FRAMES = {
    "wide": Frame(760, 430, 74, 748, 14, 340, 7, 8),
    "narrow": Frame(360, 400, 58, 352, 12, 296, 4, 8),
}


@dataclass(frozen=True)
class Mark:
    """A run that stands out, with what a pointer or a screen reader is told of it."""

    role: Role
    x: float
    y: float
    path: str
    text: str
    href: str | None
    label: Label | None


@dataclass(frozen=True)
class Key:
    """An entry of the legend."""

    kind: str
    x: float
    y: float
    text: str
    path: str = ""


@dataclass(frozen=True)
class TradeoffChart:
    """Everything the template draws."""

    frame: Frame
    size: Size
    text: str
    linked: bool
    region: tuple[float, float] | None  # left and right of what meets the threshold
    bound_x: float | None
    bound_text: str
    bound_anchor: Literal["start", "end"]
    baseline_y: float | None
    baseline_x: float | None
    baseline_text: str
    dots: str
    crosses: str
    shades: tuple[tuple[str, str], ...]  # paths of a shade: others, qualified
    grid: str  # how cells of the grid become pixels
    front: str
    front_qualifies: bool
    marks: tuple[Mark, ...]
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]
    title_x: str
    title_y: str
    keys: tuple[Key, ...]


def tradeoff_svg(env: Environment, tradeoff: Tradeoff, size: Size = "wide", link: str | None = None) -> str:
    """The chart as an SVG document, complete in itself. `link` stands before the name of a run; none draws no links."""
    return env.get_template("charts/tradeoff.svg").render(chart=lay_out_tradeoff(tradeoff, size, link))


def lay_out_tradeoff(tradeoff: Tradeoff, size: Size = "wide", link: str | None = None) -> TradeoffChart:
    """Where everything goes."""
    frame = FRAMES[size]
    bound = tradeoff.x.bound
    bound_x = None if bound is None else frame.x(tradeoff.x.at(bound))
    region = None
    if bound_x is not None:
        region = (bound_x, frame.right) if tradeoff.x.direction == "maximise" else (frame.left, bound_x)
    baseline = tradeoff.y.baseline
    baseline_y = None if baseline is None else frame.y(tradeoff.y.at(baseline))
    near_right = bound_x is not None and bound_x > (frame.left + frame.right) / 2
    marks = _marks(tradeoff, frame, size, link, bound_x, baseline_y)
    dots, crosses = _dots(tradeoff.cells, frame) if not tradeoff.gridded else ("", "")
    sign = "≥" if tradeoff.x.direction == "maximise" else "≤"
    return TradeoffChart(
        frame=frame,
        size=size,
        text=shown(describe_tradeoff(tradeoff)),
        linked=any(mark.href for mark in marks),
        region=region,
        bound_x=bound_x,
        bound_text="" if bound is None else shown(f"{sign} {measure(bound, tradeoff.x.unit)}"[:40]),
        bound_anchor="end" if near_right else "start",
        baseline_y=baseline_y,
        baseline_x=None if tradeoff.x.baseline is None else frame.x(tradeoff.x.at(tradeoff.x.baseline)),
        baseline_text="" if baseline is None else shown(f"baseline {measure(baseline, tradeoff.y.unit)}"[:40]),
        dots=dots,
        crosses=crosses,
        shades=_shades(tradeoff.cells) if tradeoff.gridded else (),
        grid=f"translate({frame.x(0):g} {frame.y(0):g}) scale({(frame.x(1) - frame.x(0)) / GRID[0]:.4f} "
        f"{(frame.y(1) - frame.y(0)) / GRID[1]:.4f})",
        front=_front(tradeoff, frame),
        front_qualifies=tradeoff.front_qualifies,
        marks=marks,
        ticks_x=_ticks(tradeoff.x, frame.x, frame.ticks_x),
        ticks_y=_ticks(tradeoff.y, frame.y, frame.ticks_y),
        title_x=_title(tradeoff.x, frame.right - frame.left),
        title_y=_title(tradeoff.y, frame.bottom - frame.top),
        keys=_keys(tradeoff, frame, {mark.role for mark in marks}),
    )


def _ticks(axis: Axis, place: Callable[[float], float], most: int) -> tuple[tuple[float, str], ...]:
    return tuple((place(share), text) for share, text in axis_ticks(axis, most))


def _title(axis: Axis, room: float) -> str:
    better = "higher is better" if axis.direction == "maximise" else "lower is better"
    unit = f", {axis.unit}" if axis.unit else ""
    scale = ", logarithmic" if axis.logarithmic else ""
    rest = f" ({better}{scale})"
    return fit(f"{axis.name}{unit}", 12.5, room - len(rest) * 6.6) + rest


def _dots(cells: Sequence[Cell], frame: Frame) -> tuple[str, str]:
    """Runs as one path each: round dots of those that qualify, crosses of the others."""
    dots = (f"M{frame.x(cell.x):.1f} {frame.y(cell.y):.1f}h0" for cell in cells if cell.qualified)
    crosses = (
        f"M{frame.x(cell.x) - 2.5:.0f} {frame.y(cell.y) - 2.5:.0f}l5 5m0-5l-5 5" for cell in cells if not cell.qualified
    )
    return "".join(dots), "".join(crosses)


def _shades(cells: Sequence[Cell]) -> tuple[tuple[str, str], ...]:
    """Cells of a grid by how many runs lie in each, on a scale of roots: whole ones, and smaller ones that qualify.

    In units of cells, from the lower left corner up.
    """
    most = max((cell.count for cell in cells), default=1)
    paths: list[tuple[list[str], list[str]]] = [([], []) for _ in range(SHADES)]
    for cell in cells:
        shade = min(SHADES - 1, int(SHADES * (cell.count / most) ** 0.5))
        x, y = int(cell.x * GRID[0]), int(cell.y * GRID[1])
        paths[shade][cell.qualified].append(f"M{x}.1 {y}.1h.8v.8h-.8" if cell.qualified else f"M{x} {y}h1v1h-1")
    return tuple(("".join(others), "".join(qualified)) for others, qualified in paths)


def _front(tradeoff: Tradeoff, frame: Frame) -> str:
    """The front as steps: between two of its runs, one that is worse than both in one metric is all that is reached."""
    if not tradeoff.front:
        return ""
    points = [(frame.x(x), frame.y(y)) for x, y in tradeoff.front]
    up_first = tradeoff.x.direction == "minimise"  # a run further right is better in y, so y changes only there
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for x, y in points[1:]:
        path.append(f"H{x:.1f}V{y:.1f}" if up_first else f"V{y:.1f}H{x:.1f}")
    return "".join(path)


def _marks(
    tradeoff: Tradeoff, frame: Frame, size: Size, link: str | None, bound_x: float | None, baseline_y: float | None
) -> tuple[Mark, ...]:
    """Those of the front first, so that nothing hides the winner; the names of the others where there is room."""
    order: tuple[Role, ...] = ("winner", "production", "nearest")
    named = sorted((run for run in tradeoff.marks if run.role in order), key=lambda run: order.index(run.role))
    names = [run for number, run in enumerate(named) if run.name not in {other.name for other in named[:number]}]
    spots = [Spot(frame.x(run.x), frame.y(run.y), RADIUS + 1, run.name) for run in names]
    obstacles = []
    if bound_x is not None:
        obstacles.append(Box(bound_x - 2, frame.top, bound_x + 2, frame.top + 18))
    if baseline_y is not None:
        obstacles.append(Box(frame.left, baseline_y - 16, frame.left + 120, baseline_y + 2))
    room = Box(frame.left + 2, frame.top + 2, frame.right - 2, frame.bottom - 2)
    found = place_labels(spots, room, obstacles, 12, 190 if size == "wide" else 130, 5 if size == "wide" else 3)
    labels = {run.name: label for run, label in zip(names, found, strict=True)}
    front = [run for run in tradeoff.marks if run.role == "front"]
    return tuple(
        Mark(
            role=run.role,
            x=frame.x(run.x),
            y=frame.y(run.y),
            path=shape_path(SHAPES[run.role], frame.x(run.x), frame.y(run.y), 3.6 if run.role == "front" else RADIUS),
            text=shown(describe_run(run)),
            href=None if link is None or run.role == "front" else link + quote(run.name, safe=""),
            label=labels.pop(run.name, None) if run.role != "front" else None,
        )
        for run in (*front, *named)
    )


def _keys(tradeoff: Tradeoff, frame: Frame, roles: set[Role]) -> tuple[Key, ...]:
    """The legend below, in as many lines as it needs."""
    said: list[tuple[str, str]] = []
    said += [("winner", "winner")] * ("winner" in roles)
    said += [("production", "in production")] * ("production" in roles)
    said += [("nearest", "nearest")] * ("nearest" in roles)
    said += [("front", "Pareto front" if tradeoff.front_qualifies else "front of runs that do not qualify")]
    said += [("qualified", "qualified")] * bool(tradeoff.qualified)
    said += [("others", "not qualified")] * bool(tradeoff.others)
    said += [("region", "meets the threshold")] * (tradeoff.x.bound is not None)
    x, y = frame.left, frame.bottom + 60.0
    keys = []
    for kind, text in said:
        wide = 24 + len(text) * 6.4 + 16
        if x + wide > frame.width and x > frame.left:
            x, y = frame.left, y + 20
        shape = {"winner": "circle", "production": "square", "nearest": "triangle"}.get(kind)
        keys.append(Key(kind, x, y, text, shape_path(shape, x + 8, y - 4, 6) if shape else ""))  # type: ignore[arg-type]
        x += wide
    return tuple(keys)


def describe_run(run: TradeoffRun) -> str:
    """A mark in words."""
    return f"{run.name[:80]}: {ROLES[run.role]}{'' if run.qualified else ', does not qualify'}"


def describe_tradeoff(tradeoff: Tradeoff) -> str:
    """The chart in a sentence, for those who do not see it."""
    x, y = tradeoff.x, tradeoff.y
    runs = plural(tradeoff.qualified + tradeoff.others, "run")
    parts = [f"{y.name} against {x.name} of {runs}", f"{tradeoff.qualified:,} qualify, {tradeoff.others:,} do not"]
    if x.bound is not None:
        sign = "at least" if x.direction == "maximise" else "at most"
        parts.append(f"threshold {x.name} {sign} {measure(x.bound, x.unit)}")
    parts += [describe_run(run) for run in tradeoff.marks if run.role != "front"][:6]
    return "; ".join(parts)
