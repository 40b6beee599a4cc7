"""Second opinions: the ranking by expected priority beside the orders that other methods give.

They are comparison views and decide nothing. All work on the expected levels, so none knows of uncertainty; most depend
on which projects are present. Source of that verdict: Wang & Triantaphyllou 2008, Omega 36:45–63.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Literal, get_args

import numpy as np
from pydantic import Field

from planner.domain.comparison_methods import METHODS, Method, MethodId
from planner.domain.dominance import chance_of_dominance, hypervolume, pareto_layers
from planner.domain.errors import Invalid
from planner.domain.matrix import ProjectPoint
from planner.domain.model import Model
from planner.domain.outranking import Preference, promethee
from planner.domain.planning_numbers import product_scores
from planner.domain.playbook import LEVELS, Playbook
from planner.domain.rank_similarity import (
    kendall_tau_b,
    mean_ranks,
    spearman,
    tied_places,
    weighted_spearman,
    ws_similarity,
)
from planner.domain.reference_points import compromise, topsis, vikor
from planner.domain.scoring import BeliefState, Distribution, dimension_distribution
from planner.domain.weighted_sum import by_range, by_scale, by_sum, by_vector, weighted_sum

Normalisation = Literal["vector", "range", "sum", "scale"]
NORMALISATIONS: tuple[Normalisation, ...] = get_args(Normalisation)
LOW, HIGH = LEVELS[0], LEVELS[-1]
PREFERENCE = Preference(indifference=0.5, strict=2.0)  # in levels
GAPS = 5  # of each method, the largest


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


class Place(Model):
    """Where a method puts a project among those it can compare."""

    score: float = Field(description="In the method's own unit.")
    rank: int = Field(description="1 + the number of projects that score strictly better.")
    rank_by_priority: int = Field(description="Its rank by expected priority among the projects that are compared.")
    gap: int = Field(
        description="Places between the two: above 0 when the method puts it lower, below 0 when higher. Orders that "
        "a tie leaves open are no gap."
    )


class ComparedProject(Model):
    """A scored project, its rank by expected priority, and its place in every other order that it has one in."""

    key: str
    name: str
    priority: float = Field(description="Expected priority, from 1 to 5.")
    rank: int = Field(description="By expected priority: 1 + the number of projects with a higher one.")
    places: dict[MethodId, Place] = Field(description="By the id of the method; without those that cannot place it.")


class Dominator(Model):
    """The project of the first layer that is most likely better on both impact and feasibility."""

    key: str
    name: str
    chance: float = Field(description="P(at least as good on both and better on one), exact from the beliefs.")


class Gap(Place):
    """A project that a method puts far from its place by priority."""

    key: str
    name: str
    dominated_by: Dominator | None = Field(default=None, description="Of a lower Pareto layer: what stands in its way.")


class MethodComparison(Method):
    """A method and how its order agrees with that by priority. A measure is null where one of the orders ties all."""

    compared: int = Field(description="How many scored projects it can place.")
    left_out: int = Field(description="Scored projects that do not state the numbers it needs.")
    spearman: float | None = Field(description="Spearman's rank correlation, −1 to 1.")
    kendall: float | None = Field(description="Kendall's τ_b, −1 to 1.")
    weighted_spearman: float | None = Field(description="The same with more weight on the top.")
    ws: float | None = Field(description="Similarity of Sałabun & Urbaniak, nearly all on the top.")
    top: int = Field(description="How many of those compared count as the top: what capacity allows.")
    same_top: int = Field(description="How many of the top by priority are in the top of the method too.")
    notable: int = Field(description="From how many places on a gap is worth a look: a tenth of those compared.")
    gaps: tuple[Gap, ...] = Field(description="The largest gaps, of at least one place.")


class Front(Model):
    """The projects of the first Pareto layer on impact and feasibility."""

    keys: tuple[str, ...] = Field(description="Highest priority first.")
    covered: float = Field(description="The share of the plane from 1 to 5 that is no better than one of them.")


class CompromiseSet(Model):
    """What VIKOR proposes to take first. Several projects when none leads clearly."""

    keys: tuple[str, ...] = Field(description="Best first.")
    advantage: bool = Field(description="Whether the first leads by at least 1/(N−1).")
    stable: bool = Field(description="Whether the first also leads by the sum or by the worst of its regrets.")


class Comparisons(Model):
    """The ranking by expected priority beside other orders of the same projects. Comparison views: none decides."""

    normalisation: Normalisation = Field(description="How TOPSIS makes levels comparable.")
    unscored: int = Field(description="Projects without an answer, which no order holds.")
    methods: tuple[MethodComparison, ...] = Field(description="Without those whose numbers no project states.")
    front: Front | None = Field(description="Null when no project is scored.")
    compromise: CompromiseSet | None = Field(description="Null when no project is scored.")
    projects: tuple[ComparedProject, ...] = Field(description="The scored projects, highest priority first.")


@dataclass(frozen=True)
class _Column:
    """The scores of one method: `rows` are the projects it can place, in their order."""

    method: Method
    rows: np.ndarray
    scores: np.ndarray


def build_comparisons(
    candidates: Sequence[Candidate],
    playbook: Playbook,
    impact_share: float,
    top: int,
    normalisation: Normalisation = "vector",
) -> Comparisons:
    """Compares the scored candidates, in any order given.

    `impact_share` is λ of the portfolio, and `top` the number of projects that there is capacity for.
    """
    scored = sorted(
        (c for c in candidates if c.state.answered), key=lambda c: (-c.point.standing.priority.expected, c.point.id)
    )
    unscored = len(candidates) - len(scored)
    if not scored:
        return Comparisons(
            normalisation=normalisation, unscored=unscored, methods=(), front=None, compromise=None, projects=()
        )
    priority = np.array([c.point.standing.priority.expected for c in scored])
    levels, weights = expected_levels(scored, playbook), _weights(playbook, impact_share)
    costs = -np.array([_place(c) for c in scored])
    maximise = [True] * len(weights)
    regrets = vikor(levels, weights, maximise)
    whole: dict[MethodId, np.ndarray] = {
        "weighted_sum": LOW + (HIGH - LOW) * weighted_sum(by_scale(levels, maximise, LOW, HIGH), weights),
        "topsis": _topsis(levels, weights, maximise, normalisation),
        "vikor": regrets.compromise,
        "promethee": promethee(levels, weights, maximise, [PREFERENCE] * len(weights)).net,
        "pareto": pareto_layers(costs),
    }
    columns = _columns(whole, scored)
    on_front = [int(row) for row in np.flatnonzero(whole["pareto"] == 1)]
    proposed = compromise(regrets)
    main_ranks = tied_places(priority)[0].tolist()
    places: list[dict[MethodId, Place]] = [{} for _ in scored]
    methods = []
    for column in columns:
        placed = _placed(column, priority)
        for row, place in zip(column.rows.tolist(), placed, strict=True):
            places[row][column.method.id] = place
        explain = partial(_dominator, scored, on_front, playbook) if column.method.id == "pareto" else None
        methods.append(_method(column, placed, priority, scored, top, explain))
    return Comparisons(
        normalisation=normalisation,
        unscored=unscored,
        methods=tuple(methods),
        front=Front(
            keys=tuple(scored[row].point.key for row in on_front),
            covered=round(hypervolume(costs[on_front], (-LOW, -LOW)) / (HIGH - LOW) ** 2, 6),
        ),
        compromise=CompromiseSet(
            keys=tuple(scored[row].point.key for row in proposed.alternatives),
            advantage=proposed.advantage,
            stable=proposed.stable,
        ),
        projects=tuple(
            ComparedProject(
                key=c.point.key,
                name=c.point.name,
                priority=c.point.standing.priority.expected,
                rank=main_ranks[row],
                places=places[row],
            )
            for row, c in enumerate(scored)
        ),
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


def _columns(whole: Mapping[MethodId, np.ndarray], scored: Sequence[Candidate]) -> list[_Column]:
    """The columns of all methods that place at least one project, in the order of METHODS."""
    stated = [product_scores(c.numbers, c.point.standing.impact.expected, c.effort) for c in scored]
    columns = []
    for method in METHODS:
        if method.id in whole:
            columns.append(_Column(method, np.arange(len(scored)), np.round(whole[method.id], 9)))
            continue
        rows = [row for row, scores in enumerate(stated) if method.id in scores]
        if rows:
            columns.append(_Column(method, np.array(rows), np.array([stated[row][method.id] for row in rows])))
    return columns


def _place(candidate: Candidate) -> tuple[float, float]:
    standing = candidate.point.standing
    return standing.impact.expected, standing.feasibility.expected


def _turned(column: _Column) -> np.ndarray:
    return np.asarray(column.scores if column.method.high_is_better else -column.scores)


def _placed(column: _Column, priority: np.ndarray) -> list[Place]:
    """The place of each row of a column; orders that a tie allows are no gap."""
    first, last = tied_places(_turned(column))
    main_first, main_last = tied_places(priority[column.rows])
    gaps = np.where(first > main_last, first - main_last, np.minimum(last - main_first, 0))
    lines = zip(column.scores.tolist(), first.tolist(), main_first.tolist(), gaps.tolist(), strict=True)
    return [Place(score=score, rank=rank, rank_by_priority=main, gap=gap) for score, rank, main, gap in lines]


def _method(
    column: _Column,
    placed: Sequence[Place],
    priority: np.ndarray,
    scored: Sequence[Candidate],
    top: int,
    explain: Callable[[int], Dominator | None] | None,
) -> MethodComparison:
    main, others = mean_ranks(priority[column.rows]), mean_ranks(_turned(column))
    largest = sorted((at for at, place in enumerate(placed) if place.gap), key=lambda at: -abs(placed[at].gap))[:GAPS]
    projects = [scored[row].point for row in column.rows[largest]]
    rho = spearman(main, others)
    tied = rho is None  # an order that ties everything agrees with nothing and with everything
    return MethodComparison(
        **dict(column.method),
        compared=len(column.rows),
        left_out=len(scored) - len(column.rows),
        spearman=_settled(rho),
        kendall=_settled(kendall_tau_b(main, others)),
        weighted_spearman=None if tied else _settled(weighted_spearman(main, others)),
        ws=None if tied else _settled(ws_similarity(main, others)),
        top=(k := min(top, len(placed))),
        same_top=sum(place.rank_by_priority <= k and place.rank <= k for place in placed),
        notable=max(2, ceil(len(column.rows) / 10)),
        gaps=tuple(
            Gap(
                **dict(placed[at]),
                key=project.key,
                name=project.name,
                dominated_by=explain(int(column.rows[at])) if explain and placed[at].gap > 0 else None,
            )
            for at, project in zip(largest, projects, strict=True)
        ),
    )


def _settled(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _dominator(scored: Sequence[Candidate], front: Sequence[int], playbook: Playbook, row: int) -> Dominator | None:
    """Who of the front most likely beats a project on both dimensions; None for a project of the front itself."""
    if row in front:
        return None
    mine = _distributions(scored[row].state, playbook)
    chances = [(chance_of_dominance(_distributions(scored[other].state, playbook), mine), -other) for other in front]
    chance, other = max(chances)
    winner = scored[-other].point
    return Dominator(key=winner.key, name=winner.name, chance=round(chance, 6))


def _distributions(state: BeliefState, playbook: Playbook) -> list[Distribution]:
    """Impact and feasibility of one project, exact."""
    found, start = [], 0
    for dimension in playbook.dimensions:
        end = start + len(dimension.criteria)
        beliefs = np.array([state.beliefs[start:end]])
        found.append(dimension_distribution(beliefs, state.applicable[start:end], dimension))
        start = end
    return found
