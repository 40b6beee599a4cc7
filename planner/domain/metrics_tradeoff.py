"""The optimised metric against one that is thresholded: where all runs lie, in a size that does not grow with them.

Places are shares of the plot, from 0 at its left or bottom to 1. Many runs are counted in a grid; those that matter
stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.dominance import pareto_front
from planner.domain.metrics import Direction, Metric, ThresholdedMetric
from planner.domain.metrics_judging import Judgement, MetricColumn
from planner.domain.model import Model

DECADES = 2.0  # from which on values that are all positive are drawn on a logarithmic axis
GRID = (60, 36)  # cells across and up, for runs that are too many to stand alone
AS_DOTS = 2_000  # the most runs that stand alone
STEPS = 300  # the most corners of the front's line
MARKED = 8  # runs of one role that are marked and named

Role = Literal["winner", "production", "nearest", "front"]


class Axis(Model):
    """A metric as an axis: the values at its two ends, and where its bound and its baseline lie."""

    name: str
    unit: str
    direction: Direction
    logarithmic: bool
    low: float
    high: float
    bound: float | None = Field(default=None, description="What runs must reach; null where there is no one bound.")
    baseline: float | None = None

    def at(self, value: float) -> float:
        """Where a value lies, as a share of the axis."""
        return float(_shares(np.array([value]), self)[0])


class TradeoffRun(Model):
    """A run that stands out."""

    name: str
    role: Role
    x: float
    y: float
    qualified: bool


class Cell(Model):
    """Runs at one place: of a grid, or each alone where `count` is 1."""

    x: float
    y: float
    count: int
    qualified: bool


class Tradeoff(Model):
    """Everything that the chart shows."""

    x: Axis
    y: Axis
    gridded: bool = Field(description="Whether the cells are those of a grid; else each is a run.")
    cells: tuple[Cell, ...]
    front: tuple[tuple[float, float], ...] = Field(
        description="The runs of which none is better in both metrics, by rising x; of those that qualify, if any do."
    )
    front_qualifies: bool
    marks: tuple[TradeoffRun, ...]
    qualified: int
    others: int
    not_shown: int = Field(description="Runs that lack one of the two values.")


def build_tradeoff(judgement: Judgement, metric: ThresholdedMetric) -> Tradeoff | None:
    """The optimised metric (y) against this one (x) over all runs that state both; None when there are none."""
    up = judgement.columns[0]
    across = next(column for column in judgement.columns if column.metric is metric or column.metric == metric)
    known = ~np.isnan(up.value) & ~np.isnan(across.value) & np.asarray(judgement.table.finished, dtype=bool)
    rows = np.flatnonzero(known)
    if not len(rows):
        return None
    x = _axis(metric, across.value[rows], _one_bound(judgement, metric))
    y = _axis(judgement.contract.optimised, up.value[rows], None)
    places = np.stack([_shares(across.value[rows], x), _shares(up.value[rows], y)], axis=1)
    qualified = judgement.qualified[rows]
    counted = qualified if qualified.any() else judgement.evaluable[rows]
    front = _front(places[counted], x.direction, y.direction)
    gridded = len(rows) > AS_DOTS
    return Tradeoff(
        x=x,
        y=y,
        gridded=gridded,
        cells=(*_cells(places[~qualified], gridded, False), *_cells(places[qualified], gridded, True)),
        front=tuple((float(a), float(b)) for a, b in front),
        front_qualifies=bool(qualified.any()),
        marks=_marks(judgement, x, y, across, counted, rows, places),
        qualified=int(qualified.sum()),
        others=int((~qualified).sum()),
        not_shown=len(judgement.table) - len(rows),
    )


def _one_bound(judgement: Judgement, metric: ThresholdedMetric) -> float | None:
    """The bound, where it is the same for every slice of the metric and the metric is in force."""
    bounds = {judgement.bound(metric, name) for name in metric.columns}
    bound = bounds.pop()
    return None if bounds or np.isnan(bound) or not metric.enabled else bound


def _axis(metric: Metric, values: np.ndarray, bound: float | None) -> Axis:
    shown = np.concatenate((values, [v for v in (bound, metric.baseline) if v is not None]))
    low, high = float(shown.min()), float(shown.max())
    logarithmic = low > 0 and bool(np.log10(high) - np.log10(low) > DECADES)
    low, high = widened(low, high)
    return Axis(
        name=metric.name,
        unit=metric.unit,
        direction=metric.direction,
        logarithmic=logarithmic,
        low=low,
        high=high,
        bound=bound,
        baseline=metric.baseline,
    )


def widened(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis: where they are the same value, some way below and above it, within the number range."""
    if low < high:
        return low, high
    largest = float(np.finfo(float).max)
    return max(low - (abs(low) / 10 or 1.0), -largest), min(high + (abs(high) / 10 or 1.0), largest)


