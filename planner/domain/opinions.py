"""What each assessor said of each project, as arrays: the ground that agreement and use of the scale are computed on.

Arrays run over (assessors, projects, criteria); criteria stand in the playbook's order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from planner.domain.matrix import ProjectPoint
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import LEVELS
from planner.domain.scoring import Answer, answer_range, dimension_distribution, triangle

CHUNK = 512  # states whose combinations of levels are enumerated at once, some MB


class Given(NamedTuple):
    """A current answer in brief: thousands of projects with ten assessors each are kept like this."""

    assessor: str
    criterion: int  # its place in the playbook
    level: int | None
    low: int | None
    high: int | None
    guess: bool  # marked with the confidence that leaves the most open
    rationale: str


@dataclass(frozen=True)
class Opinions:
    """The current answers of a portfolio. A level that was not given is NaN."""

    assessors: tuple[str, ...]
    points: tuple[ProjectPoint, ...]
    criteria: tuple[str, ...]
    given: tuple[tuple[Given, ...], ...]  # of each project, the answers of all assessors
    levels: np.ndarray  # (assessors, projects, criteria)
    beliefs: np.ndarray  # (assessors, projects, criteria, 5); zeros where no level was given
    not_applicable: np.ndarray  # (assessors, projects, criteria), bool

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each project by its key."""
        return {point.key: index for index, point in enumerate(self.points)}

    @cached_property
    def means(self) -> np.ndarray:
        """The expected level of each answer, NaN where none was given."""
        return np.where(np.isnan(self.levels), np.nan, self.beliefs @ np.array(LEVELS, dtype=float))

    @cached_property
    def variances(self) -> np.ndarray:
        """The variance that each answer leaves, in levels²; NaN where none was given."""
        squares = self.beliefs @ np.array(LEVELS, dtype=float) ** 2
        return np.maximum(np.where(np.isnan(self.levels), np.nan, squares - self.means**2), 0)

    @cached_property
    def answered(self) -> np.ndarray:
        """Whether an assessor said anything to a criterion of a project, that it does not apply included."""
        return np.asarray(~np.isnan(self.levels) | self.not_applicable)


def build_opinions(
    points: Sequence[ProjectPoint], answers: Mapping[int, Sequence[Answer]], playbook: Playbook
) -> Opinions:
    """The opinions on these projects by their current answers, by project id; assessors in the order of their names.

    Answers to criteria of a playbook that was followed before are left out.
    """
    criteria = {criterion.id: index for index, criterion in enumerate(playbook.criteria)}
    heard = {point.id: [a for a in answers.get(point.id, ()) if a.criterion in criteria] for point in points}
    names = tuple(sorted({answer.assessor for said in heard.values() for answer in said}))
    place = {name: index for index, name in enumerate(names)}
    known = {name: name for name in names}  # each name is kept once
    widest = max(playbook.confidences, key=lambda confidence: confidence.spread).id
    shape = (len(names), len(points), len(criteria))
    levels, outside = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    beliefs, given = np.zeros((*shape, len(LEVELS))), list[tuple[Given, ...]]()
    for project, point in enumerate(points):
        said = []
        for answer in heard[point.id]:
            number = criteria[answer.criterion]
            at = place[answer.assessor], project, number
            low = high = None
            if answer.level is None:
                outside[at] = True
            else:
                low, high = answer_range(answer, playbook)
                levels[at] = answer.level
                beliefs[at] = triangle(answer.level, low, high)
            who, guess = known[answer.assessor], answer.confidence == widest
            said.append(Given(who, number, answer.level, low, high, guess, answer.rationale))
        given.append(tuple(said))
    return Opinions(names, tuple(points), tuple(criteria), tuple(given), levels, beliefs, outside)


def own_priorities(opinions: Opinions, playbook: Playbook, impact_share: float) -> np.ndarray:
    """The expected priority of each project by each assessor's own answers alone, shape (assessors, projects).

    What an assessor has not answered keeps the prior. Where somebody says that no criterion of a dimension applies,
    that dimension is taken as unanswered: it could have no value.
    """
    prior = np.array([criterion.prior for criterion in playbook.criteria])
    known = ~np.isnan(opinions.levels)
    beliefs = np.where(known[..., None], opinions.beliefs, prior)
    applies = ~opinions.not_applicable
    totals, start = np.zeros(known.shape[:2]), 0
    shares = (impact_share, 1 - impact_share)
    for dimension, share in zip(playbook.dimensions, shares, strict=True):
        end = start + len(dimension.criteria)
        own, scope = beliefs[:, :, start:end].reshape(-1, end - start, len(LEVELS)), applies[:, :, start:end].copy()
        scope[~scope.any(axis=2)] = True
        scope = scope.reshape(-1, end - start)
        expected = np.zeros(len(own))
        for pattern in np.unique(scope, axis=0):
            # Most are equal: whoever has not answered a project has the prior.
            chosen = np.flatnonzero((scope == pattern).all(axis=1))
            states, group = np.unique(own[chosen], axis=0, return_inverse=True)
            values = [
                dimension_distribution(states[at : at + CHUNK], pattern.tolist(), dimension).expected()
                for at in range(0, len(states), CHUNK)
            ]
            expected[chosen] = np.concatenate(values)[group.ravel()]
        totals += share * expected.reshape(totals.shape)
        start = end
    return np.asarray(np.round(totals, 9))
