"""Recomputing the standings that project rows keep."""

from __future__ import annotations

from functools import lru_cache

from planner.domain.playbook import Playbook
from planner.domain.portfolios import PortfolioState
from planner.domain.scoring import Standing, belief_state, current_answers, standings
from planner.store import projects, scoring
from planner.store.database import Connection


@lru_cache(maxsize=64)
def unknown_standing(playbook: Playbook, impact_share: float | None) -> Standing:
    """The standing of a project about which nobody has answered anything: that of every new one."""
    return standings([belief_state((), playbook)], playbook, impact_share)[0]


def rewrite_standings(
    connection: Connection, portfolio: PortfolioState, playbook: Playbook, *, raise_versions: bool = False
) -> int:
    """Recomputes every standing of a portfolio, the bin included, from its answers; returns how many were different."""
    answers = scoring.load_answers_by_project(connection, portfolio.id)
    found = projects.load_projects(connection, portfolio.id, deleted=True)
    states = [belief_state(current_answers(answers.get(project.id, ())), playbook) for project in found]
    fresh = standings(states, playbook, portfolio.priority_impact_share)
    moved: list[tuple[int, Standing]] = [
        (project.id, standing) for project, standing in zip(found, fresh, strict=True) if project.standing != standing
    ]
    projects.update_standings(connection, moved)
    if raise_versions:
        projects.raise_versions(connection, [project_id for project_id, _ in moved])
    return len(moved)
