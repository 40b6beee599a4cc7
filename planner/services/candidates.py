"""The projects that compete with each other, with what the answers leave to believe of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from planner.domain.matrix import ProjectPoint
from planner.domain.projects import Filters
from planner.domain.scoring import BeliefState, Said, belief_state, current_answers
from planner.services.filters import check_words
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace
from planner.store import project_lists, scoring


@dataclass(frozen=True)
class Candidates:
    """Projects in the order of their ids, and the state of each at the same place of `states`.

    `said` has the present answers of each project that has any, by its id.
    """

    points: tuple[ProjectPoint, ...]
    states: tuple[BeliefState, ...]
    said: Mapping[int, tuple[Said, ...]]


def load_candidates(ws: Workspace, found: Reading, filters: Filters) -> Candidates:
    """What the filters find, kept until the portfolio changes. Invalid for a word that the playbook does not have."""
    check_words(found, filters)
    chosen = filters.model_copy(update={"sort": Filters().sort})  # their order makes no difference
    return kept(ws, found.portfolio, ("candidates", chosen), lambda: _load(found, chosen))


def _load(found: Reading, filters: Filters) -> Candidates:
    points = project_lists.load_points(found.connection, found.portfolio.id, filters)
    history = scoring.load_said_by_project(found.connection, found.portfolio.id)
    points.sort(key=lambda point: point.id)
    said = {project_id: tuple(current_answers(answers)) for project_id, answers in history.items()}
    unanswered = belief_state((), found.playbook)  # of many projects nothing is known, and all of them are alike
    states = tuple(belief_state(said[p.id], found.playbook) if p.id in said else unanswered for p in points)
    return Candidates(tuple(points), states, MappingProxyType(said))
