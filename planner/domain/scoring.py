"""Answers → beliefs → standing. Exact: a dimension's distribution comes from enumerating the levels.

Arrays run over (projects, criteria, levels); criteria stand in the playbook's order, impact first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product
from typing import Annotated, NamedTuple, Self, TypeVar, cast

import numpy as np
from pydantic import Field, model_validator

from planner.domain.model import Model, NotAFlag, Text
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.playbook_scoring import BestLens, Dimension, Quadrant

LOW, HIGH = 0.05, 0.95  # the quantiles of every interval
MOST_VALUES = 1_000  # of a dimension that are told apart; the shipped playbook has 125 at most
GRID = 100  # steps to the level where there are more
BLOCK = 4_000_000  # probabilities that are held at once, 32 MB
Belief = tuple[float, float, float, float, float]  # probabilities of the levels 1..5
Level = Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1]), NotAFlag]


MAX_ASSESSOR = 120


def assessor_problem(name: str) -> str | None:
    """What is wrong with the name of an assessor; None when nothing is."""
    if name and len(name) <= MAX_ASSESSOR and name.isprintable():
        return None
    return f"name the person who answers, in at most {MAX_ASSESSOR} characters"


class AnswerDraft(Model):
    """What an assessor says to one criterion: a level with a range, or that it does not apply."""

    level: Level | None = Field(default=None, description="1..5; 5 is the favourable end.")
    low: Level | None = Field(default=None, description="The lowest level it could be.")
    high: Level | None = Field(default=None, description="The highest level it could be.")
    confidence: str | None = Field(default=None, description="Id of a confidence of the playbook; gives the range.")
    not_applicable: bool = Field(default=False, description="The criterion does not apply to this project.")
    rationale: Text = Field(default="", description="Why this level.")
    evidence: Text = Field(default="", description="A link or a reference that backs it.")

    @model_validator(mode="after")
    def _one_thing_said(self) -> Self:
        if self.not_applicable and (self.level, self.low, self.high) != (None, None, None):
            raise ValueError("a criterion that does not apply takes no level, low or high")
        if not self.not_applicable and self.level is None:
            raise ValueError("give a level from 1 to 5, or not_applicable: true")
        if self.level is not None:
            if self.low is not None and self.low > self.level:
                raise ValueError(f"low must not be above level ({self.level})")
            if self.high is not None and self.high < self.level:
                raise ValueError(f"high must not be below level ({self.level})")
        return self


class Answer(AnswerDraft):
    """An answer as it was recorded. `withdrawn` takes an earlier answer back."""

    criterion: str
    assessor: str
    withdrawn: bool = False
    playbook: str
    playbook_version: int
    recorded_at: datetime
    recorded_by: str

    @model_validator(mode="after")
    def _one_thing_said(self) -> Self:
        return self if self.withdrawn else super()._one_thing_said()  # type: ignore[operator]


class Said(NamedTuple):
    """The part of an answer that beliefs come from, for reading those of a whole portfolio at once."""

    criterion: str
    assessor: str
    withdrawn: bool
    level: int | None
    low: int | None
    high: int | None
    confidence: str | None
    not_applicable: bool

    @classmethod
    def of(cls, answer: Answer) -> Said:
        """That part of an answer."""
        return cls._make(getattr(answer, name) for name in cls._fields)


AnyAnswer = TypeVar("AnyAnswer", Answer, Said)


class Interval(Model):
    """An expected value between 1 and 5 and the 5 % and 95 % quantiles of its distribution."""

    expected: float
    low: float
    high: float


class Standing(Model):
    """What follows from the answers. `quadrant` is null until something is answered: nothing is invented."""

    impact: Interval
    feasibility: Interval
    priority: Interval
    quadrant: str | None
    quadrant_probability: float | None = Field(description="P(the project lies in `quadrant`).")
    answered: int = Field(description="Criteria with an answer.")
    of: int = Field(description="Criteria there are.")


class BeliefState(NamedTuple):
    """One project's beliefs: probabilities per criterion, and which criteria apply. A tuple: thousands are hashed."""

    beliefs: tuple[Belief, ...]
    applicable: tuple[bool, ...]
    answered: int


