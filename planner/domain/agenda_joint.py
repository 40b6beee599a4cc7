"""What several questions bring together: the expected value of the best k projects once all of them are answered.

The gains of single questions do not add up: answers about one project overlap, and projects compete for places. Given
the answers each project has a new expected priority M, independent of the others', and the best k are those of the
highest M. Their expected sum is exact: with the values x₀ < x₁ < … that any M can take and N(x) = #{M ≥ x},

    E[Σ best k] = k·x₀ + Σ_j (x_j − x_{j−1}) · E[min(k, N(x_j))]

where N(x) is a sum of independent yes-or-no events, whose distribution is built project by project (the Poisson
binomial distribution). Source: the layer-cake formula for expectations, and Wang 1993, Statistica Sinica 3:295.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, reduce
from itertools import islice

import numpy as np

from planner.domain.agenda import Agenda, Settling, expectations, level_values
from planner.domain.playbook import Playbook
from planner.domain.scoring import BeliefState, Distribution, on_grid

MOST = 0.8  # the share of the gain that settles most of it
MOST_SUMS = 1_000_000  # pairs of outcomes that are told apart; the shipped playbook has at most 78,125
AHEAD = 50  # how many of the first questions are looked at, as many as a page of the agenda shows

Outcomes = tuple[np.ndarray, np.ndarray]  # the values that an expected priority can take, and their probabilities


def settling(
    agenda: Agenda, states: Sequence[BeliefState], playbook: Playbook, impact_share: float | None = None
) -> Settling | None:
    """How far the first questions carry; None when no single answer changes anything."""
    of = min(AHEAD, agenda.telling)
    if not of:
        return None
    share = playbook.priority_impact_share if impact_share is None else impact_share
    pairs = list(zip(agenda.project[:of].tolist(), agenda.criterion[:of].tolist(), strict=True))

    learnt = _learner(states, playbook, share)

    def together(count: int) -> float:
        return _joint(agenda.mean, pairs[:count], learnt, agenda.top)

    def fewest(target: float) -> tuple[int, float]:
        low, high = 1, of  # more answers never bring less, so the smallest number is found by halving
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if together(middle) >= target else (middle + 1, high)
        return low, together(low)

    first = together(of)
    everything = max(agenda.whole.everything, first)
    questions, brought = fewest(MOST * first)
    enough, settled = fewest(MOST * everything) if first >= MOST * everything else (None, None)
    return Settling(
        questions=questions,
        share=round(brought / first, 6),
        of=of,
        gain=first,
        of_everything=round(first / everything, 6),
        enough=enough,
        enough_share=None if settled is None else round(settled / everything, 6),
    )


def joint_gain(
    states: Sequence[BeliefState],
    questions: Iterable[tuple[int, int]],
    playbook: Playbook,
    top: int,
    impact_share: float | None = None,
) -> float:
    """By how much the summed priority of the best `top` is expected to rise once all questions are answered.

    A question is (project, criterion) by position; the criterion applies to the project. For a single one it is the
    gain of `planner.domain.agenda`.
    """
    if not 0 < top < len(states):
        return 0.0
    share = playbook.priority_impact_share if impact_share is None else impact_share
    mean = expectations(states, playbook, share).mean
    return _joint(mean, questions, _learner(states, playbook, share), top)


def _joint(
    mean: np.ndarray,
    questions: Iterable[tuple[int, int]],
    learnt: Callable[[int, tuple[int, ...]], Outcomes],
    top: int,
) -> float:
    asked: dict[int, list[int]] = {}
    for project, criterion in questions:
        asked.setdefault(project, []).append(criterion)
    outcomes = [learnt(project, tuple(sorted(criteria))) for project, criteria in asked.items()]
    mean = np.round(mean, 12)
    fixed = np.sort(np.delete(mean, list(asked)))[::-1][:top]
    now = np.sort(mean)[::-1][:top].sum()
    return max(round(round(float(_best(outcomes, fixed, top) - now), 12), 9), 0.0)


def _learner(states: Sequence[BeliefState], playbook: Playbook, share: float) -> Callable[..., Outcomes]:
    """The distribution of a project's expected priority once the levels of the criteria asked are known.

    Called with the position of the project and the criteria. Many projects are alike, and each state is looked at once.
    """
    n = len(playbook.impact.criteria)

    @cache
    def values_of(dimension: int, applicable: tuple[bool, ...]) -> np.ndarray:
        return level_values(playbook.dimensions[dimension], applicable)

    @cache
    def of_state(state: BeliefState, asked: tuple[int, ...]) -> Outcomes:
        impact, by_impact = _outcomes(values_of(0, state.applicable[:n]), state, 0, asked)
        feasibility, by_feasibility = _outcomes(values_of(1, state.applicable[n:]), state, n, asked)
        if len(impact) * len(feasibility) > MOST_SUMS:
            impact, by_impact = _told_coarsely(impact, by_impact)
            feasibility, by_feasibility = _told_coarsely(feasibility, by_feasibility)
        values = np.round(np.add.outer(share * impact, (1 - share) * feasibility).ravel(), 12)
        distinct, group = np.unique(values, return_inverse=True)
        return distinct, np.bincount(group, np.multiply.outer(by_impact, by_feasibility).ravel())

    return lambda project, asked: of_state(states[project], asked)


def _told_coarsely(values: np.ndarray, probabilities: np.ndarray) -> Outcomes:
    grid = on_grid(Distribution(values, probabilities[None]))
    return grid.values, grid.probabilities[0]


def _outcomes(table: np.ndarray, state: BeliefState, start: int, asked: tuple[int, ...]) -> Outcomes:
    """The same of one dimension, whose criteria begin at `start`, given its value for every combination of levels."""
    applying = (place for place, applies in enumerate(state.applicable[start:], start) if applies)
    probabilities, axis = [np.ones(1)], 0
    for column in islice(applying, table.ndim):  # one axis for each
        belief = np.array(state.beliefs[column])
        if column in asked:
            probabilities.append(belief)
            axis += 1
        else:
            table = np.tensordot(table, belief, axes=(axis, 0))
    return table.ravel(), reduce(np.multiply.outer, probabilities).ravel()


def _best(outcomes: Sequence[Outcomes], fixed: np.ndarray, top: int) -> float:
    """E[Σ of the best `top`] of independent values and of some that are fixed, in falling order; source above."""
    levels = np.unique(np.concatenate([fixed, *(values for values, _ in outcomes)]))
    certain = len(fixed) - np.searchsorted(fixed[::-1], levels)  # how many of the fixed are at least the level
    count = np.zeros((len(outcomes) + 1, len(levels)))  # P(so many of the others are)
    count[0] = 1
    for values, probabilities in outcomes:
        tail = np.append(np.cumsum(probabilities[::-1])[::-1], 0)[np.searchsorted(values, levels)]
        count[1:] = count[1:] * (1 - tail) + count[:-1] * tail
        count[0] *= 1 - tail
    many = np.minimum(np.arange(len(count))[:, None] + certain, top)
    steps = np.diff(levels, prepend=0.0)
    return float((steps * (count * many).sum(axis=0)).sum())
