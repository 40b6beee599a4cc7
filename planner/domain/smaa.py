"""Stochastic multicriteria acceptability analysis (SMAA-2) of a few alternatives, in full.

`planner.domain.ranks` does for thousands of projects what this does for tens, where there is room for every rank and
every pair. S samples, N alternatives, K criteria; rank = 1 + how many are strictly better. Sources: Lahdelma, Hokkanen
& Salminen 1998, EJOR 106:137–143; Lahdelma & Salminen 2001, Operations Research 49(3):444–454; conventions as in the R
package smaa (gertvv/rsmaa).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, sqrt

import numpy as np

from planner.domain.errors import Invalid

# ── weights ──────────────────────────────────────────────────────────────────────────────────────────────────────


def rank_order_centroid(n: int) -> tuple[float, ...]:
    """(1/n)·Σ_{i=k..n} 1/i for rank k: the mean of all weights in that order (Barron & Barrett 1996)."""
    return tuple(sum(1 / i for i in range(k, n + 1)) / n for k in range(1, n + 1))


def rank_sum(n: int) -> tuple[float, ...]:
    """2(n + 1 − k) / (n(n + 1)) for rank k (Stillwell, Seaver & Edwards 1981)."""
    return tuple(2 * (n + 1 - k) / (n * (n + 1)) for k in range(1, n + 1))


def rank_reciprocal(n: int) -> tuple[float, ...]:
    """(1/k) / Σ 1/i for rank k (Stillwell, Seaver & Edwards 1981)."""
    total = sum(1 / i for i in range(1, n + 1))
    return tuple(1 / k / total for k in range(1, n + 1))


def free_weights(generator: np.random.Generator, samples: int, criteria: int) -> np.ndarray:
    """Weights of which nothing is known, uniform on the simplex, shape (S, K)."""
    drawn = generator.standard_exponential((samples, criteria))
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def interval_weights(
    generator: np.random.Generator, samples: int, low: Sequence[float], high: Sequence[float]
) -> np.ndarray:
    """Weights uniform among those between `low` and `high` that sum to 1, shape (S, K). Invalid when there are none.

    Hit-and-run along the edges, every sample a chain of its own: weight moves between two criteria by a uniform amount
    that both can bear (Tervonen, van Valkenhoef, Baştürk & Postmus 2013, EJOR 224:552–559).
    """
    least, most = np.array(low, float), np.array(high, float)
    room = most - least
    if (least < 0).any() or (room < 0).any() or least.sum() > 1 + 1e-12 or most.sum() < 1 - 1e-12:
        raise Invalid.one("weights", "no weights between these ends sum to 1")
    start = least + (1 - least.sum()) * (room / room.sum() if room.sum() else 0)
    drawn = np.tile(start, (samples, 1))
    count, rows = len(least), np.arange(samples)
    for _ in range(10 * count**2):
        one = generator.integers(count, size=samples)
        other = (one + generator.integers(1, count, size=samples)) % count if count > 1 else one
        up = np.minimum(most[one] - drawn[rows, one], drawn[rows, other] - least[other])
        down = np.minimum(drawn[rows, one] - least[one], most[other] - drawn[rows, other])
        step = generator.random(samples) * (up + down) - down
        drawn[rows, one] += step
        drawn[rows, other] -= step
    return drawn


# ── scores and values ────────────────────────────────────────────────────────────────────────────────────────────


def normal_scores(generator: np.random.Generator, samples: int, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Independent normal scores, shape (S, N, K)."""
    return np.asarray(mean + sd * generator.standard_normal((samples, *np.shape(mean))))


def consistent_scores(
    generator: np.random.Generator, samples: int, scores: np.ndarray, credibility: Sequence[float] | None = None
) -> np.ndarray:
    """In each sample all scores are those of one assessor, so that leniency cancels, shape (S, N, K).

    `scores` has shape (assessors, N, K); `credibility` is how likely each is drawn, equally when it is None.
    """
    return np.asarray(scores[generator.choice(len(scores), size=samples, p=credibility)])


def piecewise_linear(
    scores: np.ndarray, cut_offs: Sequence[float], values: Sequence[float], *, clipped: bool = True
) -> np.ndarray:
    """Partial values by straight lines between cut-offs; outside them the end value, or the last line prolonged."""
    x, y = np.array(cut_offs, float), np.array(values, float)
    line = np.clip(np.searchsorted(x, scores, side="right") - 1, 0, len(x) - 2)
    found = y[line] + (scores - x[line]) * (y[line + 1] - y[line]) / (x[line + 1] - x[line])
    return np.asarray(np.clip(found, y.min(), y.max()) if clipped else found)


def utilities(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ w·v of each sample, shape (S, N). `values` (S, N, K) or fixed (N, K); `weights` (S, K) or fixed (K,)."""
    return np.asarray(np.einsum("...nk,...k->...n", values, weights))


# ── what the samples say ─────────────────────────────────────────────────────────────────────────────────────────


def ranks(utility: np.ndarray) -> np.ndarray:
    """Ranks of each sample, shape (S, N)."""
    return np.asarray(1 + (utility[:, None, :] > utility[:, :, None]).sum(axis=2))


def rank_acceptability(utility: np.ndarray) -> np.ndarray:
    """b[i, r − 1] = P(alternative i has rank r), shape (N, N)."""
    found = ranks(utility)
    return np.stack([(found == rank).mean(axis=0) for rank in range(1, utility.shape[1] + 1)], axis=1)


def central_weights(utility: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """E[w | alternative i is first], shape (N, K); NaN where it never is: nothing is known of its friends."""
    first = (ranks(utility) == 1).astype(float)
    with np.errstate(invalid="ignore"):
        return np.asarray((first.T @ weights) / first.sum(axis=0)[:, None])


def confidence_factors(values: np.ndarray, central: np.ndarray) -> np.ndarray:
    """P(alternative i is first | its central weights), shape (N,); NaN where it has none."""
    found = [
        np.nan if np.isnan(weights).any() else float((ranks(utilities(values, weights))[:, index] == 1).mean())
        for index, weights in enumerate(central)
    ]
    return np.array(found)


def pairwise_winning(utility: np.ndarray) -> np.ndarray:
    """c[i, k] = P(alternative i is strictly better than k), shape (N, N)."""
    return np.asarray((utility[:, :, None] > utility[:, None, :]).mean(axis=0))


def ranking_entropy(utility: np.ndarray) -> float:
    """How open the whole ranking is, in bits: −Σ p·log₂ p over the rankings that occur."""
    _, counts = np.unique(ranks(utility), axis=0, return_counts=True)
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def chances_of_best(mean: Sequence[float], sd: Sequence[float]) -> np.ndarray:
    """P(each of independent normal scores is the highest), by quadrature, shape (N,).

    P(i) = ∫ φ(z) Π_{k≠i} Φ((m_i + s_i·z − m_k) / s_k) dz, summed over z from −9 to 9 in steps of 1/200.
    """
    z = np.arange(-1800, 1801) / 200
    density = np.exp(-z * z / 2)
    below = np.vectorize(lambda x: (1 + erf(x / sqrt(2))) / 2)
    found = []
    for index, (own, spread) in enumerate(zip(mean, sd, strict=True)):
        product = density.copy()
        for other, (rival, width) in enumerate(zip(mean, sd, strict=True)):
            if other != index:
                product *= below((own + spread * z - rival) / width)
        found.append(product.sum() / density.sum())
    return np.array(found)
