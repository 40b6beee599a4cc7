"""Ranks under uncertainty (SMAA-2), by sampling what the answers leave open.

rank(i) = 1 + how many projects are strictly better in a sample. Sources: Lahdelma, Hokkanen & Salminen 1998, EJOR
106:137–143; Lahdelma & Salminen 2001 (SMAA-2), Operations Research 49(3):444–454; accuracy: Tervonen & Lahdelma 2007,
EJOR 178:500–513: an index b has the half-width 1.96·√(b(1−b)/samples), at most 0.98/√samples.

What has a closed form is not sampled: expected priorities, the chance of each quadrant, and who is before whom in a
pair come from the exact distributions of `planner.domain.scoring`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.sampling import KEYS, Sampler, Scratch
from planner.domain.scoring import HIGH, LOW, BeliefState

_CELLS = 320_000  # samples × projects worked on together, so that they stay in the processor's cache
_BLOCK = 1_000  # samples, about, that are counted together
_LOOKED_UP = 16_384  # ranks, about, that are looked up together
_KEPT = 75_000_000  # ranks that are kept for their quantiles
_STRIP = 64  # projects whose quantiles are found together


@dataclass(frozen=True)
class Chances:
    """What the samples say; arrays over (projects,).

    `low` and `high` are the 5 % and 95 % quantiles of the rank; of more than 75 million ranks, those of the first
    samples. `top` sums to k: where several projects tie for the last places, each gets its share of them in every
    sample, which is what breaking ties at random comes to, without its noise.
    """

    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray
    top: np.ndarray


def sample_ranks(
    states: Sequence[BeliefState], playbook: Playbook, share: float, k: int, samples: int, seed: int, threads: int = 2
) -> Chances:
    """Ranks of all projects. The same arguments give the same bytes, whatever the number of threads."""
    blocks = _blocks(len(states), samples, seed)
    ranks = _Ranks(Sampler(states, playbook, share), k, samples, blocks[0].parts[0], threads)
    strips = range(0, len(states), _STRIP)
    with ThreadPoolExecutor(threads) as pool:
        better, top = np.sum(list(pool.map(ranks.count, blocks)), axis=0)
        low, high = np.concatenate(list(pool.map(ranks.quantiles, strips)), axis=1)
    return Chances(1 + better / samples, low, high, top / samples)


def sample_top(
    states: Sequence[BeliefState], playbook: Playbook, share: float, k: int, samples: int, seed: int, threads: int = 2
) -> np.ndarray:
    """P(top k) of each project alone, from the same samples; twice as fast as all ranks."""
    sampler, projects = Sampler(states, playbook, share), len(states)
    blocks = _blocks(projects, samples, seed)
    rooms = [Scratch(blocks[0].parts[0], projects) for _ in range(threads)]

    def count(block: _Block) -> np.ndarray:
        credit, scratch = np.zeros(projects), rooms.pop()
        for keys in sampler.draw(block.generator(), block.parts, scratch):
            parted = scratch.ordered[: len(keys)]
            np.copyto(parted, keys)
            parted.partition(max(0, projects - k), axis=1)
            credit += _top(keys, parted, k, scratch)
        rooms.append(scratch)
        return credit

    with ThreadPoolExecutor(threads) as pool:
        return np.asarray(np.sum(list(pool.map(count, blocks)), axis=0)) / samples


class _Block(NamedTuple):
    """Samples that are counted together, with random numbers of their own."""

    seed: np.random.SeedSequence
    start: int  # its first sample
    parts: list[int]  # how many samples each of its parts takes, the first the most

    def generator(self) -> np.random.Generator:
        """Where its random numbers come from."""
        return np.random.Generator(np.random.SFC64(self.seed))


def _blocks(projects: int, samples: int, seed: int) -> list[_Block]:
    """They depend on nothing else, so that seeds fit; their counts are added up in this order."""
    rows = max(1, min(_CELLS // projects, 128))  # no more than a byte counts
    together = -(-_BLOCK // rows) * rows
    starts = range(0, samples, together)
    return [
        _Block(own, start, [min(rows, samples - n) for n in range(start, min(start + together, samples), rows)])
        for own, start in zip(np.random.SeedSequence(seed).spawn(len(starts)), starts, strict=True)
    ]


def _top(keys: np.ndarray, ordered: np.ndarray, k: int, scratch: Scratch) -> np.ndarray:
    """For each project in how many samples it is among the first k; of tied last places its share.

    `ordered` has the best k keys of each sample behind all others, the k-th best as the first of them.
    """
    rows, projects = keys.shape
    if k >= projects:
        return np.full(projects, float(rows))
    found, best = scratch.reached[:rows], ordered[:, projects - k :]
    last = best[:, :1].astype(keys.dtype)
    np.equal(keys, last, out=found)
    tied = np.flatnonzero(found)
    tied_rows = tied // projects
    places = k - (best > best[:, :1]).sum(axis=1)
    share = places / np.bincount(tied_rows, minlength=rows)
    credit = np.bincount(tied - tied_rows * projects, weights=share[tied_rows], minlength=projects)
    np.greater(keys, last, out=found)
    return np.asarray(credit + found.view(np.uint8).sum(axis=0, dtype=np.uint8))


class _Room(NamedTuple):
    """What one thread works in."""

    scratch: Scratch
    better: np.ndarray
    tables: np.ndarray


class _Ranks:
    """Counts how many are better, and keeps the ranks for their quantiles."""

    def __init__(self, sampler: Sampler, k: int, samples: int, rows: int, threads: int) -> None:
        self.sampler, self.k, projects = sampler, k, sampler.projects
        whole = np.uint16 if projects <= 1 << 16 else np.uint32
        self._kept = np.empty((projects, min(samples, ceil(_KEPT / projects))), whole)
        self._lines = min(16, ceil(_LOOKED_UP / projects))  # samples that are looked up together
        self._behind = np.tile(np.arange(projects - 1, -1, -1, dtype=whole), self._lines)
        self._rooms = [
            _Room(Scratch(rows, projects), np.empty((rows, projects), whole), np.empty(self._lines * KEYS, whole))
            for _ in range(threads)
        ]

    def count(self, block: _Block) -> np.ndarray:
        """Counts one block: in all its samples, how many are better than each project, and its hits in the first k."""
        start, sums, room = block.start, np.zeros((2, self.sampler.projects)), self._rooms.pop()
        for keys in self.sampler.draw(block.generator(), block.parts, room.scratch):
            rows = len(keys)
            ordered, better = room.scratch.ordered[:rows], room.better[:rows]
            np.copyto(ordered, keys)
            ordered.sort(axis=1)
            self._look_up(keys, ordered, room.tables, better)
            kept = self._kept[:, start : start + rows]
            kept[:] = better[: kept.shape[1]].T
            sums += better.sum(axis=0, dtype=np.uint32), _top(keys, ordered, self.k, room.scratch)
            start += rows
        self._rooms.append(room)
        return sums

    def _look_up(self, keys: np.ndarray, ordered: np.ndarray, tables: np.ndarray, better: np.ndarray) -> None:
        """How many are strictly better than each project, from the sorted keys of each sample.

        A table for each sample tells it for each key. Of equal keys the last is written last and stands;
        a test holds numpy to that.
        """
        first = np.arange(self._lines)[:, None] * KEYS
        for start in range(0, len(keys), self._lines):
            lines = slice(start, min(start + self._lines, len(keys)))
            where = ordered[lines].astype(np.intp)
            where += first[: len(where)]
            tables[where.ravel()] = self._behind[: where.size]
            np.copyto(where, keys[lines])
            where += first[: len(where)]
            tables.take(where, out=better[lines], mode="clip")

    def quantiles(self, strip: int) -> np.ndarray:
        """The 5 % and the 95 % quantile of the rank, for the projects of a strip, which begins at this one."""
        better = self._kept[strip : strip + _STRIP].astype(np.int32)
        found = []
        for quantile in (LOW, HIGH):
            place = ceil(quantile * better.shape[1]) - 1
            better.partition(place, axis=1)
            found.append(1 + better[:, place])
        return np.array(found)
