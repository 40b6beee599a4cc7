"""Drawing priorities from beliefs, thousands of projects at a time: the random part of the ranking.

Levels are drawn by inverse distribution functions, each (project, criterion) from its own place in the stream of random
numbers whatever the beliefs are. So the same seed compares two states of a portfolio on the same luck, and a belief
that moves up never draws a lower level (common random numbers; Glasserman & Yao 1992, Management Science 38(6)).

Half of the samples have the mirrored luck of the other half, with weights of their own (antithetic variates; Hammersley
& Morton 1956, Proc. Cambridge Phil. Soc. 52:449–475): fewer numbers to draw, and since a rank only falls with its own
project's levels and only rises with those of others, no sampled chance or mean varies more than without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import BestLens, Dimension
from planner.domain.scoring import BeliefState

KEYS = 1 << 16  # how many keys there are
# Steps of a level that are told apart. Five levels fit into a key; and since shares and weights that are short
# fractions are whole numbers of steps, equal priorities fall amid a step, where rounding cannot part them.
SCALE = np.float32(12_000)
_BITS, _DITHER = 30, 22  # a probability is a multiple of 2⁻³⁰; all but its first eight bits are left to the dither
_FOLD = 14  # short rows are compared together, up to 2¹⁴ cells: each row costs something to begin


@dataclass(frozen=True)
class _Part:
    """A dimension as the sampler needs it; arrays run over (criteria, projects).

    `chances[c, j]` is 2³⁰ · P(level ≤ j + 1); `base` is 1 where the criterion applies.
    """

    dimension: Dimension
    share: float
    chances: np.ndarray
    base: np.ndarray
    everything_applies: bool
    weights: np.ndarray | None  # of each project's applicable criteria, summing to 1; None when they are drawn.
    # With a best lens the share of each applicable criterion in the mean, shape (projects,).
    steps: tuple[int, int] | None  # of a best lens: what a level of the best and of the sum is worth, if whole numbers

    @property
    def whole(self) -> bool:
        """Whether it comes in whole steps of keys, which take a fraction of the time."""
        return self.everything_applies and (self.steps is not None or self.weights is None)


class Scratch:
    """Room to work in for one thread, kept while it works: fresh memory costs more than the arithmetic in it."""

    def __init__(self, rows: int, projects: int) -> None:
        shape = (rows, projects)
        self.total, self.value, self.term = (np.empty(shape, np.float32) for _ in range(3))
        self.whole, self.product, self.keys = (np.empty(shape, np.uint16) for _ in range(3))
        self.luck, self.levels, self.best, self.sum = (np.empty(shape, np.uint8) for _ in range(4))
        self.reached = np.empty(shape, bool)
        self.ordered = np.empty(shape, np.int32)  # more processors sort these fast than shorter ones


class Sampler:
    """Draws priorities of all projects, as keys: whole numbers, the best highest, equal for equal priorities.

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
        self._whole = all(part.whole for part in self._parts)

    def draw(self, generator: np.random.Generator, parts: Sequence[int], scratch: Scratch) -> Iterator[np.ndarray]:
        """Keys of shape (rows, projects), uint16, for each number of rows in `parts`.

        They stand in `scratch`, until the next are drawn into it.

        Eight bits of luck decide each level, and a dither, which all cells of a criterion in a part share, decides the
        one case in 256 that falls on a border. Each sample is of the exact belief, to 2⁻³⁰, and the order among
        projects is kept. Samples of a part share their dither's error, at most 1/256 of a chance; dithers of n parts
        lie evenly spread from a random begin, which leaves at most 1/(256·n) of it in the mean over them.
        """
        begins = [generator.random(len(part.base)) for part in self._parts]
        for number, rows in enumerate(parts):
            total = scratch.keys[:rows] if self._whole else scratch.total[:rows]
            total[:] = 0 if self._whole else 0.5
            for part, begin in zip(self._parts, begins, strict=True):
                _add(part, generator, (begin + number / len(parts)) % 1, total, scratch)
            if not self._whole:
                np.copyto(scratch.keys[:rows], total, casting="unsafe")
            yield scratch.keys[:rows]


def _part(dimension: Dimension, share: float, beliefs: np.ndarray, applicable: np.ndarray) -> _Part:
    above = np.rint(np.cumsum(beliefs, axis=2)[:, :, :-1] * (1 << _BITS))
    above[~applicable] = 1 << _BITS  # a criterion that does not apply stays at level 0, which counts for nothing
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
        chances=np.ascontiguousarray(above.transpose(1, 2, 0).astype(np.int32)),
        base=np.ascontiguousarray(applicable.T.astype(np.uint8)),
        everything_applies=bool(applicable.all()),
        weights=None if weights is None else np.ascontiguousarray(weights.astype(np.float32)),
        steps=_whole_steps(dimension, share),
    )


