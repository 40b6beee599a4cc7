"""What the agenda needs to know of answers and projects beside the beliefs: who has a say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from planner.domain.scoring import AnswerDraft
from planner.store.tables import AnswerRow, ProjectRow, table

project = table(ProjectRow)
answer = table(AnswerRow)

Said = tuple[str, str, AnswerDraft | None]  # criterion, assessor, what was said; None takes it back


def load_said(connection: Connection, portfolio_id: int) -> dict[int, list[Said]]:
    """What was said about each project of a portfolio, in the order of recording and without the long texts."""
    names = ("criterion", "assessor", "withdrawn", "level", "low", "high", "confidence", "not_applicable")
    statement = (
        select(answer.c.project_id, *(answer.c[name] for name in names))
        .join(project, project.c.id == answer.c.project_id)
        .where(project.c.portfolio_id == portfolio_id)
        .order_by(answer.c.id)
    )
    found: dict[int, list[Said]] = {}
    for project_id, criterion, assessor, withdrawn, level, low, high, confidence, out in connection.execute(statement):
        draft = AnswerDraft.model_construct(level=level, low=low, high=high, confidence=confidence, not_applicable=out)
        found.setdefault(project_id, []).append((criterion, assessor, None if withdrawn else draft))
    return found


def load_owners(connection: Connection, portfolio_id: int) -> dict[int, str]:
    """The owner of each project of a portfolio that names one."""
    named = project.c.portfolio_id == portfolio_id, project.c.owner.is_not(None)
    rows: Sequence[tuple[int, str]] = [
        tuple(row) for row in connection.execute(select(project.c.id, project.c.owner).where(*named))
    ]
    return dict(rows)


def load_answered_since(
    connection: Connection, portfolio_id: int, assessor: str, since: datetime
) -> set[tuple[str, str]]:
    """The questions, by project key and criterion, that an assessor has answered from that time on."""
    statement = (
        select(project.c.key, answer.c.criterion, answer.c.withdrawn)
        .join(project, project.c.id == answer.c.project_id)
        .where(project.c.portfolio_id == portfolio_id, answer.c.assessor == assessor, answer.c.recorded_at >= since)
        .order_by(answer.c.id)
    )
    last = {(key, criterion): withdrawn for key, criterion, withdrawn in connection.execute(statement)}
    return {question for question, withdrawn in last.items() if not withdrawn}
