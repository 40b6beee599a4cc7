"""Runs as lines of a table: the value of each metric with how it stands, and why a run cannot be judged."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from planner.domain.metrics import Contract
from planner.domain.metrics_runs import Run
from planner.domain.metrics_verdict import MetricVerdict
from planner.domain.wording import listed, measure
from planner.services.metrics_seen import ShownRun


@dataclass(frozen=True)
class Cell:
    """The value of one metric in one run, and how it stands."""

    value: str
    status: str
    note: str
    slice: str | None
    probability: float | None


@dataclass(frozen=True)
class Line:
    """A run as a line of the table."""

    shown: ShownRun
    cells: tuple[Cell, ...]
    why: str  # it does not qualify, or cannot be judged; empty for one that qualifies


def line_of(shown: ShownRun, contract: Contract) -> Line:
    """The line of a run."""
    units = [metric.unit for metric in contract.metrics]
    cells = tuple(_cell(metric, unit) for metric, unit in zip(shown.judged.metrics, units, strict=True))
    return Line(shown, cells, _why(shown, contract))


def stated(run: Run) -> str:
    """The first values of a run in words, for where no contract says which of them count."""
    values = [f"{name} {measure(value) if isfinite(value) else value}" for name, value in run.metrics.items()]
    return listed(values, 4)


def against_baseline(over: float) -> str:
    """How a value compares with the baseline; the direction of the metric is in the sign already."""
    if not over:
        return "as the baseline"
    return f"{measure(abs(over))} {'better' if over > 0 else 'worse'}"


def _cell(metric: MetricVerdict, unit: str) -> Cell:
    note = ""
    if metric.status == "measured" and metric.over_baseline is not None:
        note = against_baseline(metric.over_baseline)
    elif metric.status in ("met", "unproven"):
        note = f"{measure(metric.margin)} to spare" if metric.margin else "just met"
    elif metric.status == "breached":
        note = f"misses by {measure(abs(metric.margin or 0.0))}"
    value = "missing" if metric.value is None else measure(metric.value, unit)
    return Cell(value, metric.status, note, metric.slice, metric.probability)


def _why(shown: ShownRun, contract: Contract) -> str:
    judged, run = shown.judged, shown.run
    if judged.status == "qualified":
        return ""
    if judged.status == "not_evaluable":
        return _not_judged(run, shown, contract)
    missed = [metric.name for metric in judged.metrics if metric.status == "breached"]
    unproven = [metric.name for metric in judged.metrics if metric.status == "unproven"]
    parts = [f"misses {listed(missed, 3)}"] if missed else []
    return "; ".join([*parts, *([f"{listed(unproven, 3)} not sure enough"] if unproven else [])])


def _not_judged(run: Run, shown: ShownRun, contract: Contract) -> str:
    if run.status != "finished":
        return "it failed" if run.status == "failed" else "it still runs"
    missing, not_finite, alone, silent = [], [], [], []
    for metric, verdict in zip(contract.metrics, shown.judged.metrics, strict=True):
        if verdict.status == "off":
            continue
        for column in metric.columns:
            value = run.metrics.get(column)
            if value is None:
                missing.append(column)
            elif not isfinite(value):
                not_finite.append(column)
        if verdict.status == "missing" and verdict.value is not None:
            alone.append(metric.name)
        if verdict.status == "unproven" and verdict.probability is None:
            silent.append(metric.name)
    reasons = (
        (missing, "missing"),
        (not_finite, "not finite"),
        (alone, "has nothing in production to compare with"),
        (silent, "states no uncertainty"),
    )
    return "; ".join(f"{listed(list(dict.fromkeys(names)), 3)} {words}" for names, words in reasons if names)
