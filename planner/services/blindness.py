"""What an assessor may see of the answers to a project while a round is open."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.projects import Project
from planner.domain.rounds import Round, Sight, present_round, sight
from planner.domain.scoring import Answer
from planner.services.workspace import Reading
from planner.store import rounds


def load_sight(
    found: Reading, project: Project, assessor: str, history: Sequence[Answer]
) -> tuple[Sight, Round | None, bool]:
    """(what the assessor sees, the open round if it asks about the project, whether they chose to see everything)."""
    every = rounds.load_rounds(found.connection, found.portfolio.id)
    present = present_round(every)
    if present is None or project.key not in present.projects:
        return sight(history, project.key, assessor, None, every), None, False
    looked = rounds.has_looked(found.connection, project.id, present.number, assessor)
    return sight(history, project.key, assessor, present, every, looked), present, looked