def _shares(values: np.ndarray, axis: Axis) -> np.ndarray:
    if axis.logarithmic:
        low, high, found = float(np.log(axis.low)), float(np.log(axis.high)), np.log(values)
    else:  # halved, so that the difference of the largest numbers there are does not overflow
        low, high, found = axis.low / 2, axis.high / 2, values / 2
    return np.asarray(np.clip((found - low) / ((high - low) or 1.0), 0.0, 1.0))


def _front(places: np.ndarray, across: Direction, up: Direction) -> np.ndarray:
    """Corners of the front by rising x, each place once; thinned where they are more than a chart can show."""
    signs = np.array([-1.0 if direction == "maximise" else 1.0 for direction in (across, up)])
    # A place is told to a thousandth: finer steps cannot be seen, and each costs room.
    rounded = np.unique(np.round(places, 3), axis=0)
    front = rounded[pareto_front(rounded * signs)]
    if len(front) > STEPS:
        front = front[np.unique(np.linspace(0, len(front) - 1, STEPS).astype(int))]
    return front


def _cells(places: np.ndarray, gridded: bool, qualified: bool) -> list[Cell]:
    if not len(places):
        return []
    if not gridded:
        found, counts = np.unique(np.round(places, 4), axis=0, return_counts=True)
    else:
        size = np.array(GRID)
        inside = np.minimum((places * size).astype(int), size - 1)
        numbers, counts = np.unique(inside[:, 0] * size[1] + inside[:, 1], return_counts=True)
        found = (np.stack([numbers // size[1], numbers % size[1]], axis=1) + 0.5) / size
    return [
        Cell.model_construct(x=x, y=y, count=count, qualified=qualified)
        for (x, y), count in zip(found.tolist(), counts.tolist(), strict=True)
    ]


def _marks(
    judgement: Judgement,
    x: Axis,
    y: Axis,
    across: MetricColumn,
    counted: np.ndarray,
    rows: np.ndarray,
    places: np.ndarray,
) -> tuple[TradeoffRun, ...]:
    """The winners, the run in production, the nearest ones, and some of the front, each run once."""
    signs = np.array([-1.0 if axis.direction == "maximise" else 1.0 for axis in (x, y)])
    candidates = rows[counted]
    costs = np.stack([across.value[candidates], judgement.columns[0].value[candidates]], axis=1) * signs
    front = candidates[pareto_front(costs)] if len(candidates) else candidates
    if len(front) > MARKED:
        by_x = front[np.argsort(across.value[front], kind="stable")]
        front = by_x[np.linspace(0, len(by_x) - 1, MARKED).round().astype(int)]
    production = [] if judgement.production is None else [judgement.production]
    roles: Sequence[tuple[Role, Sequence[int]]] = (
        ("winner", judgement.winners[:MARKED].tolist()),
        ("production", production),
        ("nearest", judgement.nearest[:MARKED].tolist()),
        ("front", front.tolist()),
    )
    marks: dict[tuple[int, bool], TradeoffRun] = {}
    for role, chosen in roles:
        for row in chosen:
            # The winner may be in production too: both are said. Of the other roles the first one counts.
            key = (row, role == "production")
            at = int(np.searchsorted(rows, row))  # rows rise
            if key not in marks and at < len(rows) and rows[at] == row:
                marks[key] = TradeoffRun(
                    name=judgement.table.names[row],
                    role=role,
                    x=float(places[at, 0]),
                    y=float(places[at, 1]),
                    qualified=bool(judgement.qualified[row]),
                )
    return tuple(marks.values())
