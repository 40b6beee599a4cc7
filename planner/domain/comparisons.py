"""Second opinions: the ranking by expected priority beside the orders that other methods give.

They are comparison views and decide nothing. All work on the expected levels, so none knows of uncertainty; most depend
on which projects are present. Source of that verdict: Wang & Triantaphyllou 2008, Omega 36:45–63.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import ceil

import numpy as np
from pydantic import Field

from planner.domain.comparison_methods import Method, MethodId
from planner.domain.comparison_scores import Candidate, Column, Normalisation, score_by_methods
from planner.domain.dominance import chance_of_dominance
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.rank_similarity import (
    kendall_tau_b,
    mean_ranks,
    spearman,
    tied_places,
    weighted_spearman,
    ws_similarity,
)
from planner.domain.scoring import BeliefState, Distribution, dimension_distribution

GAPS = 5  # of each method, the largest


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
    found = score_by_methods(scored, playbook, impact_share, normalisation)
    main_ranks = tied_places(priority)[0].tolist()
    places: list[dict[MethodId, Place]] = [{} for _ in scored]
    methods = []
    for column in found.columns:
        placed = _placed(column, priority)
        for row, place in zip(column.rows.tolist(), placed, strict=True):
            places[row][column.method.id] = place
        explain = partial(_dominator, scored, found.front, playbook) if column.method.id == "pareto" else None
        methods.append(_method(column, placed, priority, scored, top, explain))
    return Comparisons(
        normalisation=normalisation,
        unscored=unscored,
        methods=tuple(methods),
        front=Front(keys=tuple(scored[row].point.key for row in found.front), covered=round(found.covered, 6)),
        compromise=CompromiseSet(
            keys=tuple(scored[row].point.key for row in found.compromise.alternatives),
            advantage=found.compromise.advantage,
            stable=found.compromise.stable,
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


def _turned(column: Column) -> np.ndarray:
    return np.asarray(column.scores if column.method.high_is_better else -column.scores)


def _placed(column: Column, priority: np.ndarray) -> list[Place]:
    """The place of each row of a column; orders that a tie allows are no gap."""
    first, last = tied_places(_turned(column))
    main_first, main_last = tied_places(priority[column.rows])
    gaps = np.where(first > main_last, first - main_last, np.minimum(last - main_first, 0))
    lines = zip(column.scores.tolist(), first.tolist(), main_first.tolist(), gaps.tolist(), strict=True)
    return [Place(score=score, rank=rank, rank_by_priority=main, gap=gap) for score, rank, main, gap in lines]


def _method(
    column: Column,
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
