"""Measures of agreement between raters: plain functions of numbers, each with the source of its formula.

A matrix of ratings has shape (raters, units); NaN stands where a rater gave none. What cannot be told from the
ratings is None and never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import exp, lgamma, log
from statistics import variance
from typing import Literal, get_args

import numpy as np
from pydantic import Field

from planner.domain.model import Model

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = get_args(Metric)

_STEPS, _PRECISION, _TINY = 10_000, 1e-15, 1e-300


class Concordance(Model):
    """Kendall's W of some raters who ranked the same units, and how surprising it were if they ranked by chance."""

    w: float = Field(description="Kendall's W, corrected for ties: 0 no agreement, 1 the same ranking.")
    w_uncorrected: float = Field(description="W without the correction for ties.")
    chi_square: float = Field(description="raters · (units - 1) · W.")
    df: int = Field(description="Degrees of freedom: units - 1.")
    p_value: float = Field(description="P(a W as high by chance); an approximation for few raters or units.")
    raters: int = Field(description="Assessors in the largest block of rankings without a gap.")
    units: int = Field(description="Projects in that block.")


def krippendorff_alpha(ratings: np.ndarray, metric: Metric = "ordinal") -> float | None:
    """Krippendorff's α = 1 − D_o/D_e: 1 for full agreement, 0 for what chance gives, below 0 for worse than that.

    Units that fewer than two raters rated say nothing and are left out. None when no unit is left, or when all
    ratings that are left are equal: where nothing varies, agreement cannot be told from indifference.

    D_o and D_e come from the coincidences o_ck of values c and k within units, each pair weighted by 1/(m_u − 1),
    and from their sums n_c. Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, sections B to
    E; the squared differences δ² of each metric as there.
    """
    values = np.unique(ratings[~np.isnan(ratings)])
    counts = np.stack([(ratings == value).sum(axis=0) for value in values], axis=1) if len(values) else np.zeros((0, 0))
    rated = counts.sum(axis=1) if len(values) else np.zeros(0)
    counts, rated = counts[rated >= 2].astype(float), rated[rated >= 2]
    if not len(rated):
        return None
    weighted = counts / (rated - 1)[:, None]
    coincidences = weighted.T @ counts - np.diag(weighted.sum(axis=0))
    sums = coincidences.sum(axis=1)
    distances = _squared_differences(values, sums, metric)
    expected = float(sums @ distances @ sums)
    if expected <= 0:
        return None
    return float(1 - (sums.sum() - 1) * (coincidences * distances).sum() / expected)


def _squared_differences(values: np.ndarray, sums: np.ndarray, metric: Metric) -> np.ndarray:
    """δ²_ck of each pair of values, shape (values, values)."""
    if metric == "nominal":
        return 1.0 - np.eye(len(values))
    if metric == "ordinal":  # how many ratings lie between the two, those at both ends counted half
        upto = np.cumsum(sums) - sums / 2
        return np.asarray(np.subtract.outer(upto, upto) ** 2)
    difference = np.subtract.outer(values, values)
    if metric == "interval":
        return np.asarray(difference**2)
    total = np.add.outer(values, values)
    return np.asarray(np.divide(difference, total, out=np.zeros_like(difference), where=total != 0) ** 2)


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1 for the smallest; equal values share the mean of the ranks that they take."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(sizes) - (sizes - 1) / 2)[group])


def kendall_w(ratings: np.ndarray) -> Concordance | None:
    """Kendall's coefficient of concordance of m raters over n units without a gap, corrected for ties.

    W = 12S/(m²(n³ − n) − mΣT) with S = Σ(R_i − m(n+1)/2)² and T = Σ(t³ − t) over each rater's ties; without the
    correction mΣT falls away. χ² = m(n − 1)W with n − 1 degrees of freedom. None for fewer than two raters or units,
    or when every rater gave all units the same. ValueError when a rating is missing.

    Source: M. G. Kendall and B. Babington Smith 1939, Ann. Math. Stat. 10:275; the correction for ties and χ² after
    Kendall, Rank Correlation Methods, ch. 6.
    """
    m, n = ratings.shape
    if np.isnan(ratings).any():
        raise ValueError("W needs every rater's rating of every unit")
    if m < 2 or n < 2:
        return None
    ranks = np.stack([average_ranks(row) for row in ratings])
    spread = float(((ranks.sum(axis=0) - m * (n + 1) / 2) ** 2).sum())
    ties = 0.0
    for row in ratings:
        sizes = np.unique(row, return_counts=True)[1].astype(float)
        ties += float((sizes**3 - sizes).sum())
    most = float(m * m * (n**3 - n))
    if most - m * ties <= 0:
        return None
    w = min(12 * spread / (most - m * ties), 1.0)  # above 1 only by the last digit
    chi_square = m * (n - 1) * w
    return Concordance(
        w=w,
        w_uncorrected=12 * spread / most,
        chi_square=chi_square,
        df=n - 1,
        p_value=chi_square_tail(chi_square, n - 1),
        raters=m,
        units=n,
    )


