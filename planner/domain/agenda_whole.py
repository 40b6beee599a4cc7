"""What everything that is still open could bring: for each project alone, and for all projects together.

A single answer may be unable to move a project across the edge of the best k while several together can, so a project
of which nothing is known may have no question with a gain. Knowing all levels of a project is worth, as in
`planner.domain.agenda`,

    gain = E[max(V, t)] − max(m, t)        flips = P(V lies on the other side of t)

with V the priority once every level is known, whose distribution is that of the project's belief. Knowing everything
about every project is worth E[Σ of the k highest V] − Σ of the k highest m: the expected value of perfect information
(Raiffa & Schlaifer 1961, Applied Statistical Decision Theory), by the formula of `planner.domain.agenda_joint`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, exp, pi, sqrt
from typing import NamedTuple

import numpy as np

from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.priorities import Priorities, priorities_of
from planner.domain.scoring import BeliefState, Distribution

SAME = 1e-8  # nearer to each other than this, priorities are equal: the distributions are rounded to nine digits
FINE, COARSE, LARGE = 1024, 128, 300  # steps of the grid from the lowest level to the highest; coarse from so many on
SURE = 16.0  # an event of a probability below e^−16 is left out
MANY = 100.0  # a count of such a variance is normal enough: what is left out is below a thousandth of the gain


class Edge(NamedTuple):
    """Expected priorities, which projects are chosen by them, and what each must cross; each (projects,)."""

    mean: np.ndarray
    chosen: np.ndarray
    threshold: np.ndarray


@dataclass(frozen=True)
class Whole:
    """`gain` and `flips` of each project, shape (projects,), and `everything`, the gain of all of them together."""

    gain: np.ndarray
    flips: np.ndarray
    everything: float


def whole(states: Sequence[BeliefState], playbook: Playbook, edge: Edge, share: float) -> Whole:
    """What could be learnt about projects of which some, but not all, are chosen.

    The values of single projects are exact. That of all is so up to the grid (1/256 point; 1/32 for many projects) and
    to a thousandth where hundreds are chosen.
    """
    unique: dict[BeliefState, int] = {}  # many are alike, and each state is looked at once
    position = np.array([unique.setdefault(state, len(unique)) for state in states])
    found = priorities_of(tuple(unique), playbook, share)
    gain, flips = _of_projects(found, position, edge)
    if not any(max(belief) < 1 for state in unique for belief in state.beliefs):
        return Whole(gain, flips, 0.0)
    tails = _tails(found, FINE if len(states) <= LARGE else COARSE)
    best = _expected_best(tails, position, int(edge.chosen.sum()))
    everything = max(best - float(edge.mean[edge.chosen].sum()), float(gain.max()))
    return Whole(gain, flips, round(everything, 6))


def _of_projects(found: Priorities, position: np.ndarray, edge: Edge) -> tuple[np.ndarray, np.ndarray]:
    """(gain, flips): the expected distance beyond the edge, and how likely there is one."""
    gain, flips = np.zeros(len(position)), np.zeros(len(position))
    values = np.add.outer(found.share * found.impact.values, (1 - found.share) * found.feasibility.values)
    for side in (True, False):
        members = np.flatnonzero(edge.chosen == side)
        beyond = (-1.0 if side else 1.0) * (values - edge.threshold[members[0]])
        beyond[beyond < SAME] = 0
        impact, feasibility = found.impact.probabilities, found.feasibility.probabilities
        gain[members] = ((impact @ beyond) * feasibility).sum(axis=1)[position[members]]
        flips[members] = ((impact @ (beyond > 0).astype(float)) * feasibility).sum(axis=1)[position[members]]
    return np.round(np.round(gain, 12), 9), np.round(np.round(flips, 12), 6)


def _tails(found: Priorities, steps: int) -> np.ndarray:
    """P(V ≥ x) for each state at every point x of the grid, shape (states, steps + 1).

    Each value is shared out between the two points of the grid beside it so that its mean stays.
    """
    size = 2 * steps
    impact = np.fft.rfft(_on_grid(found.impact, found.share, steps), size)
    impact *= np.fft.rfft(_on_grid(found.feasibility, 1 - found.share, steps), size)
    probability = np.maximum(np.fft.irfft(impact, size)[:, : steps + 1], 0)
    tails = np.cumsum(probability[:, ::-1], axis=1)[:, ::-1]
    tails[tails < SAME] = 0
    tails[tails > 1 - SAME] = 1
    return np.asarray(tails)


def _on_grid(part: Distribution, weight: float, steps: int) -> np.ndarray:
    place = weight * (part.values - LEVELS[0]) * steps / (LEVELS[-1] - LEVELS[0])
    below = np.minimum(np.floor(place).astype(int), steps - 1)
    shares = np.zeros((len(place), steps + 1))
    rows = np.arange(len(place))
    shares[rows, below] = below + 1 - place
    shares[rows, below + 1] = place - below
    return np.asarray(part.probabilities @ shares)


def _expected_best(tails: np.ndarray, position: np.ndarray, top: int) -> float:
    """E[Σ of the best `top`]: the lowest value for each, and for every step of the grid E[min(top, how many reach it)].

    How many reach a level is a sum of independent events. Where it is surely below or above `top` its mean or `top`
    will do (Bernstein's inequality); where it varies much it is normal; elsewhere its distribution is built up.
    """
    step = (LEVELS[-1] - LEVELS[0]) / (tails.shape[1] - 1)
    tails, count = tails[:, 1:], np.bincount(position).astype(float)
    mean, variance = count @ tails, count @ (tails * (1 - tails))
    margin = SURE / 3 + np.sqrt((SURE / 3) ** 2 + 2 * SURE * variance)
    reached = np.minimum(mean, top)
    open_to = np.abs(mean - top) < margin
    for level in np.flatnonzero(open_to & (variance > MANY)):
        deviation = sqrt(variance[level])
        z = (top - mean[level]) / deviation
        below = deviation * (exp(-z * z / 2) / sqrt(2 * pi) + z * (1 + erf(z / sqrt(2))) / 2)
        reached[level] = top - below
    levels = np.flatnonzero(open_to & (variance <= MANY))
    if len(levels):
        reached[levels] = _counted(tails[:, levels][position], top)
    return float(top * LEVELS[0] + step * reached.sum())


def _counted(tails: np.ndarray, top: int) -> np.ndarray:
    """E[min(top, N)] for the number N of events of the probabilities in each column."""
    unsure = ((tails > 0) & (tails < 1)).any(axis=1)
    left = np.maximum(top - tails[~unsure].sum(axis=0), 0)  # the places that those leave of which it is known
    counts = np.zeros((top + 1, tails.shape[1]))  # P(so many of the others)
    counts[0] = 1
    for tail in tails[unsure]:
        moved = counts * tail
        counts -= moved
        counts[1:] += moved[:-1]
    short = np.maximum(left - np.arange(top + 1)[:, None], 0)
    return np.asarray(top - (counts * short).sum(axis=0))