@cache
def triangle(level: int, low: int, high: int) -> Belief:
    """The belief of one answer: weight 1 at `level`, falling linearly to 1/(d+1) at an end d levels away.

    >>> triangle(4, 3, 5)
    (0.0, 0.0, 0.25, 0.5, 0.25)
    """
    weights = np.zeros(len(LEVELS))
    for position in LEVELS:
        if low <= position <= high:
            end_distance = level - low if position < level else high - level
            weights[position - 1] = 1 - abs(position - level) / (end_distance + 1)
    return cast(Belief, tuple((weights / weights.sum()).tolist()))


def answer_range(answer: AnswerDraft | Said, playbook: Playbook) -> tuple[int, int]:
    """The lowest and highest level of an answer: as given, else the spread of its confidence, cut at 1 and 5."""
    assert answer.level is not None
    return _range(answer.level, answer.low, answer.high, playbook.spreads.get(answer.confidence, 1))


def _range(level: int, low: int | None, high: int | None, spread: int) -> tuple[int, int]:
    return (
        max(LEVELS[0], level - spread) if low is None else low,
        min(LEVELS[-1], level + spread) if high is None else high,
    )


@cache  # there are some hundreds of different answers, and many thousands of answers
def _belief(level: int, low: int | None, high: int | None, spread: int) -> Belief:
    return triangle(level, *_range(level, low, high, spread))


def belief_state(answers: Iterable[Answer | Said], playbook: Playbook) -> BeliefState:
    """What the current answers leave to believe about one project.

    Several assessors: the mean of their beliefs, so that disagreement is uncertainty. A criterion is out when
    everybody who answered it says that it does not apply. Unanswered: the criterion's prior, which is not low.
    """
    by_criterion: dict[str, list[Answer | Said]] = {}
    for answer in answers:
        if not answer.withdrawn:
            by_criterion.setdefault(answer.criterion, []).append(answer)
    spreads = playbook.spreads
    beliefs, applicable = [], []
    for criterion in playbook.criteria:
        given = by_criterion.get(criterion.id, ())
        each = [_belief(a.level, a.low, a.high, spreads.get(a.confidence, 1)) for a in given if a.level is not None]
        if not each:
            beliefs.append(criterion.prior)
        else:
            beliefs.append(each[0] if len(each) == 1 else cast(Belief, tuple(np.mean(each, axis=0).tolist())))
        applicable.append(bool(each) or not given)
    answered = sum(1 for criterion in playbook.criteria if by_criterion.get(criterion.id))
    return BeliefState(beliefs=tuple(beliefs), applicable=tuple(applicable), answered=answered)


def dimension_left_empty(state: BeliefState, playbook: Playbook) -> Dimension | None:
    """The first dimension none of whose criteria applies: it could have no value, so such answers are refused."""
    start = 0
    for dimension in playbook.dimensions:
        end = start + len(dimension.criteria)
        if not any(state.applicable[start:end]):
            return dimension
        start = end
    return None


@dataclass(frozen=True)
class Distribution:
    """Values (values,) in rising order and each project's probabilities of them (projects, values)."""

    values: np.ndarray
    probabilities: np.ndarray

    def expected(self) -> np.ndarray:
        return np.asarray(self.probabilities @ self.values)

    def quantile(self, q: float) -> np.ndarray:
        """The smallest value at which at least q of the probability lies, shape (projects,)."""
        cumulative = np.cumsum(self.probabilities, axis=1)
        return np.asarray(self.values[np.argmax(cumulative >= q - 1e-12, axis=1)])

    def at_least(self, cut_off: float) -> np.ndarray:
        """P(value ≥ cut_off), shape (projects,)."""
        return np.asarray(self.probabilities[:, self.values >= cut_off - 1e-12].sum(axis=1))


