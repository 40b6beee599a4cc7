"""The problem that a roadmap solves, in whole numbers, so that a plan is checked without rounding.

Amounts are taken as they are written (0.1 is a tenth) and multiplied, resource by resource, until none has a fraction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import fsum, lcm
from typing import Any, Literal

Starts = tuple[int | None, ...]  # of each item the period in which it starts, from 0; None: left out


@dataclass(frozen=True)
class Item:
    """A project or a shared item. `use` holds whole amounts by (resource, period of its run)."""

    id: str
    name: str
    kind: Literal["project", "shared"]
    duration: int
    value: float
    use: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Problem:
    """Items, what there is of each resource in each period, and what ties items to each other.

    Pairs, groups and choices name items by their place. A shared item may stand in any of them.
    """

    periods: int
    scale: tuple[int, ...]  # by which the amounts of each resource are multiplied
    capacity: tuple[tuple[int, ...], ...]  # by (resource, period)
    items: tuple[Item, ...]
    pairs: tuple[tuple[int, int], ...] = ()  # (before, after), finish to start
    groups: tuple[tuple[int, ...], ...] = ()  # at most one of each
    must: frozenset[int] = frozenset()
    must_not: frozenset[int] = frozenset()
    discount: float = 1.0

    @cached_property
    def before(self) -> tuple[tuple[int, ...], ...]:
        """Of each item those that must be finished before it starts."""
        found: list[list[int]] = [[] for _ in self.items]
        for first, second in self.pairs:
            found[second].append(first)
        return tuple(map(tuple, found))

    @cached_property
    def after(self) -> tuple[tuple[int, ...], ...]:
        """Of each item those that wait for it."""
        found: list[list[int]] = [[] for _ in self.items]
        for first, second in self.pairs:
            found[first].append(second)
        return tuple(map(tuple, found))

    @cached_property
    def groups_of(self) -> tuple[tuple[int, ...], ...]:
        """Of each item the groups that it is in."""
        found: list[list[int]] = [[] for _ in self.items]
        for number, group in enumerate(self.groups):
            for item in group:
                found[item].append(number)
        return tuple(map(tuple, found))

    def starts(self, item: int) -> range:
        """The periods in which an item could start; none when it must not be done or runs too long."""
        if item in self.must_not:
            return range(0)
        return range(max(0, self.periods - self.items[item].duration + 1))

    def worth(self, item: int, start: int) -> float:
        """The value of an item that starts in a period, discounted."""
        return float(self.items[item].value * self.discount**start)

    def amount(self, resource: int, whole: int) -> float:
        """A whole amount in the unit of its resource again."""
        return float(Fraction(whole, self.scale[resource]))

    def objective(self, starts: Starts) -> float:
        """What a plan is worth: the discounted values of what it holds."""
        return fsum(self.worth(item, start) for item, start in enumerate(starts) if start is not None)

    def loads(self, starts: Starts) -> list[list[int]]:
        """The whole amounts that a plan takes, by (resource, period)."""
        loads = [[0] * self.periods for _ in self.capacity]
        for item, start in enumerate(starts):
            if start is not None:
                for load, use in zip(loads, self.items[item].use, strict=True):
                    for at, amount in enumerate(use, start):
                        load[at] += amount
        return loads

    @cached_property
    def digest(self) -> str:
        """What tells whether a plan was made for this very problem. Keys and names are not in it: they may change."""
        facts = (
            self.periods,
            self.scale,
            self.capacity,
            [(item.kind, item.duration, repr(item.value), item.use) for item in self.items],
            (self.pairs, self.groups, sorted(self.must), sorted(self.must_not), repr(self.discount)),
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def with_more(self, more: Mapping[int, float]) -> Problem:
        """The same problem with more of some resources in every period; fractions may need a larger scale."""
        problem = self
        for resource, amount in more.items():
            extra = exact(amount)
            factor = lcm(problem.scale[resource], extra.denominator) // problem.scale[resource]
            scale = problem.scale[resource] * factor
            capacity = tuple(c * factor + int(extra * scale) for c in problem.capacity[resource])
            problem = replace(
                problem,
                scale=_put(problem.scale, resource, scale),
                capacity=_put(problem.capacity, resource, capacity),
                items=tuple(
                    replace(item, use=_put(item.use, resource, tuple(u * factor for u in item.use[resource])))
                    for item in problem.items
                ),
            )
        return problem

    def with_values(self, values: Sequence[float]) -> Problem:
        """The same problem with other values."""
        return replace(
            self, items=tuple(replace(item, value=value) for item, value in zip(self.items, values, strict=True))
        )


def _put(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*values[:place], value, *values[place + 1 :])


@dataclass(frozen=True)
class ItemFacts:
    """An item as it is stated: what it takes by (resource, period of its run), in the resources' units."""

    id: str
    name: str
    kind: Literal["project", "shared"]
    duration: int
    value: float
    use: tuple[tuple[Fraction, ...], ...]


