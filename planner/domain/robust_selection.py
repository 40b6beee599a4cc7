"""Which projects belong in the plan whatever turns out to be true: core, borderline and exterior.

Two ways. Exactly, by Robust Portfolio Modeling: all non-dominated portfolios of a few projects (Liesiö, Mild & Salo
2007, Preference programming for robust portfolio modeling, EJOR 181:1488-1505; 2008, EJOR 190:679-695). And by
sampling, for any number: the plan is solved again for values drawn from the beliefs, and the share of plans that hold a
project is its stochastic core index (Tervonen, Liesiö & Salo 2017, Modeling project preferences in multiattribute
portfolio decision analysis, EJOR 263:225-239).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np

from planner.domain.errors import Invalid
from planner.domain.playbook import Playbook
from planner.domain.scoring import BeliefState, dimension_distribution, mix
from planner.domain.selection_greedy import without_idle_shared
from planner.domain.selection_model import SilentHighs
from planner.domain.selection_problem import Problem, Starts
from planner.domain.selection_solver import LARGE, Search

MAX_ENUMERATED = 20
Verdict = Literal["core", "borderline", "exterior"]


def feasible_portfolios(costs: np.ndarray, budgets: np.ndarray) -> np.ndarray:
    """Every set of projects that keeps to the budgets, by enumeration: 0 or 1 in shape (portfolios, projects).

    `costs` has shape (projects, resources), `budgets` (resources,). Invalid for more than 20 projects.
    """
    count = len(costs)
    if count > MAX_ENUMERATED:
        raise Invalid.one("projects", f"at most {MAX_ENUMERATED} can be enumerated; sample instead")
    sets = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    return np.asarray(sets[(sets @ costs <= budgets + 1e-9).all(axis=1)])


def non_dominated(portfolios: np.ndarray, low: np.ndarray, high: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The portfolios that no other dominates: shape (portfolios, projects).

    p dominates q when its value is at least that of q for all weights and scores there may be, and more for some. With
    an additive value it is enough to look at the extreme points of the weights, shape (points, criteria), with the low
    scores of what only p holds and the high ones of what only q holds; both (projects, criteria).
    """
    lows, highs = low @ weights.T, high @ weights.T  # (projects, points)
    middle = portfolios @ ((lows + highs) / 2).sum(axis=1)  # whoever dominates is worth more there
    order = np.argsort(-middle, kind="stable")
    front: list[np.ndarray] = []
    for place in order:
        one = portfolios[place]
        if front:
            others = np.array(front)
            least = (others * (1 - one)) @ lows - ((1 - others) * one) @ highs
            most = (others * (1 - one)) @ highs - ((1 - others) * one) @ lows
            if bool(((least >= -1e-9).all(axis=1) & (most > 1e-9).any(axis=1)).any()):
                continue
        front.append(one)
    return np.array(front)


def core_index(portfolios: np.ndarray) -> np.ndarray:
    """The share of these portfolios that hold each project, shape (projects,)."""
    return np.asarray(portfolios.mean(axis=0))


def potentially_optimal(values: np.ndarray) -> list[int]:
    """The non-dominated portfolios that are the best for some weights: their places in `values`.

    `values` are worths at the extreme points of the weights, shape (portfolios, points). One is potentially optimal
    when a mixture of the points exists at which no other is worth more: a linear programme for each.
    """
    count, points = values.shape
    found = []
    for place in range(count):
        over = values - values[place]
        if bool(((over >= 0).all(axis=1) & (over > 0).any(axis=1)).any()):
            continue
        highs = SilentHighs()
        for _ in range(points):
            highs.addVar(0.0, 1.0)
        index = np.arange(points, dtype=np.int32)
        highs.addRow(1.0, 1.0, points, index, np.ones(points))
        for other in over:
            highs.addRow(-highspy.kHighsInf, 1e-9, points, index, np.asarray(other, dtype=float))
        if highs.solved():
            found.append(place)
    return found


@dataclass(frozen=True)
class Robustness:
    """In how many of the sampled plans each item is; and how many were solved in the time there was."""

    samples: int
    asked: int
    seed: int
    held: tuple[int, ...]

    def share(self, item: int) -> float:
        """The stochastic core index of an item."""
        return self.held[item] / self.samples

    def verdict(self, item: int) -> Verdict:
        """Core: in every plan. Exterior: in none. Borderline: what one should learn more about."""
        if self.held[item] == self.samples:
            return "core"
        return "borderline" if self.held[item] else "exterior"


def sample_priorities(
    states: Sequence[BeliefState], playbook: Playbook, impact_share: float, samples: int, seed: int
) -> np.ndarray:
    """Priorities drawn from the beliefs, independent between projects: shape (samples, projects).

    Each comes from the exact distribution of the project's priority, which is what drawing its levels would give.
    """
    drawn = np.random.default_rng(seed).random((samples, len(states)))
    found = np.empty_like(drawn)
    groups: dict[tuple[bool, ...], list[int]] = {}
    for place, state in enumerate(states):
        groups.setdefault(state.applicable, []).append(place)
    n = len(playbook.impact.criteria)
    for applicable, places in groups.items():
        for begin in range(0, len(places), 256):
            part = places[begin : begin + 256]
            beliefs = np.array([states[place].beliefs for place in part])
            impact = dimension_distribution(beliefs[:, :n], applicable[:n], playbook.impact)
            feasibility = dimension_distribution(beliefs[:, n:], applicable[n:], playbook.feasibility)
            priority = mix(impact, feasibility, impact_share)
            cumulative = np.cumsum(priority.probabilities, axis=1)
            for row, place in enumerate(part):
                at = np.searchsorted(cumulative[row], drawn[:, place] * cumulative[row, -1], side="right")
                found[:, place] = priority.values[np.minimum(at, len(priority.values) - 1)]
    return found


def robust_selection(
    problem: Problem,
    values: np.ndarray,
    seed: int,
    time_limit: float,
    progress: Callable[[int, int], None] | None = None,
) -> Robustness:
    """Solves the plan again for each row of values, shape (samples, items), until the time is over.

    The relaxation starts each time from where the last one ended. A small problem is then solved to within a
    hundredth, a large one by the plan that the relaxation guides.
    """
    ends, held, done = time.monotonic() + time_limit, [0] * len(problem.items), 0
    search, starts = Search(problem), None
    for row in values:
        left = ends - time.monotonic()
        if done and left <= 0:
            break
        starts = _solve(search, problem.with_values([float(value) for value in row]), max(left, 1.0), starts)
        for item, start in enumerate(starts):
            held[item] += start is not None
        done += 1
        if progress:
            progress(done, len(values))
    return Robustness(samples=done, asked=len(values), seed=seed, held=tuple(held))


def _solve(search: Search, problem: Problem, time_limit: float, known: Starts | None) -> Starts:
    search.revalue(problem)
    found = search.guided(time_limit, known)  # the last plan is sound for other values too
    if len(search.matrix.columns) <= LARGE:
        found = search.improved(found, min(time_limit, 2.0), gap=0.01)
    return without_idle_shared(problem, found.starts)
