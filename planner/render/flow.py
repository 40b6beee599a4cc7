"""The cumulative flow of a portfolio as a chart: one band for each stage, the last stage at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from jinja2 import Environment

from planner.domain.flow import CumulativeFlow, FlowPoint
from planner.domain.labels import fit
from planner.domain.wording import day, listed, plural
from planner.render.axes import round_steps
from planner.render.forecast_charts import INKS, Frame, Size, apart, month_ticks


@dataclass(frozen=True)
class Band:
    """The projects of one stage over time, and the name of the stage at the right edge."""

    ink: int
    area: str
    edge: str
    name: str
    middle: float
    name_y: float


@dataclass(frozen=True)
class Column:
    """A point in time: where a pointer finds it, and what it is told."""

    x: float
    width: float
    text: str


@dataclass(frozen=True)
class FlowChart:
    """Everything that the template draws."""

    frame: Frame
    size: Size
    bands: tuple[Band, ...]
    columns: tuple[Column, ...]
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]
    text: str


def flow_svg(env: Environment, flow: CumulativeFlow, size: Size = "wide") -> str:
    """The cumulative flow as an SVG document of its own; there must be two points at least."""
    return env.get_template("charts/flow.svg").render(chart=lay_out_flow(flow, size))


def lay_out_flow(flow: CumulativeFlow, size: Size = "wide") -> FlowChart:
    """Where everything goes. Between two points each band runs straight."""
    if size == "wide":
        frame, room = Frame(width=980, height=330, left=36, right=836, top=14, bottom=292), 128.0
    else:
        frame, room = Frame(width=360, height=300, left=28, right=256, top=14, bottom=262), 92.0
    start, until = flow.points[0].at, flow.points[-1].at
    xs = [frame.x((point.at - start) / (until - start)) for point in flow.points]
    most = max(1, *(point.total for point in flow.points))
    low = [0] * len(xs)
    drawn, middles = [], {}
    for stage in reversed(range(len(flow.stages))):
        high = [below + point.counts[stage] for below, point in zip(low, flow.points, strict=True)]
        middles[str(stage)] = frame.y((low[-1] + high[-1]) / 2 / most)
        drawn.append((stage, _line(xs, high, most, frame), _line(xs[::-1], low[::-1], most, frame)))
        low = high
    name_y = apart(middles, frame)
    bands = tuple(
        Band(
            ink=stage % INKS,
            area=f"M{upper}L{lower}Z",
            edge=f"M{upper}",
            name=fit(f"{flow.names[stage]} {flow.points[-1].counts[stage]:,}", 12, room),
            middle=middles[str(stage)],
            name_y=name_y[str(stage)],
        )
        for stage, upper, lower in drawn
    )
    steps = [value for value in round_steps(0, most, 6) if value == int(value)]
    return FlowChart(
        frame=frame,
        size=size,
        bands=bands,
        columns=_columns(flow, xs),
        ticks_x=month_ticks(start, until, frame, 6 if size == "wide" else 2),
        ticks_y=tuple((frame.y(value / most), f"{value:,.0f}") for value in steps),
        text=f"Projects in the flow: {describe(flow, flow.points[0])}; {describe(flow, flow.points[-1])}",
    )


def _line(xs: Sequence[float], counts: Sequence[int], most: int, frame: Frame) -> str:
    return "L".join(f"{x:.1f} {frame.y(count / most):.1f}" for x, count in zip(xs, counts, strict=True))


def _columns(flow: CumulativeFlow, xs: Sequence[float]) -> tuple[Column, ...]:
    """A strip around each point, which reaches half way to the next ones."""
    borders = [xs[0], *((a + b) / 2 for a, b in pairwise(xs)), xs[-1]]
    return tuple(
        Column(left, right - left, describe(flow, point))
        for (left, right), point in zip(pairwise(borders), flow.points, strict=True)
    )


def describe(flow: CumulativeFlow, point: FlowPoint) -> str:
    """The projects at a time in words."""
    counts = listed([f"{name} {count:,}" for name, count in zip(flow.names, point.counts, strict=True)])
    return f"{day(point.at)}: {plural(point.total, 'project')}, {counts}"