def dimension_value(levels: np.ndarray, dimension: Dimension, applicable: Sequence[bool]) -> np.ndarray:
    """Values of level combinations (combinations, applicable criteria) under the dimension's aggregation."""
    if isinstance(dimension.aggregation, BestLens):
        rule = dimension.aggregation
        return np.asarray(rule.best * levels.max(axis=1) + rule.mean * levels.mean(axis=1))
    weights = np.array(dimension.weights)[np.array(applicable)]
    if weights.sum() == 0:
        weights = np.ones_like(weights)
    return np.asarray(levels @ (weights / weights.sum()))


def dimension_distribution(beliefs: np.ndarray, applicable: Sequence[bool], dimension: Dimension) -> Distribution:
    """The exact distribution of one dimension for projects to which the same criteria apply.

    `beliefs` has shape (projects, criteria of the dimension, 5). Levels are independent given the answers; all
    combinations of the applicable criteria are enumerated (5⁴ at most in the shipped playbook) and combinations
    of equal value are put together. Of more than MOST_VALUES (from five criteria of unlike weights on) it is told on a
    grid of a hundredth: expected values stay exact, quantiles may be off by as much.
    """
    columns = [index for index, applies in enumerate(applicable) if applies]
    combinations = np.array(list(product(range(len(LEVELS)), repeat=len(columns))))
    probabilities = np.ones((len(beliefs), 1))
    for column in columns:  # the combinations of the criteria before, each with every level of this one
        probabilities = (probabilities[:, :, None] * beliefs[:, column, None, :]).reshape(len(beliefs), -1)
    raw = np.round(dimension_value(combinations + 1.0, dimension, applicable), 9)
    values, group = np.unique(raw, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(values)))
    found = Distribution(values, np.add.reduceat(probabilities[:, order], starts, axis=1))
    return found if len(values) <= MOST_VALUES else on_grid(found)


def on_grid(distribution: Distribution) -> Distribution:
    """The distribution on a grid: each value is shared out between the two points beside it so that its mean stays."""
    place = (distribution.values - LEVELS[0]) * GRID
    below = np.minimum(np.floor(place).astype(int), (LEVELS[-1] - LEVELS[0]) * GRID - 1)
    shares = np.zeros((len(place), (LEVELS[-1] - LEVELS[0]) * GRID + 1))
    rows = np.arange(len(place))
    shares[rows, below] = below + 1 - place
    shares[rows, below + 1] += place - below
    values = np.round(LEVELS[0] + np.arange(shares.shape[1]) / GRID, 9)
    return Distribution(values, distribution.probabilities @ shares)


