"""The projects that compete with each other, with what the answers leave to believe of each."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.matrix import ProjectPoint
from planner.domain.projects import Filters
from planner.domain.scoring import BeliefState, belief_state, current_answers
from planner.services.filters import check_filters
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace
from planner.store import project_lists, scoring


@dataclass(frozen=True)
class Candidates:
    """Projects in the order of their ids, and the state of each at the same place of `states`."""

    points: tuple[ProjectPoint, ...]
    states: tuple[BeliefState, ...]


def load_candidates(ws: Workspace, found: Reading, filters: Filters) -> Candidates:
    """What the filters find, kept until the portfolio changes. Invalid for a word that the playbook does not have."""
    check_filters(filters, found.playbook)
    chosen = filters.model_copy(update={"sort": Filters().sort})  # their order makes no difference
    return kept(ws, found.portfolio, ("candidates", chosen), lambda: _load(found, chosen))


def _load(found: Reading, filters: Filters) -> Candidates:
    points = project_lists.load_points(found.connection, found.portfolio.id, filters)
    answers = scoring.load_answers_by_project(found.connection, found.portfolio.id)
    points.sort(key=lambda point: point.id)
    unanswered = belief_state((), found.playbook)  # of many projects nothing is known, and all of them are alike
    states = tuple(
        belief_state(current_answers(answers[point.id]), found.playbook) if point.id in answers else unanswered
        for point in points
    )
    return Candidates(tuple(points), states)
