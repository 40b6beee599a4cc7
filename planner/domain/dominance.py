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


def pareto_front(costs: np.ndarray) -> list[int]:
    """Row numbers of `costs` (rows, metrics; lower is better) that no other row dominates; equal rows all stay.

    A row dominates another when it is nowhere worse and somewhere better. Rows are tried in lexicographic order, since
    a later row can then never dominate an earlier one (Kung, Luccio & Preparata 1975 sort first for the same reason).
    """
    front: list[int] = []
    for index in np.lexsort(costs.T):
        kept = costs[front]
        dominated = (kept <= costs[index]).all(axis=1) & (kept < costs[index]).any(axis=1)
        if not dominated.any():
            front.append(int(index))
    return sorted(front)


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