def mix(first: Distribution, second: Distribution, share: float) -> Distribution:
    """The distribution of share·first + (1−share)·second for independent dimensions."""
    raw = np.round(np.add.outer(share * first.values, (1 - share) * second.values).ravel(), 9)
    order = np.argsort(raw, kind="stable")
    values, starts = np.unique(raw[order], return_index=True)
    count, step = len(first.probabilities), max(1, BLOCK // len(raw))
    mixed = []
    for at in range(0, count, step):
        ours, theirs = first.probabilities[at : at + step], second.probabilities[at : at + step]
        joint = (ours[:, :, None] * theirs[:, None, :]).reshape(len(ours), -1)
        mixed.append(np.add.reduceat(joint[:, order], starts, axis=1))
    return Distribution(values, np.concatenate(mixed))


def standings(states: Sequence[BeliefState], playbook: Playbook, impact_share: float | None = None) -> list[Standing]:
    """The standing of each project. Absolute: what other projects there are makes no difference.

    `impact_share` is λ of the portfolio; the playbook's when None. Equal states are computed once.
    """
    share = playbook.priority_impact_share if impact_share is None else impact_share
    unique = list(dict.fromkeys(states))
    groups: dict[tuple[bool, ...], list[BeliefState]] = {}
    for state in unique:
        groups.setdefault(state.applicable, []).append(state)
    found: dict[BeliefState, Standing] = {}
    for applicable, members in groups.items():
        for start in range(0, len(members), 256):  # bounds the joint array to a few MB
            chunk = members[start : start + 256]
            found.update(zip(chunk, _standings_of(chunk, applicable, playbook, share), strict=True))
    return [found[state] for state in states]


def _standings_of(
    states: Sequence[BeliefState], applicable: tuple[bool, ...], playbook: Playbook, share: float
) -> Iterable[Standing]:
    beliefs = np.array([state.beliefs for state in states])
    n = len(playbook.impact.criteria)
    impact = dimension_distribution(beliefs[:, :n], applicable[:n], playbook.impact)
    feasibility = dimension_distribution(beliefs[:, n:], applicable[n:], playbook.feasibility)
    intervals = [_intervals(d) for d in (impact, feasibility, mix(impact, feasibility, share))]
    high_impact, high_feasibility = (
        impact.at_least(playbook.cut_offs.impact),
        feasibility.at_least(playbook.cut_offs.feasibility),
    )
    for index, state in enumerate(states):
        quadrant, probability = None, None
        if state.answered:
            placed = quadrant_of(intervals[0][index].expected, intervals[1][index].expected, playbook)
            p_impact = high_impact[index] if placed.impact == "high" else 1 - high_impact[index]
            p_feasible = high_feasibility[index] if placed.feasibility == "high" else 1 - high_feasibility[index]
            quadrant, probability = placed.id, _settled(p_impact * p_feasible)
        yield Standing(
            impact=intervals[0][index],
            feasibility=intervals[1][index],
            priority=intervals[2][index],
            quadrant=quadrant,
            quadrant_probability=probability,
            answered=state.answered,
            of=len(playbook.criteria),
        )


def _intervals(distribution: Distribution) -> list[Interval]:
    columns = (distribution.expected(), distribution.quantile(LOW), distribution.quantile(HIGH))
    return [
        Interval(expected=_settled(e), low=_settled(low), high=_settled(high))
        for e, low, high in zip(*columns, strict=True)
    ]


def _settled(value: float) -> float:
    """A result to six decimals, the same on every machine and for every number of projects computed together.

    Sums of floats differ in their last digits with the order of adding, and a value that is exactly a half (they are
    frequent: probabilities are simple fractions) would then be rounded now up, now down. So the noise goes first.
    """
    return round(round(float(value), 12), 6)


def quadrant_of(impact: float, feasibility: float, playbook: Playbook) -> Quadrant:
    """The quadrant in which expected values lie; a value at its cut-off is high."""
    return playbook.quadrant_at(
        "high" if impact >= playbook.cut_offs.impact - 1e-9 else "low",
        "high" if feasibility >= playbook.cut_offs.feasibility - 1e-9 else "low",
    )


def current_answers(history: Iterable[AnyAnswer]) -> list[AnyAnswer]:
    """Of all answers ever given, in the order they were recorded, the last of each assessor to each criterion."""
    latest: dict[tuple[str, str], AnyAnswer] = {}
    for answer in history:
        latest[answer.criterion, answer.assessor] = answer
    return [answer for answer in latest.values() if not answer.withdrawn]


def unknown_criteria(answers: Mapping[str, AnswerDraft | None], playbook: Playbook) -> list[tuple[str, str]]:
    """(field, message) for each criterion or confidence that the playbook does not have."""
    known = ", ".join(criterion.id for criterion in playbook.criteria)
    kinds = ", ".join(confidence.id for confidence in playbook.confidences)
    problems = []
    for criterion_id, answer in answers.items():
        if playbook.criterion(criterion_id) is None:
            problems.append((f"answers.{criterion_id[:60]}", f"not a criterion of the playbook; one of: {known}"))
        elif answer and answer.confidence is not None and playbook.confidence(answer.confidence) is None:
            problems.append((f"answers.{criterion_id}.confidence", f"one of: {kinds}"))
    return problems
