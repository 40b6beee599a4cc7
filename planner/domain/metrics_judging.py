"""Judging all runs of a table under a contract at once, as columns.

What is shown of single runs is built for those that are asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.dominance import pareto_front
from planner.domain.metrics import Contract, ContractDraft, Direction, Metric, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_certainty import chance_met, chance_of_difference, deviation
from planner.domain.metrics_runs import Run, RunTable, Uncertainty, run_table
from planner.domain.metrics_verdict import MetricStatus, MetricVerdict, RunVerdict, RunVerdictStatus, Verdict

SURE = 0.95  # P(the winner is better) from which on two runs count as told apart

_LARGEST = sys.float_info.max


@dataclass(frozen=True)
class MetricColumn:
    """One metric of the contract over all runs: arrays (runs,), NaN where it is missing."""

    metric: OptimisedMetric | ThresholdedMetric
    value: np.ndarray
    part: np.ndarray  # which of the metric's columns counts
    bound: np.ndarray
    margin: np.ndarray
    unproven: np.ndarray  # not as probably met as is asked
    silent: np.ndarray  # a probability is asked, but the run says nothing of its uncertainty
    asked: float | None = None  # the probability that is asked

    @property
    def missing(self) -> np.ndarray:
        """Where there is no finite value, or nothing to compare it with."""
        binding = isinstance(self.metric, ThresholdedMetric) and self.metric.enabled
        return np.asarray(np.isnan(self.margin if binding else self.value))


@dataclass(frozen=True)
class Judgement:
    """The verdict of all runs of a table, as arrays over its rows."""

    contract: ContractDraft
    table: RunTable
    production: int | None  # row of the run in production
    columns: tuple[MetricColumn, ...]
    evaluable: np.ndarray
    qualified: np.ndarray
    shortfall: np.ndarray  # NaN where no threshold is breached

    @property
    def goal(self) -> np.ndarray:
        """The optimised metric, turned so that higher is better."""
        sign = 1.0 if self.contract.optimised.direction == "maximise" else -1.0
        return np.asarray(self.columns[0].value * sign)

    @cached_property
    def winners(self) -> np.ndarray:
        """Rows of the qualified runs with the best optimised value."""
        rows = np.flatnonzero(self.qualified)
        return np.asarray(rows[self.goal[rows] == self.goal[rows].max()] if len(rows) else rows)

    @cached_property
    def nearest(self) -> np.ndarray:
        """Rows of the runs with the smallest shortfall, when none qualifies."""
        rows = np.flatnonzero(~np.isnan(self.shortfall) & self.evaluable)
        if self.qualified.any() or not len(rows):
            return rows[:0]
        return np.asarray(rows[self.shortfall[rows] == self.shortfall[rows].min()])

    @cached_property
    def pareto(self) -> np.ndarray:
        """Rows of the qualified runs that no other qualified run dominates on the optimised and the binding metrics."""
        rows = np.flatnonzero(self.qualified)
        return rows[pareto_front(self.costs(rows))]

    def costs(self, rows: np.ndarray) -> np.ndarray:
        """Values of the optimised and of each binding metric, turned so that lower is better: (rows, metrics)."""
        counted = {c.metric.name: c for c in self.columns if isinstance(c.metric, OptimisedMetric) or c.metric.enabled}
        signs = [-1.0 if c.metric.direction == "maximise" else 1.0 for c in counted.values()]
        return np.stack([c.value[rows] * sign for c, sign in zip(counted.values(), signs, strict=True)], axis=1)

    @cached_property
    def indistinguishable(self) -> np.ndarray:
        """Rows of the qualified runs that the winner does not beat with a probability of 95 %."""
        if not len(self.winners) or not self.table.uncertainty:
            return self.winners[:0]
        first, column = int(self.winners[0]), self.columns[0]
        rows = np.setdiff1d(np.flatnonzero(self.qualified), self.winners)
        spread = self._deviation(column, first)
        found = []
        for row in rows.tolist():
            other = self._deviation(column, row)
            ahead = float(self.goal[first] - self.goal[row])
            if (spread or other) and chance_of_difference(ahead, spread, other) < SURE:
                found.append(row)
        return np.array(found, dtype=int)

    def _deviation(self, column: MetricColumn, row: int) -> float:
        return deviation(float(column.value[row]), _said(self.table, row, column))

    @cached_property
    def order(self) -> np.ndarray:
        """All rows, the best first: qualified by the optimised metric, then by how little they miss, then the rest."""
        group = np.where(self.qualified, 0, np.where(self.evaluable, 1, 2))
        key = np.where(self.qualified, -self.goal, np.nan_to_num(self.shortfall))
        return np.lexsort((np.arange(len(self.table)), key, group))

    def bound(self, metric: Metric, name: str) -> float:
        """What a run must reach under this name; NaN where there is nothing to compare it with."""
        return _bound(metric, self.table, name, self.production)

    def status(self, row: int) -> RunVerdictStatus:
        """How the run of a row stands."""
        if not self.evaluable[row]:
            return "not_evaluable"
        return "qualified" if self.qualified[row] else "disqualified"

    def run_verdict(self, row: int) -> RunVerdict:
        """What is said of the run of a row."""
        shortfall = float(self.shortfall[row])
        return RunVerdict(
            run=int(self.table.ids[row]),
            name=self.table.names[row],
            status=self.status(row),
            finished=bool(self.table.finished[row]),
            metrics=tuple(self._metric_verdict(column, row) for column in self.columns),
            shortfall=None if np.isnan(shortfall) or not self.evaluable[row] else shortfall,
        )

    def _metric_verdict(self, column: MetricColumn, row: int) -> MetricVerdict:
        metric = column.metric
        value = float(column.value[row])
        missing = bool(np.isnan(value))
        said: dict[str, object] = {"name": metric.name, "value": None if missing else value}
        if metric.slices and not missing:
            said["slice"] = metric.slices[int(column.part[row])]
        if not missing and metric.baseline is not None:
            said["over_baseline"] = gain(metric.direction, value, metric.baseline)
        if isinstance(metric, OptimisedMetric):
            return MetricVerdict.model_validate({**said, "status": "missing" if missing else "measured"})
        margin, bound = float(column.margin[row]), float(column.bound[row])
        known = not np.isnan(margin)
        if known:
            said["probability"] = _chance(metric, self.table, row, self.production)
        status: MetricStatus
        if not metric.enabled:
            status = "off"
        elif not known:
            status = "missing"
        elif margin < 0:
            status = "breached"
        else:
            status = "unproven" if column.unproven[row] else "met"
        return MetricVerdict.model_validate(
            {
                **said,
                "status": status,
                "against": metric.against,
                "threshold": None if np.isnan(bound) else bound,
                "margin": margin if known else None,
            }
        )

    def verdict(self, version: int, rows: Sequence[int] | np.ndarray | None = None) -> Verdict:
        """The whole as a value, with the runs of these rows; of all rows unless they are given."""
        names, winners = self.table.names, self.winners.tolist()
        best = float(self.columns[0].value[winners[0]]) if winners else None
        baseline = self.contract.optimised.baseline
        evaluable = int(self.evaluable.sum())
        return Verdict(
            contract_version=version,
            total=len(self.table),
            evaluable=evaluable,
            not_evaluable=len(self.table) - evaluable,
            qualified=int(self.qualified.sum()),
            winners=tuple(names[row] for row in winners),
            best=best,
            over_baseline=(
                None if best is None or baseline is None else gain(self.contract.optimised.direction, best, baseline)
            ),
            indistinguishable=tuple(names[row] for row in self.indistinguishable.tolist()),
            production=None if self.production is None else names[self.production],
            pareto=tuple(names[row] for row in self.pareto.tolist()),
            nearest=tuple(names[row] for row in self.nearest.tolist()),
            runs=tuple(self.run_verdict(int(row)) for row in (range(len(self.table)) if rows is None else rows)),
        )


def gain(direction: Direction, value: float, reference: float) -> float:
    """How much better value is than reference in the metric's own unit; negative when it is worse.

    Cut at the largest number there is, so that a verdict stays finite at the ends of the number range.
    """
    difference = value - reference if direction == "maximise" else reference - value
    return max(-_LARGEST, min(_LARGEST, difference))


def judge_table(
    contract: ContractDraft, table: RunTable, production: int | None = None, confidence: float | None = None
) -> Judgement:
    """Judges all runs of a table, which holds the contract's columns.

    `production` is the row of the run in production; without it, nothing that is to be no worse than it can be judged.
    `confidence` is asked of every threshold, beside what the contract asks. A metric that is missing or not finite
    makes a run not evaluable, never zero or passing; a run that did not finish is never evaluable.
    """
    columns = tuple(_column(metric, table, production, confidence) for metric in contract.metrics)
    evaluable = np.array(table.finished, dtype=bool)
    qualified = np.ones(len(table), dtype=bool)
    shortfall = np.zeros(len(table))
    breached = np.zeros(len(table), dtype=bool)
    for column in columns:
        metric = column.metric
        if isinstance(metric, ThresholdedMetric) and not metric.enabled:
            continue
        evaluable &= ~column.missing
        if isinstance(metric, OptimisedMetric):
            continue
        missed = column.margin < 0
        breached |= missed
        unit = np.where(column.bound == 0, 1.0, np.abs(column.bound))
        with np.errstate(over="ignore", invalid="ignore"):
            shortfall = np.where(missed, shortfall - column.margin / unit, shortfall)
        qualified &= ~missed & ~column.unproven
        evaluable &= ~column.silent | missed
    return Judgement(
        contract=contract,
        table=table,
        production=production,
        columns=columns,
        evaluable=evaluable,
        qualified=qualified & evaluable,
        shortfall=np.where(breached, np.minimum(shortfall, _LARGEST), np.nan),
    )


def judge(contract: Contract, runs: Sequence[Run], production: int | None = None) -> Verdict:
    """The verdict of all runs, in their given order; `production` is the id of the run in production."""
    table = run_table(runs, contract.columns)
    row = None if production is None else table.row(production)
    return judge_table(contract, table, row).verdict(contract.version)


def _column(
    metric: OptimisedMetric | ThresholdedMetric, table: RunTable, production: int | None, confidence: float | None
) -> MetricColumn:
    sign = 1.0 if metric.direction == "maximise" else -1.0
    values = np.stack([_finite(table.column(name)) for name in metric.columns])  # (parts, runs)
    bounds = np.stack([np.full(len(table), _bound(metric, table, name, production)) for name in metric.columns])
    with np.errstate(over="ignore", invalid="ignore"):
        margins = np.clip(sign * (values - bounds), -_LARGEST, _LARGEST)
    # The slice that counts is the one that misses the most or, without a bound, the worst; a missing one counts first.
    ranked = sign * values if np.isnan(margins).all() else margins
    part = np.argmin(np.where(np.isnan(ranked), -np.inf, ranked), axis=0)
    rows = np.arange(len(table))
    unproven, silent = np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
    asked = _asked(metric, confidence)
    if asked is not None and isinstance(metric, ThresholdedMetric):
        unproven[:] = silent[:] = True
        for row in table.uncertainty:
            chance = _chance(metric, table, row, production)
            silent[row] = chance is None
            unproven[row] = chance is None or chance < asked
    return MetricColumn(
        metric, values[part, rows], part, bounds[part, rows], margins[part, rows], unproven, silent, asked
    )


def _bound(metric: Metric, table: RunTable, name: str, production: int | None) -> float:
    """What a run must reach under this name; NaN where there is nothing to compare it with."""
    if not isinstance(metric, ThresholdedMetric):
        return float("nan")
    if metric.against == "value":
        return metric.threshold
    if production is None or not table.finished[production]:
        return float("nan")
    reached = float(table.column(name)[production])
    if not np.isfinite(reached):
        return float("nan")
    return reached - metric.threshold if metric.direction == "maximise" else reached + metric.threshold


def _chance(metric: ThresholdedMetric, table: RunTable, row: int, production: int | None) -> float | None:
    """P(the threshold is truly met), of slices the least; None where the run says nothing of one's uncertainty.

    The bound is taken as it is: against production, what the run there measured.
    """
    stated = table.uncertainty.get(row, {})
    least = 1.0
    for name in metric.columns:
        value, bound = float(table.column(name)[row]), _bound(metric, table, name, production)
        if name not in stated or not np.isfinite(value) or np.isnan(bound):
            return None
        least = min(least, chance_met(metric.direction, value, stated[name], bound))
    return least


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _asked(metric: Metric, confidence: float | None) -> float | None:
    """The confidence that is asked of a metric: the greater of the contract's and the caller's."""
    if not isinstance(metric, ThresholdedMetric) or not metric.enabled:
        return None
    return max((asked for asked in (metric.confidence, confidence) if asked is not None), default=None)


def _said(table: RunTable, row: int, column: MetricColumn) -> Uncertainty | None:
    stated = table.uncertainty.get(row)
    return None if stated is None else stated.get(column.metric.columns[int(column.part[row])])
