"""What a metric contract asks, in plain words: the same on a page, in a report and on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.metrics import Direction, ThresholdedMetric
from planner.domain.wording import listed, measure


def bound(metric: ThresholdedMetric) -> str:
    """The threshold alone: at most 100 ms, no worse than production by more than 0.01."""
    if metric.against == "production":
        worse = f" by more than {measure(metric.threshold, metric.unit)}" if metric.threshold else ""
        return f"no worse than production{worse}"
    return limit(metric.direction, metric.threshold, metric.unit)


def asked(metric: ThresholdedMetric) -> str:
    """All that is asked of a thresholded metric: at most 100 ms, met with 95 % probability, in the worst of de, fr."""
    sure = f", met with {chance(metric.confidence)} probability" if metric.confidence is not None else ""
    return bound(metric) + sure + (f", {of_slices(metric.slices)}" if metric.slices else "")


def limit(direction: Direction, value: float, unit: str = "") -> str:
    """A bound and on which side of it a value is good: at most 100 ms."""
    return f"{'at least' if direction == 'maximise' else 'at most'} {measure(value, unit)}"


def chance(confidence: float) -> str:
    """A probability that is asked, never rounded up to certainty by a decimal: 95 %, 97.5 %."""
    return measure(confidence * 100, "%")


def of_slices(slices: Sequence[str]) -> str:
    """That the worst slice counts: in the worst of de, fr and it."""
    return f"in the worst of {listed(slices, 6)}"
