"""Which part of a change in priority is due to which answer and which setting.

The causes are applied in the order of time, each to what the ones before it have left, and what each moves is its
effect. So the effects sum exactly to the whole difference: each begins where the one before it ended. What a cause
moves depends on what was there already; time order is the order in which people saw it happen, and needs no choice.

Of several answers of one person to one criterion the last one counts, at its time; one that says what was said before
is no cause. Settings of a portfolio are applied one update after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import Literal, NamedTuple

import numpy as np
from pydantic import Field

from planner.domain.history import FieldChange
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.playbook_scoring import BestLens, Criterion, Dimension
from planner.domain.scoring import Answer, AnswerDraft, Belief, Standing, belief_state


class AnswerChange(Model):
    """What one assessor says to one criterion, before and after."""

    criterion: str
    assessor: str
    old_level: int | None = Field(description="The level before; null for no answer, or one that it does not apply.")
    new_level: int | None = Field(description="The level after; null for no answer, or one that it does not apply.")
    old: str | None = Field(description="What was said before, in words; null for no answer.")
    new: str | None = Field(description="What is said after, in words; null for no answer.")
    rationale: str = Field(description="Why, as the assessor gave it.")


class Cause(Model):
    """Something that was done between two moments and what it moved: an answer, or settings of the portfolio."""

    kind: Literal["answer", "setting"] = Field(description="Whether a person answered or the portfolio was set anew.")
    at: datetime
    by: str = Field(description="Who recorded it.")
    answer: AnswerChange | None = Field(default=None, description="The answer; null for a setting.")
    settings: tuple[FieldChange, ...] = Field(default=(), description="The settings that changed together.")
    before: float | None = Field(default=None, description="The priority before it; null without one to compare.")
    after: float | None = Field(default=None, description="The priority after it.")
    effect: float | None = Field(default=None, description="What it added to the priority; the effects sum exactly.")


class Stage(NamedTuple):
    """An update of the portfolio's settings, and what holds from it on."""

    at: datetime
    by: str
    settings: tuple[FieldChange, ...]
    playbook: Playbook
    impact_share: float


@dataclass(frozen=True)
class History:
    """What happened to one project between two moments: its standing at both, and its current answers."""

    then: Standing | None
    now: Standing | None
    old: Sequence[Answer]
    new: Sequence[Answer]
    latest: Mapping[tuple[str, str], Answer]  # by criterion and assessor, withdrawals included


def causes_of(histories: Sequence[History], first: Stage, updates: Sequence[Stage]) -> list[tuple[Cause, ...]]:
    """The causes of each project's difference, in the order of time.

    `first` is what held at the earlier moment, `updates` follow it. A project that is missing at one of the moments has
    no difference, and its causes no effects.
    """
    walk = _Walk(first, updates)
    chains = [walk.through(history) for history in histories]
    values = walk.values()
    return [_told(history, chain, values) for history, chain in zip(histories, chains, strict=True)]


Place = tuple[int, int]  # of a priority: which stage it is computed under, and which of its rows
Link = tuple[Cause, Place]


class _Walk:
    """Collects the beliefs after each cause, so that all priorities of a stage are computed together."""

    def __init__(self, first: Stage, updates: Sequence[Stage]) -> None:
        self.stages = (first, *updates)
        self.rows: list[list[tuple[tuple[Belief, ...], tuple[bool, ...]]]] = [[] for _ in self.stages]
        self.known: dict[object, tuple[Belief, bool]] = {}

    def through(self, history: History) -> list[Link]:
        said = {(answer.criterion, answer.assessor): answer for answer in history.old}
        changed = _changed(history)
        compares = history.then is not None and history.now is not None
        steps: list[tuple[datetime, int, AnswerChange | None, Answer | None]] = [
            (answer.recorded_at, 0, change, answer) for change, answer in changed
        ]
        if compares:
            steps += [(stage.at, number, None, None) for number, stage in enumerate(self.stages) if number]
            steps.sort(key=lambda step: step[:2])  # stable: answers of one recording stay in their order
        stage, beliefs = 0, dict[str, tuple[Belief, bool]]()
        chain: list[Link] = []
        for at, number, change, answer in steps:
            if answer is None:
                stage, beliefs = number, {}
                update = self.stages[number]
                cause = Cause.model_construct(kind="setting", at=at, by=update.by, settings=update.settings)
            else:
                said[answer.criterion, answer.assessor] = answer
                beliefs.pop(answer.criterion, None)
                cause = Cause.model_construct(kind="answer", at=at, by=answer.recorded_by, answer=change)
            if compares:
                for criterion in self.stages[stage].playbook.criteria:
                    if criterion.id not in beliefs:
                        beliefs[criterion.id] = self._belief(said, criterion, stage)
                row = [beliefs[criterion.id] for criterion in self.stages[stage].playbook.criteria]
                self.rows[stage].append((tuple(belief for belief, _ in row), tuple(applies for _, applies in row)))
            chain.append((cause, (stage, len(self.rows[stage]) - 1)))
        return chain

    def _belief(self, said: Mapping[tuple[str, str], Answer], criterion: Criterion, stage: int) -> tuple[Belief, bool]:
        """What the answers leave to believe of one criterion, and whether it applies; few combinations are distinct."""
        given = [a for (about, _), a in said.items() if about == criterion.id and not a.withdrawn]
        key = (stage, criterion.id, tuple(_content(answer) for answer in given))
        if key not in self.known:
            playbook = self.stages[stage].playbook
            position = playbook.criteria.index(criterion)
            state = belief_state(given, playbook)
            self.known[key] = state.beliefs[position], state.applicable[position]
        return self.known[key]

    def values(self) -> list[np.ndarray]:
        return [
            expected_priorities(
                np.array([b for b, _ in rows]), np.array([a for _, a in rows]), stage.playbook, stage.impact_share
            )
            if rows
            else np.array([])
            for stage, rows in zip(self.stages, self.rows, strict=True)
        ]


