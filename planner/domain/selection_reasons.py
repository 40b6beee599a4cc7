"""Why a project is not in a plan: the first thing that keeps it out, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.domain.selection_conflicts import Names
from planner.domain.selection_greedy import Placement
from planner.domain.selection_problem import Item, Problem
from planner.domain.selection_solver import Found
from planner.domain.wording import measure

Code = Literal["must_not", "too_long", "either_or", "dependency", "capacity", "open"]


@dataclass(frozen=True)
class Reason:
    """What keeps a project out; `price` is what its room would cost at the best start, None when there is none."""

    code: Code
    text: str
    price: float | None


def why_left_out(problem: Problem, found: Found, names: Names, items: Sequence[int]) -> list[Reason]:
    """The reason for each of these items, which are not in the plan."""
    placement = Placement(problem, found.starts)
    return [_reason(problem, found, names, placement, item) for item in items]


def _reason(problem: Problem, found: Found, names: Names, placement: Placement, item: int) -> Reason:
    one = problem.items[item]
    starts = problem.starts(item)
    price = min((_price(problem, one, found, start) for start in starts), default=None)
    if item in problem.must_not:
        return Reason("must_not", "It must not be done.", None)
    if not starts:
        run = f"It runs {one.duration} periods, and there are only {problem.periods}."
        return Reason("too_long", run, None)
    for group in problem.groups_of[item]:
        other = next((i for i in problem.groups[group] if found.starts[i] is not None), None)
        if other is not None:
            return Reason("either_or", f"{_called(problem.items[other])} is done instead.", price)
    earliest = 0
    for first in problem.before[item]:
        begun = found.starts[first]
        if begun is None:
            return Reason("dependency", f"It waits for {_called(problem.items[first])}, which is left out.", price)
        earliest = max(earliest, begun + problem.items[first].duration)
    possible = [start for start in starts if start >= earliest]
    if not possible:
        return Reason("dependency", "What it waits for is finished too late for it to end in time.", price)
    short = {start: list(_short(placement, one, start)) for start in possible}
    best = min(possible, key=lambda start: (len({resource for resource, *_ in short[start]}), len(short[start])))
    if not short[best]:
        return Reason("open", "There is room for it, but none that a better plan was found with.", price)
    resource, at, amount, free = short[best][0]
    _, name, unit = names.resources[resource]
    wanted, left = (measure(round(problem.amount(resource, whole), 1)) for whole in (amount, free))
    others = len({resource for resource, *_ in short[best]}) - 1
    more = f" and {others} more of what it takes {'is' if others == 1 else 'are'} short" if others else ""
    text = f"No room: it needs {wanted} {unit or 'units'} of {name} where {left} are left in {names.periods[at]}{more}."
    return Reason("capacity", text, price)


def _short(placement: Placement, item: Item, start: int) -> Iterator[tuple[int, int, int, int]]:
    """(resource, period, needed, free) wherever there is too little for an item that starts then."""
    for resource, use in enumerate(item.use):
        for at, amount in enumerate(use, start):
            if amount > placement.free[resource][at]:
                yield resource, at, amount, placement.free[resource][at]


def _price(problem: Problem, item: Item, found: Found, start: int) -> float:
    return sum(
        problem.amount(resource, amount) * found.prices[resource][at]
        for resource, use in enumerate(item.use)
        for at, amount in enumerate(use, start)
        if found.prices[resource][at]
    )


def _called(item: Item) -> str:
    return item.id if item.kind == "project" else item.name
