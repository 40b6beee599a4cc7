"""Why there is no plan: a smallest set of what was asked for that cannot all be kept.

A deletion filter (Chinneck & Dravnieks 1991, Locating minimal infeasible constraint sets in linear programs, ORSA J.
Comput. 3:157-168): each wish is taken away in turn, and is left out for good when there is still no plan without it.
What remains conflicts, and taking any one of it back makes room.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from planner.domain.errors import FieldError
from planner.domain.selection_greedy import closure
from planner.domain.selection_problem import Problem
from planner.domain.selection_solver import NoPlan, feasible_starts
from planner.domain.wording import listed, measure

EACH, TOGETHER = 2.0, 8.0  # seconds for one try, and for all of them


@dataclass(frozen=True)
class Wish:
    """One thing that was asked for; `kind` and `places` say where it stands in the problem."""

    kind: str  # must, must_not, pair, group, capacity
    places: tuple[int, ...]


@dataclass(frozen=True)
class Names:
    """How the resources and periods of a problem are called: (id, name, unit) of each resource."""

    resources: Sequence[tuple[str, str, str]]
    periods: Sequence[str]


def explain_conflict(problem: Problem, names: Names) -> list[FieldError]:
    """What cannot all be kept, in words, for a problem that has no plan."""
    wishes = _smallest(problem, list(_wishes(problem)))
    return _in_words(problem, names, wishes)


def _wishes(problem: Problem) -> Iterator[Wish]:
    """Everything that could stand in the way of what must be done."""
    needed = closure(problem, problem.must)
    yield from (Wish("group", (n,)) for n, g in enumerate(problem.groups) if len(needed.intersection(g)) > 1)
    for resource, series in enumerate(problem.capacity):
        if any(any(problem.items[item].use[resource]) for item in needed):
            yield from (Wish("capacity", (resource, period)) for period in range(len(series)))
    yield from (Wish("must_not", (item,)) for item in sorted(needed & problem.must_not))
    yield from (Wish("pair", pair) for pair in problem.pairs if pair[1] in needed)
    yield from (Wish("must", (item,)) for item in sorted(problem.must))


def _smallest(problem: Problem, wishes: list[Wish]) -> list[Wish]:
    ends = time.monotonic() + TOGETHER
    # Whole kinds first, then halves of what is left, then one by one: most wishes have nothing to do with it.
    for kind in ("capacity", "group", "pair", "must_not"):
        wishes = _without(problem, wishes, {wish for wish in wishes if wish.kind == kind}, ends)
    for resource in sorted({wish.places[0] for wish in wishes if wish.kind == "capacity"}):
        part = {wish for wish in wishes if wish.kind == "capacity" and wish.places[0] == resource}
        wishes = _without(problem, wishes, part, ends)
    size = len(wishes) // 2
    while size > 1:
        for begin in range(0, len(wishes), size):
            wishes = _without(problem, wishes, set(wishes[begin : begin + size]), ends)
        size //= 2
    for wish in list(wishes):
        wishes = _without(problem, wishes, {wish}, ends)
    return wishes


def _without(problem: Problem, wishes: list[Wish], drop: set[Wish], ends: float) -> list[Wish]:
    """The wishes without those to drop if there is no plan even so; all of them otherwise."""
    fewer = [wish for wish in wishes if wish not in drop]
    if len(fewer) == len(wishes) or time.monotonic() > ends or not any(wish.kind == "must" for wish in fewer):
        return wishes
    return fewer if _is_impossible(_relaxed(problem, fewer)) else wishes


def _is_impossible(problem: Problem) -> bool:
    needed = closure(problem, problem.must)
    others = frozenset(range(len(problem.items))) - needed
    try:
        feasible_starts(replace(problem, must_not=problem.must_not | others), EACH)
    except NoPlan as none:
        return none.proven
    return False


def _relaxed(problem: Problem, wishes: Sequence[Wish]) -> Problem:
    """The problem with only these wishes in it."""
    kept = {(wish.kind, *wish.places) for wish in wishes}
    plenty = [sum(sum(item.use[resource]) for item in problem.items) for resource in range(len(problem.capacity))]
    return replace(
        problem,
        must=frozenset(item for item in problem.must if ("must", item) in kept),
        must_not=frozenset(item for item in problem.must_not if ("must_not", item) in kept),
        pairs=tuple(pair for pair in problem.pairs if ("pair", *pair) in kept),
        groups=tuple(group for number, group in enumerate(problem.groups) if ("group", number) in kept),
        capacity=tuple(
            tuple(c if ("capacity", resource, at) in kept else plenty[resource] for at, c in enumerate(series))
            for resource, series in enumerate(problem.capacity)
        ),
    )


def _in_words(problem: Problem, names: Names, wishes: Sequence[Wish]) -> list[FieldError]:
    resources = sorted({wish.places[0] for wish in wishes if wish.kind == "capacity"})
    told = [
        FieldError(field=w.kind, message=_must(problem, names, w.places[0], resources))
        for w in wishes
        if w.kind == "must"
    ]
    for wish in wishes:
        if wish.kind == "must_not":
            told.append(FieldError(field="must_not", message=f"{_called(problem, wish.places[0])} must not be done"))
        elif wish.kind == "pair":
            first, second = (_called(problem, item) for item in wish.places)
            told.append(FieldError(field="dependencies", message=f"{second} can start only when {first} is finished"))
        elif wish.kind == "group":
            group = [_called(problem, item) for item in problem.groups[wish.places[0]]]
            told.append(FieldError(field="either_or", message=f"only one can be done of {listed(group, 6)}"))
    for resource in resources:
        periods = [wish.places[1] for wish in wishes if wish.kind == "capacity" and wish.places[0] == resource]
        told.append(_capacity(problem, names, resource, periods))
    return told


def _called(problem: Problem, item: int) -> str:
    found = problem.items[item]
    return found.id if found.kind == "project" else found.name


def _must(problem: Problem, names: Names, item: int, resources: Sequence[int]) -> str:
    found = problem.items[item]
    run = "one period" if found.duration == 1 else f"{found.duration} periods"
    text = f"{_called(problem, item)} must be done and runs {run}"
    if found.duration > problem.periods:
        return f"{text}, but there are only {problem.periods}"
    needs = [
        f"{measure(problem.amount(resource, max(found.use[resource])), names.resources[resource][2])} of "
        f"{names.resources[resource][1]}"
        for resource in resources
        if any(found.use[resource])
    ]
    where = f" in {names.periods[0]}" if problem.periods == 1 else " in a period" if needs else ""
    return f"{text}; it needs {listed(needs)}{where}" if needs else text


def _capacity(problem: Problem, names: Names, resource: int, periods: Sequence[int]) -> FieldError:
    kind, name, unit = names.resources[resource]
    by_amount: dict[int, list[str]] = {}
    for period in periods:
        by_amount.setdefault(problem.capacity[resource][period], []).append(names.periods[period])
    parts = [
        f"{measure(problem.amount(resource, amount), unit)} in {listed(found, 4)}"
        for amount, found in by_amount.items()
    ]
    return FieldError(field=f"capacity.{kind}", message=f"of {name} there is {listed(parts, 4)}")
