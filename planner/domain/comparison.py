"""Two projects side by side: which is before the other, how surely, and which criteria make it so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np
from pydantic import Field

from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Dimension
from planner.domain.priorities import expected_value, priorities_of
from planner.domain.scoring import Belief, BeliefState, Interval


class Side(Model):
    """One of the two projects."""

    key: str
    name: str
    answered: int = Field(description="Criteria with an answer.")
    impact: Interval = Field(description="What would change for the better if it worked.")
    feasibility: Interval = Field(description="How cheaply and surely it can be done.")
    priority: Interval


class CriterionShare(Model):
    """What a criterion adds to the difference of the expected priorities."""

    criterion: str = Field(description="Id of the criterion.")
    name: str
    dimension: str = Field(description="Name of its dimension.")
    a: float | None = Field(description="Expected level of the first project; null where it does not apply.")
    b: float | None = Field(description="Expected level of the second project.")
    share: float = Field(description="Its part of the difference; positive speaks for the first project.")


class Comparison(Model):
    """The first project against the second. The shares of the criteria sum to the difference."""

    a: Side = Field(description="The first project.")
    b: Side = Field(description="The second project.")
    p_before: float = Field(description="P(the first has the higher priority), exact; equal priorities count half.")
    difference: float = Field(description="Expected priority of the first minus that of the second.")
    shares: tuple[CriterionShare, ...] = Field(description="In the order of the playbook.")


def compare(
    sides: tuple[Side, Side], states: tuple[BeliefState, BeliefState], playbook: Playbook, share: float
) -> Comparison:
    """The comparison of two projects under the playbook's weights and λ.

    P is exact for independent answers. Where the playbook gives only an order, its weights are the centroid here, as in
    every standing.
    """
    exact = priorities_of(states, playbook, share)
    split = len(playbook.impact.criteria)
    parts = (
        *shares_of(states, playbook.impact, slice(0, split), share),
        *shares_of(states, playbook.feasibility, slice(split, None), 1 - share),
    )
    levels = [[_expected_level(state, index) for index in range(len(playbook.criteria))] for state in states]
    dimension_of = {
        criterion.id: dimension.name for dimension in playbook.dimensions for criterion in dimension.criteria
    }
    return Comparison(
        a=sides[0],
        b=sides[1],
        p_before=float(exact.before(0, np.array([1]))[0]),
        difference=round(float(exact.expected[0] - exact.expected[1]), 6),
        shares=tuple(
            CriterionShare(
                criterion=criterion.id,
                name=criterion.name,
                dimension=dimension_of[criterion.id],
                a=levels[0][index],
                b=levels[1][index],
                share=round(part, 9) + 0.0,
            )
            for index, (criterion, part) in enumerate(zip(playbook.criteria, parts, strict=True))
        ),
    )


def shares_of(
    states: tuple[BeliefState, BeliefState], dimension: Dimension, columns: slice, weight: float
) -> list[float]:
    """The parts that a dimension's criteria have in the difference of expected priorities; they sum to its whole.

    Shapley values: each criterion in turn is changed from the second project's belief to the first's, and its part is
    the mean of what that changes over all orders of changing (Shapley 1953, Contributions to the Theory of Games II).
    In a weighted mean that is weight × difference of the levels; with a best lens no single order would be fair.
    """
    n = len(dimension.criteria)
    subsets = [frozenset(chosen) for size in range(n + 1) for chosen in combinations(range(n), size)]
    worth = dict(zip(subsets, _mixed(states, dimension, columns, subsets), strict=True))
    parts = []
    for criterion in range(n):
        total = 0.0
        for before in subsets:
            if criterion not in before:
                orders = factorial(len(before)) * factorial(n - len(before) - 1) / factorial(n)
                total += orders * (worth[before | {criterion}] - worth[before])
        parts.append(weight * total)
    return parts


def _mixed(
    states: tuple[BeliefState, BeliefState], dimension: Dimension, columns: slice, subsets: Sequence[frozenset[int]]
) -> list[float]:
    """Expected values of projects that have the criteria of a subset from the first, and the rest from the second.

    One to which no criterion would apply has no value; it is put half way between the two.
    """
    rows: list[list[Belief]] = []
    applies: list[list[bool]] = []
    for subset in subsets:
        chosen = [states[0] if index in subset else states[1] for index in range(len(dimension.criteria))]
        rows.append([state.beliefs[columns][index] for index, state in enumerate(chosen)])
        applies.append([state.applicable[columns][index] for index, state in enumerate(chosen)])
    values = expected_value(np.array(rows), np.array(applies), dimension)
    return [float(value) for value in np.where(np.isnan(values), (values[0] + values[-1]) / 2, values)]


def _expected_level(state: BeliefState, index: int) -> float | None:
    if not state.applicable[index]:
        return None
    return round(sum(level * chance for level, chance in enumerate(state.beliefs[index], 1)), 6)
