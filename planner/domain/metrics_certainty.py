"""How probable it is that a measured value is truly past a threshold, or truly better than another one."""

from __future__ import annotations

from math import erf, sqrt

from planner.domain.metrics import Direction
from planner.domain.metrics_runs import Uncertainty
from planner.domain.proportions import incomplete_beta, probability_at_least


def chance_at_least(value: float, said: Uncertainty, bound: float) -> float:
    """P(the true value ≥ bound).

    A share among n cases: Jeffreys' Beta(k + ½, n − k + ½). Seeds: Student's t of their mean with m − 1 degrees of
    freedom. A standard error: the normal distribution. Without any spread, the value itself decides.
    """
    if said.n is not None:
        return probability_at_least(bound, value * said.n, said.n) if 0 < bound < 1 else float(bound <= 0)
    error = said.error or 0.0
    if error == 0.0:
        return float(value >= bound)
    z = (value - bound) / error
    return student_t(z, len(said.repeats) - 1) if said.repeats is not None else normal(z)


def chance_met(direction: Direction, value: float, said: Uncertainty, bound: float) -> float:
    """P(the true value is at least the bound), or at most it when minimised."""
    if direction == "maximise":
        return chance_at_least(value, said, bound)
    if said.n is None and not said.error:
        return float(value <= bound)
    return 1.0 - chance_at_least(value, said, bound)


def deviation(value: float, said: Uncertainty | None) -> float:
    """The standard deviation of what is believed of the value; 0 where nothing is said.

    Of a share, that of Jeffreys' Beta(k + ½, n − k + ½).
    """
    if said is None:
        return 0.0
    if said.n is not None:
        a, b = value * said.n + 0.5, said.n - value * said.n + 0.5
        return sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    return said.error or 0.0


def chance_of_difference(gain: float, first: float, second: float) -> float:
    """P(one true value is better than another) whose gain over it was measured, given both standard deviations."""
    spread = sqrt(first * first + second * second)
    if spread == 0.0:
        return 1.0 if gain > 0 else 0.5 if gain == 0 else 0.0
    return normal(gain / spread)


def normal(z: float) -> float:
    """The distribution function of the standard normal."""
    return (1.0 + erf(z / sqrt(2.0))) / 2.0


def student_t(t: float, degrees: int) -> float:
    """The distribution function of Student's t: 1 − I_x(d/2, ½)/2 with x = d/(d + t²) for t ≥ 0 (NIST DLMF 8.17)."""
    tail = incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return 1.0 - tail if t >= 0 else tail
