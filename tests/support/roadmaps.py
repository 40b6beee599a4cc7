"""Problems of roadmaps as one writes them down, and the best plan of a tiny one by trying them all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from planner.domain.selection_problem import ItemFacts, Problem, Starts, broken_rules, build_problem, exact

# Of T = 4 periods and 2 resources: decision.md 3.10, found there by exhaustive enumeration.
MULTI_PERIOD_OPTIMUM = 249.0275
MULTI_PERIOD_STARTS = (0, 1, 2, None, 2, None, 0, 0)


def problem_of(
    capacity: Sequence[Sequence[float]],
    values: Sequence[float],
    uses: Sequence[Sequence[Sequence[float]]],
    *,
    shared: Sequence[int] = (),
    **said: Any,
) -> Problem:
    """`uses` is by (item, resource, period of its run); items are called A, B, C, …"""
    facts = [
        ItemFacts(
            id=chr(65 + place) if place < 26 else f"P{place}",
            name=f"Item {place}",
            kind="shared" if place in shared else "project",
            duration=len(use[0]),
            value=value,
            use=tuple(tuple(map(exact, series)) for series in use),
        )
        for place, (value, use) in enumerate(zip(values, uses, strict=True))
    ]
    return build_problem(capacity, facts, periods=len(capacity[0]), **said)


def knapsack(values: Sequence[float], rows: Sequence[Sequence[float]], capacity: Sequence[float]) -> Problem:
    """A single period; `rows` hold what each item takes, by (resource, item)."""
    uses = [[[row[item]] for row in rows] for item in range(len(values))]
    return problem_of([[limit] for limit in capacity], values, uses)


def multi_period(**said: Any) -> Problem:
    """Decision.md 3.10."""
    duration = (1, 1, 2, 1, 2, 2, 2, 1)
    per_period = ((3, 1), (3, 5), (3, 1), (3, 1), (4, 5), (5, 4), (5, 2), (1, 3))
    plain: dict[str, Any] = {
        "pairs": [(0, 3), (1, 4)],
        "groups": [(2, 5)],
        "must": [6],
        "discount": 0.95,
    }
    return problem_of(
        [(9, 9, 8, 8), (8, 8, 9, 7)],
        (32, 43, 59, 23, 52, 16, 27, 49),
        [[(use,) * run for use in uses] for run, uses in zip(duration, per_period, strict=True)],
        **{**plain, **said},
    )


def best_by_trying(problem: Problem) -> tuple[float, list[Starts]] | None:
    """The worth of the best plans and these plans; None when there is none."""
    best, found = -1.0, list[Starts]()
    for starts in product(*[(None, *problem.starts(item)) for item in range(len(problem.items))]):
        if broken_rules(problem, starts):
            continue
        worth = problem.objective(starts)
        if worth > best + 1e-9:
            best, found = worth, [starts]
        elif worth > best - 1e-9:
            found.append(starts)
    return (best, found) if found else None
