"""Drawing priorities from beliefs, thousands of projects at a time: the random part of the ranking.

Levels are drawn by inverse distribution functions, each (project, criterion) from its own place in the stream of random
numbers whatever the beliefs are. So the same seed compares two states of a portfolio on the same luck, and a belief
that moves up never draws a lower level (common random numbers; Glasserman & Yao 1992, Management Science 38(6)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import BestLens, Dimension
from planner.domain.scoring import BeliefState

KEY_BITS = 18  # values of priorities that are told apart: steps of 1/65,536 of a level
SCALE = np.float32((2**KEY_BITS - 8) / 4)
_CHANCES = 1 << 32  # a probability is a multiple of 2⁻³² here: exact to ten digits


@dataclass(frozen=True)
class _Part:
    """A dimension as the sampler needs it; arrays run over (criteria, projects).

    `chances[c, j]` is 2³² · P(level ≤ j + 1); `base` is 1 where the criterion applies.
    """

    dimension: Dimension
    share: float
    chances: np.ndarray
    base: np.ndarray
    everything_applies: bool
    weights: np.ndarray | None  # of each project's applicable criteria, summing to 1; None when they are drawn.
    # With a best lens the share of each applicable criterion in the mean, shape (projects,).


class Scratch:
    """Room to work in for one thread, kept while it works: fresh memory costs more than the arithmetic in it."""

    def __init__(self, rows: int, projects: int) -> None:
        shape = (rows, projects)
        self.total, self.value, self.term = (np.empty(shape, np.float32) for _ in range(3))
        self.levels, self.best, self.sum = (np.empty(shape, np.uint8) for _ in range(3))
        self.reached = np.empty(shape, bool)
        self.keys, self.spare = (np.empty(shape, np.int32) for _ in range(2))


class Sampler:
    """Draws priorities of all projects, as keys: whole numbers, the best first, equal for equal priorities.

    Weights of a dimension that the playbook only orders are drawn too, uniformly among those that respect the order
    (SMAA with ordinal information: Lahdelma & Salminen 2001, Operations Research 49(3)); stated weights are fixed.
    """

    def __init__(self, states: Sequence[BeliefState], playbook: Playbook, share: float) -> None:
        self.projects = len(states)
        beliefs = np.array([state.beliefs for state in states])
        applicable = np.array([state.applicable for state in states])
        split = len(playbook.impact.criteria)
        self._parts = (
            _part(playbook.impact, share, beliefs[:, :split], applicable[:, :split]),
            _part(playbook.feasibility, 1 - share, beliefs[:, split:], applicable[:, split:]),
        )

    def keys(self, generator: np.random.Generator, rows: int, scratch: Scratch) -> np.ndarray:
        """Keys of shape (rows, projects), int32, below 2**KEY_BITS; a lower key is a higher priority.

        They stand in `scratch`, until the next draw into it.
        """
        total, keys = scratch.total[:rows], scratch.keys[:rows]
        total[:] = -(5 * SCALE + 2)
        for part in self._parts:
            _add(part, generator, rows, scratch)
        np.negative(total, out=total)
        np.copyto(keys, total, casting="unsafe")
        return keys


def _part(dimension: Dimension, share: float, beliefs: np.ndarray, applicable: np.ndarray) -> _Part:
    above = np.rint(np.cumsum(beliefs, axis=2)[:, :, :-1] * _CHANCES)
    above[~applicable] = _CHANCES  # a criterion that does not apply stays at level 0, which counts for nothing
    weights = None
    if isinstance(dimension.aggregation, BestLens):
        weights = 1 / applicable.sum(axis=1)
    elif dimension.aggregation.order is None:
        own = np.where(applicable, np.array(dimension.weights), 0.0)
        own = np.where(own.sum(axis=1, keepdims=True) > 0, own, applicable)
        weights = (own / own.sum(axis=1, keepdims=True)).T
    return _Part(
        dimension=dimension,
        share=share,
        chances=np.ascontiguousarray(above.transpose(1, 2, 0).astype(np.int64)),
        base=np.ascontiguousarray(applicable.T.astype(np.uint8)),
        everything_applies=bool(applicable.all()),
        weights=None if weights is None else np.ascontiguousarray(weights.astype(np.float32)),
    )


def _add(part: _Part, generator: np.random.Generator, rows: int, scratch: Scratch) -> None:
    """Adds a dimension's share of the priority to the total, in units of keys."""
    total, value, term = scratch.total[:rows], scratch.value[:rows], scratch.term[:rows]
    best, together = scratch.best[:rows], scratch.sum[:rows]
    unit = np.float32(part.share * SCALE)
    rule = part.dimension.aggregation
    if isinstance(rule, BestLens):
        best[:], together[:] = 0, 0
        assert part.weights is not None
        for number in range(len(part.dimension.criteria)):
            levels = _levels(part, number, generator, rows, scratch)
            np.maximum(best, levels, out=best)
            np.add(together, levels, out=together)
        for sums, factor in (
            (best, unit * np.float32(rule.best)),
            (together, unit * np.float32(rule.mean) * part.weights),
        ):
            np.copyto(term, sums)
            np.multiply(term, factor, out=term)
            np.add(total, term, out=total)
        return
    drawn = None
    if part.weights is None:
        assert rule.order is not None
        weights = ordered_weights(generator, rows, len(rule.order))
        columns = [rule.order.index(criterion.id) for criterion in part.dimension.criteria]
        drawn = unit * weights[:, columns].astype(np.float32)
    target = total if drawn is None or part.everything_applies else value
    value[:] = 0
    for number in range(len(part.dimension.criteria)):
        np.copyto(term, _levels(part, number, generator, rows, scratch))
        factor = unit * part.weights[number] if part.weights is not None else drawn[:, number, None]  # type: ignore[index]
        np.multiply(term, factor, out=term)
        np.add(target, term, out=target)
    if target is value:
        assert drawn is not None
        value /= (drawn / unit) @ part.base.astype(np.float32)  # the weights of what applies make up the whole
        np.add(total, value, out=total)


def _levels(part: _Part, number: int, generator: np.random.Generator, rows: int, scratch: Scratch) -> np.ndarray:
    """Levels of one criterion, shape (rows, projects), uint8; 0 where it does not apply.

    Sixteen bits of luck decide each, and sixteen more, which all cells of the draw share, decide the one case in
    65,536 that falls on a border. So each sample is of the exact belief, to 2⁻³², and the order among projects is kept.
    """
    projects = part.base.shape[1]
    luck = generator.bit_generator.random_raw(-(-rows * projects // 4)).view(np.uint16)
    luck = luck[: rows * projects].reshape(rows, projects)
    levels, reached = scratch.levels[:rows], scratch.reached[:rows]
    passed = (part.chances[number] + int(generator.integers(1 << 16))) >> 16  # from 0, always, to 65,536, never
    levels[:] = part.base[number] + (passed == 0).sum(axis=0, dtype=np.uint8)
    for chance in (passed - 1).astype(np.uint16):  # 65,535 for both: no luck is above it
        np.greater(luck, chance, out=reached)
        np.add(levels, reached.view(np.uint8), out=levels)
    return levels


def ordered_weights(generator: np.random.Generator, rows: int, count: int) -> np.ndarray:
    """Weights that fall from the first to the last, uniform among all that do, shape (rows, count).

    A uniform draw from the simplex, sorted; its mean is the rank-order centroid (Barron & Barrett 1996).
    """
    drawn = generator.standard_exponential((rows, count))
    return -np.sort(-drawn / drawn.sum(axis=1, keepdims=True), axis=1)
