"""The 0-1 programme of a roadmap for HiGHS: a column for each item and period in which it could start.

    max  Σ value_p · discount^t · x_pt
    once        Σ_t x_pt ≤ 1, and = 1 for what must be done
    capacity    Σ_p Σ_{s ≤ t < s+dur_p} use_{p,r,t−s} · x_ps ≤ C_rt          for each resource r and period t
    dependency  Σ_{s ≤ t} x_ps ≤ Σ_{s ≤ t−dur_q} x_qs                        for each q → p and each period t
    either-or   Σ_{p ∈ group} Σ_t x_pt ≤ 1

The dependency has a row for each period (Pritsker, Watters & Wolfe 1969 and Christofides et al. 1987 call it
disaggregated): its linear relaxation is far tighter than with one row for each pair, which would also let a project
start before the one that it waits for is finished.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from planner.domain.selection_greedy import Column
from planner.domain.selection_problem import Problem, Starts


@dataclass(frozen=True)
class Matrix:
    """The rows as HiGHS takes them, row by row; capacity rows begin at `first_capacity`, resource by resource."""

    columns: tuple[Column, ...]
    cost: np.ndarray  # (columns,), minus the worth of each: HiGHS minimises
    lower: np.ndarray  # (rows,)
    upper: np.ndarray
    begins: np.ndarray  # (rows + 1,)
    index: np.ndarray  # (entries,)
    value: np.ndarray
    first_capacity: int


def build_matrix(problem: Problem) -> Matrix:
    """The programme of a problem."""
    columns = tuple((item, start) for item in range(len(problem.items)) for start in problem.starts(item))
    of_item: list[list[int]] = [[] for _ in problem.items]
    for column, (item, _) in enumerate(columns):
        of_item[item].append(column)
    rows, entries, values = _Rows(), [], []
    for item, own in enumerate(of_item):
        if own or item in problem.must:
            rows.add(1.0 if item in problem.must else -highspy.kHighsInf, 1.0, own, [1.0] * len(own))
    first_capacity = len(rows.lower)
    rows.open([c / f for series, f in zip(problem.capacity, problem.scale, strict=True) for c in series])
    uses = [[[u / f for u in use] for use, f in zip(item.use, problem.scale, strict=True)] for item in problem.items]
    for column, (item, start) in enumerate(columns):
        for resource, use in enumerate(uses[item]):
            row = first_capacity + resource * problem.periods + start
            for at, amount in enumerate(use):
                if amount:
                    entries.append((row + at, column))
                    values.append(amount)
    rows.scatter(entries, values)
    for first, second in problem.pairs:
        duration = problem.items[first].duration
        for at, period in enumerate(problem.starts(second)):
            later = of_item[second][: at + 1]
            earlier = of_item[first][: max(0, period - duration + 1)]
            rows.add(-highspy.kHighsInf, 0.0, later + earlier, [1.0] * len(later) + [-1.0] * len(earlier))
    for group in problem.groups:
        own = [column for item in group for column in of_item[item]]
        rows.add(-highspy.kHighsInf, 1.0, own, [1.0] * len(own))
    cost = np.array([-problem.worth(item, start) for item, start in columns])
    return rows.matrix(columns, cost, first_capacity)


class _Rows:
    """Collects rows and single entries, and puts them in the order of the rows."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self._row: list[int] = []
        self._index: list[int] = []
        self._value: list[float] = []

    def add(self, lower: float, upper: float, index: list[int], value: list[float]) -> None:
        self._row.extend([len(self.lower)] * len(index))
        self._index.extend(index)
        self._value.extend(value)
        self.lower.append(lower)
        self.upper.append(upper)

    def open(self, upper: list[float]) -> None:
        """Adds empty rows, to be filled by `scatter`."""
        self.lower.extend([-highspy.kHighsInf] * len(upper))
        self.upper.extend(upper)

    def scatter(self, places: list[Column], values: list[float]) -> None:
        self._row.extend(row for row, _ in places)
        self._index.extend(column for _, column in places)
        self._value.extend(values)

    def matrix(self, columns: tuple[Column, ...], cost: np.ndarray, first_capacity: int) -> Matrix:
        row = np.array(self._row, dtype=np.int64)
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=len(self.lower))
        return Matrix(
            columns=columns,
            cost=cost,
            lower=np.array(self.lower),
            upper=np.array(self.upper),
            begins=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            index=np.array(self._index, dtype=np.int32)[order],
            value=np.array(self._value)[order],
            first_capacity=first_capacity,
        )


class SilentHighs(highspy.Highs):
    """HiGHS without a word on stdout and on one thread, which every instance in a process must agree on."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS names it so
        # It greets as soon as its callbacks are on, which its constructor does; so it is silenced just before.
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        super().enableCallbacks()  # type: ignore[no-untyped-call]

    def solved(self) -> bool:
        """Runs, and says whether it came to the end with an optimum. RuntimeError when HiGHS refuses to run."""
        if self.run() == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS could not run")
        return bool(self.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    @property
    def infeasible(self) -> bool:
        """Whether it has proven that there is no solution."""
        return bool(self.getModelStatus() == highspy.HighsModelStatus.kInfeasible)


def load(matrix: Matrix) -> SilentHighs:
    """A HiGHS that holds the linear relaxation."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(matrix.columns), len(matrix.lower)
    lp.col_cost_ = matrix.cost
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.ones(lp.num_col_)
    lp.row_lower_, lp.row_upper_ = matrix.lower, matrix.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.begins, matrix.index, matrix.value
    highs = SilentHighs()
    highs.passModel(lp)
    return highs


def make_whole(highs: highspy.Highs, columns: int) -> None:
    """Turns the relaxation into the 0-1 programme."""
    kinds = np.array([highspy.HighsVarType.kInteger] * columns)
    highs.changeColsIntegrality(columns, np.arange(columns, dtype=np.int32), kinds)


def starts_of(problem: Problem, matrix: Matrix, values: np.ndarray) -> Starts:
    """The plan that a solution of the programme stands for; its values are near 0 or 1."""
    starts: list[int | None] = [None] * len(problem.items)
    for column in np.flatnonzero(values > 0.5):
        item, start = matrix.columns[column]
        starts[item] = start
    return tuple(starts)


def values_of(matrix: Matrix, starts: Starts) -> np.ndarray:
    """A plan as a solution of the programme, shape (columns,)."""
    return np.array([1.0 if starts[item] == start else 0.0 for item, start in matrix.columns])
