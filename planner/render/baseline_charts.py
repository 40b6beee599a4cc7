"""The charts of baselines: one metric's baselines with the run on a scale, and a test error as a waterfall of parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Literal

from jinja2 import Environment

from planner.domain.baseline_gap import MetricGap, Rung
from planner.domain.error_analysis import ErrorDecomposition, PartOfError
from planner.domain.labels import fit
from planner.domain.wording import listed, measure, signed

Size = Literal["wide", "narrow"]
ROWS = 14  # baselines drawn of one metric; the table beside has all
_LABEL = 236.0  # width of the names beside a wide plot


@dataclass(frozen=True)
class Frame:
    """The plot in its chart, in pixels with y downwards, over values from `low` to `high`."""

    width: float
    left: float
    right: float
    low: float
    high: float

    def x(self, value: float) -> float:
        """Where a value lies. Quarters are subtracted, since the ends may be the ends of the number range."""
        spread = self.high / 4 - self.low / 4
        share = (value / 4 - self.low / 4) / spread if spread > 0 else 0.5
        return self.left + share * (self.right - self.left)


@dataclass(frozen=True)
class LadderRow:
    """A baseline: its name and kind, its dot, and the line from it to the run."""

    y: float
    x: float
    name: str
    kind: str
    value: str
    tone: Literal["good", "bad", "soft"]
    solid: bool
    text: str


@dataclass(frozen=True)
class LadderChart:
    """Everything that the template of the scale draws."""

    frame: Frame
    size: Size
    height: float
    top: float
    bottom: float
    rows: tuple[LadderRow, ...]
    ticks: tuple[tuple[float, str], ...]
    run_x: float | None
    run_text: str
    run_anchor: str
    threshold_x: float | None
    threshold_text: str
    threshold_anchor: str
    better: str
    text: str


def ladder_svg(env: Environment, gap: MetricGap, run: str | None, size: Size = "wide") -> str:
    """The baselines of one metric on a scale as an SVG document of its own."""
    return env.get_template("charts/ladder.svg").render(chart=lay_out_ladder(gap, run, size))


def lay_out_ladder(gap: MetricGap, run: str | None, size: Size = "wide") -> LadderChart:
    """Where everything goes; there is at least one baseline, or a run."""
    drawn = gap.rungs[:ROWS]
    values = [rung.value for rung in drawn]
    values += [one for one in (gap.value, gap.threshold) if one is not None]
    frame = _frame(values, size, 0.0)
    row_height, top = (34.0, 34.0) if size == "wide" else (44.0, 34.0)
    rows = tuple(_ladder_row(rung, gap, frame, top + (place + 0.5) * row_height) for place, rung in enumerate(drawn))
    bottom = top + len(drawn) * row_height
    run_x = None if gap.value is None else frame.x(gap.value)
    threshold_x = None if gap.threshold is None else frame.x(gap.threshold)
    sign = "≥" if gap.direction == "maximise" else "≤"
    run_text = f"{run or 'Run'}: {measure(gap.value, gap.unit)}"
    return LadderChart(
        frame=frame,
        size=size,
        height=bottom + (52 if threshold_x is None else 68),  # the threshold has a line of its own
        top=top,
        bottom=bottom,
        rows=rows,
        ticks=_ticks(frame, 5 if size == "wide" else 3),
        run_x=run_x,
        run_text=fit(run_text, 12.5, 260),
        run_anchor=_anchor(run_x, frame),
        threshold_x=threshold_x,
        threshold_text=f"threshold {sign} {measure(gap.threshold, gap.unit)}",
        threshold_anchor=_anchor(threshold_x, frame),
        better="better →" if gap.direction == "maximise" else "← better",
        text=_describe(gap, run, len(gap.rungs) + gap.not_told - len(drawn)),
    )


def _ladder_row(rung: Rung, gap: MetricGap, frame: Frame, y: float) -> LadderRow:
    room = _LABEL - 16 if frame.left > _LABEL / 2 else 230
    return LadderRow(
        y=y,
        x=frame.x(rung.value),
        name=fit(rung.name, 13, room),
        kind=fit(rung.kind_name, 11.5, room),
        value=measure(rung.value, gap.unit),
        tone="soft" if rung.passed is None else "good" if rung.passed else "bad",
        solid=rung.reference,
        text=describe_rung(rung, gap.unit),
    )


def describe_rung(rung: Rung, unit: str) -> str:
    """A baseline in words."""
    ahead = "" if rung.ahead is None else f"; the run is {signed(rung.ahead, unit)} from it, plus being better"
    return f"{rung.name} ({rung.kind_name}): {measure(rung.value, unit)}{ahead}"


def _describe(gap: MetricGap, run: str | None, not_drawn: int) -> str:
    said = [f"{rung.name} {measure(rung.value, gap.unit)}" for rung in gap.rungs[:ROWS]]
    held = f"; the run {run} {measure(gap.value, gap.unit)}" if gap.value is not None else "; no run"
    bound = f"; the threshold {measure(gap.threshold, gap.unit)}" if gap.threshold is not None else ""
    more = f"; {not_drawn} more baselines" if not_drawn else ""
    return f"Baselines of {gap.metric}, the best first: {listed(said) or 'none'}{held}{bound}{more}"


@dataclass(frozen=True)
class WaterfallBar:
    """A part of the error: a bar from where the error before it ends to where it ends with it."""

    y: float
    x: float | None
    width: float
    join: float | None  # where the next bar begins
    name: str
    value: str
    value_x: float
    value_anchor: str
    tone: Literal["base", "part", "next", "less", "total"]


@dataclass(frozen=True)
class WaterfallChart:
    """Everything that the template of the waterfall draws."""

    frame: Frame
    size: Size
    height: float
    row: float
    top: float
    bottom: float
    bars: tuple[WaterfallBar, ...]
    ticks: tuple[tuple[float, str], ...]
    text: str


def waterfall_svg(env: Environment, found: ErrorDecomposition, size: Size = "wide") -> str:
    """A test error as a waterfall, as an SVG document of its own."""
    return env.get_template("charts/waterfall.svg").render(chart=lay_out_waterfall(found, size))


def lay_out_waterfall(found: ErrorDecomposition, size: Size = "wide") -> WaterfallChart:
    """Where everything goes. A part that is not known has no bar, and its place says so."""
    ends = [one for part in found.parts for one in (part.start, part.end) if one is not None]
    frame = _frame([*ends, 0.0], size, 64.0)
    row, top = (34.0, 8.0) if size == "wide" else (48.0, 8.0)
    shown = [part for part in found.parts if found.two_sets or part.id != "distribution_shift"]
    bars = [_bar(part, found, frame, top + (place + 0.5) * row) for place, part in enumerate(shown)]
    y = top + (len(shown) + 0.5) * row
    bars.append(_placed("Test error", 0.0, found.total, measure(found.total, found.unit), "total", frame, y))
    bottom = top + len(bars) * row
    said = [f"{part.short} {'not known' if part.value is None else measure(part.value, found.unit)}" for part in shown]
    total = "not known" if found.total is None else measure(found.total, found.unit)
    return WaterfallChart(
        frame=frame,
        size=size,
        height=bottom + 30,
        row=row,
        top=top,
        bottom=bottom,
        bars=tuple(bars),
        ticks=_ticks(frame, 5 if size == "wide" else 3),
        text=f"The test error of {found.metric}, {total}, in parts: {listed(said)}",
    )


def _bar(part: PartOfError, found: ErrorDecomposition, frame: Frame, y: float) -> WaterfallBar:
    if part.id == "irreducible":
        return _placed(part.short, part.start, part.end, measure(part.value, found.unit), "base", frame, y)
    tone: Literal["part", "next", "less"] = "part"
    if part.value is not None and part.value < 0:
        tone = "less"
    elif found.action is not None and found.action.part == part.id:
        tone = "next"
    value = "" if part.value is None else signed(part.value, found.unit)
    return _placed(part.short, part.start, part.end, value, tone, frame, y, known=part.value is not None)


def _placed(
    name: str,
    start: float | None,
    end: float | None,
    value: str,
    tone: Literal["base", "part", "next", "less", "total"],
    frame: Frame,
    y: float,
    *,
    known: bool = True,
) -> WaterfallBar:
    if start is None or end is None:
        said = value if known and value not in ("", "–") else "not known"
        return WaterfallBar(y, None, 0.0, None, name, said, frame.left + 6, "start", tone)
    left, right = sorted((frame.x(start), frame.x(end)))
    return WaterfallBar(y, left, max(2.0, right - left), frame.x(end), name, value, right + 8, "start", tone)


def _frame(values: Iterable[float], size: Size, room: float) -> Frame:
    """A plot over the values with a twentieth of their spread at each end, and room for words at its right end."""
    known = list(values)
    low, high = min(known), max(known)
    pad = (high / 20 - low / 20) or abs(high) / 10 or 1.0
    largest = 1.7e308
    low, high = max(-largest, low - pad), min(largest, high + pad)
    if size == "wide":
        return Frame(width=780, left=_LABEL, right=764 - (room or 84), low=low, high=high)
    return Frame(width=360, left=10, right=350 - room, low=low, high=high)


def _ticks(frame: Frame, most: int) -> tuple[tuple[float, str], ...]:
    """Round values along the scale, at most so many."""
    spread = frame.high / 2 - frame.low / 2
    if not 1e-300 < spread < 1e300:
        return ()
    raw = 2 * spread / most
    power = 10.0 ** floor(log10(raw))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= raw)
    first = floor(frame.low / step) + 1
    if step == 0 or abs(first) > 1e12:  # a spread that is nothing beside the values
        return ()
    marks: Sequence[float] = [round((first + n) * step, 12) for n in range(most + 1)]
    return tuple((frame.x(value), measure(value)) for value in marks if frame.low < value < frame.high)


def _anchor(x: float | None, frame: Frame) -> str:
    """How a word at a place is set so that it stays inside the plot."""
    if x is None:
        return "middle"
    share = (x - frame.left) / (frame.right - frame.left)
    return "start" if share < 0.25 else "end" if share > 0.75 else "middle"
