"""The scores that each method gives the scored projects of a portfolio, on their expected levels or stated numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from planner.domain.comparison_methods import METHODS, Method, MethodId
from planner.domain.dominance import hypervolume, pareto_layers
from planner.domain.errors import Invalid
from planner.domain.matrix import ProjectPoint
from planner.domain.outranking import Preference, promethee
from planner.domain.planning_numbers import product_scores
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.reference_points import Compromise, compromise, topsis, vikor
from planner.domain.scoring import BeliefState
from planner.domain.weighted_sum import by_range, by_scale, by_sum, by_vector, weighted_sum

Normalisation = Literal["vector", "range", "sum", "scale"]
NORMALISATIONS: tuple[Normalisation, ...] = get_args(Normalisation)
LOW, HIGH = LEVELS[0], LEVELS[-1]
PREFERENCE = Preference(indifference=0.5, strict=2.0)  # in levels


def normalisation_named(name: str) -> Normalisation:
    """The normalisation of that name; Invalid when there is none."""
    for known in NORMALISATIONS:
        if name == known:
            return known
    raise Invalid.one("normalisation", f"one of: {', '.join(NORMALISATIONS)}")


@dataclass(frozen=True)
class Candidate:
    """A project as it is compared: its place, what is believed of it, and the numbers it states."""

    point: ProjectPoint
    state: BeliefState
    effort: float | None
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Column:
    """The scores of one method: `rows` are the projects it can place, in their order."""

    method: Method
    rows: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True)
class Scores:
    """What the methods find; projects by their row."""

    columns: tuple[Column, ...]  # of the methods that place at least one project, in the order of METHODS
    front: tuple[int, ...]  # the first Pareto layer
    covered: float  # share of the plane of impact and feasibility that is no better than the front
    compromise: Compromise


def score_by_methods(
    scored: Sequence[Candidate], playbook: Playbook, impact_share: float, normalisation: Normalisation
) -> Scores:
    """The scores of at least one scored candidate by every method; `impact_share` is λ of the portfolio."""
    levels, weights = expected_levels(scored, playbook), _weights(playbook, impact_share)
    costs = -np.array([_place(c) for c in scored])
    maximise = [True] * len(weights)
    regrets = vikor(levels, weights, maximise)
    layers = pareto_layers(costs)
    whole: dict[MethodId, np.ndarray] = {
        "weighted_sum": LOW + (HIGH - LOW) * weighted_sum(by_scale(levels, maximise, LOW, HIGH), weights),
        "topsis": _topsis(levels, weights, maximise, normalisation),
        "vikor": regrets.compromise,
        "promethee": promethee(levels, weights, maximise, [PREFERENCE] * len(weights)).net,
        "pareto": layers,
    }
    front = np.flatnonzero(layers == 1)
    return Scores(
        columns=tuple(_columns(whole, scored)),
        front=tuple(front.tolist()),
        covered=hypervolume(costs[front], (-LOW, -LOW)) / (HIGH - LOW) ** 2,
        compromise=compromise(regrets),
    )


def expected_levels(candidates: Sequence[Candidate], playbook: Playbook) -> np.ndarray:
    """The expected level of each criterion, shape (candidates, criteria).

    Where a criterion does not apply, the weighted mean of the others of its dimension stands in, which leaves a
    weighted sum as it is without the criterion.
    """
    levels = np.array([c.state.beliefs for c in candidates]) @ np.array(LEVELS, dtype=float)
    applies = np.array([c.state.applicable for c in candidates])
    start = 0
    for dimension in playbook.dimensions:
        part = slice(start, start + len(dimension.criteria))
        weights = np.where(applies[:, part], np.array(dimension.weights), 0.0)
        unweighted = weights.sum(axis=1) == 0
        weights[unweighted] = applies[unweighted, part]
        mean = (weights * levels[:, part]).sum(axis=1) / weights.sum(axis=1)
        levels[:, part] = np.where(applies[:, part], levels[:, part], mean[:, None])
        start = part.stop
    # Beliefs are sums of fractions, whose last digits would tell equal projects apart.
    return np.asarray(np.round(levels, 9))


def _weights(playbook: Playbook, impact_share: float) -> np.ndarray:
    shares = (impact_share, 1 - impact_share)
    return np.array([s * w for s, d in zip(shares, playbook.dimensions, strict=True) for w in d.weights])


def _topsis(
    levels: np.ndarray, weights: np.ndarray, maximise: Sequence[bool], normalisation: Normalisation
) -> np.ndarray:
    if normalisation == "scale":  # the ends of the scale are the ideals too: then no other project matters
        return topsis(by_scale(levels, maximise, LOW, HIGH), weights, best=1, worst=0)
    normalise = {"vector": by_vector, "range": by_range, "sum": by_sum}[normalisation]
    return topsis(normalise(levels, maximise), weights)


def _columns(whole: Mapping[MethodId, np.ndarray], scored: Sequence[Candidate]) -> list[Column]:
    """The columns of all methods that place at least one project, in the order of METHODS."""
    stated = [product_scores(c.numbers, c.point.standing.impact.expected, c.effort) for c in scored]
    columns = []
    for method in METHODS:
        if method.id in whole:
            columns.append(Column(method, np.arange(len(scored)), np.round(whole[method.id], 9)))
            continue
        rows = [row for row, scores in enumerate(stated) if method.id in scores]
        if rows:
            columns.append(Column(method, np.array(rows), np.array([stated[row][method.id] for row in rows])))
    return columns


def _place(candidate: Candidate) -> tuple[float, float]:
    standing = candidate.point.standing
    return standing.impact.expected, standing.feasibility.expected
