"""The charts of forecasts: the calibration curve, and the probabilities of a project as they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from jinja2 import Environment

from planner.domain.calibration import CurvePoint
from planner.domain.forecasts import Forecast, ProjectForecasts
from planner.domain.labels import fit
from planner.domain.wording import MONTHS, day, listed, pct, plural

Size = Literal["wide", "narrow"]
INKS = 6  # colours of lines; the seventh forecaster has the first again, and a dash
LINE = 15.0  # between two names at the right edge


@dataclass(frozen=True)
class Frame:
    """The plot in its chart, in pixels with y downwards; probabilities run from `bottom` to `top`."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, share: float) -> float:
        return self.left + share * (self.right - self.left)

    def y(self, probability: float) -> float:
        return self.bottom - probability * (self.bottom - self.top)


@dataclass(frozen=True)
class Point:
    """A bin of the curve: its dot, its interval, and the bar of how many forecasts it holds."""

    x: float
    y: float
    low_y: float
    high_y: float
    bar_x: float
    bar_width: float
    bar_height: float
    count: int
    text: str


@dataclass(frozen=True)
class CalibrationChart:
    """Everything that the template of the calibration curve draws."""

    frame: Frame
    bar_bottom: float
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, float, str], ...]
    text: str


def calibration_svg(env: Environment, curve: Sequence[CurvePoint]) -> str:
    """The calibration curve as an SVG document of its own, in light colours without a style sheet."""
    return env.get_template("charts/calibration.svg").render(chart=lay_out_calibration(curve))


def lay_out_calibration(curve: Sequence[CurvePoint]) -> CalibrationChart:
    """Where everything goes."""
    frame, bars = Frame(width=420, height=462, left=52, right=404, top=14, bottom=366), 36.0
    most = max((point.forecasts for point in curve), default=1)
    points = tuple(
        Point(
            x=frame.x(one.mean),
            y=frame.y(one.share),
            low_y=frame.y(one.share_low),
            high_y=frame.y(one.share_high),
            bar_x=frame.x(one.low) + 3,
            bar_width=frame.x(one.high) - frame.x(one.low) - 6,
            bar_height=max(1.5, bars * one.forecasts / most),
            count=one.forecasts,
            text=describe_point(one),
        )
        for one in curve
    )
    ticks = tuple((frame.x(n / 5), frame.y(n / 5), f"{n * 20} %") for n in range(6))
    text = "; ".join(point.text for point in points) or "no scored forecast yet"
    return CalibrationChart(frame, frame.bottom + 24 + bars, points, ticks, f"Calibration curve: {text}")


def describe_point(one: CurvePoint) -> str:
    """A point of the curve in words."""
    return (
        f"{plural(one.forecasts, 'forecast')} from {pct(one.low)} to {pct(one.high)}, {pct(one.mean)} on average: "
        f"{one.successes} came true, {pct(one.share)}, 95 % interval {pct(one.share_low)} to {pct(one.share_high)}"
    )


@dataclass(frozen=True)
class Step:
    """The forecasts of one person as a line with steps, and the name at its end."""

    ink: int
    dashed: bool
    path: str
    dots: tuple[tuple[float, float, str], ...]
    name: str
    name_y: float
    end_y: float


@dataclass(frozen=True)
class HistoryChart:
    """Everything that the template of the history draws."""

    frame: Frame
    size: Size
    steps: tuple[Step, ...]
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]
    base_y: float | None
    end: tuple[float, float, bool] | None  # where and how it came: x, y, whether it succeeded
    text: str


def history_svg(env: Environment, found: ProjectForecasts, now: datetime, size: Size = "wide") -> str:
    """The forecasts of a project over time as an SVG document of its own; there must be at least one."""
    return env.get_template("charts/forecasts.svg").render(chart=lay_out_history(found, now, size))


