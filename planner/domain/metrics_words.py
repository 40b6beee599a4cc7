"""What is agreed and how a run stands, in words: the same in the terminal, in the history, on a page and in a report.

What is not proven, not measured or not finished is never told as met.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from planner.domain.metrics import ContractDraft, Direction, Metric, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_verdict import MetricVerdict, RunVerdict, Verdict
from planner.domain.wording import better, listed, measure

MOST_NAMES = 5  # of runs in one sentence
_STATUS: Mapping[str, str] = {
    "met": "met",
    "breached": "missed",
    "unproven": "not proven",
    "missing": "missing",
    "off": "off",
    "measured": "measured",
}


def share(value: float) -> str:
    """A probability that is asked for or found, to a tenth of a per cent: 95 %, 99.5 %, > 99.9 %."""
    if 0 < value < 0.001:
        return "< 0.1 %"
    if 0.999 < value < 1:
        return "> 99.9 %"
    return f"{value * 100:.1f}".removesuffix(".0") + " %"


def worst_of(metric: Metric) -> str:
    """Which slices the worst is taken of: worst of de, fr, it. Empty without slices."""
    return f"worst of {_in_a_row(metric.slices)}" if metric.slices else ""


def goal(metric: OptimisedMetric) -> str:
    """What is wanted of the optimised metric: maximise, worst of de, fr, it."""
    return ", ".join(filter(None, (metric.direction, worst_of(metric))))


def limit(direction: Direction, value: float, unit: str = "") -> str:
    """A bound and on which side of it a value is good: at most 100 ms."""
    return f"{'at least' if direction == 'maximise' else 'at most'} {measure(value, unit)}"


def bound_words(metric: ThresholdedMetric) -> str:
    """The threshold alone: at most 100 ms; no worse than production by more than 0.01."""
    if metric.against == "value":
        return limit(metric.direction, metric.threshold, metric.unit)
    if not metric.threshold:
        return "no worse than production"
    return f"no worse than production by more than {measure(metric.threshold, _difference(metric.unit))}"


def requirement(metric: ThresholdedMetric) -> str:
    """All that is asked of a thresholded metric: at least 0.8, worst of de, fr, it, with 95 % probability."""
    sure = f"with {share(metric.confidence)} probability" if metric.confidence is not None else ""
    return ", ".join(filter(None, (bound_words(metric), worst_of(metric), sure)))


def contract_words(contract: ContractDraft) -> str:
    """The whole contract in a line, as the history keeps it."""
    best = contract.optimised
    parts = [", ".join(filter(None, (f"{best.direction} {best.name}", worst_of(best))))]
    parts += [
        f"{metric.name} {requirement(metric)}{'' if metric.enabled else ' (off)'}" for metric in contract.thresholded
    ]
    return "; ".join(parts)


def status_word(status: str) -> str:
    """How a metric stands, in a word: met, missed, not proven, missing, off, measured."""
    return _STATUS[status]


def metric_words(found: MetricVerdict, not_finite: Collection[str] = (), unit: str = "") -> str:
    """How one metric of a run stands, for a cell of a table: missed by 30 ms in de; not proven, 81 % sure.

    `not_finite` holds the names (metric or metric/slice) that were measured, but whose value is no finite number.
    """
    if found.status == "missing":
        if any(name == found.name or name.startswith(f"{found.name}/") for name in not_finite):
            return "not finite"
        # The value is there, but the run in production has none to compare it with.
        return "missing" if found.value is None else "production unknown"
    where = f" in {found.slice}" if found.slice is not None else ""
    if found.status == "breached":
        return f"missed by {measure(-(found.margin or 0.0), _difference(unit))}{where}"
    if found.status == "unproven":
        return f"not proven{where}, {_sure(found.probability)}"
    word = status_word(found.status)
    sure = f", {_sure(found.probability)}" if found.status == "met" and found.probability is not None else ""
    return word + where + sure


def cell_words(found: MetricVerdict, not_finite: Collection[str] = ()) -> str:
    """The same in a narrow cell, beside the value: met, missed in de, not proven. Empty where nothing is judged."""
    if found.status in ("missing", "unproven"):
        return metric_words(found, not_finite)
    if found.status == "measured":
        return f"worst: {found.slice}" if found.slice is not None else ""
    return status_word(found.status) + (f" in {found.slice}" if found.slice is not None else "")


def _sure(probability: float | None) -> str:
    return "nothing says how sure" if probability is None else f"{share(probability)} sure"


def run_words(run: RunVerdict) -> str:
    """How a run stands: qualified, disqualified, not evaluable, did not finish."""
    return run.status.replace("_", " ") if run.finished else "did not finish"


def miss_words(run: RunVerdict, contract: ContractDraft, not_finite: Collection[str] = ()) -> str:
    """What keeps a run from qualifying: latency_p95 missed by 30 ms, recall missing. Empty when nothing does."""
    if not run.finished:
        return "it did not finish"
    lacking = [
        f"{found.name} {metric_words(found, not_finite, metric.unit)}"
        for found, metric in zip(run.metrics, contract.metrics, strict=False)
        if found.status in ("breached", "unproven", "missing")
    ]
    return listed(lacking)


def names_of(runs: Sequence[str]) -> str:
    """Some names of runs in a row, the others counted."""
    return listed(runs, MOST_NAMES)


def qualified_words(verdict: Verdict) -> str:
    """How many runs qualify, of how many that could be judged: 2 of 3; 2 not evaluable."""
    apart = f"; {verdict.not_evaluable:,} not evaluable" if verdict.not_evaluable else ""
    return f"{verdict.qualified:,} of {verdict.evaluable:,}{apart}"


def compared(over: float | None, unit: str, with_what: str) -> str | None:
    """How a value compares with a reference: 0.1 better than the baseline. None when it is not known."""
    return None if over is None else f"{better(over, unit)} {with_what}"


def tie_words(verdict: Verdict) -> str | None:
    """That other qualified runs cannot be told apart from the winner; None when there are none."""
    if not verdict.indistinguishable:
        return None
    return f"not told apart from the best with 95 % probability: {names_of(verdict.indistinguishable)}"


def _difference(unit: str) -> str:
    """Between values in per cent lie points."""
    return "points" if unit == "%" else unit


def _in_a_row(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
