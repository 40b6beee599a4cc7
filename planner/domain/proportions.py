"""How sure a share is that was counted: k successes among n. Pure arithmetic, in one place for all who count."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p, sqrt

from pydantic import Field

from planner.domain.model import Model

Z95 = 1.959963984540054  # the 97.5 % quantile of the standard normal distribution
_SMALLEST = 1e-300  # keeps the continued fraction from dividing by zero
_PRECISION = 1e-15
_MOST_TERMS = 100_000  # the fraction converges in some √max(a, b) terms


class Share(Model):
    """A share that was counted, with the interval in which the true one lies (Wilson, 95 %)."""

    successes: int = Field(description="How many succeeded.")
    of: int = Field(description="How many were counted.")
    share: float = Field(description="Successes over all counted.")
    low: float = Field(description="The lower end of the Wilson interval, 95 %.")
    high: float = Field(description="Its upper end.")


def wilson(successes: int, of: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a proportion, without continuity correction; `of` is at least 1.

    (p̂ + z²/2n ± z·√(p̂q̂/n + z²/4n²)) / (1 + z²/n). Source: Wilson 1927; method 3 of Newcombe 1998, Statistics in
    Medicine 17:857-872. It holds p̂ always and never leaves 0 to 1, which the textbook's p̂ ± z·√(p̂q̂/n) does.
    """
    share, square = successes / of, z * z / of
    centre = share + square / 2
    reach = z * sqrt(share * (1 - share) / of + square / (4 * of))
    low, high = (centre - reach) / (1 + square), (centre + reach) / (1 + square)
    # At the ends the true bound is 0, 1 or p̂ itself; rounding must not step over it.
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def count_share(successes: int, of: int) -> Share | None:
    """The share with its interval; None when nothing was counted: there is no share of nothing."""
    if not of:
        return None
    low, high = wilson(successes, of)
    return Share(successes=successes, of=of, share=successes / of, low=low, high=high)


def probability_at_least(share: float, successes: float, of: int) -> float:
    """P(the true proportion ≥ share) after k successes of n, by Jeffreys' prior Beta(½, ½).

    1 − I_share(k + ½, n − k + ½). Source: Brown, Cai & DasGupta 2001, Statistical Science 16:101-133.
    """
    return 1.0 - incomplete_beta(share, successes + 0.5, of - successes + 0.5)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b) for 0 ≤ x ≤ 1 and positive a and b.

    By the continued fraction NIST DLMF 8.17.22, evaluated from the front by Lentz's method (Press et al., Numerical
    Recipes, 3rd ed., 6.4); where it converges slowly, by the symmetry I_x(a, b) = 1 − I_(1−x)(b, a).
    """
    if x <= 0.0 or x >= 1.0:
        return min(1.0, max(0.0, x))
    if x > (a + 1) / (a + b + 2):
        return 1.0 - incomplete_beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    fraction, upper, lower, change = 1.0, 1.0, 0.0, inf
    for term in range(_MOST_TERMS):
        step, odd = divmod(term, 2)
        if odd:
            part = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        else:
            part = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)) if step else 1.0
        lower = 1 / _away_from_zero(1 + part * lower)
        upper = _away_from_zero(1 + part / upper)
        change = lower * upper
        fraction *= change
        if term and abs(change - 1) < _PRECISION:
            break
    return front * (fraction - 1)


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST
