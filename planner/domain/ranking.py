"""The ranking of a portfolio: every project in order, with how sure that order is.

The order is by expected priority, which is exact, so sampling never decides it; equal expectations are ties. Ranks and
P(top k) come from samples (`planner.domain.ranks`), quadrants and bands from exact distributions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Annotated

import numpy as np
from pydantic import Field

from planner.domain.known import state_not_known
from planner.domain.matrix import ProjectPoint
from planner.domain.model import Model, NotAFlag
from planner.domain.playbook import Playbook
from planner.domain.portfolios import Share, Weights
from planner.domain.priorities import Priorities, priorities_of
from planner.domain.ranks import Chances, sample_ranks
from planner.domain.scoring import BeliefState, Interval, standings

MAX_SAMPLES = 100_000
CERTAINTY = 2 / 3  # a band ends where its leader is at least twice as likely before another project as behind it


WEIGHT = "weight."  # begins the names under which an address carries weights, one for each criterion


def with_weights_gathered(given: Mapping[str, object]) -> dict[str, object]:
    """What an address asks for, its `weight.CRITERION` put together as `weights`."""
    values = {name: value for name, value in given.items() if not name.startswith(WEIGHT)}
    weights = {name.removeprefix(WEIGHT): value for name, value in given.items() if name.startswith(WEIGHT)}
    return values | ({"weights": weights} if weights else {})


class RankingQuery(Model):
    """How to rank. Nothing of it is stored: λ and weights given here are a question of what would be if."""

    top: Annotated[int, Field(ge=1, le=100_000), NotAFlag] | None = Field(
        default=None, description="k of P(top k); else the capacity of the portfolio, else 10."
    )
    samples: Annotated[int, Field(ge=100, le=MAX_SAMPLES), NotAFlag] = Field(
        default=10_000, description="How many samples are drawn; 10,000 are right to one point in a hundred."
    )
    seed: Annotated[int, Field(ge=0, le=2**32 - 1), NotAFlag] = Field(
        default=1, description="Where the random numbers begin; the same seed gives the same bytes."
    )
    impact_share: Share | None = Field(default=None, description="What if λ were this; else the portfolio's.")
    weights: Weights | None = Field(
        default=None, description="What if the criteria of weighted means weighed this; else the portfolio's."
    )


class QuadrantChance(Model):
    """How likely a project lies in a corner of the matrix."""

    id: str = Field(description="Id of the quadrant.")
    probability: float = Field(description="Exact, from the answers' distributions.")


class RankedProject(Model):
    """A project in the ranking."""

    place: int = Field(description="Its place by expected priority; projects that tie share one.")
    tie: bool = Field(description="Whether another project has the same expected priority.")
    band: int = Field(
        description="Number of its band, from 1. A new one begins at the first project that the leader of the band is "
        "at least twice as likely before as behind."
    )
    key: str
    name: str
    archetype: str | None
    answered: int = Field(description="Criteria with an answer; at 0 only the priors speak.")
    priority: Interval = Field(description="Exact; sampling has no part in it.")
    expected_rank: float = Field(description="Mean over the samples of 1 + how many projects are better.")
    rank_low: int = Field(description="The 5 % quantile of the rank.")
    rank_high: int = Field(description="The 95 % quantile of the rank.")
    p_top: float = Field(description="P(among the top k). Over all projects it sums to k.")
    quadrants: tuple[QuadrantChance, ...] = Field(description="P(each quadrant), summing to 1.")
    not_known: str = Field(
        description="In words, the dimension about which no answer says anything; the quadrants then rest on the "
        "priors. Empty when there is none, or no answer at all."
    )


class Ranking(Model):
    """Projects in order. Beside P(top k) stands what sampling may be wrong by."""

    top: int = Field(description="k.")
    samples: int = Field(description="How many orders were drawn.")
    seed: int = Field(description="Where the random numbers began.")
    error: float = Field(description="Half of the 95 % interval of a sampled probability, at most: 0.98/√samples.")
    impact_share: float = Field(description="λ that was used.")
    weights: dict[str, float] = Field(
        description="Weights that were used, by criterion; those of each dimension sum to 1."
    )
    weights_drawn: bool = Field(
        description="Whether weights were drawn too, since the playbook gives only their order."
    )
    what_if: bool = Field(description="Whether λ or weights other than the portfolio's were asked for.")
    answered: int = Field(description="Projects with at least one answer.")
    bands: int = Field(description="How many bands there are.")
    total: int = Field(description="How many projects are ranked.")
    items: tuple[RankedProject, ...] = Field(description="The projects in order.")


def weights_are_drawn(playbook: Playbook) -> bool:
    """Whether the playbook gives only an order to some criteria, so that ranks leave their weights open."""
    return any(getattr(dimension.aggregation, "order", None) is not None for dimension in playbook.dimensions)


def build_ranking(
    points: Sequence[ProjectPoint],
    states: Sequence[BeliefState],
    playbook: Playbook,
    share: float,
    k: int,
    query: RankingQuery,
    threads: int = 2,
) -> Ranking:
    """The ranking of projects, of which `points` and `states` stand at the same places.

    `playbook` and `share` are those to rank by. The same arguments give the same bytes.
    """
    what_if = query.impact_share is not None or query.weights is not None
    items: tuple[RankedProject, ...] = ()
    if points:
        exact = priorities_of(states, playbook, share)
        chances = sample_ranks(states, playbook, share, k, query.samples, query.seed, threads)
        intervals = _intervals(points, states, playbook, share, what_if)
        items = _items(points, states, playbook, exact, chances, intervals)
    return Ranking(
        top=k,
        samples=query.samples,
        seed=query.seed,
        error=round(0.98 / sqrt(query.samples), 4),
        impact_share=share,
        weights={
            criterion.id: round(weight, 6)
            for dimension in playbook.dimensions
            for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True)
            if criterion in playbook.weighted_criteria
        },
        weights_drawn=weights_are_drawn(playbook),
        what_if=what_if,
        answered=sum(state.answered > 0 for state in states),
        bands=items[-1].band if items else 0,
        total=len(items),
        items=items,
    )


def _intervals(
    points: Sequence[ProjectPoint], states: Sequence[BeliefState], playbook: Playbook, share: float, what_if: bool
) -> list[Interval]:
    """The priorities: as they are kept with the projects, or as they would be."""
    if not what_if:
        return [point.standing.priority for point in points]
    return [standing.priority for standing in standings(states, playbook, share)]


def _items(
    points: Sequence[ProjectPoint],
    states: Sequence[BeliefState],
    playbook: Playbook,
    exact: Priorities,
    chances: Chances,
    intervals: Sequence[Interval],
) -> tuple[RankedProject, ...]:
    expected = exact.expected
    order = np.lexsort((np.arange(len(points)), -expected))
    bands = exact.bands(order, CERTAINTY)
    high_impact, high_feasibility = exact.high(playbook)
    sorted_values = np.sort(expected)
    place = len(points) - np.searchsorted(sorted_values, expected, side="right") + 1
    same = np.searchsorted(sorted_values, expected, side="right") - np.searchsorted(sorted_values, expected)
    corners = [
        (
            q.id,
            (high_impact if q.impact == "high" else 1 - high_impact)
            * (high_feasibility if q.feasibility == "high" else 1 - high_feasibility),
        )
        for q in playbook.quadrants
    ]
    # Already right, and thousands of them: validation would take longer than the ranking.
    return tuple(
        RankedProject.model_construct(
            place=int(place[i]),
            tie=bool(same[i] > 1),
            band=int(band),
            key=points[i].key,
            name=points[i].name,
            archetype=points[i].archetype,
            answered=states[i].answered,
            priority=intervals[i],
            expected_rank=round(float(chances.expected[i]), 2),
            rank_low=int(chances.low[i]),
            rank_high=int(chances.high[i]),
            p_top=float(chances.top[i]),
            quadrants=tuple(
                QuadrantChance.model_construct(id=name, probability=round(float(chance[i]), 6))
                for name, chance in corners
            ),
            not_known=state_not_known(states[i], playbook),
        )
        for i, band in zip(order.tolist(), bands.tolist(), strict=True)
    )
