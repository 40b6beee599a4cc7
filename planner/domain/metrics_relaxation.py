"""What each threshold of a contract costs, and which single one, relaxed by how much, would admit the first run."""

from __future__ import annotations

from math import inf, nextafter
from typing import Literal

import numpy as np
from pydantic import Field

from planner.domain.metrics import ThresholdedMetric
from planner.domain.metrics_certainty import chance_met
from planner.domain.metrics_judging import Judgement, MetricColumn
from planner.domain.model import Model

HALVINGS = 80  # of an interval, until a bound is found to the last digits
NUDGES = 8  # the most last digits by which rounding may keep out the run that a bound is to admit


class ThresholdEffect(Model):
    """One threshold that is in force: what it lets through, and what relaxing it alone would do."""

    name: str = Field(description="The metric.")
    against: Literal["value", "production"] = Field(description="What the threshold compares a run with.")
    threshold: float = Field(description="As it is agreed.")
    met: int = Field(description="How many of the runs that can be judged meet it.")
    qualified_without: int = Field(description="How many of them would qualify if this threshold alone were dropped.")
    relaxed: float | None = Field(
        default=None,
        description="When no run qualifies: the threshold nearest to the agreed one that would admit a run, all others "
        "kept; null when no run meets all the others.",
    )
    by: float | None = Field(default=None, description="By how much it would be relaxed, in the metric's unit.")
    relative: float | None = Field(
        default=None, description="The same relative to the bound that runs must reach; as a number when that is 0."
    )
    admits: tuple[str, ...] = Field(default=(), description="Names of the runs that would qualify then, 20 at most.")


def threshold_effects(judgement: Judgement) -> tuple[ThresholdEffect, ...]:
    """The thresholds in force, in the order of the contract. Runs that cannot be judged count for nothing.

    A threshold is relaxed only as far as the first run needs, and only when none qualifies as it is. What comes first
    among them is the caller's to say: metrics of different units compare by `relative` alone.
    """
    binding = [(c.metric, c) for c in judgement.columns if isinstance(c.metric, ThresholdedMetric) and c.metric.enabled]
    meets = [judgement.evaluable & ~(column.margin < 0) & ~column.unproven for _, column in binding]
    missed = np.sum([~met for met in meets], axis=0) if meets else np.zeros(len(judgement.table), dtype=int)
    found = []
    for (metric, column), met in zip(binding, meets, strict=True):
        others = judgement.evaluable & (missed - ~met == 0)
        effect = ThresholdEffect(
            name=metric.name,
            against=metric.against,
            threshold=metric.threshold,
            met=int(met.sum()),
            qualified_without=int(others.sum()),
        )
        rows = np.flatnonzero(others) if not judgement.qualified.any() else np.empty(0, dtype=int)
        found.append(effect.model_copy(update=_relaxed(judgement, metric, column, rows)))
    return tuple(found)


def first_to_relax(effects: tuple[ThresholdEffect, ...]) -> ThresholdEffect | None:
    """The threshold that needs the least, relative to its bound, to admit a run; None when none alone would."""
    able = [effect for effect in effects if effect.relative is not None]
    return min(able, key=lambda effect: effect.relative or 0.0) if able else None


def _relaxed(
    judgement: Judgement, metric: ThresholdedMetric, column: MetricColumn, rows: np.ndarray
) -> dict[str, object]:
    """The fields of the least relaxation that admits one of these rows, which miss this threshold alone."""
    if not len(rows):
        return {}
    needs = -column.margin[rows]  # as measured; the confidence that may be asked needs more
    if column.asked is None:
        by = float(needs.min())
        first = rows[needs == by]
    else:
        by, first = _least_sure(judgement, metric, column, rows[np.argsort(needs, kind="stable")])
        if not len(first):
            return {}
    bound = abs(float(column.bound[first[0]])) or 1.0
    return {
        "relaxed": _threshold(metric, column, first, by),
        "by": by,
        "relative": min(by / bound, float(np.finfo(float).max)),
        "admits": tuple(judgement.table.names[row] for row in first[:20].tolist()),
    }


def _threshold(metric: ThresholdedMetric, column: MetricColumn, rows: np.ndarray, by: float) -> float:
    """The threshold that admits these rows: on the far side where rounding would keep one of them out by a digit."""
    sign = 1.0 if metric.direction == "maximise" else -1.0
    if metric.against == "value":
        return float(sign * (sign * column.value[rows]).min()) if column.asked is None else metric.threshold - sign * by
    reached = column.bound[rows] + sign * metric.threshold
    relaxed = metric.threshold + by
    for _ in range(NUDGES):
        if (sign * (column.value[rows] - (reached - sign * relaxed)) >= 0).all():
            break
        relaxed = nextafter(relaxed, inf)
    return relaxed


def _least_sure(
    judgement: Judgement, metric: ThresholdedMetric, column: MetricColumn, rows: np.ndarray
) -> tuple[float, np.ndarray]:
    """How far the threshold must move until one of these rows meets it with the probability asked, and which do.

    Rows come by how little they miss as measured. That is the least that they can need, since more than even odds are
    asked: the search ends where the rest cannot need less.
    """
    asked = column.asked or 0.0
    least = inf
    first: list[int] = []
    for row in rows.tolist():
        if max(0.0, -float(column.margin[row])) > least:
            break
        need = _need(judgement, metric, row, asked)
        if need is None or need > least:
            continue
        first = [row] if need < least else [*first, row]
        least = need
    return least, np.array(first, dtype=int)


def _need(judgement: Judgement, metric: ThresholdedMetric, row: int, asked: float) -> float | None:
    """By how much the bounds must move until the run meets them all so probably; None when it says too little."""
    stated = judgement.table.uncertainty.get(row, {})
    sign = 1.0 if metric.direction == "maximise" else -1.0
    parts = []
    for name in metric.columns:
        if name not in stated:
            return None
        value = float(judgement.table.column(name)[row])
        bound = judgement.bound(metric, name)
        parts.append((value, stated[name], bound))

    def met(by: float) -> bool:
        return all(
            chance_met(metric.direction, value, said, bound - sign * by) >= asked for value, said, bound in parts
        )

    low, high = 0.0, max(1e-9, *(abs(value - bound) for value, _, bound in parts))
    for _ in range(HALVINGS):
        if met(high):
            break
        low, high = high, high * 2
    else:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return high
