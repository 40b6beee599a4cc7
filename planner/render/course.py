"""The priority of one project over time as a chart of steps: the expected value, and the interval around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from jinja2 import Environment

from planner.domain.course import CoursePoint
from planner.domain.playbook_entry import LEVELS
from planner.domain.wording import day, num

HEIGHT, TOP, FOOT, LEFT = 200, 10, 24, 26  # pixels: of the chart, above the plot, below it, and left of it
WIDTHS = {"wide": 860, "narrow": 340}


@dataclass(frozen=True)
class Dot:
    """A point of the course, with what a pointer or a screen reader is told of it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Steps:
    """Everything the template draws."""

    width: int
    height: int
    left: int
    bottom: int
    right: float
    text: str
    line: str
    span: str
    dots: tuple[Dot, ...]
    levels: tuple[tuple[float, str], ...]
    begin: str
    end: str


def course_svg(
    env: Environment, course: Sequence[CoursePoint], until: datetime, size: Literal["wide", "narrow"]
) -> str:
    """The chart as an SVG document, complete in itself; the last step reaches to `until`."""
    return env.get_template("charts/course.svg").render(chart=lay_out(course, until, size))


def lay_out(course: Sequence[CoursePoint], until: datetime, size: Literal["wide", "narrow"]) -> Steps:
    """The places of everything. Time runs evenly from the first point to `until`, or to the last point after it."""
    width = WIDTHS[size]
    right, bottom = width - 12.0, HEIGHT - FOOT
    begin, end = course[0].at, max(until, course[-1].at)
    length = (end - begin).total_seconds() or 1.0

    def x(at: datetime) -> float:
        return round(LEFT + (at - begin).total_seconds() / length * (right - LEFT), 1)

    def y(value: float) -> float:
        return round(bottom - (value - LEVELS[0]) / (LEVELS[-1] - LEVELS[0]) * (bottom - TOP), 1)

    at = [x(point.at) for point in course]
    expected, low, high = (
        [y(getattr(point.standing.priority, name)) for point in course] for name in ("expected", "low", "high")
    )
    back = "".join(f"V{value}H{start}" for start, value in zip(reversed(at), reversed(low), strict=True))
    return Steps(
        width=width,
        height=HEIGHT,
        left=LEFT,
        bottom=bottom,
        right=right,
        text="Priority over time: " + "; ".join(_told(point) for point in course),
        line=f"M{at[0]} {expected[0]}{_steps(at[1:], expected[1:])}H{right}",
        span=f"M{at[0]} {high[0]}{_steps(at[1:], high[1:])}H{right}{back}Z",
        dots=tuple(Dot(place, value, _told(point)) for place, value, point in zip(at, expected, course, strict=True)),
        levels=tuple((y(level), str(level)) for level in LEVELS),
        begin=day(begin),
        end=day(end),
    )


def _steps(places: Sequence[float], values: Sequence[float]) -> str:
    return "".join(f"H{place}V{value}" for place, value in zip(places, values, strict=True))


def _told(point: CoursePoint) -> str:
    priority = point.standing.priority
    span = f"{num(priority.expected)}, between {num(priority.low)} and {num(priority.high)}"
    return f"{day(point.at)}: {span}{'' if point.standing.answered else ', nothing answered'}"
