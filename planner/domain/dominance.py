"""Pareto dominance: what is nowhere worse and somewhere better.

Costs have the shape (alternatives, objectives), lower being better; turn the sign of what is to be high. Equal rows do
not dominate each other and stand on the same layer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # which would take the gate a third of its start-up time
    from planner.domain.scoring import Distribution

BLOCK = 512  # rows that the others are held against at once
STRONGEST = 8  # rows that are tried alone first
BATCH = 4096  # rows looked at together, so that their bits stay near the processor


def pareto_front(costs: np.ndarray) -> list[int]:
    """Row numbers of `costs` (rows, metrics; lower is better) that no other row dominates; equal rows all stay.

    A row dominates another when it is nowhere worse and somewhere better. Each cost is replaced by its rank in its
    column; a row that dominates another has a lower sum of ranks, so rows are tried in the order of their sums
    (Kung, Luccio & Preparata 1975 and Chomicki, Godfrey, Gryz & Liang 2003, skyline with presorting, sort so too) and
    rows that are dominated are taken out at once. Of a block of rows, those that are no worse than a row in one column
    are a set of bits that depends only on the row's rank: the dominating ones are the sets' intersection. So it is
    exact, and 100,000 rows of 10 independent columns, of which 26,000 are on the front, take half a second.
    """
    if costs.shape[1] == 2:
        return _front_of_pairs(costs)
    order, ranks = _ranked(costs)
    for number in range(STRONGEST):
        if number >= len(order):
            break
        beaten = (ranks >= ranks[:, number : number + 1]).all(axis=0) & (ranks[-1] > ranks[-1, number])
        order, ranks = order[~beaten], ranks[:, ~beaten]
    front: list[int] = []
    while len(order):
        free = _not_dominated(ranks, min(BLOCK, len(order)))
        front += order[:BLOCK][free[:BLOCK]].tolist()
        order, ranks = order[BLOCK:][free[BLOCK:]], ranks[:, BLOCK:][:, free[BLOCK:]]
    return sorted(front)


def _front_of_pairs(costs: np.ndarray) -> list[int]:
    """The front of two metrics: in the order of the first one, a row must be lower in the second than all before it."""
    order = np.lexsort((costs[:, 1], costs[:, 0]))
    first, second = costs[order].T
    if not len(order):
        return []
    begins = np.concatenate(([True], first[1:] != first[:-1]))  # of rows that are equal in the first metric
    start = np.flatnonzero(begins)[np.cumsum(begins) - 1]
    lowest = np.concatenate(([np.inf], np.minimum.accumulate(second)))
    free = (second == second[start]) & ((second < lowest[start]) | (start == 0))
    return sorted(order[free].tolist())


def _ranked(costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows in the order of their sums of ranks, and their ranks (metrics + 1, rows), the last that of the sum."""
    rows, metrics = costs.shape
    ranks = np.empty((metrics + 1, rows), dtype=np.int32)
    for column in range(metrics):
        ranks[column] = _ranks(costs[:, column])
    sums = ranks[:-1].sum(axis=0, dtype=np.int64)
    ranks[-1] = _ranks(sums)
    order = np.argsort(sums, kind="stable")
    return order, ranks[:, order]