def _told(history: History, chain: Sequence[Link], values: Sequence[np.ndarray]) -> tuple[Cause, ...]:
    if history.then is None or history.now is None:
        return tuple(cause for cause, _ in chain)
    before, told = history.then.priority.expected, []
    for number, (cause, (stage, row)) in enumerate(chain, 1):
        after = round(float(values[stage][row]), 6)
        if number == len(chain):  # ends at the standing itself, whose sixth decimal may be rounded the other way
            after = history.now.priority.expected
        elif isnan(after):  # no such state was ever there: what it would have moved, the next cause does
            after = before
        told.append(
            cause.model_copy(update={"before": before, "after": after, "effect": round(after - before, 6) + 0.0})
        )
        before = after
    return tuple(told)


def _changed(history: History) -> list[tuple[AnswerChange, Answer]]:
    """The answers that say something else than before, with what is current now, in the order they were recorded."""
    before = {(answer.criterion, answer.assessor): answer for answer in history.old}
    after = {(answer.criterion, answer.assessor): answer for answer in history.new}
    found = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if (old and _content(old)) != (new and _content(new)):
            last = history.latest[key]
            change = AnswerChange.model_construct(
                criterion=key[0],
                assessor=key[1],
                old_level=old.level if old else None,
                new_level=new.level if new else None,
                old=answer_words(old) if old else None,
                new=answer_words(new) if new else None,
                rationale=new.rationale if new else "",
            )
            found.append((change, last))
    found.sort(key=lambda pair: pair[1].recorded_at)
    return found


def _content(answer: AnswerDraft) -> tuple[object, ...]:
    """What of an answer makes a difference to the belief."""
    return answer.level, answer.low, answer.high, answer.confidence, answer.not_applicable


def answer_words(answer: AnswerDraft) -> str:
    """An answer in a few words: 4, between 3 and 5; 4 (measured); does not apply."""
    if answer.not_applicable:
        return "does not apply"
    if answer.low is not None or answer.high is not None:
        return f"{answer.level}, between {answer.low or answer.level} and {answer.high or answer.level}"
    return f"{answer.level} ({answer.confidence})" if answer.confidence else f"{answer.level}"


def expected_priorities(
    beliefs: np.ndarray, applicable: np.ndarray, playbook: Playbook, impact_share: float
) -> np.ndarray:
    """The expected priorities (projects,) of beliefs (projects, criteria, 5), without their distributions.

    The expectation of a maximum of independent levels is Σ over l of P(max ≥ l) = 1 − Π P(level < l); those of means
    are means. So it is the `expected` of a standing, up to its rounding to six decimals, at a hundredth of the cost.
    NaN where no criterion of a dimension applies.
    """
    n = len(playbook.impact.criteria)
    impact = _expected(beliefs[:, :n], applicable[:, :n], playbook.impact)
    feasibility = _expected(beliefs[:, n:], applicable[:, n:], playbook.feasibility)
    return np.asarray(impact_share * impact + (1 - impact_share) * feasibility)


def _expected(beliefs: np.ndarray, applicable: np.ndarray, dimension: Dimension) -> np.ndarray:
    means = beliefs @ np.array(LEVELS, dtype=float)
    weights = applicable * np.array(dimension.weights)
    none = weights.sum(axis=1) == 0
    weights[none] = applicable[none]
    total = weights.sum(axis=1)
    mean = (means * weights).sum(axis=1) / np.where(total > 0, total, np.nan)
    if not isinstance(dimension.aggregation, BestLens):
        return np.asarray(mean)
    below = np.cumsum(beliefs, axis=2)[:, :, :-1]  # P(level < 2), …, P(level < 5)
    below = np.where(applicable[:, :, None], below, 1.0).prod(axis=1)
    best = LEVELS[0] + (1 - below).sum(axis=1)
    return np.asarray(dimension.aggregation.best * best + dimension.aggregation.mean * mean)
