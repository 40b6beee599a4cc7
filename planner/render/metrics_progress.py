"""The best qualified run over time as a chart of steps, beside the baseline and what was in production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from jinja2 import Environment

from planner.domain.labels import fit, shown
from planner.domain.metrics_progress import Progress, ProgressStep
from planner.domain.metrics_tradeoff import Axis, widened
from planner.domain.wording import day, measure, plural
from planner.render.axes import axis_ticks
from planner.render.forecast_charts import Frame, month_ticks

Size = Literal["wide", "narrow"]
FRAMES = {"wide": Frame(760, 250, 74, 748, 14, 208), "narrow": Frame(360, 250, 58, 352, 14, 208)}


@dataclass(frozen=True)
class ProgressChart:
    """Everything the template draws."""

    frame: Frame
    size: Size
    text: str
    best: str
    production: str
    dots: tuple[tuple[float, float, str], ...]
    promoted: tuple[tuple[float, float, str], ...]
    baseline_y: float | None
    baseline_text: str
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]
    title: str


def progress_svg(env: Environment, progress: Progress, until: datetime, size: Size = "wide") -> str:
    """The chart as an SVG document, complete in itself; the last steps reach to `until`."""
    return env.get_template("charts/progress.svg").render(chart=lay_out_progress(progress, until, size))


def lay_out_progress(progress: Progress, until: datetime, size: Size = "wide") -> ProgressChart:
    """Where everything goes: from the first run to `until`, or to the last step after it."""
    frame = FRAMES[size]
    moments = [step.at for step in (*progress.steps, *progress.production)]
    begin = min([progress.began, *moments])
    end = max([until, begin + timedelta(days=1), *moments])
    axis = _axis(progress)

    def place(step: ProgressStep) -> tuple[float, float | None]:
        y = None if step.value is None else frame.y(0.06 + 0.88 * axis.at(step.value))
        return round(frame.x((step.at - begin) / (end - begin)), 1), y

    better = "higher is better" if progress.direction == "maximise" else "lower is better"
    unit = f", {progress.unit}" if progress.unit else ""
    baseline = progress.baseline
    return ProgressChart(
        frame=frame,
        size=size,
        text=shown(describe_progress(progress)),
        best=_path([place(step) for step in progress.steps], frame.right),
        production=_path([place(step) for step in progress.production], frame.right),
        dots=_dots([(*place(step), _told(step, progress)) for step in progress.steps]),
        promoted=_dots([(*place(step), f"In production, {_told(step, progress)}") for step in progress.production]),
        baseline_y=None if baseline is None else frame.y(0.06 + 0.88 * axis.at(baseline)),
        baseline_text="" if baseline is None else shown(f"baseline {measure(baseline, progress.unit)}"[:40]),
        ticks_x=month_ticks(begin, end, frame, 6 if size == "wide" else 2),
        ticks_y=tuple((frame.y(0.06 + 0.88 * share), text) for share, text in axis_ticks(axis, 4)),
        title=fit(f"{progress.name}{unit} ({better})", 12.5, frame.bottom - frame.top + 30),
    )


def _axis(progress: Progress) -> Axis:
    values = [step.value for step in (*progress.steps, *progress.production) if step.value is not None]
    values += [] if progress.baseline is None else [progress.baseline]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low, high = widened(low, high)
    return Axis(name=progress.name, unit="", direction=progress.direction, logarithmic=False, low=low, high=high)


def _path(points: Sequence[tuple[float, float | None]], right: float) -> str:
    """A line that stays at a value until the next one, and breaks off where there is none."""
    parts: list[str] = []
    drawing = False
    for x, y in points:
        if drawing:
            parts.append(f"H{x:.1f}")
        if y is not None:
            parts.append(f"V{y:.1f}" if drawing else f"M{x:.1f} {y:.1f}")
        drawing = y is not None
    return "".join([*parts, f"H{right:.1f}"] if drawing else parts)


def _dots(found: Sequence[tuple[float, float | None, str]]) -> tuple[tuple[float, float, str], ...]:
    return tuple((x, y, text) for x, y, text in found if y is not None)


def _told(step: ProgressStep, progress: Progress) -> str:
    if step.run is None:
        return f"{day(step.at)}: none"
    value = "not measured" if step.value is None else measure(step.value, progress.unit)
    return shown(f"{day(step.at)}: {value}, {step.run[:80]}")


def describe_progress(progress: Progress) -> str:
    """The chart in a sentence, for those who do not see it."""
    if not progress.steps:
        best = "no run has qualified so far"
    else:
        first, last = progress.steps[0], progress.steps[-1]
        best = f"the first qualified run {_told(first, progress)}"
        if len(progress.steps) > 1:
            best += f"; after {plural(len(progress.steps), 'step')} the best one {_told(last, progress)}"
    now = progress.production[-1] if progress.production else None
    present = f"; in production since {_told(now, progress)}" if now is not None and now.run is not None else ""
    base = "" if progress.baseline is None else f"; baseline {measure(progress.baseline, progress.unit)}"
    return f"{progress.name} over time: {best}{present}{base}"
