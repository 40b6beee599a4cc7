"""What the agenda needs to know of answers and projects beside the beliefs: who has a say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from planner.store.tables import AnswerRow, ProjectRow, table

project = table(ProjectRow)
answer = table(AnswerRow)


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