@lru_cache(maxsize=65536)
def exact(number: float) -> Fraction:
    """A number as it is written in decimals: 0.1 is a tenth."""
    return Fraction(int(number)) if float(number).is_integer() else Fraction(repr(float(number)))


def spread(total: float, duration: int) -> tuple[Fraction, ...]:
    """A total amount in equal parts, one for each period of a run."""
    return (exact(total) / duration,) * duration


def build_problem(
    capacity: Sequence[Sequence[float]],
    items: Iterable[ItemFacts],
    *,
    periods: int,
    pairs: Iterable[tuple[int, int]] = (),
    groups: Iterable[Sequence[int]] = (),
    must: Iterable[int] = (),
    must_not: Iterable[int] = (),
    discount: float = 1.0,
) -> Problem:
    """The problem in whole amounts. `capacity` is by (resource, period)."""
    items = list(items)
    limits = [[exact(value) for value in series] for series in capacity]
    scale = [1] * len(limits)
    for resource, series in enumerate(limits):
        parts = {value.denominator for value in series}
        for item in items:
            parts.update(value.denominator for value in set(item.use[resource]))
        scale[resource] = lcm(*parts)
    whole = [
        Item(
            item.id,
            item.name,
            item.kind,
            item.duration,
            item.value,
            tuple(tuple(_whole(v, factor) for v in use) for use, factor in zip(item.use, scale, strict=True)),
        )
        for item in items
    ]
    return Problem(
        periods=periods,
        scale=tuple(scale),
        capacity=tuple(tuple(_whole(v, f) for v in series) for series, f in zip(limits, scale, strict=True)),
        items=tuple(whole),
        pairs=tuple(pairs),
        groups=tuple(tuple(group) for group in groups),
        must=frozenset(must),
        must_not=frozenset(must_not),
        discount=discount,
    )


def _whole(value: Fraction, factor: int) -> int:
    return value.numerator * (factor // value.denominator)


def broken_rules(problem: Problem, starts: Starts) -> list[str]:
    """What a plan breaks, in exact arithmetic and in words for whoever debugs; empty for a sound plan."""
    found = []
    for item, start in enumerate(starts):
        name = problem.items[item].id
        if start is None:
            if item in problem.must:
                found.append(f"{name} must be done")
            continue
        if start not in problem.starts(item):
            found.append(f"{name} cannot start in period {start}")
        early = (first for first in problem.before[item] if not _is_finished(problem, starts, first, start))
        found.extend(f"{name} starts before {problem.items[first].id} is finished" for first in early)
    for group in problem.groups:
        both = [problem.items[item].id for item in group if starts[item] is not None]
        if len(both) > 1:
            found.append(f"more than one of an either-or group: {', '.join(both)}")
    for resource, load in enumerate(problem.loads(starts)):
        over = (at for at, amount in enumerate(load) if amount > problem.capacity[resource][at])
        found.extend(f"resource {resource} is overrun in period {at}" for at in over)
    return found


def _is_finished(problem: Problem, starts: Starts, item: int, by: int) -> bool:
    begun = starts[item]
    return begun is not None and begun + problem.items[item].duration <= by