def _ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value from 0 on; equal values have the same one, and none is left out."""
    by_value = np.argsort(values, kind="stable")
    ordered = values[by_value]
    ranks = np.zeros(len(values), dtype=np.int32)
    ranks[by_value[1:]] = np.cumsum(ordered[1:] != ordered[:-1])
    return ranks


def _not_dominated(ranks: np.ndarray, size: int) -> np.ndarray:
    """Which rows (rows,) none of the first `size` rows dominates."""
    sets, chosen = [], []
    last = len(ranks) - 1
    for number, column in enumerate(ranks):
        own = column[:size]
        by_rank = np.argsort(own, kind="stable")
        place = np.empty(size, dtype=np.int32)
        place[by_rank] = np.arange(size)
        members = np.zeros((size + 1, -(-size // 64) * 64), dtype=bool)  # set n holds the n of the lowest ranks
        members[:, :size] = place < np.arange(size + 1, dtype=np.int32)[:, None]
        sets.append(np.packbits(members, axis=1).view(np.uint64))
        # How many of the block are no worse than the row. Of the sum, how many are below it: an equal row is no better.
        counts = np.bincount(own, minlength=int(column.max()) + 1).cumsum()
        chosen.append(counts[column] if number < last else np.concatenate(([0], counts))[column])
    free = np.empty(ranks.shape[1], dtype=bool)
    for start in range(0, len(free), BATCH):
        batch = slice(start, start + BATCH)
        common = sets[0][chosen[0][batch]]
        for held, at in zip(sets[1:], chosen[1:], strict=True):
            common &= held[at[batch]]
        free[batch] = ~common.any(axis=1)
    return free


def pareto_layers(costs: np.ndarray) -> np.ndarray:
    """The layer of each row: 1 for the front, 2 for the front of what is left without it, and so on.

    Rows are placed in lexicographic order, each on the first layer none of whose rows dominates it; since a row that is
    dominated on one layer is dominated on all before it, that layer is found by halving (ENS-BS of Zhang, Tian, Cheng &
    Jin 2015, IEEE Trans. Evolutionary Computation 19:201–213; the layers are those of NSGA-II, Deb et al. 2002).
    """
    rows, where = np.unique(costs, axis=0, return_inverse=True)  # sorted lexicographically, each row once
    found = _layers_of_pairs(rows) if costs.shape[1] == 2 else _layers(rows)
    return np.asarray(found[where.reshape(-1)])


def _layers_of_pairs(rows: np.ndarray) -> np.ndarray:
    """For two objectives a layer dominates a row exactly when its least second cost is not above the row's.

    These least costs rise from layer to layer. Rows come in rising order of the first objective, each once.
    """
    least: list[float] = []
    layers = np.empty(len(rows), dtype=int)
    for index, cost in enumerate(rows[:, 1].tolist()):
        layer = bisect_left(least, True, key=lambda other: other > cost)
        least[layer : layer + 1] = [cost]
        layers[index] = layer + 1
    return layers


def _layers(rows: np.ndarray) -> np.ndarray:
    members: list[list[int]] = []
    layers = np.empty(len(rows), dtype=int)
    for index, row in enumerate(rows):
        low, high = 0, len(members)
        while low < high:
            middle = (low + high) // 2
            if (rows[members[middle]] <= row).all(axis=1).any():
                low = middle + 1
            else:
                high = middle
        if low == len(members):
            members.append([])
        members[low].append(index)
        layers[index] = low + 1
    return layers


def hypervolume(costs: np.ndarray, reference: Sequence[float]) -> float:
    """The volume between the front and the reference point, which must be worse than what is to count; exact.

    By slicing along the last objective, for few rows or few objectives: the time grows with rows^objectives.
    Sources: Zitzler & Thiele 1998 (the measure); While, Hingston, Barone & Huband 2006 (slicing objectives).
    """
    worst = np.asarray(reference, dtype=float)
    inside = costs[(costs < worst).all(axis=1)]
    if not len(inside):
        return 0.0
    if len(worst) == 1:
        return float(worst[0] - inside.min())
    front = inside[pareto_front(inside)]
    front = front[np.argsort(front[:, -1], kind="stable")]
    ends = np.append(front[1:, -1], worst[-1])
    return float(
        sum(
            (end - row[-1]) * hypervolume(front[: number + 1, :-1], reference[:-1])
            for number, (row, end) in enumerate(zip(front, ends, strict=True))
            if end > row[-1]
        )
    )


def chance_of_dominance(first: Sequence[Distribution], second: Sequence[Distribution]) -> float:
    """P(the first is at least as good on every objective and better on one), higher values being better; exact.

    A distribution of one row for each objective of either; all are independent: Π P(≥) − Π P(=).
    """
    at_least, equal = 1.0, 1.0
    for mine, theirs in zip(first, second, strict=True):
        p, q = mine.probabilities[0], theirs.probabilities[0]
        below = np.concatenate(([0.0], np.cumsum(q)))
        not_above = below[np.searchsorted(theirs.values, mine.values + 1e-9, side="right")]
        lower = below[np.searchsorted(theirs.values, mine.values - 1e-9, side="left")]
        at_least *= float(p @ not_above)
        equal *= float(p @ (not_above - lower))
    return min(max(at_least - equal, 0.0), 1.0)
