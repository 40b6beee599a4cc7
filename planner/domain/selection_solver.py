"""Finding a plan: linear relaxation, a plan guided by it, then branch and cut from there for as long as one may.

Whatever comes out has been checked in exact arithmetic, is no worse than filling by hand, and says how far from the
best it can be at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np

from planner.domain.selection_greedy import (
    Column,
    Placement,
    by_density,
    closure,
    fill_musts_first,
    pulled_forward,
    without_idle_shared,
)
from planner.domain.selection_model import Matrix, SilentHighs, build_matrix, load, make_whole, starts_of, values_of
from planner.domain.selection_problem import Problem, Starts, broken_rules

SOLVER = "HiGHS"
TINY = 1e-9
LARGE, KERNEL_GAP = 3_000, 5e-4  # columns from which on the kernel is searched first, and how far
SMALL = 500  # columns up to which searching for plans before branching costs more than the branching
SMALL_OPTIONS = {
    "mip_allow_restart": False,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
TILT = 1e-3  # a discount that tells starts apart that are worth the same
LIKELY = 0.6  # from which value in the relaxation on a column is taken as decided


class NoPlan(Exception):
    """There is no plan that holds all that must be done; or none was found in time when `proven` is false."""

    def __init__(self, proven: bool) -> None:
        super().__init__("no plan holds all that must be done" if proven else "no plan was found in time")
        self.proven = proven


@dataclass(frozen=True)
class Found:
    """A plan and what is proven of it. `prices` are the dual values by (resource, period) of the relaxation."""

    starts: Starts
    objective: float
    bound: float  # no plan is worth more
    stopped: str  # "optimal", "gap" or "time"
    prices: tuple[tuple[float, ...], ...]
    seconds: float
    version: str

    @property
    def gap(self) -> float:
        """The share of the bound that a better plan could still add: 0 when the plan is proven to be the best."""
        return max(0.0, (self.bound - self.objective) / self.bound) if self.bound > TINY else 0.0


Watcher = Callable[[float, float, float], None]  # (seconds, worth of the best plan so far, bound)


@dataclass
class Search:
    """One problem on its way to a plan: first `guided`, then `improved` if there is time."""

    problem: Problem
    matrix: Matrix = field(init=False)
    highs: SilentHighs = field(init=False)
    began: float = field(init=False)
    order: np.ndarray = field(init=False)  # columns as the relaxation would take them, and their values in it
    relaxed: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.matrix = build_matrix(self.problem)
        self.highs = load(self.matrix)
        self.order, self.relaxed = np.arange(len(self.matrix.columns)), np.zeros(len(self.matrix.columns))

    def revalue(self, problem: Problem) -> None:
        """Goes on with the same problem but for its values; the relaxation begins where the last one ended."""
        count = len(self.matrix.columns)
        cost = np.array([-problem.worth(item, start) for item, start in self.matrix.columns])
        self.problem, self.matrix, self.began = problem, replace(self.matrix, cost=cost), time.monotonic()
        if count:
            self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), cost)

    def guided(self, time_limit: float, known: Starts | None = None) -> Found:
        """A plan filled in the order of the linear relaxation, and the bound that proves how good it is.

        A plan that is `known` already, and sound, is never given up for a worse one.

        Columns go by their value in the relaxation, then by their reduced cost, as a diving heuristic would take them.
        In a large problem what that leaves undecided is relaxed once more, beside what is decided: this is most of the
        way to the best for a third of the time of the first relaxation. NoPlan when what must be done has no room.
        """
        bound, columns, prices = self._relax(time_limit)
        plans = [fill_musts_first(self.problem, order) for order in (columns, by_density(self.problem))]
        if all(plan is None for plan in plans):
            base = self._fit_musts(time_limit)
            plans = [fill_musts_first(self.problem, columns, base)]
        if len(self.matrix.columns) > LARGE and self.relaxed.any():
            plans.append(self._relax_rest(time_limit))
        best = max((plan for plan in (*plans, known) if plan is not None), key=self.problem.objective)
        return self._found(best, bound, "gap", prices)

    def _relax(self, time_limit: float) -> tuple[float, list[Column], tuple[tuple[float, ...], ...]]:
        """The bound, the columns in the order of the relaxation, and the price of each capacity."""
        problem, periods = self.problem, self.problem.periods
        most = sum(
            max((problem.worth(i, t) for t in problem.starts(i)), default=0.0) for i in range(len(problem.items))
        )
        nothing = tuple((0.0,) * periods for _ in problem.capacity)
        if not self.matrix.columns:
            return most, [], nothing
        self.highs.setOptionValue("time_limit", max(0.05, time_limit))
        if problem.discount == 1.0 and len(self.matrix.columns) > LARGE:
            self._solve_tilted()
        solved = self.highs.solved()
        if self.highs.infeasible:
            raise NoPlan(proven=True)
        if not solved:
            return most, by_density(problem), nothing
        solution = self.highs.getSolution()
        values, reduced = np.array(solution.col_value), np.array(solution.col_dual)
        self.order, self.relaxed = _order(values, reduced), values
        duals = np.maximum(0.0, -np.array(solution.row_dual)[self.matrix.first_capacity :])
        prices = tuple(
            tuple(float(p) for p in duals[r * periods : (r + 1) * periods]) for r in range(len(problem.capacity))
        )
        bound = min(most, -self.highs.getInfo().objective_function_value)
        return bound, [self.matrix.columns[column] for column in self.order], prices

    def _solve_tilted(self) -> None:
        """Solves with a slight discount: where all starts of a project tie, the simplex method takes twice as long.

        The values are the true ones again afterwards, for which the next run has only a few steps to go.
        """
        cost = self.matrix.cost
        every = np.arange(len(cost), dtype=np.int32)
        self.highs.changeColsCost(
            len(cost), every, cost * (1 - TILT) ** np.array([at for _, at in self.matrix.columns])
        )
        self.highs.solved()
        self.highs.changeColsCost(len(cost), every, cost)

    def _relax_rest(self, time_limit: float) -> Starts | None:
        """The plan of what the relaxation has decided, filled in the order of a relaxation of all else beside it."""
        likely = [column for column in self.order if self.relaxed[column] > LIKELY]
        part = fill_musts_first(self.problem, [self.matrix.columns[column] for column in likely])
        if part is None:
            return None
        low, high = values_of(self.matrix, part), np.ones(len(self.order))
        high[[part[item] is not None for item, _ in self.matrix.columns]] = 0.0
        high[likely] = 0.0  # what has no room
        highs = load(self.matrix)
        highs.changeColsBounds(len(low), np.arange(len(low), dtype=np.int32), low, np.maximum(low, high))
        highs.setOptionValue("time_limit", max(0.05, time_limit))
        if not highs.solved():
            return None
        solution = highs.getSolution()
        order = _order(np.array(solution.col_value), np.array(solution.col_dual))
        return fill_musts_first(self.problem, [self.matrix.columns[column] for column in order], part)

    def _fit_musts(self, time_limit: float) -> Starts:
        """A plan of what must be done and what that waits for alone: all else can be left out."""
        needed = closure(self.problem, self.problem.must)
        others = frozenset(range(len(self.problem.items))) - needed
        alone = replace(self.problem, must_not=self.problem.must_not | others)
        return feasible_starts(alone, time_limit)

    def improved(
        self,
        first: Found,
        time_limit: float,
        gap: float = 0.0,
        watch: Watcher | None = None,
        tell: Callable[[Found], None] | None = None,
    ) -> Found:
        """The plan after branch and cut from a first plan; never worse. It stops at the gap or the time asked for.

        A large problem is first searched in its kernel: the columns of the relaxation's value and the best reduced
        costs alone (Angelelli, Mansini & Speranza 2010, Kernel search, Comput. Oper. Res. 37:2017-2026). A plan of the
        kernel is one of the whole, and is found much sooner; the bound stays that of the whole. It is told to `tell`.
        """
        best, ends = first, self.began + time_limit
        if first.gap <= gap:
            return first
        if len(self.matrix.columns) > LARGE:
            half = (ends - time.monotonic()) * 0.6
            best = self._branch(best, half, KERNEL_GAP, watch, self._kernel(best))
            if tell is not None:
                tell(best)
        if best.gap <= gap or time.monotonic() >= ends:
            return best if best.stopped == "optimal" else replace(best, stopped="gap" if best.gap <= gap else "time")
        return self._branch(best, ends - time.monotonic(), gap, watch, None)

    def _kernel(self, best: Found) -> np.ndarray:
        """Which columns are in the kernel, shape (columns,)."""
        positive = sum(1 for value in self.relaxed if value > 1e-6)
        kept = np.zeros(len(self.matrix.columns), dtype=bool)
        kept[self.order[: max(1000, int(1.6 * positive))]] = True
        return kept | (values_of(self.matrix, best.starts) > 0.5)

    def _branch(
        self, best: Found, seconds: float, gap: float, watch: Watcher | None, kernel: np.ndarray | None
    ) -> Found:
        highs, count = load(self.matrix), len(self.matrix.columns)
        make_whole(highs, count)
        if kernel is not None:
            out = np.flatnonzero(~kernel).astype(np.int32)
            highs.changeColsBounds(len(out), out, np.zeros(len(out)), np.zeros(len(out)))
        for name, value in (("time_limit", max(0.05, seconds)), ("mip_rel_gap", gap), ("mip_abs_gap", TINY)):
            highs.setOptionValue(name, value)
        for option, off in SMALL_OPTIONS.items() if count <= SMALL else ():
            highs.setOptionValue(option, off)
        start = highspy.HighsSolution()
        start.col_value = values_of(self.matrix, best.starts).tolist()
        highs.setSolution(start)
        if watch is not None:
            self._watch(highs, watch, best, kernel is None)
        done = highs.solved()
        told, bound = -highs.getInfo().mip_dual_bound, best.bound
        if kernel is None and np.isfinite(told):
            bound = min(bound, told)
        plan = self._sound(np.array(highs.getSolution().col_value), best)
        return self._found(plan, bound, "gap" if done and kernel is None else "time", best.prices)

    def _watch(self, highs: SilentHighs, watch: Watcher, best: Found, bounded: bool) -> None:
        def tell(event: Any) -> None:
            data = event.data_out
            bound = min(best.bound, -data.mip_dual_bound) if bounded else best.bound
            worth = max(best.objective, -data.mip_primal_bound)
            watch(time.monotonic() - self.began, min(worth, bound), bound)

        highs.cbMipLogging.subscribe(tell)
        highs.cbMipImprovingSolution.subscribe(tell)

    def _sound(self, values: np.ndarray, first: Found) -> Starts:
        """The better of the plans: what HiGHS found, once it holds in whole numbers, filled up; or the first one."""
        if len(values) != len(self.matrix.columns):
            return first.starts
        plan = starts_of(self.problem, self.matrix, values)
        if broken_rules(self.problem, plan):  # by a rounding of HiGHS: put together again, each step exact
            ordered = sorted(self.matrix.columns, key=lambda column: plan[column[0]] != column[1])
            again = fill_musts_first(self.problem, ordered)
            plan = first.starts if again is None else again
        full = Placement(self.problem, plan)
        full.fill(by_density(self.problem))
        return max((full.plan, first.starts), key=self.problem.objective)

    def _found(self, plan: Starts, bound: float, stopped: str, prices: tuple[tuple[float, ...], ...]) -> Found:
        plan = pulled_forward(self.problem, without_idle_shared(self.problem, plan))
        broken = broken_rules(self.problem, plan)
        assert not broken, broken
        worth = self.problem.objective(plan)
        bound = max(bound, worth)
        if bound - worth <= TINY * max(1.0, bound):
            bound, stopped = worth, "optimal"
        seconds = time.monotonic() - self.began
        return Found(plan, worth, bound, stopped, prices, seconds, self.highs.version())


def _order(values: np.ndarray, reduced: np.ndarray) -> np.ndarray:
    """Columns by their value in a relaxation, then by their reduced cost, then by their place."""
    return np.lexsort((np.arange(len(values)), np.round(reduced, 9), -np.round(values, 6)))


def feasible_starts(problem: Problem, time_limit: float) -> Starts:
    """Any plan that holds all that must be done; NoPlan."""
    matrix = build_matrix(replace(problem, items=tuple(replace(item, value=0.0) for item in problem.items)))
    if not matrix.columns:
        if problem.must:
            raise NoPlan(proven=True)
        return (None,) * len(problem.items)
    highs, count = load(matrix), len(matrix.columns)
    make_whole(highs, count)
    highs.setOptionValue("time_limit", max(0.05, time_limit))
    highs.solved()
    if highs.infeasible:
        raise NoPlan(proven=True)
    values = np.array(highs.getSolution().col_value)
    plan = starts_of(problem, matrix, values) if len(values) == count else (None,) * len(problem.items)
    if broken_rules(problem, plan):
        raise NoPlan(proven=False)
    return plan


def solve(problem: Problem, time_limit: float, gap: float = 0.0, watch: Watcher | None = None) -> Found:
    """The best plan that is found within so many seconds. NoPlan when what must be done cannot be."""
    search = Search(problem)
    first = search.guided(time_limit)
    return search.improved(first, time_limit, gap, watch)