def lay_out_history(found: ProjectForecasts, now: datetime, size: Size = "wide") -> HistoryChart:
    """Where everything goes: from the first forecast to the outcome or, while that is open, to now."""
    if size == "wide":
        frame, room = Frame(width=760, height=284, left=48, right=596, top=28, bottom=246), 148.0
    else:
        frame, room = Frame(width=360, height=284, left=42, right=262, top=28, bottom=246), 88.0
    start = found.history[0].recorded_at
    outcome = found.outcome
    ended = None if outcome is None else datetime(*outcome.ended_on.timetuple()[:3], 12, tzinfo=UTC)
    last = found.history[-1].recorded_at
    until = max(ended or now, last, start + timedelta(days=1))

    def x(at: datetime) -> float:
        return frame.x((at - start) / (until - start))

    by_name: dict[str, list[Forecast]] = {}
    for forecast in found.history:
        by_name.setdefault(forecast.forecaster, []).append(forecast)
    names = sorted(by_name)
    ends = {name: frame.y(made[-1].probability) for name, made in by_name.items()}
    name_y = apart(ends, frame)
    steps = tuple(
        Step(
            ink=number % INKS,
            dashed=number >= INKS,
            path=_path([(x(one.recorded_at), frame.y(one.probability)) for one in by_name[name]], frame.right),
            dots=tuple(
                (
                    x(one.recorded_at),
                    frame.y(one.probability),
                    f"{name}: {pct(one.probability)}, {day(one.recorded_at)}",
                )
                for one in by_name[name]
            ),
            name=fit(name, 12, room),
            name_y=name_y[name],
            end_y=ends[name],
        )
        for number, name in enumerate(names)
    )
    rate = found.base_rate.ended
    came = None
    if outcome is not None and ended is not None and outcome.outcome in ("success", "failure"):
        success = outcome.outcome == "success"
        came = (x(ended), frame.y(1.0 if success else 0.0), success)
    return HistoryChart(
        frame=frame,
        size=size,
        steps=steps,
        ticks_x=month_ticks(start, until, frame, 5 if size == "wide" else 2),
        ticks_y=tuple((frame.y(n / 4), f"{n * 25} %") for n in range(5)),
        base_y=None if rate is None else frame.y(rate.share),
        end=came,
        text=_describe(by_name, found),
    )


def _path(points: Sequence[tuple[float, float]], right: float) -> str:
    """A line that stays at a forecast until the next one."""
    x, y = points[0]
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in points[1:]) + f"H{right:.1f}"


def apart(wanted: dict[str, float], frame: Frame) -> dict[str, float]:
    """Heights for the names, in the order of their lines and no closer than a line; those that fit no more go on."""
    placed: dict[str, float] = {}
    least = frame.top
    for name, y in sorted(wanted.items(), key=lambda item: (item[1], item[0])):
        placed[name] = max(y, least)
        least = placed[name] + LINE
    over = max(0.0, least - LINE - frame.bottom)
    above = frame.bottom
    for name, y in reversed(list(placed.items())) if over else ():
        placed[name] = min(y, above)
        above = placed[name] - LINE
    return placed


def month_ticks(start: datetime, until: datetime, frame: Frame, most: int) -> tuple[tuple[float, str], ...]:
    """The first days of some months, and the first day of all where there is no such."""
    months = []
    year, month = start.year, start.month + 1
    while (at := datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)) <= until:
        months.append(at)
        month += 1
    every = -(-len(months) // most) if months else 1
    chosen = months[::every] or [start]
    return tuple(
        (
            frame.x((at - start) / (until - start)),
            f"{MONTHS[at.month - 1]} {at.year}" if months else day(at),
        )
        for at in chosen
    )


def _describe(by_name: dict[str, list[Forecast]], found: ProjectForecasts) -> str:
    """The chart in a sentence, for those who do not see it."""
    told = [f"{name} {' then '.join(pct(one.probability) for one in made)}" for name, made in sorted(by_name.items())]
    end = f"; ended on {day(found.outcome.ended_on)}: {found.outcome.outcome}" if found.outcome else ""
    return f"Forecasts over time: {listed(told, 12)}{end}"
