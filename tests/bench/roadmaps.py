"""A roadmap as large as decision.md 4.4 measured: 2,000 projects, 8 quarters, 5 resources, 30 % of the demand there."""

from __future__ import annotations

import random

from planner.domain.selection_problem import ItemFacts, Problem, build_problem, exact

PROJECTS, PERIODS, RESOURCES, PRECEDENCES, GROUPS = 2_000, 8, 5, 400, 50


def large_problem(seed: int) -> Problem:
    """Projects of 1 to 4 quarters that take 3 of 5 resources on average; 400 precedences, 50 either-or triples."""
    rng = random.Random(seed)
    items, demand = [], [0] * RESOURCES
    for number in range(PROJECTS):
        duration = rng.choice((1, 1, 2, 2, 3, 4))
        use = [rng.randint(1, 20) if rng.random() < 0.6 else 0 for _ in range(RESOURCES)]
        demand = [total + amount * duration for total, amount in zip(demand, use, strict=True)]
        value = round(sum(use) * duration * rng.uniform(0.5, 1.5) + rng.uniform(1, 20))
        uses = tuple((exact(amount),) * duration for amount in use)
        items.append(ItemFacts(f"P{number}", f"Project {number}", "project", duration, value, uses))
    order = rng.sample(range(PROJECTS), PROJECTS)  # which a precedence follows, so that there is no circle
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < PRECEDENCES:
        first, second = sorted(rng.sample(range(PROJECTS), 2))
        pairs.add((order[first], order[second]))
    triples = rng.sample(range(PROJECTS), 3 * GROUPS)
    return build_problem(
        [[round(0.3 * total / PERIODS)] * PERIODS for total in demand],
        items,
        periods=PERIODS,
        pairs=sorted(pairs),
        groups=[triples[3 * n : 3 * n + 3] for n in range(GROUPS)],
        discount=0.97,
    )
