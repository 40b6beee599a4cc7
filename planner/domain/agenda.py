"""What to ask next: each open question by the value of its answer for the choice of the best k projects.

The value is the expected value of partial perfect information (EVPPI) of one level: a project is chosen by its
expected priority m, so the answer is worth something only as far as it could move the project across the threshold t
that parts the best k from the others. With t = m of the best of the others for a project among the best k, and
t = m of the last of the best k for one that is not,

    gain = Σ_l p(l) · max(m(l), t) − max(m, t)        flips = P(m(l) lies on the other side of t)

where m(l) is the expected priority once the criterion is known to be at level l. The gain is in points of priority,
summed over the best k. Source: Strong & Oakley 2013, Medical Decision Making 33:755 (EVPPI), for the decision "the k
highest expected values", of which only the project in question moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import erfc, exp, pi, sqrt
from typing import Literal, NamedTuple, cast

import numpy as np
from pydantic import Field

from planner.domain.agenda_whole import Edge, Whole, whole
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.playbook_scoring import Dimension
from planner.domain.scoring import BeliefState, dimension_value

NOISE = 1e-9  # floats nearer to each other than this are equal: they differ by the order of adding alone


Place = Literal["in", "out", "tied"]


class Question(Model):
    """An open question about a project: the level of one criterion, which is not known for sure."""

    project: str = Field(description="Key of the project.")
    name: str = Field(description="Its name.")
    criterion: str = Field(description="Id of the criterion.")
    gain: float = Field(
        description="By how many points of priority, summed over the best `top`, the choice is expected to be better "
        "once the level is known. 0 when no answer can change it."
    )
    flips: float = Field(description="The probability that the answer changes which projects are the best `top`.")
    gain_of_project: float = Field(
        description="The gain of all open questions about its project together, which may be there where no single "
        "answer has one."
    )
    place: Place = Field(
        description="Where the project is by its expected priority: in, among the best `top`; out, not among them; or "
        "tied with projects at the edge, so that nothing tells which of them belong to the best."
    )
    known: bool = Field(description="Whether somebody has answered it; the answers leave more than one level.")
    answered_by: tuple[str, ...] = Field(description="Who has answered it.")
    assessors: tuple[str, ...] = Field(description="Whom to ask; empty when anybody may answer.")


class ProjectGain(Model):
    """A project which no single answer can move across the edge of the best `top`, but several together can."""

    project: str = Field(description="Key of the project.")
    name: str = Field(description="Its name.")
    questions: int = Field(description="Its open questions.")
    answered: int = Field(description="How many criteria have an answer.")
    place: Place = Field(description="Where it is by its expected priority: in, out or tied, as for questions.")
    gain: float = Field(
        description="By how many points of priority, summed over the best `top`, the choice is expected to be better "
        "once all its open questions are answered."
    )
    flips: float = Field(description="The probability that those answers change which projects are the best `top`.")


class AssessorShare(Model):
    """How much of the agenda waits for one person."""

    assessor: str | None = Field(description="Whom to ask; null stands for anybody.")
    questions: int = Field(description="Questions whose answer can change the best `top`.")
    gain: float = Field(description="Their gains added up.")


class Settling(Model):
    """How far the first questions of the agenda carry.

    The gain of several questions together is not the sum of their gains, since answers about one project overlap and
    several projects compete for one place. Here it is exact: the expected rise of the summed priority of the best
    `top` once the levels of all those questions are known. `questions` is the smallest number of the first questions
    that together bring the share `share` of what the first `of` bring. It is about this list: what lies behind it is
    worth less for each question, and is not counted.
    """

    questions: int = Field(description="How many of the first questions bring most of it.")
    share: float = Field(description="The part of the gain of the first `of` that they bring, from 0 to 1.")
    of: int = Field(description="How many questions are looked at.")
    gain: float = Field(description="The gain of all `of` together, in points of priority summed over the best `top`.")
    of_everything: float = Field(
        description="The part that the first `of` bring of what all open questions together can, from 0 to 1."
    )
    enough: int | None = Field(
        description="The smallest number of the first questions that bring 80 % of what all open questions together "
        "can; null when the first `of` do not."
    )
    enough_share: float | None = Field(description="The part of it that the first `enough` bring; null without them.")


class AgendaPage(Model):
    """The questions to ask next, the most valuable first."""

    items: tuple[Question, ...] = Field(
        description="By gain; equal ones by the probability of a flip, then those about projects of which something is "
        "known, then by project."
    )
    total: int = Field(description="Open questions that were asked for, on this page or not.")
    telling: int = Field(description="Of these, how many have an answer that can change the best `top`.")
    top: int = Field(description="k: how many projects the best are.")
    projects: int = Field(description="How many projects compete.")
    scored: int = Field(description="Of these, projects with at least one answer.")
    settling: Settling | None = Field(description="How far the first questions carry; null when none is telling.")
    everything: float = Field(
        description="By how many points of priority, summed over the best `top`, the choice is expected to be better "
        "once all open questions about all projects are answered."
    )
    several: tuple[ProjectGain, ...] = Field(
        description="The projects that need several answers at once, the most gain first; 20 at most."
    )
    several_total: int = Field(description="How many such projects there are.")
    assessors: tuple[AssessorShare, ...] = Field(description="For whom the telling questions are, most gain first.")


@dataclass(frozen=True)
class Expectations:
    """Expected priorities.

    `mean` (projects,) is that of the answers so far, `given` (projects, criteria, 5) that once the criterion is known
    to be at each level, and `probability` (projects, criteria, 5) the belief about that level. A criterion that does
    not apply has a level of probability 1 and leaves the mean as it is.
    """

    mean: np.ndarray
    given: np.ndarray
    probability: np.ndarray


@dataclass(frozen=True)
class Agenda:
    """The open questions in order, as columns: `project` and `criterion` are positions, `gain` and `flips` values.

    `mean` and `place` are the expected priority of each project and where that puts it, shape (projects,); `whole` is
    what all that is open could bring.
    """

    top: int
    mean: np.ndarray
    place: tuple[Place, ...]
    project: np.ndarray
    criterion: np.ndarray
    gain: np.ndarray
    flips: np.ndarray
    whole: Whole

    @property
    def telling(self) -> int:
        """How many questions, which are the first ones, have an answer that can change the best `top`."""
        return int(np.count_nonzero(self.gain))

    @property
    def worth_asking(self) -> int:
        """How many questions, which are the first ones, can do so alone or with others about the same project."""
        return int(np.count_nonzero(self.whole.gain[self.project]))


def expectations(states: Sequence[BeliefState], playbook: Playbook, impact_share: float | None = None) -> Expectations:
    """The expected priorities by the same enumeration as the standings; equal states are computed once."""
    share = playbook.priority_impact_share if impact_share is None else impact_share
    unique: dict[BeliefState, int] = {}
    of_state = np.array([unique.setdefault(state, len(unique)) for state in states], dtype=int)
    everything = np.array([state.beliefs for state in unique])
    groups: dict[tuple[bool, ...], list[int]] = {}
    for place, state in enumerate(unique):
        groups.setdefault(state.applicable, []).append(place)
    shape = (len(unique), len(playbook.criteria), len(LEVELS))
    mean, given, probability = np.empty(len(unique)), np.empty(shape), np.zeros(shape)
    n = len(playbook.impact.criteria)
    for applicable, places in groups.items():
        beliefs = everything[places]
        impact, by_impact = _expected(beliefs[:, :n], applicable[:n], playbook.impact)
        feasibility, by_feasibility = _expected(beliefs[:, n:], applicable[n:], playbook.feasibility)
        mean[places] = share * impact + (1 - share) * feasibility
        given[places, :n] = share * by_impact + (1 - share) * feasibility[:, None, None]
        given[places, n:] = share * impact[:, None, None] + (1 - share) * by_feasibility
        beliefs[:, ~np.array(applicable)] = np.eye(len(LEVELS))[0]
        probability[places] = beliefs
    return Expectations(mean[of_state], given[of_state], probability[of_state])


def level_values(dimension: Dimension, applicable: Sequence[bool]) -> np.ndarray:
    """The value of the dimension for every combination of levels: an axis of 5 for each criterion that applies."""
    n = sum(applicable)
    combinations = np.array(list(product(LEVELS, repeat=n)), dtype=float)
    return dimension_value(combinations, dimension, applicable).reshape((len(LEVELS),) * n)


def _expected(beliefs: np.ndarray, applicable: Sequence[bool], dimension: Dimension) -> tuple[np.ndarray, np.ndarray]:
    """E[value] (projects,) and E[value | criterion at level] (projects, criteria, 5) of one dimension."""
    columns = [index for index, applies in enumerate(applicable) if applies]
    values = level_values(dimension, applicable)
    given = np.empty(beliefs.shape)
    for position, column in enumerate(columns):
        others = [beliefs[:, other].T for other in columns if other != column]  # each (5, projects)
        table = np.moveaxis(values, position, 0)  # (5 of this one, 5, …)
        # The table is the same for all projects until one criterion is summed out: that first sum is a product of
        # matrices, and what is left for each project is a fifth.
        table = table @ others.pop() if others else table[:, None]  # (5, …, projects)
        while others:
            table = (table * others.pop()).sum(axis=-2)
        given[:, column] = table.T
    mean = (given[:, columns[0]] * beliefs[:, columns[0]]).sum(axis=1)
    given[:, [index for index, applies in enumerate(applicable) if not applies]] = mean[:, None, None]
    return mean, given


def thresholds(mean: np.ndarray, top: int) -> tuple[np.ndarray, np.ndarray]:
    """(chosen, threshold) of each project, shape (projects,), for a top of 1 to projects − 1.

    The best are those of the highest mean; among equal ones the first. The threshold is the m of decision theory that
    a project has to cross to leave the best, or to become one of them.
    """
    order = np.argsort(-np.round(mean, 9), kind="stable")
    chosen = np.zeros(len(mean), dtype=bool)
    chosen[order[:top]] = True
    return chosen, np.where(chosen, mean[order[top]], mean[order[top - 1]])


def places(mean: np.ndarray, top: int) -> tuple[Place, ...]:
    """Where each project is; every one is in where there are no more than the best."""
    if not 0 < top < len(mean):
        return cast(tuple[Place, ...], ("in",) * len(mean))
    chosen, threshold = thresholds(mean, top)
    words = np.where(np.abs(mean - threshold) < NOISE, "tied", np.where(chosen, "in", "out"))
    return cast(tuple[Place, ...], tuple(words.tolist()))


def gains(found: Expectations, top: int) -> tuple[np.ndarray, np.ndarray]:
    """(gain, flips) of every question, each (projects, criteria). Nothing to gain when every project is chosen."""
    shape = found.given.shape[:2]
    if not 0 < top < len(found.mean):
        return np.zeros(shape), np.zeros(shape)
    chosen, threshold = thresholds(found.mean, top)
    # Since m = Σ p(l)·m(l), the gain is the expected distance beyond the threshold. So it cannot be below zero, and
    # is nothing at all, not merely small, where no level lies beyond it.
    beyond = np.where(chosen, -1.0, 1.0)[:, None, None] * (found.given - threshold[:, None, None])
    beyond[beyond < NOISE] = 0
    gain = (found.probability * beyond).sum(axis=2)
    flips = (found.probability * (beyond > 0)).sum(axis=2)
    return np.round(np.round(gain, 12), 9), np.round(np.round(flips, 12), 6)


def normal_gains(mean: np.ndarray, deviation: np.ndarray, top: int) -> tuple[np.ndarray, np.ndarray]:
    """(gain, flips) where learning a value leaves m normal: N(mean, deviation²), both (projects,).

    gain = s·ψ(|m − t| / s) with the unit normal loss ψ(z) = φ(z) − z·Φ(−z), and flips = Φ(−|m − t| / s). The closed
    form of the same quantity as `gains`, for scores that are not on five levels.
    Source: Raiffa & Schlaifer 1961, Applied Statistical Decision Theory, on linear loss with a normal prior.
    """
    _, threshold = thresholds(mean, top)
    distance = np.abs(mean - threshold)
    gain, flips = np.zeros(len(mean)), np.zeros(len(mean))
    for index in np.flatnonzero(deviation > 0):
        z = float(distance[index] / deviation[index])
        flips[index] = erfc(z / sqrt(2)) / 2
        gain[index] = max(deviation[index] * (exp(-z * z / 2) / sqrt(2 * pi) - z * flips[index]), 0.0)
    return gain, flips


def build_agenda(
    states: Sequence[BeliefState], playbook: Playbook, top: int, impact_share: float | None = None
) -> Agenda:
    """Every question whose level is not known for sure, the most valuable first.

    Questions without a gain of their own follow by what all those about their project bring together. Equal gains are
    common: of projects about which nothing is known all are equal. Then the answer that is likelier to change the
    choice goes first, then the project of which more is known (one more answer tells it from the others), then the
    first project. So a portfolio without any answer is asked its most telling criterion project by project,
    which sets the projects apart sooner than asking everything about a few.
    """
    found = expectations(states, playbook, impact_share)
    gain, flips = gains(found, top)
    project, criterion = np.nonzero(found.probability.max(axis=2) < 1 - NOISE)
    answered = np.array([state.answered for state in states], dtype=int)
    places_of = places(found.mean, top)
    known = Whole(np.zeros(len(states)), np.zeros(len(states)), 0.0)
    if 0 < top < len(states):
        share = playbook.priority_impact_share if impact_share is None else impact_share
        known = whole(states, playbook, Edge(found.mean, *thresholds(found.mean, top)), share)
        known = replace(known, gain=np.maximum(known.gain, gain.max(axis=1)))  # rounding apart, it is at least that
    together = np.where(gain[project, criterion] > 0, 0, known.gain[project])
    values = gain[project, criterion], flips[project, criterion]
    keys = (criterion, project, -answered[project], -values[1], -together, -values[0])
    order = np.lexsort(keys)
    project, criterion = project[order], criterion[order]
    columns = (project, criterion, gain[project, criterion], flips[project, criterion])
    for column in (found.mean, known.gain, known.flips, *columns):
        column.setflags(write=False)  # it is shared by all who ask
    return Agenda(top, found.mean, places_of, *columns, known)


class Voice(NamedTuple):
    """That somebody answered a criterion; `again` when a scoring round asks them once more."""

    criterion: str
    assessor: str
    again: bool = False


def whom_to_ask(criterion: str, voices: Sequence[Voice], owner: str | None) -> tuple[str, ...]:
    """Who can answer a question about a project, given its present answers; nobody named means anybody.

    Those who know the project, which are its owner and everybody who has answered anything about it, without those who
    have answered this criterion: whoever was asked once is asked again only by a scoring round.
    """
    done = {voice.assessor for voice in voices if voice.criterion == criterion and not voice.again}
    knowing = {voice.assessor for voice in voices} | ({owner} if owner else set())
    return tuple(sorted(knowing - done))
