"""The order under uncertainty (SMAA-2), by sampling what the answers leave open.

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
from threading import Lock

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.sampling import KEY_BITS, Sampler
from planner.domain.scoring import HIGH, LOW, BeliefState

MAX_SAMPLES = 100_000
SAMPLES, SEED = 10_000, 1  # where nothing else is asked for
_BINS, _SINGLE = 128, 48  # counters of ranks for each project; the first ranks have one each
_CELLS = 320_000  # samples × projects worked on together, so that they stay in the processor's cache
_BLOCKS = 8  # of these are counted together


@dataclass(frozen=True)
class Chances:
    """What the samples say; arrays over (projects,).

    `low` and `high` are the 5 % and 95 % quantiles of the rank. Above some hundred projects, ranks beyond the 48th are
    counted in groups about 7 % wide, and the interval is widened to whole groups. `top` sums to k: where several
    projects tie for the last places, each gets its share of them in every sample, which is what breaking ties at random
    comes to, without its noise.
    """

    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray
    top: np.ndarray


def sample_ranks(
    states: Sequence[BeliefState], playbook: Playbook, share: float, k: int, samples: int, seed: int, threads: int = 2
) -> Chances:
    """Ranks of all projects. The same arguments give the same bytes, whatever the number of threads."""
    counter = _Ranks(Sampler(states, playbook, share), k, samples)
    top = _run(counter.count, counter.blocks, seed, threads)
    low, high = counter.quantiles()
    return Chances(1 + counter.better / samples, low, high, top / samples)


def sample_top(
    states: Sequence[BeliefState], playbook: Playbook, share: float, k: int, samples: int, seed: int, threads: int = 2
) -> np.ndarray:
    """P(top k) of each project alone, from the same samples; twice as fast as all ranks."""
    sampler = Sampler(states, playbook, share)
    blocks = _blocks(sampler.projects, samples)

    def count(generator: np.random.Generator, block: int) -> np.ndarray:
        credit = np.zeros(sampler.projects)
        for rows in blocks[block]:
            credit += _top(sampler.keys(generator, rows), k)
        return credit

    return _run(count, blocks, seed, threads) / samples


def _blocks(projects: int, samples: int) -> list[list[int]]:
    """How many samples each block takes, in its parts; it depends on nothing else, so that seeds fit."""
    rows = max(1, min(_CELLS // projects, 4_096))
    parts = [min(rows, samples - start) for start in range(0, samples, rows)]
    return [parts[start : start + _BLOCKS] for start in range(0, len(parts), _BLOCKS)]


def _run(count, blocks: list[list[int]], seed: int, threads: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Counts every block with random numbers of its own, and adds up in the order of the blocks."""
    children = np.random.SeedSequence(seed).spawn(len(blocks))

    def work(block: int) -> np.ndarray:
        return count(np.random.Generator(np.random.SFC64(children[block])), block)

    if threads == 1 or len(blocks) == 1:
        return np.sum([work(block) for block in range(len(blocks))], axis=0)
    with ThreadPoolExecutor(threads) as pool:
        return np.sum(list(pool.map(work, range(len(blocks)))), axis=0)


def _top(keys: np.ndarray, k: int) -> np.ndarray:
    """For each project in how many samples it is among the first k; of tied last places its share."""
    projects = keys.shape[1]
    if k >= projects:
        return np.full(projects, float(len(keys)))
    last = np.partition(keys, k - 1, axis=1)[:, k - 1, None]
    inside = (keys < last).view(np.uint8)
    tied_rows, tied = np.nonzero(keys == last)
    places = k - inside.sum(axis=1, dtype=np.int64)
    share = places / np.bincount(tied_rows, minlength=len(keys))
    credit = np.bincount(tied, weights=share[tied_rows], minlength=projects)
    for start in range(0, len(keys), 255):  # as many bytes as add up in a byte
        credit += inside[start : start + 255].sum(axis=0, dtype=np.uint8)
    return credit


