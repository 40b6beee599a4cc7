"""Filling a plan item by item: every insertion is checked in whole numbers, so the plan is sound at each step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.domain.selection_problem import Problem, Starts

Column = tuple[int, int]  # an item and a period in which it could start


class Placement:
    """A plan that is being filled."""

    def __init__(self, problem: Problem, starts: Starts | None = None) -> None:
        self.problem = problem
        self.starts: list[int | None] = [None] * len(problem.items)
        self.free = [list(series) for series in problem.capacity]
        self._taken = [False] * len(problem.groups)
        for item, start in enumerate(starts or ()):
            if start is not None:
                self._put(item, start)

    @property
    def plan(self) -> Starts:
        return tuple(self.starts)

    def fits(self, item: int, start: int) -> bool:
        """Whether an item that is not in the plan yet can start then beside all that is."""
        problem, starts = self.problem, self.starts
        if starts[item] is not None or any(self._taken[group] for group in problem.groups_of[item]):
            return False
        for first in problem.before[item]:
            begun = starts[first]
            if begun is None or begun + problem.items[first].duration > start:
                return False
        for free, use in zip(self.free, problem.items[item].use, strict=True):
            for at, amount in enumerate(use, start):
                if amount > free[at]:
                    return False
        return True

    def fill(self, columns: Iterable[Column]) -> None:
        """Inserts what fits, in the order given; what waits for something that comes later is tried again."""
        left = list(columns)
        while left:
            waiting, placed = [], False
            for item, start in left:
                if self.starts[item] is not None:
                    continue
                if self.fits(item, start):
                    self._put(item, start)
                    placed = True
                elif any(self.starts[first] is None for first in self.problem.before[item]):
                    waiting.append((item, start))
            left = waiting if placed else []

    def pull_forward(self) -> None:
        """Starts everything as early as it can start beside the rest: nobody waits for no reason."""
        moved = True
        while moved:
            moved = False
            begun = [(start, item) for item, start in enumerate(self.starts) if start is not None]
            for start, item in sorted(begun):
                self._take(item, start)
                earliest = next((at for at in range(start) if self.fits(item, at)), start)
                self._put(item, earliest)
                moved = moved or earliest < start

    def _put(self, item: int, start: int) -> None:
        self._change(item, start, 1)
        self.starts[item] = start

    def _take(self, item: int, start: int) -> None:
        self._change(item, start, -1)
        self.starts[item] = None

    def _change(self, item: int, start: int, sign: int) -> None:
        for group in self.problem.groups_of[item]:
            self._taken[group] = sign > 0
        for free, use in zip(self.free, self.problem.items[item].use, strict=True):
            for at, amount in enumerate(use, start):
                free[at] -= sign * amount


def closure(problem: Problem, items: Iterable[int]) -> set[int]:
    """The items and everything that must be finished before them."""
    found: set[int] = set()
    todo = list(items)
    while todo:
        item = todo.pop()
        if item not in found:
            found.add(item)
            todo.extend(problem.before[item])
    return found


def fill_musts_first(problem: Problem, columns: Sequence[Column], base: Starts | None = None) -> Starts | None:
    """A plan filled in the order of the columns, what must be done first; None when some of that finds no room.

    `base` is a plan that holds all that must be done already.
    """
    placement = Placement(problem, base)
    if problem.must and base is None:
        needed = closure(problem, problem.must)
        placement.fill(column for column in columns if column[0] in needed)
        if any(placement.starts[item] is None for item in problem.must):
            return None
    placement.fill(columns)
    return placement.plan


def by_density(problem: Problem) -> list[Column]:
    """Columns by value for the share of all capacity that they take, the best first: what one would do by hand."""
    totals = [sum(series) or 1 for series in problem.capacity]
    shares = [
        sum(sum(use) / total for use, total in zip(item.use, totals, strict=True)) + 1e-12 for item in problem.items
    ]
    columns = [(item, start) for item in range(len(problem.items)) for start in problem.starts(item)]
    return sorted(columns, key=lambda column: (-problem.worth(*column) / shares[column[0]], column[1], column[0]))


def without_idle_shared(problem: Problem, starts: Starts) -> Starts:
    """The plan without shared items for which no project in it waits and which need not be done."""
    kept = list(starts)
    changed = True
    while changed:
        changed = False
        for item, start in enumerate(kept):
            idle = problem.items[item].kind == "shared" and item not in problem.must
            if start is not None and idle and all(kept[after] is None for after in problem.after[item]):
                kept[item] = None
                changed = True
    return tuple(kept)


def pulled_forward(problem: Problem, starts: Starts) -> Starts:
    """The same items, each as early as it can start: never worth less, as a discount is at most 1."""
    placement = Placement(problem, starts)
    placement.pull_forward()
    return placement.plan
