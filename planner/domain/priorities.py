"""Exact distributions of many projects side by side, on values they have in common.

What `planner.domain.scoring` computes for a standing, kept so that projects can be compared in pairs. Weights are those
of the playbook here: where it gives only an order, its centroid, as in every standing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import BestLens, Dimension
from planner.domain.scoring import BeliefState, Distribution, dimension_distribution

_TOGETHER = 512  # projects whose combinations are enumerated at once, some MB


@dataclass(frozen=True)
class Priorities:
    """Impact and feasibility of all projects; each distribution is over (projects, values)."""

    impact: Distribution
    feasibility: Distribution
    share: float

    @cached_property
    def expected(self) -> np.ndarray:
        """Expected priorities, shape (projects,), to six decimals: equal ones are ties."""
        mixed = self.share * self.impact.expected() + (1 - self.share) * self.feasibility.expected()
        return np.round(np.round(mixed, 12), 6)

    def high(self, playbook: Playbook) -> tuple[np.ndarray, np.ndarray]:
        """P(impact is high) and P(feasibility is high), each of shape (projects,)."""
        cut_offs = playbook.cut_offs
        return self.impact.at_least(cut_offs.impact), self.feasibility.at_least(cut_offs.feasibility)

    @cached_property
    def _grid(self) -> tuple[np.ndarray, int]:
        raw = np.round(np.add.outer(self.share * self.impact.values, (1 - self.share) * self.feasibility.values), 9)
        values, index = np.unique(raw, return_inverse=True)
        return index.reshape(raw.shape), len(values)

    def before(self, one: int, others: np.ndarray) -> np.ndarray:
        """P(project `one` has the higher priority) against each of the others; an equal priority counts half.

        Exact for independent projects: Σ over the values of the other of its probability × P(one is above it).
        """
        index, size = self._grid
        joint = np.outer(self.impact.probabilities[one], self.feasibility.probabilities[one])
        own = np.bincount(index.ravel(), weights=joint.ravel(), minlength=size)
        above = (own[::-1].cumsum()[::-1] - own / 2)[index]
        found = ((self.impact.probabilities[others] @ above) * self.feasibility.probabilities[others]).sum(axis=1)
        return np.asarray(np.clip(np.round(found, 12), 0, 1))

    def bands(self, order: np.ndarray, certainty: float) -> np.ndarray:
        """The number of each project's band, from 1, for projects in the order of their expected priority.

        A band begins at the first project whose band's leader is before it with at least that certainty. So of the
        leader of a band and any other project in it, the answers do not say which is better.
        """
        bands = np.empty(len(order), int)
        leader, number = 0, 1
        while leader < len(order):
            start, width, end = leader + 1, 32, len(order)
            while start < len(order):
                told = self.before(order[leader], order[start : start + width]) >= certainty
                if told.any():
                    end = start + int(np.argmax(told))
                    break
                start, width = start + width, 4 * width
            bands[leader:end] = number
            leader, number = end, number + 1
        return bands


def priorities_of(states: Sequence[BeliefState], playbook: Playbook, share: float) -> Priorities:
    """The distributions of all projects; equal states are computed once."""
    unique: dict[BeliefState, int] = {}
    position = np.array([unique.setdefault(state, len(unique)) for state in states])
    beliefs = np.array([state.beliefs for state in unique])
    applicable = np.array([state.applicable for state in unique])
    split = len(playbook.impact.criteria)
    impact = _distribution(beliefs[:, :split], applicable[:, :split], playbook.impact)
    feasibility = _distribution(beliefs[:, split:], applicable[:, split:], playbook.feasibility)
    return Priorities(
        Distribution(impact.values, impact.probabilities[position]),
        Distribution(feasibility.values, feasibility.probabilities[position]),
        share,
    )


def _distribution(beliefs: np.ndarray, applicable: np.ndarray, dimension: Dimension) -> Distribution:
    patterns, pattern_of = np.unique(applicable, axis=0, return_inverse=True)
    parts: list[tuple[np.ndarray, Distribution]] = []
    for number, pattern in enumerate(patterns):
        members = np.flatnonzero(pattern_of.ravel() == number)
        for start in range(0, len(members), _TOGETHER):
            chosen = members[start : start + _TOGETHER]
            parts.append((chosen, dimension_distribution(beliefs[chosen], pattern.tolist(), dimension)))
    values = np.unique(np.concatenate([part.values for _, part in parts]))
    probabilities = np.zeros((len(beliefs), len(values)))
    for chosen, part in parts:
        probabilities[np.ix_(chosen, np.searchsorted(values, part.values))] = part.probabilities
    return Distribution(values, probabilities)


def expected_value(beliefs: np.ndarray, applicable: np.ndarray, dimension: Dimension) -> np.ndarray:
    """The expected value of a dimension, shape (projects,), in closed form.

    `beliefs` has shape (projects, criteria, 5), `applicable` (projects, criteria). For independent levels
    E[max] = 5 − Σ_{l<5} Π_c P(level_c ≤ l), and a mean is the mean of the expected levels. NaN where nothing applies.
    """
    levels = beliefs @ np.arange(1.0, 6.0)
    with np.errstate(invalid="ignore"):
        if isinstance(dimension.aggregation, BestLens):
            below = np.where(applicable[:, :, None], np.cumsum(beliefs, axis=2)[:, :, :4], 1.0)
            best = 5 - below.prod(axis=1).sum(axis=1)
            mean = (levels * applicable).sum(axis=1) / applicable.sum(axis=1)
            found = dimension.aggregation.best * best + dimension.aggregation.mean * mean
            return np.asarray(np.where(applicable.any(axis=1), found, np.nan))
        weights = np.where(applicable, np.array(dimension.weights), 0.0)
        weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, applicable)
        return np.asarray((levels * weights).sum(axis=1) / weights.sum(axis=1))


def expected_priorities(beliefs: np.ndarray, applicable: np.ndarray, playbook: Playbook, share: float) -> np.ndarray:
    """What `Priorities.expected` says, in closed form and without distributions; shape (projects,)."""
    split = len(playbook.impact.criteria)
    impact = expected_value(beliefs[:, :split], applicable[:, :split], playbook.impact)
    feasibility = expected_value(beliefs[:, split:], applicable[:, split:], playbook.feasibility)
    return np.asarray(np.round(np.round(share * impact + (1 - share) * feasibility, 12), 6))