class _Ranks:
    """Counts ranks: how many are better in all, and how often each project's rank lies in each group of ranks."""

    def __init__(self, sampler: Sampler, k: int, samples: int) -> None:
        self.sampler, self.k, self.samples = sampler, k, samples
        self.blocks = _blocks(sampler.projects, samples)
        projects = sampler.projects
        self._first = first_ranks(projects)
        self._bits = max(14, (projects - 1).bit_length())
        self._type = np.uint32 if self._bits + KEY_BITS <= 32 else np.uint64
        self._bin = np.searchsorted(self._first, np.arange(1, projects + 1), side="right") - 1
        self.better = np.zeros(projects, np.int64)
        self._hits = np.zeros(projects * len(self._first), np.int32)
        self._lock = Lock()

    def count(self, generator: np.random.Generator, block: int) -> np.ndarray:
        """Counts one block and returns each project's hits among the first k."""
        projects, bins = self.sampler.projects, len(self._first)
        parts = self.blocks[block]
        cells = np.empty((sum(parts), projects), np.intp)
        better, credit = np.zeros(projects, np.int64), np.zeros(projects)
        start = 0
        for rows in parts:
            order, first, keys = self._sorted(self.sampler.keys(generator, rows))
            better += np.bincount(order.ravel(), weights=first.ravel(), minlength=projects).astype(np.int64)
            credit += self._credit(order, first)
            target = cells[start : start + rows]
            np.multiply(order, bins, out=target)
            target += self._bin.take(first)
            start += rows
        hits = np.bincount(cells.ravel(), minlength=projects * bins)
        with self._lock:  # whole numbers: the order in which blocks are added makes no difference
            self.better += better
            self._hits += hits
        return credit

    def _sorted(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Projects of each sample, the best first, and how many are strictly better than each."""
        packed = keys.astype(self._type)
        packed <<= self._type(self._bits)
        packed |= np.arange(keys.shape[1], dtype=self._type)
        packed.sort(axis=1)
        order = (packed & self._type((1 << self._bits) - 1)).astype(np.intp)
        packed >>= self._type(self._bits)
        first = np.zeros(keys.shape, np.int32)
        np.multiply(packed[:, 1:] != packed[:, :-1], np.arange(1, keys.shape[1], dtype=np.int32), out=first[:, 1:])
        np.maximum.accumulate(first, axis=1, out=first)
        return order, first, packed

    def _credit(self, order: np.ndarray, first: np.ndarray) -> np.ndarray:
        k, projects = self.k, self.sampler.projects
        if k >= projects:
            return np.full(projects, float(len(order)))
        edge = first[:, k - 1, None]  # how many are surely in; the tie that holds the last place begins there
        width = int((first <= edge).sum(axis=1).max())
        inside = first[:, :width]
        tied = inside == edge
        share = np.where(tied, (k - edge) / tied.sum(axis=1, keepdims=True), inside < edge)
        return np.bincount(order[:, :width].ravel(), weights=share.ravel(), minlength=projects)

    def quantiles(self) -> tuple[np.ndarray, np.ndarray]:
        """The first rank of the group that holds the 5 % quantile, and the last of that with the 95 % quantile."""
        cumulative = np.cumsum(self._hits.reshape(self.sampler.projects, -1), axis=1)
        last = np.append(self._first[1:] - 1, self.sampler.projects)
        low = self._first[np.argmax(cumulative >= LOW * self.samples, axis=1)]
        return low, last[np.argmax(cumulative >= HIGH * self.samples, axis=1)]


def first_ranks(projects: int) -> np.ndarray:
    """The first rank of each group in which ranks are counted: all of them, or singly up to 48 and then growing."""
    if projects <= _BINS:
        return np.arange(1, projects + 1)
    edges = np.geomspace(_SINGLE + 1, projects + 1, _BINS - _SINGLE + 1)[:-1]
    return np.unique(np.concatenate([np.arange(1, _SINGLE + 1), np.rint(edges).astype(int)]))
