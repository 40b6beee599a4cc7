"""Ticks of an axis for measured values: round numbers, on a straight or on a logarithmic scale."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10

from planner.domain.metrics_tradeoff import Axis
from planner.domain.wording import measure

WIDE_DECADES = 4  # from which on only the powers of ten are marked


def axis_ticks(axis: Axis, most: int) -> tuple[tuple[float, str], ...]:
    """Shares of the axis with what stands there, `most` at most."""
    values = _powers(axis.low, axis.high, most) if axis.logarithmic else round_steps(axis.low, axis.high, most)
    return tuple((axis.at(value), measure(value)) for value in values)


def round_steps(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten from low to high, so that there are `most` at most."""
    if not isfinite(high - low) or high <= low:
        return [low]
    exact = (high - low) / most
    power = 10.0 ** floor(log10(exact)) if exact > 1e-300 else 0.0
    if power == 0.0:
        return [low]
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= exact * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    # Past the digits that a number has there is no round step between the ends.
    if last - first > most + 1 or abs(first) > 1e15:
        return [low]
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def _powers(low: float, high: float, most: int) -> list[float]:
    first, last = floor(log10(low)), floor(log10(high))
    factors = (1.0,) if last - first > WIDE_DECADES else (1.0, 3.0)
    values = [factor * float(f"1e{power}") for power in range(first, last + 1) for factor in factors]
    inside = [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
    every = -(-len(inside) // most) if inside else 1
    return inside[::every] or [low]