def _whole_steps(dimension: Dimension, share: float) -> tuple[int, int] | None:
    rule = dimension.aggregation
    if not isinstance(rule, BestLens):
        return None
    exact = [float(SCALE) * share * worth for worth in (rule.best, rule.mean / len(dimension.criteria))]
    best, together = (round(value) for value in exact)
    return (best, together) if max(abs(exact[0] - best), abs(exact[1] - together)) < 1e-6 else None


def _add(part: _Part, generator: np.random.Generator, dither: np.ndarray, total: np.ndarray, scratch: Scratch) -> None:
    """Adds a dimension's share of the priority to the total, in steps of keys."""
    rows = len(total)
    term = scratch.term[:rows]
    unit = np.float32(part.share * SCALE)
    rule = part.dimension.aggregation
    all_levels = _levels(part, generator, dither, rows, scratch)
    if isinstance(rule, BestLens):
        assert part.weights is not None
        best, together = scratch.best[:rows], scratch.sum[:rows]
        best[:], together[:] = 0, 0
        for levels in all_levels:
            np.maximum(best, levels, out=best)
            np.add(together, levels, out=together)
        if part.whole:
            assert part.steps is not None
            steps_of = scratch.product[:rows]
            for levels, worth in zip((best, together), part.steps, strict=True):
                np.multiply(levels, np.uint16(worth), out=steps_of)
                np.add(total, steps_of, out=total)
            return
        np.multiply(best, unit * np.float32(rule.best), out=term)
        np.add(total, term, out=total)
        np.multiply(together, unit * np.float32(rule.mean) * part.weights, out=term)
        np.add(total, term, out=total)
    elif part.weights is not None:
        for levels, weights in zip(all_levels, part.weights, strict=True):
            np.multiply(levels, unit * weights, out=term)
            np.add(total, term, out=total)
    else:
        assert rule.order is not None
        columns = [rule.order.index(criterion.id) for criterion in part.dimension.criteria]
        drawn = ordered_weights(generator, rows, len(columns))[:, columns].astype(np.float32)
        steps: np.ndarray = unit * drawn
        value: np.ndarray = scratch.value[:rows]
        product: np.ndarray = term
        if part.everything_applies:  # then whole numbers do, and take half the time
            steps, value, product = np.rint(steps).astype(np.uint16), scratch.whole[:rows], scratch.product[:rows]
        value[:] = 0
        for number, levels in enumerate(all_levels):
            np.multiply(levels, steps[:, number, None], out=product)
            np.add(value, product, out=value)
        if not part.everything_applies:
            value /= drawn @ part.base.astype(np.float32)  # the weights of what applies make up the whole
            np.rint(value, out=value)
        np.add(total, value, out=total)


def _levels(
    part: _Part, generator: np.random.Generator, dither: np.ndarray, rows: int, scratch: Scratch
) -> Iterator[np.ndarray]:
    """Levels of each criterion in turn, shape (rows, projects), uint8; 0 where it does not apply."""
    projects = part.base.shape[1]
    fold = gcd(rows, 1 << max(0, _FOLD - projects.bit_length()))
    folded = (rows // fold, fold * projects)
    levels, reached = scratch.levels[:rows].reshape(folded), scratch.reached[:rows].reshape(folded)
    luck, half = scratch.luck[:rows], -(-rows // 2)
    passed = (part.chances + (dither * (1 << _DITHER)).astype(np.int32)[:, None, None]) >> _DITHER
    base = np.tile(part.base + (passed == 0).sum(axis=1, dtype=np.uint8), fold)
    borders = np.tile((passed - 1).astype(np.uint8), fold)  # 255 for 0, always, and 256, never: no luck is above it
    for number in range(len(part.base)):
        words = generator.bit_generator.random_raw(-(-half * projects // 8))
        luck[:half] = words.view(np.uint8)[: half * projects].reshape(half, projects)
        np.invert(luck[: rows - half], out=luck[half:])
        passed_so_far = base[number]
        for border in borders[number]:
            np.greater(luck.reshape(folded), border, out=reached)
            passed_so_far = np.add(passed_so_far, reached.view(np.uint8), out=levels)
        yield scratch.levels[:rows]


def ordered_weights(generator: np.random.Generator, rows: int, count: int) -> np.ndarray:
    """Weights that fall from the first to the last, uniform among all that do, shape (rows, count).

    A uniform draw from the simplex, sorted; its mean is the rank-order centroid (Barron & Barrett 1996).
    """
    drawn = generator.standard_exponential((rows, count))
    return -np.sort(-drawn / drawn.sum(axis=1, keepdims=True), axis=1)
