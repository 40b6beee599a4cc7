"""The roadmap as SVG: a bar for each project over the periods, and the load on each resource below.

Places are computed here, in pixels with y downwards; the template holds every colour and stroke. Kinds differ by shape
and words beside colour: shared infrastructure is hollow and dashed, what must be done has a dot, a full period a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment

from planner.domain.labels import fit, text_width
from planner.domain.selection_plan import Load, Plan, Planned
from planner.domain.wording import measure, plural

GUTTER = 4  # pixels between a bar and the end of its period: a dependency's line runs there
MOST_ROWS = 60  # bars that are drawn; the table beside the chart has all
Size = Literal["wide", "narrow"]


@dataclass(frozen=True)
class Frame:
    """The measures of one size, in pixels."""

    width: int
    left: int  # where the periods begin
    head: int
    row: int
    bar: int
    above: int  # room for a name above its bar
    cell: int  # the height of a load
    type_size: float


FRAMES: dict[Size, Frame] = {
    "wide": Frame(960, 268, 34, 30, 20, 0, 26, 13),
    "narrow": Frame(360, 4, 26, 44, 18, 19, 24, 12),
}


@dataclass(frozen=True)
class Bar:
    """A project or a shared item on the chart."""

    x: float
    y: float
    width: float
    name: str
    name_x: float
    name_y: float
    label: str
    shared: bool
    must: bool
    text: str
    href: str


@dataclass(frozen=True)
class Arrow:
    """A dependency: a line from the end of one bar to the start of another, and the tip of its arrow."""

    line: str
    tip: str
    text: str


@dataclass(frozen=True)
class Cell:
    """The load on a resource in a period: how much of the cell is filled, and what stands in it."""

    x: float
    width: float
    filled: float
    label: str
    full: bool
    text: str


@dataclass(frozen=True)
class Lane:
    """The loads on one resource."""

    y: float
    name: str
    name_y: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Chart:
    """Everything the template draws, each at its place."""

    size: Size
    frame: Frame
    height: float
    text: str
    rules: tuple[float, ...]  # x of the lines between periods
    bottom: float  # where the bars end
    heads: tuple[tuple[float, str], ...]
    bars: tuple[Bar, ...]
    arrows: tuple[Arrow, ...]
    loads_y: float
    lanes: tuple[Lane, ...]
    linked: bool
    key_y: float


def roadmap_svg(env: Environment, plan: Plan, size: Size = "wide", link: str = "") -> str:
    """The roadmap as an SVG document, complete in itself. `link` stands before the key of a project; empty: none."""
    return env.get_template("charts/roadmap.svg").render(chart=lay_out(plan, size, link))


def lay_out(plan: Plan, size: Size, link: str = "") -> Chart:
    """Where everything goes."""
    frame = FRAMES[size]
    column = (frame.width - frame.left - 4) / len(plan.periods)
    rows = _rows(plan)
    bars = tuple(_bar(item, number, frame, column, link) for number, item in enumerate(rows))
    bottom = frame.head + len(rows) * frame.row + 6
    loads_y = bottom + 30
    lane = frame.cell + (20 if size == "narrow" else 8)
    lanes = tuple(
        Lane(
            y=(y := loads_y + number * lane + (18 if size == "narrow" else 0)),
            name=fit(
                f"{resource.name}{', ' + resource.unit if resource.unit else ''}",
                frame.type_size,
                frame.left - 16 if size == "wide" else frame.width - 8,
            ),
            name_y=y + frame.cell / 2 + 4.5 if size == "wide" else y - 5,
            cells=tuple(_cell(load, at, frame, column) for at, load in enumerate(plan.load(resource.id))),
        )
        for number, resource in enumerate(plan.resources)
    )
    key_y = loads_y + len(lanes) * lane + 22
    every = max(1, -(-max(text_width(name, frame.type_size) + 8 for name in plan.periods) // column))
    return Chart(
        size=size,
        frame=frame,
        height=key_y + (16 if size == "wide" else 54),
        text=_describe(plan),
        rules=tuple(frame.left + column * at for at in range(len(plan.periods) + 1)),
        bottom=bottom,
        heads=tuple(
            (frame.left + column * (at + 0.5), fit(name, frame.type_size, max(column * every - 4, 20)))
            for at, name in enumerate(plan.periods)
            if at % int(every) == 0
        ),
        bars=bars,
        arrows=_arrows(plan, rows, bars, frame),
        loads_y=loads_y,
        lanes=lanes,
        linked=bool(link),
        key_y=key_y,
    )


def _rows(plan: Plan) -> list[Planned]:
    """What is drawn: all, or the most valuable ones, in the order of the plan."""
    if len(plan.planned) <= MOST_ROWS:
        return list(plan.planned)
    best = {item.id for item in sorted(plan.planned, key=lambda item: -item.value)[:MOST_ROWS]}
    return [item for item in plan.planned if item.id in best]


def _bar(item: Planned, number: int, frame: Frame, column: float, link: str) -> Bar:
    x, width = frame.left + column * item.first + GUTTER, column * item.duration - 2 * GUTTER
    top = frame.head + number * frame.row + 4
    y = top + frame.above
    room = frame.left - 14 if not frame.above else frame.width - 8
    value = f"{item.value:.2f}"
    label = item.id if item.kind == "project" else "shared"
    return Bar(
        x=x,
        y=y,
        width=width,
        name=fit(item.name, frame.type_size, room),
        name_x=4,
        name_y=y + frame.bar / 2 + 4.5 if not frame.above else y - 5,
        label=label if text_width(label, frame.type_size - 1.5) < width - (22 if item.must else 12) else "",
        shared=item.kind == "shared",
        must=item.must,
        text=f"{item.name} ({item.id}): {_span(item)}"
        + (f", worth {value}" if item.kind == "project" else ", shared infrastructure")
        + (", must be done" if item.must else ""),
        href=f"{link}{item.id}" if link and item.kind == "project" else "",
    )


def _span(item: Planned) -> str:
    return item.start if item.duration == 1 else f"{item.start} to {item.end}"


def _cell(load: Load, at: int, frame: Frame, column: float) -> Cell:
    share = load.used / load.capacity if load.capacity else 0.0
    full = load.capacity > 0 and load.used >= load.capacity * 0.999
    wide, short = f"{_number(load.used)} / {_number(load.capacity)}", f"{share * 100:.0f} %" if load.capacity else "–"
    room = column - 10
    label = next((text for text in (wide, short) if text_width(text, frame.type_size - 2) <= room), "")
    return Cell(
        x=frame.left + column * at + 2,
        width=column - 4,
        filled=round((column - 4) * min(share, 1.0), 1),
        label=label,
        full=full,
        text=f"{load.period}: {_number(load.used)} of {_number(load.capacity)}{', full' if full else ''}",
    )


def _number(value: float) -> str:
    """An amount in few characters: 140k, 26.7."""
    if value >= 10_000:
        return f"{value / 1000:,.0f}k"
    return measure(round(value, 1))


def _arrows(plan: Plan, rows: list[Planned], bars: tuple[Bar, ...], frame: Frame) -> tuple[Arrow, ...]:
    places = {item.id: number for number, item in enumerate(rows)}
    arrows = []
    for before, after in plan.dependencies:
        if before in places and after in places:
            first, second = bars[places[before]], bars[places[after]]
            x, y1, y2 = first.x + first.width, first.y + frame.bar / 2, second.y + frame.bar / 2
            arrows.append(
                Arrow(
                    line=f"M{x:.1f} {y1:.1f}h{GUTTER - 0.5}V{y2:.1f}H{second.x - 3:.1f}",
                    tip=f"M{second.x + 1:.1f} {y2:.1f}l-5 -4v8z",
                    text=f"{rows[places[after]].name} waits for {rows[places[before]].name}",
                )
            )
    return tuple(arrows)


def _describe(plan: Plan) -> str:
    """The chart in one sentence, for those who do not see it."""
    projects = sum(item.kind == "project" for item in plan.planned)
    shared = len(plan.planned) - projects
    more = f" and {plural(shared, 'shared item')}" if shared else ""
    drawn = f", the {MOST_ROWS} most valuable drawn" if len(plan.planned) > MOST_ROWS else ""
    return f"Roadmap of {plural(projects, 'project')}{more} from {plan.periods[0]} to {plan.periods[-1]}{drawn}"
