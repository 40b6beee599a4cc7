"""How far the top k depends on each weight, on λ, and on single answers.

Everything here is about the order by expected priority, which is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from planner.domain.matrix import ProjectPoint
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.playbook_scoring import Dimension, WeightedMean
from planner.domain.priorities import expected_priorities, expected_value
from planner.domain.scoring import Answer, BeliefState, answer_range, belief_state

_RIGHT = 1e-12  # a shift too small to be told from none
MOST_FLIPS = 200  # answers that change the top k which are told, those nearest to the border first


class StabilityInterval(Model):
    """How far a weight can move, the others keeping their proportions, while the top k stays the same."""

    weight: str = Field(description="Id of the criterion, or impact_share for λ.")
    name: str
    value: float = Field(description="The weight now; the weights of a dimension sum to 1.")
    low: float = Field(description="The least weight with the same top k.")
    high: float = Field(description="The greatest weight with the same top k.")


class AnswerFlip(Model):
    """An answer that changes the top k when it moves by one level."""

    project: str = Field(description="Key of the project.")
    name: str
    criterion: str = Field(description="Id of the criterion.")
    assessor: str = Field(description="Who gave the answer.")
    level: int = Field(description="The level now.")
    to: int = Field(description="The level it would be.")
    enters: str = Field(description="Key of the project that would come into the top k.")
    leaves: str = Field(description="Key of the project that would fall out of it.")


class Sensitivity(Model):
    """What the top k hangs on. Empty when every project is in it."""

    top: int = Field(description="k.")
    total: int = Field(description="How many projects there are.")
    last_in: str | None = Field(description="Key of the last project in the top k.")
    first_out: str | None = Field(description="Key of the first project that is not in it.")
    gap: float | None = Field(description="By how much their expected priorities differ.")
    intervals: tuple[StabilityInterval, ...] = Field(description="Of λ first, then of each weight.")
    flips: tuple[AnswerFlip, ...] = Field(description="Nearest to the border first.")
    more_flips: int = Field(description="How many further answers would change the top k.")


@dataclass(frozen=True)
class Path:
    """How values u move with a shift t of one weight: base + scale · (start + slope·t) / (weight + growth·t).

    Arrays over (projects,). Where all criteria apply the denominator is 1 and the path a line.
    """

    base: np.ndarray
    scale: float
    start: np.ndarray
    slope: np.ndarray
    weight: np.ndarray
    growth: np.ndarray


def crossings(path: Path, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """The shifts at which a project outside overtakes one inside, or would on the way back, other than no shift.

    With a straight path t* = −(u_i − u_k) / (g_i − g_k) (Mareschal 1988, EJOR 33:54–64; Wolters & Mareschal 1995, EJOR
    81:281–290); where a criterion does not apply to one of them, a root of the quadratic that takes its place. Two that
    are equal already, and part with the least shift to one side, give the least number there is on that side.
    """
    base = path.base[inside, None] - path.base[outside]
    s1, g1, w1, h1 = (array[inside, None] for array in (path.start, path.slope, path.weight, path.growth))
    s2, g2, w2, h2 = (array[outside] for array in (path.start, path.slope, path.weight, path.growth))
    a = base * h1 * h2 + path.scale * (g1 * h2 - g2 * h1)
    b = base * (w1 * h2 + w2 * h1) + path.scale * (s1 * h2 + g1 * w2 - s2 * h1 - g2 * w1)
    c = base * w1 * w2 + path.scale * (s1 * w2 - s2 * w1)
    a, b, c = (np.where(np.abs(x) < 1e-12, 0.0, x).ravel() for x in (a, b, c))
    with np.errstate(divide="ignore", invalid="ignore"):
        straight = np.where((a == 0) & (b != 0), -c / b, np.nan)
        half = np.sqrt(b * b - 4 * a * c)
        curved = [np.where(a != 0, (-b + sign * half) / (2 * a), np.nan) for sign in (-1, 1)]
    found = np.concatenate([straight, *curved])
    equal, bends_down = c == 0, (b == 0) & (a < 0)
    sides = [
        side
        for side, parts in ((_RIGHT, (b < 0) | bends_down), (-_RIGHT, (b > 0) | bends_down))
        if (equal & parts).any()
    ]
    return np.array([*found[np.isfinite(found) & (np.abs(found) > 1e-12)], *sides])


def stable_interval(path: Path, now: float, inside: np.ndarray, outside: np.ndarray) -> tuple[float, float]:
    """The interval of a weight, between 0 and 1 and around its value `now`, in which no pair changes places."""
    low, high = -now, 1 - now
    for start in range(0, len(outside), 4_096):  # bounds the arrays of pairs
        found = crossings(path, inside, outside[start : start + 4_096])
        low = max(low, float(found[found < 0].max(initial=-np.inf)))
        high = min(high, float(found[found > 0].min(initial=np.inf)))
    return now + low, now + high


def weight_path(levels: np.ndarray, applicable: np.ndarray, weights: np.ndarray, criterion: int) -> Path:
    """How weighted means of levels (projects, criteria) move with the weight of one criterion.

    The others keep their proportions: each becomes w·(1 − w_c − t)/(1 − w_c). What does not apply is left out.
    """
    rest = np.delete(np.arange(len(weights)), criterion)
    own = weights[criterion]
    shared = np.zeros(len(weights))  # by how much each weight changes with t
    shared[rest] = -weights[rest] / (1 - own) if own < 1 else -1 / len(rest)
    shared[criterion] = 1
    used, moved = weights * applicable, shared * applicable
    zero = np.zeros(len(levels))
    return Path(
        zero, 1.0, (levels * used).sum(axis=1), (levels * moved).sum(axis=1), used.sum(axis=1), moved.sum(axis=1)
    )


def critical_changes(values: np.ndarray, weights: np.ndarray, one: int, other: int) -> np.ndarray:
    """By how much each weight must fall for two alternatives to change places, the others left as they are.

    δ_k = (P_j − P_i)/(a_jk − a_ik), feasible where δ_k ≤ W_k, else NaN (Triantaphyllou & Sánchez 1997, Decision
    Sciences 28:151–194). `values` (alternatives, criteria).
    """
    totals = values @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        change = (totals[other] - totals[one]) / (values[other] - values[one])
    return np.asarray(np.where(change <= weights, change, np.nan))


def build_sensitivity(
    points: Sequence[ProjectPoint],
    states: Sequence[BeliefState],
    answers: Mapping[int, Sequence[Answer]],
    playbook: Playbook,
    share: float,
    k: int,
) -> Sensitivity:
    """What the top k of the projects hangs on; `answers` are the current ones by the id of their project."""
    if not points or k >= len(points):
        return Sensitivity(
            top=k, total=len(points), last_in=None, first_out=None, gap=None, intervals=(), flips=(), more_flips=0
        )
    beliefs = np.array([state.beliefs for state in states])
    applicable = np.array([state.applicable for state in states])
    values = expected_priorities(beliefs, applicable, playbook, share)
    order = np.lexsort((np.arange(len(values)), -values))
    inside, outside = order[:k], order[k:]
    flips = _flips(points, states, answers, playbook, share, values, order=order, k=k)
    return Sensitivity(
        top=k,
        total=len(points),
        last_in=points[order[k - 1]].key,
        first_out=points[order[k]].key,
        gap=round(float(values[order[k - 1]] - values[order[k]]), 6),
        intervals=tuple(_intervals(beliefs, applicable, playbook, share, inside, outside)),
        flips=tuple(flips[:MOST_FLIPS]),
        more_flips=max(0, len(flips) - MOST_FLIPS),
    )


def _intervals(
    beliefs: np.ndarray,
    applicable: np.ndarray,
    playbook: Playbook,
    share: float,
    inside: np.ndarray,
    outside: np.ndarray,
) -> list[StabilityInterval]:
    split = len(playbook.impact.criteria)
    columns = (slice(0, split), slice(split, None))
    impact, feasibility = (
        expected_value(beliefs[:, chosen], applicable[:, chosen], dimension)
        for chosen, dimension in zip(columns, playbook.dimensions, strict=True)
    )
    one, zero = np.ones(len(beliefs)), np.zeros(len(beliefs))
    path = Path(zero, 1.0, share * impact + (1 - share) * feasibility, impact - feasibility, one, zero)
    low, high = stable_interval(path, share, inside, outside)
    found = [_interval("impact_share", "Share of impact (λ)", share, low, high)]
    for chosen, dimension, others, weight in (
        (columns[0], playbook.impact, (1 - share) * feasibility, share),
        (columns[1], playbook.feasibility, share * impact, 1 - share),
    ):
        if isinstance(dimension.aggregation, WeightedMean) and len(dimension.criteria) > 1:
            found += _weights(beliefs[:, chosen], applicable[:, chosen], dimension, others, weight, inside, outside)
    return found


def _weights(
    beliefs: np.ndarray,
    applicable: np.ndarray,
    dimension: Dimension,
    others: np.ndarray,
    share: float,
    inside: np.ndarray,
    outside: np.ndarray,
) -> list[StabilityInterval]:
    levels, weights = beliefs @ np.array(LEVELS, float), np.array(dimension.weights)
    found = []
    for index, criterion in enumerate(dimension.criteria):
        path = weight_path(levels, applicable, weights, index)
        path = Path(others, share, path.start, path.slope, path.weight, path.growth)
        low, high = stable_interval(path, float(weights[index]), inside, outside)
        found.append(_interval(criterion.id, criterion.name, float(weights[index]), low, high))
    return found


def _interval(weight: str, name: str, value: float, low: float, high: float) -> StabilityInterval:
    low, high = (min(max(round(end, 6), 0.0), 1.0) for end in (low, high))
    return StabilityInterval(weight=weight, name=name, value=round(value, 6), low=low, high=high)


def _flips(
    points: Sequence[ProjectPoint],
    states: Sequence[BeliefState],
    answers: Mapping[int, Sequence[Answer]],
    playbook: Playbook,
    share: float,
    values: np.ndarray,
    *,
    order: np.ndarray,
    k: int,
) -> list[AnswerFlip]:
    """Answers that bring a project over the border when they move by one level towards it."""
    last_in, first_out = order[k - 1], order[k]
    top = set(order[:k].tolist())
    positions = {criterion.id: position for position, criterion in enumerate(playbook.criteria)}
    moves = [
        (index, answer, _moved(answer, step, playbook))
        for index, point in enumerate(points)
        if (step := -1 if index in top else 1)
        for answer in answers.get(point.id, ())
        if answer.criterion in positions and answer.level is not None and answer.level + step in LEVELS
    ]
    if not moves:
        return []
    beliefs, applicable = [], []
    for index, answer, moved in moves:
        rest = [
            moved if other is answer else other
            for other in answers[points[index].id]
            if other.criterion == answer.criterion
        ]
        position = positions[answer.criterion]
        changed = list(states[index].beliefs)
        changed[position] = belief_state(rest, playbook).beliefs[position]
        beliefs.append(changed)
        applicable.append(states[index].applicable)
    would_be = expected_priorities(np.array(beliefs), np.array(applicable), playbook, share)
    found = []
    for (index, answer, moved), value in zip(moves, would_be.tolist(), strict=True):
        rival = first_out if index in top else last_in
        ahead = (value, -index) > (values[rival], -int(rival))  # ties are broken as in the order, by age
        if ahead != (index in top):
            enters, leaves = (rival, index) if index in top else (index, rival)
            flip = AnswerFlip(
                project=points[index].key,
                name=points[index].name,
                criterion=answer.criterion,
                assessor=answer.assessor,
                level=answer.level or 0,
                to=moved.level or 0,
                enters=points[int(enters)].key,
                leaves=points[int(leaves)].key,
            )
            found.append((abs(values[index] - values[rival]), index, flip))
    return [flip for _, _, flip in sorted(found, key=lambda item: item[:2])]


def _moved(answer: Answer, step: int, playbook: Playbook) -> Answer:
    """The answer one level on, its range moved along with it."""
    assert answer.level is not None
    low, high = answer_range(answer, playbook)
    level = answer.level + step
    ends = (min(max(low + step, LEVELS[0]), level), max(min(high + step, LEVELS[-1]), level))
    if answer.low is None and answer.high is None:
        return answer.model_copy(update={"level": level})
    return answer.model_copy(update={"level": level, "low": ends[0], "high": ends[1]})
