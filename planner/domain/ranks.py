"""Ranks under uncertainty (SMAA-2), by sampling what the answers leave open.

rank(i) = 1 + how many projects are strictly better in a sample. Sources: Lahdelma, Hokkanen & Salminen 1998, EJOR
106:137–143; Lahdelma & Salminen 2001 (SMAA-2), Operations Research 49(3):444–454; accuracy: Tervonen & Lahdelma 2007,
EJOR 178:500–513: an index b has the half-width 1.96·√(b(1−b)/samples), at most 0.98/√samples.

What has a closed form is not sampled: expected priorities, the chance of each quadrant, and who is before whom in a
pair come from the exact distributions of `planner.domain.scoring`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.sampling import KEY_BITS, Sampler, Scratch
from planner.domain.scoring import HIGH, LOW, BeliefState

_BINS, _SINGLE = 128, 48  # counters of ranks for each project; the first ranks have one each
_CELLS = 320_000  # samples × projects worked on together, so that they stay in the processor's cache
_BLOCK = 1_000  # samples, about, that are counted together


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
        credit, scratch = np.zeros(sampler.projects), Scratch(blocks[block][0], sampler.projects)
        for rows in blocks[block]:
            credit += _top(sampler.keys(generator, rows, scratch), k, scratch)
        return credit

    return _run(count, blocks, seed, threads) / samples


def _blocks(projects: int, samples: int) -> list[list[int]]:
    """How many samples each block takes, in its parts; it depends on nothing else, so that seeds fit."""
    rows = max(1, min(_CELLS // projects, 128))
    parts = [min(rows, samples - start) for start in range(0, samples, rows)]
    together = -(-_BLOCK // rows)
    return [parts[start : start + together] for start in range(0, len(parts), together)]


def _run(
    count: Callable[[np.random.Generator, int], np.ndarray], blocks: list[list[int]], seed: int, threads: int
) -> np.ndarray:
    """Counts every block with random numbers of its own, and adds up in the order of the blocks."""
    children = np.random.SeedSequence(seed).spawn(len(blocks))

    def work(block: int) -> np.ndarray:
        return count(np.random.Generator(np.random.SFC64(children[block])), block)

    if threads == 1 or len(blocks) == 1:
        return np.asarray(np.sum([work(block) for block in range(len(blocks))], axis=0))
    with ThreadPoolExecutor(threads) as pool:
        return np.asarray(np.sum(list(pool.map(work, range(len(blocks)))), axis=0))


def _top(keys: np.ndarray, k: int, scratch: Scratch) -> np.ndarray:
    """For each project in how many samples it is among the first k; of tied last places its share."""
    rows, projects = keys.shape
    if k >= projects:
        return np.full(projects, float(rows))
    parted, found = scratch.spare[:rows], scratch.reached[:rows]
    parted[:] = keys
    parted.partition(k - 1, axis=1)
    last = parted[:, k - 1, None]
    np.equal(keys, last, out=found)
    tied = np.flatnonzero(found)
    tied_rows = tied // projects
    np.less(keys, last, out=found)
    inside = found.view(np.uint8)
    places = k - (parted[:, :k] < last).sum(axis=1)
    share = places / np.bincount(tied_rows, minlength=rows)
    credit = np.bincount(tied - tied_rows * projects, weights=share[tied_rows], minlength=projects)
    for start in range(0, rows, 255):  # as many bits as add up in a byte
        credit += inside[start : start + 255].sum(axis=0, dtype=np.uint8)
    return credit


class _Ranks:
    """Counts ranks: how many are better in all, and how often each project's rank lies in each group of ranks."""

    def __init__(self, sampler: Sampler, k: int, samples: int) -> None:
        self.sampler, self.k, self.samples = sampler, k, samples
        self.blocks = _blocks(sampler.projects, samples)
        projects = sampler.projects
        self._first = first_ranks(projects)
        self._last = np.append(self._first[1:] - 1, projects)
        self._bits = max(14, (projects - 1).bit_length())
        self._type = np.uint32 if self._bits + KEY_BITS <= 32 else np.uint64
        self.better = np.zeros(projects)
        self._hits = np.zeros((len(self._first), projects), np.int32)
        self._lock = Lock()

    def count(self, generator: np.random.Generator, block: int) -> np.ndarray:
        """Counts one block and returns each project's hits among the first k."""
        projects, parts = self.sampler.projects, self.blocks[block]
        scratch, packed = Scratch(parts[0], projects), np.empty((parts[0], projects), self._type)
        orders = np.empty((sum(parts), projects), np.uint16 if projects <= 1 << 16 else np.uint32)
        better, credit, shifts = np.zeros(projects), np.zeros(projects), []
        start = 0
        for rows in parts:
            keys = self.sampler.keys(generator, rows, scratch)
            order, ties = self._sorted(keys, packed[:rows], scratch)
            orders[start : start + rows] = order
            flat = order.ravel()
            better += np.bincount(flat, weights=scratch.spare[:rows].ravel(), minlength=projects)
            credit += self._credit(flat, ties, rows)
            shifts.append(self._astride(flat, ties, rows))
            start += rows
        hits = np.empty(self._hits.shape, np.int32)
        for group, (first, last) in enumerate(zip(self._first, self._last, strict=True)):
            hits[group] = np.bincount(orders[:, first - 1 : last].ravel(), minlength=projects)
        cells = np.bincount(np.concatenate(shifts), minlength=hits.size).astype(np.int32).reshape(hits.shape)
        hits -= cells
        hits[:-1] += cells[1:]
        with self._lock:  # whole numbers: the order in which blocks are added makes no difference
            self.better += better
            self._hits += hits
        return credit

    def _sorted(self, keys: np.ndarray, packed: np.ndarray, scratch: Scratch) -> tuple[np.ndarray, np.ndarray]:
        """Projects of each sample, the best first, and where each tie begins.

        A project that ties with nobody is a tie of one. Ties are counted through all samples, with the end behind the
        last of them. How many are strictly better than each project then stands in the spare room.
        """
        projects = keys.shape[1]
        np.copyto(packed, keys, casting="unsafe")
        packed <<= self._type(self._bits)
        packed |= np.arange(projects, dtype=self._type)
        packed.sort(axis=1)
        order = packed & self._type((1 << self._bits) - 1)
        packed >>= self._type(self._bits)
        begins = scratch.reached[: len(keys)]
        begins[:, 0] = True
        np.not_equal(packed[:, 1:], packed[:, :-1], out=begins[:, 1:])
        better = scratch.spare[: len(keys)]
        np.multiply(begins, np.arange(projects, dtype=np.int32), out=better)
        np.maximum.accumulate(better, axis=1, out=better)
        return order, np.append(np.flatnonzero(begins), keys.size)

    def _credit(self, flat: np.ndarray, ties: np.ndarray, rows: int) -> np.ndarray:
        """Hits among the first k: all before the tie that holds the last place, whose members share what is left."""
        projects, k = self.sampler.projects, self.k
        row = np.arange(rows) * projects
        last = np.searchsorted(ties, row + k - 1, side="right") - 1
        begin, end = ties[last] - row, ties[last + 1] - row
        width = int(end.max())
        places = np.arange(width)
        share = np.where(places < begin[:, None], 1.0, ((k - begin) / (end - begin))[:, None])
        share[places >= end[:, None]] = 0
        return np.bincount(flat.reshape(rows, projects)[:, :width].ravel(), share.ravel(), projects)

    def _astride(self, flat: np.ndarray, ties: np.ndarray, rows: int) -> np.ndarray:
        """Cells (group, project) of those that stand in a group but tie with the last of the group before it.

        A tie over several groups is in several cells: each moves it by one group, and together to where it begins.
        """
        projects = self.sampler.projects
        edges = np.add.outer(np.arange(rows) * projects, self._first[1:] - 1).ravel()
        groups = np.tile(np.arange(1, len(self._first)), rows)
        sizes = ties[np.searchsorted(ties, edges)] - edges
        run = np.repeat(np.cumsum(sizes) - sizes, sizes)
        where = np.repeat(edges, sizes) + np.arange(sizes.sum()) - run
        return np.asarray(np.repeat(groups, sizes) * projects + flat[where])

    def quantiles(self) -> tuple[np.ndarray, np.ndarray]:
        """The first rank of the group that holds the 5 % quantile, and the last of that with the 95 % quantile."""
        cumulative = np.cumsum(self._hits, axis=0)
        low = self._first[np.argmax(cumulative >= LOW * self.samples, axis=0)]
        return low, self._last[np.argmax(cumulative >= HIGH * self.samples, axis=0)]


def first_ranks(projects: int) -> np.ndarray:
    """The first rank of each group in which ranks are counted: all of them, or singly up to 48 and then growing."""
    if projects <= _BINS:
        return np.arange(1, projects + 1)
    edges = np.geomspace(_SINGLE + 1, projects + 1, _BINS - _SINGLE + 1)[:-1]
    return np.unique(np.concatenate([np.arange(1, _SINGLE + 1), np.rint(edges).astype(int)]))
