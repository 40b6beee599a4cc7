"""How alike two rankings of the same alternatives are: 1 for the same order, whatever the measure.

Ranks are 1 for the best; tied alternatives share the mean of their places, as is usual for rank correlations.
"""

from __future__ import annotations

import numpy as np


def tied_places(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last place that each score takes with those it ties with, the highest score being first.

    The first place is 1 + the number of scores that are strictly higher. Both of shape (alternatives,).
    """
    _, where, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - counts + 1)[where], last[where]


def mean_ranks(scores: np.ndarray) -> np.ndarray:
    """The rank of each score, the highest being 1; ties share the mean of their places. Shape (alternatives,)."""
    first, last = tied_places(scores)
    return np.asarray((first + last) / 2)


def spearman(ranks: np.ndarray, others: np.ndarray) -> float | None:
    """Spearman's coefficient, the correlation of the ranks, ties included; None where one ranking ties everything."""
    if len(ranks) < 2:
        return None
    first, second = ranks - ranks.mean(), others - others.mean()
    spread = np.sqrt((first**2).sum() * (second**2).sum())
    return None if spread == 0 else float((first * second).sum() / spread)


def weighted_spearman(ranks: np.ndarray, others: np.ndarray) -> float | None:
    """r_w = 1 − 6·Σ(x−y)²·((N−x+1)+(N−y+1)) / (N⁴+N³−N²−N): differences at the top weigh more.

    Source: Dancelli, Manisera & Vezzoli 2013 (the index r_W2 of Pinto da Costa & Soares 2005); None for fewer than two.
    """
    n = len(ranks)
    if n < 2:
        return None
    weighted = (ranks - others) ** 2 * (2 * (n + 1) - ranks - others)
    return float(1 - 6 * weighted.sum() / (n**4 + n**3 - n**2 - n))


def ws_similarity(ranks: np.ndarray, others: np.ndarray) -> float | None:
    """WS = 1 − Σ 2^(−x)·|x−y| / max(|1−x|, |N−x|), which looks at the top of the first ranking above all.

    Not symmetric: the first ranking is the one that is compared with. Source: Sałabun & Urbaniak 2020, ICCS 2020,
    LNCS 12138:632–645; None for fewer than two.
    """
    n = len(ranks)
    if n < 2:
        return None
    furthest = np.maximum(ranks - 1, n - ranks)
    return float(1 - (2.0**-ranks * np.abs(ranks - others) / furthest).sum())


def kendall_tau_b(ranks: np.ndarray, others: np.ndarray) -> float | None:
    """Kendall's τ_b: pairs in the same order less pairs in opposite orders, corrected for ties.

    Source: Kendall 1945, Biometrika 33:239–251; in O(N·log² N) by sorting and counting inversions, after Knight 1966,
    JASA 61:436–439. None where one ranking ties everything.
    """
    n = len(ranks)
    order = np.lexsort((others, ranks))
    pairs = n * (n - 1) // 2
    tied = _tied_pairs(ranks)
    tied_other = _tied_pairs(others)
    tied_both = _tied_pairs(np.unique(np.column_stack((ranks, others)), axis=0, return_inverse=True)[1].reshape(-1))
    spread = np.sqrt(float(pairs - tied) * float(pairs - tied_other))
    if spread == 0:
        return None
    # Within a tie of the first ranking the second stands in rising order, so that such pairs are no inversions.
    discordant = _inversions(np.unique(others[order], return_inverse=True)[1].reshape(-1))
    return float((pairs - tied - tied_other + tied_both - 2 * discordant) / spread)


def _tied_pairs(values: np.ndarray) -> int:
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def _inversions(numbers: np.ndarray) -> int:
    """Pairs that stand in falling order, of whole numbers from 0.

    Two numbers differ first in some binary digit. For each digit, numbers that agree in the higher ones stand together
    in their order, and every one with a 1 before one with a 0 is an inversion.
    """
    found = 0
    for digit in range(int(numbers.max(initial=0)).bit_length()):
        group = numbers >> (digit + 1)
        order = np.argsort(group, kind="stable")
        ones = (numbers[order] >> digit) & 1
        before = np.cumsum(ones) - ones
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        lengths = np.diff(np.append(starts, len(numbers)))
        in_group = before - np.repeat(before[starts], lengths)
        found += int(in_group[ones == 0].sum())
    return found
