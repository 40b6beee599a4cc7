"""Which shared components to build next, and in which order.

A set of components is worth the projects that have all they require once the set is there, each by its expected
priority (or each alike). A project that waits for three components gains nothing from two of them, so the worth of a
set is not the sum of its parts, and taking the most demanded one at a time can be far from best.

With at most 20 components in question all sets are looked at, which is exact, simple, and quick: the worth of all 2^n
sets follows from the projects grouped by what they wait for, summed over subsets bit by bit, in n·2^n additions (the
zeta transform; Björklund, Husfeldt, Kaski & Koivisto 2007, Fourier meets Möbius, STOC). Seventeen components take some
milliseconds. A solver of mixed-integer programs would need a model, tolerances and a time limit for the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from planner.domain.infrastructure_needs import Needs
from planner.domain.model import Model, NotAFlag

SEARCHED = 20  # components of which all sets are looked at
SCALE = 1_000_000  # priorities are summed as whole millionths, so that equal sums are equal
NAMED = 5  # projects named at each step


class BuildQuery(Model):
    """Within which limits to choose."""

    budget: Annotated[float, Field(ge=0, le=1e12), NotAFlag] | None = Field(
        default=None, description="Money to build with; without it only the number of components is limited."
    )
    most: Annotated[int, Field(ge=1, le=50), NotAFlag] = Field(
        default=5, description="How many components to build at most."
    )
    by: Literal["priority", "projects"] = Field(
        default="priority", description="Whether a project counts by its expected priority, or each alike."
    )


class BuildStep(Model):
    """One component of the set, in the order of building."""

    component: str
    name: str
    cost: float | None = Field(description="Its stated cost; null when none is stated.")
    spent: float = Field(description="The stated costs up to and with this step.")
    completes: int = Field(description="Projects that have all they require with this step.")
    gain: float = Field(description="What these weigh.")
    worth: float = Field(description="What all projects weigh that have all they require after this step.")
    projects: tuple[str, ...] = Field(description="Keys of the first of them by priority.")


class BuildPlan(BuildQuery):
    """The best set within the limits, in the best order."""

    steps: tuple[BuildStep, ...] = Field(description="The components to build, in this order.")
    completes: int = Field(description="Projects that have all they require with the whole set.")
    completes_unscored: int = Field(description="Those of them that have no answer; they add nothing by priority.")
    worth: float = Field(description="What the projects weigh that the set completes.")
    waiting: int = Field(description="Open projects that wait for some component.")
    waiting_worth: float = Field(description="What all of these weigh.")
    without_cost: tuple[str, ...] = Field(
        description="Names of components that are waited for and have no stated cost; a budget leaves them out."
    )
    least_components: int | None = Field(
        description="How many components complete the first project that weighs something; null when none does."
    )
    not_searched: tuple[str, ...] = Field(
        description="Names of components left out since more than 20 were in question; the set may then not be best."
    )


@dataclass(frozen=True)
class _Groups:
    """Projects by what they wait for: `waits` of shape (groups, components), `weight` in millionths."""

    waits: np.ndarray
    weight: np.ndarray

    def only(self, kept: np.ndarray) -> _Groups:
        """Those of the groups."""
        return _Groups(self.waits[kept], self.weight[kept])

    def within(self, columns: np.ndarray) -> _Groups:
        """The groups that wait for nothing but these components."""
        others = np.delete(self.waits, columns, axis=1).sum(axis=1)
        return self.only(others == 0)

    def masks(self, columns: np.ndarray) -> np.ndarray:
        """What each group waits for as a bit mask over these components."""
        bits: np.ndarray = self.waits[:, columns] @ (1 << np.arange(len(columns), dtype=np.int64))
        return bits


def plan_building(needs: Needs, costs: Mapping[str, float], query: BuildQuery) -> BuildPlan:
    """The set of components within the limits that is worth most, in the order that brings most along the way.

    Of sets worth the same the cheapest is taken (a component without a stated cost counts as dearer than any with one),
    then the smallest, then the first by the playbook's order. Exact unless `not_searched` names something.
    """
    weight = np.rint(needs.priorities * SCALE).astype(np.int64) if query.by == "priority" else _alike(needs)
    waiting = needs.held_back.any(axis=1)
    price = np.array([costs.get(component.id, np.nan) for component in needs.components], dtype=float)
    groups = _grouped(needs.held_back[waiting], weight[waiting])
    possible = groups.only(_possible(groups, price, query))
    columns = np.flatnonzero(possible.waits.any(axis=0))
    left_out = np.zeros(0, dtype=np.int64)
    if len(columns) > SEARCHED:
        demand = possible.weight @ possible.waits[:, columns]
        heaviest = np.sort(np.argsort(-demand, kind="stable")[:SEARCHED])
        left_out = np.delete(columns, heaviest)
        columns = columns[heaviest]
        possible = possible.within(columns)
    chosen = _best_set(possible, columns, price, query)
    order = _best_order(possible, chosen, price)
    steps = _steps(needs, weight, order, price)
    done = waiting & ~np.delete(needs.held_back, order, axis=1).any(axis=1)
    unpriced = np.isnan(price) & needs.held_back.any(axis=0)
    heavy = groups.waits[groups.weight > 0].sum(axis=1)
    return BuildPlan(
        **dict(query),
        steps=tuple(steps),
        completes=int(done.sum()),
        completes_unscored=int((done & ~needs.scored).sum()),
        worth=_told(weight[done].sum()),
        waiting=int(waiting.sum()),
        waiting_worth=_told(weight[waiting].sum()),
        without_cost=_names(needs, np.flatnonzero(unpriced)),
        least_components=int(heavy.min()) if len(heavy) else None,
        not_searched=_names(needs, left_out),
    )


def _alike(needs: Needs) -> np.ndarray:
    return np.full(len(needs.subjects), SCALE, dtype=np.int64)


def _told(weight: np.integer | int) -> float:
    return int(weight) / SCALE


def _names(needs: Needs, columns: np.ndarray) -> tuple[str, ...]:
    return tuple(needs.components[column].name for column in columns)


def _grouped(waits: np.ndarray, weight: np.ndarray) -> _Groups:
    if not len(waits):
        return _Groups(waits, weight)
    kinds, group = np.unique(waits, axis=0, return_inverse=True)
    total = np.zeros(len(kinds), dtype=np.int64)
    np.add.at(total, group.ravel(), weight)
    return _Groups(kinds, total)


def _possible(groups: _Groups, price: np.ndarray, query: BuildQuery) -> np.ndarray:
    """Which groups weigh something and fit the limits by themselves: no set completes the others."""
    fits: np.ndarray = (groups.weight > 0) & (groups.waits.sum(axis=1) <= query.most)
    if query.budget is not None:
        priced = ~groups.waits[:, np.isnan(price)].any(axis=1)
        fits &= priced & (groups.waits @ np.nan_to_num(price) <= _limit(query.budget))
    return fits


def _limit(budget: float) -> float:
    return budget * (1 + 1e-12) + 1e-9  # costs are added in binary fractions


def _over_subsets(amounts: np.ndarray) -> np.ndarray:
    """Of each set, given by its mask, the sum of the amounts of all its subsets: the zeta transform."""
    totals = amounts.copy()
    width = 1
    while width < len(totals):
        pairs = totals.reshape(-1, 2, width)
        pairs[:, 1] += pairs[:, 0]
        width *= 2
    return totals


def _worths(groups: _Groups, columns: np.ndarray) -> np.ndarray:
    """What each set of these components is worth, shape (2^components,)."""
    amounts = np.zeros(1 << len(columns), dtype=np.int64)
    np.add.at(amounts, groups.masks(columns), groups.weight)
    return _over_subsets(amounts)


def _sums(values: np.ndarray) -> np.ndarray:
    """Of each set, the sum of the values of its members, shape (2^members,)."""
    amounts = np.zeros(1 << len(values), dtype=values.dtype)
    amounts[1 << np.arange(len(values))] = values
    return _over_subsets(amounts)


def _best_set(groups: _Groups, columns: np.ndarray, price: np.ndarray, query: BuildQuery) -> np.ndarray:
    worth = _worths(groups, columns)
    size = _sums(np.ones(len(columns), dtype=np.int64))
    unpriced = _sums(np.isnan(price[columns]).astype(np.int64))
    cost = np.round(_sums(np.nan_to_num(price[columns])), 6)
    allowed = size <= query.most
    if query.budget is not None:
        allowed &= (unpriced == 0) & (cost <= _limit(query.budget))
    masks = np.flatnonzero(allowed)
    best = masks[worth[masks] == worth[masks].max()]
    mask = best[np.lexsort((best, size[best], cost[best], unpriced[best]))[0]]
    best_set: np.ndarray = columns[(mask >> np.arange(len(columns))) & 1 == 1]
    return best_set


def _best_order(groups: _Groups, chosen: np.ndarray, price: np.ndarray) -> np.ndarray:
    """The order that maximises the worth summed over the steps, each step counting alike; exact.

    By dynamic programming over subsets (Held & Karp 1962, J. SIAM 10:196-210): the best way to have a set is the best
    way to have it without its last member, and then that one. Ties go to the order that spends later, then to the
    playbook's order.
    """
    within = groups.within(chosen)
    worth, cost = _worths(within, chosen), _sums(np.nan_to_num(price[chosen]))
    size = _sums(np.ones(len(chosen), dtype=np.int64))
    total, spent = np.zeros_like(worth), np.zeros_like(cost)
    last = np.zeros(len(worth), dtype=np.int64)
    for count in range(1, len(chosen) + 1):
        sets = np.flatnonzero(size == count)
        best, least = np.full(len(sets), -1, dtype=np.int64), np.full(len(sets), np.inf)
        for bit in reversed(range(len(chosen))):
            inside = (sets >> bit) & 1 == 1
            before = np.where(inside, sets ^ (1 << bit), 0)
            better = inside & ((total[before] > best) | ((total[before] == best) & (spent[before] < least)))
            best[better], least[better] = total[before][better], spent[before][better]
            last[sets[better]] = bit
        total[sets], spent[sets] = best + worth[sets], least + cost[sets]
    order, mask = [], len(worth) - 1
    while mask:
        order.append(int(last[mask]))
        mask ^= 1 << order[-1]
    in_order: np.ndarray = chosen[np.array(order[::-1], dtype=np.int64)]
    return in_order


def _steps(needs: Needs, weight: np.ndarray, order: np.ndarray, price: np.ndarray) -> list[BuildStep]:
    waits = needs.held_back.copy()
    waiting = waits.any(axis=1)
    worth, spent, steps = 0, 0.0, []
    for column in order:
        waits[:, column] = False
        done = waiting & ~waits.any(axis=1)
        waiting &= ~done
        gain = int(weight[done].sum())
        worth += gain
        cost = None if np.isnan(price[column]) else float(price[column])
        spent += cost or 0.0
        first = sorted(np.flatnonzero(done), key=lambda row: (-int(weight[row]), row))[:NAMED]
        steps.append(
            BuildStep(
                component=needs.components[column].id,
                name=needs.components[column].name,
                cost=cost,
                spent=round(spent, 6),
                completes=int(done.sum()),
                gain=_told(gain),
                worth=_told(worth),
                projects=tuple(needs.subjects[row].key for row in first),
            )
        )
    return steps