def largest_complete_block(ratings: np.ndarray) -> np.ndarray | None:
    """The ratings of the raters and units without a gap that W is computed of; None when there is no such block.

    Raters come in by how much they rated, the most first; of the blocks that arise, the one with the most ratings is
    taken, of two as large that with more raters. When nothing is missing it is everything.
    """
    there = ~np.isnan(ratings)
    order = np.argsort(-there.sum(axis=1), kind="stable")
    common = np.ones(ratings.shape[1], dtype=bool)
    best: tuple[int, int, np.ndarray] | None = None
    for taken, rater in enumerate(order, 1):
        common &= there[rater]
        size = taken * int(common.sum())
        if taken >= 2 and common.sum() >= 3 and (best is None or size >= best[0]):
            best = (size, taken, common.copy())
    return None if best is None else ratings[order[: best[1]]][:, best[2]]


def chi_square_tail(x: float, df: int) -> float:
    """P(χ² ≥ x) with df degrees of freedom, which is Q(df/2, x/2)."""
    return gamma_upper(df / 2, x / 2)


def gamma_upper(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x) = Γ(a, x)/Γ(a) for a > 0 and x ≥ 0.

    Below a + 1 by the series of P = 1 − Q (Abramowitz & Stegun 1964, 6.5.29), above by the continued fraction
    (6.5.31), evaluated after Lentz as in Press et al., Numerical Recipes, section 6.2. To about 14 digits.
    """
    if a <= 0 or x < 0:
        raise ValueError("a must be above 0 and x not below it")
    if x == 0:
        return 1.0
    scale = exp(a * log(x) - x - lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for step in range(1, _STEPS):
            term *= x / (a + step)
            total += term
            if term < total * _PRECISION:
                break
        return max(0.0, 1 - total * scale)
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    fraction = d
    for step in range(1, _STEPS):
        factor = -step * (step - a)
        b += 2
        d = 1 / (factor * d + b or _TINY)
        c = factor / c + b or _TINY
        fraction *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return min(1.0, fraction * scale)


def within_group_agreement(levels: Sequence[float], points: int = 5) -> float | None:
    """r_wg = 1 − s²/σ²_EU for a scale of so many points, with σ²_EU = (points² − 1)/12, what chance would give.

    1 for full agreement; below 0 when people differ by more than chance. None for fewer than two levels.
    Source: L. R. James, R. G. Demaree and G. Wolf 1984, J. Appl. Psychol. 69:85.
    """
    if len(levels) < 2:
        return None
    return 1 - variance(levels) / ((points**2 - 1) / 12)


def average_deviation(levels: Sequence[float]) -> float | None:
    """The mean distance of the levels from their mean, in levels; None for fewer than two.

    Source: M. J. Burke, L. M. Finkelstein and M. S. Dusig 1999, Organ. Res. Methods 2:49.
    """
    if len(levels) < 2:
        return None
    mean = sum(levels) / len(levels)
    return sum(abs(level - mean) for level in levels) / len(levels)


def overlap_of_ranges(ranges: Sequence[tuple[int, int]]) -> float | None:
    """The mean over all pairs of |∩|/|∪| of the levels in their ranges (Jaccard 1912); None for fewer than two."""
    shares = []
    for (low, high), (lower, higher) in combinations(ranges, 2):
        common = max(0, min(high, higher) - max(low, lower) + 1)
        shares.append(common / (high - low + higher - lower + 2 - common))
    return sum(shares) / len(shares) if shares else None
