"""What the flow of a portfolio is found from, read without the texts: thousands of moves and answers at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, String, cast, or_, select

from planner.domain.as_of import BINNED, RESTORED
from planner.domain.flow_doubts import Level
from planner.domain.flow_paths import Mark, Path, Step, build_absences, build_visits, outcome_marks
from planner.domain.projects import Filters
from planner.store.project_filters import conditions
from planner.store.tables import AnswerRow, EventRow, OutcomeRow, ProjectRow, TransitionRow, table

answer, event, outcome, project, transition = (
    table(row) for row in (AnswerRow, EventRow, OutcomeRow, ProjectRow, TransitionRow)
)
EDITED = (
    "project.updated",
    "project.reimported",
    "outcome.recorded",
)  # the events in which a project can get another status

_PROJECT = [project.c[name] for name in ("id", "key", "name", "owner", "status", "stage", "created_at", "deleted_at")]
_STEP = [transition.c[name] for name in ("recorded_at", "start", "to", "kind", "reason")]
_LEVEL = [answer.c[name] for name in ("criterion", "assessor", "level", "withdrawn", "recorded_at")]
_OUTCOME = [outcome.c[name] for name in ("outcome", "ended_on", "recorded_at")]
# As text, since most events say nothing of a status and need not be parsed.
_CHANGES = cast(event.c.changes, String).label("changes")


def load_paths(connection: Connection, portfolio_id: int, filters: Filters) -> tuple[Path, ...]:
    """The ways of the projects that the filters find, those in the bin included, in the order of their ids."""
    sqlite = connection.dialect.name == "sqlite"
    return _load(connection, conditions(portfolio_id, filters, sqlite=sqlite, deleted=True))


def load_path(connection: Connection, project_id: int) -> Path:
    """The way of one project."""
    return _load(connection, [project.c.id == project_id])[0]


def load_levels(
    connection: Connection, project_ids: Select[Any] | Collection[int], criteria: Collection[str]
) -> Mapping[int, list[Level]]:
    """The answers to these criteria by project, each in the order of recording."""
    statement = (
        select(answer.c.project_id, *_LEVEL)
        .where(answer.c.project_id.in_(project_ids), answer.c.criterion.in_(criteria))
        .order_by(answer.c.project_id, answer.c.id)
    )
    found: dict[int, list[Level]] = {}
    for project_id, *rest in connection.execute(statement):
        found.setdefault(project_id, []).append(Level._make(rest))
    return found


def those(connection: Connection, portfolio_id: int, filters: Filters) -> Select[Any]:
    """The ids of the projects that the filters find, the bin left out, as a question within another."""
    clauses = conditions(portfolio_id, filters, sqlite=connection.dialect.name == "sqlite")
    return select(project.c.id).where(*clauses)


def _load(connection: Connection, clauses: Sequence[ColumnElement[bool]]) -> tuple[Path, ...]:
    ids = select(project.c.id).where(*clauses)
    steps: dict[int, list[Step]] = {}
    moves = select(transition.c.project_id, *_STEP).where(transition.c.project_id.in_(ids))
    for project_id, *rest in connection.execute(moves.order_by(transition.c.project_id, transition.c.id)):
        steps.setdefault(project_id, []).append(Step._make(rest))
    outcomes: dict[int, list[Any]] = {}
    ends = select(outcome.c.project_id, *_OUTCOME).where(outcome.c.project_id.in_(ids)).order_by(outcome.c.id)
    for project_id, *rest in connection.execute(ends):
        outcomes.setdefault(project_id, []).append(rest)
    events: dict[int, list[Row[Any]]] = {}
    edited = event.c.action.in_(EDITED) & _CHANGES.contains('"status"', autoescape=True)
    told = or_(event.c.action.in_((BINNED, RESTORED)), edited)
    asked = select(event.c.project_id, event.c.at, event.c.action, _CHANGES).where(event.c.project_id.in_(ids), told)
    for row in connection.execute(asked.order_by(event.c.id)):
        events.setdefault(row.project_id, []).append(row)
    rows = connection.execute(select(*_PROJECT).where(*clauses).order_by(project.c.id))
    return tuple(_path(row, steps.get(row.id, ()), outcomes.get(row.id, ()), events.get(row.id, ())) for row in rows)


def _path(row: Row[Any], steps: Sequence[Step], outcomes: Sequence[Any], events: Sequence[Row[Any]]) -> Path:
    # A stage without a move is one that was there from the beginning.
    steps = steps or ((Step(row.created_at, None, row.stage, "placed", None),) if row.stage else ())
    marks = [*_marks(row, events), *outcome_marks(outcomes)]
    return Path(
        id=row.id,
        key=row.key,
        name=row.name,
        owner=row.owner,
        status=row.status,
        in_bin=row.deleted_at is not None,
        steps=tuple(steps),
        visits=build_visits(steps, build_absences(marks)),
    )


def _marks(row: Row[Any], events: Sequence[Row[Any]]) -> list[Mark]:
    """The statuses of a project and its times in the bin, from the events that tell of them, the oldest first."""
    marks: list[Mark] = []
    first: str | None = row.status  # if it never changed, it is what it was from the beginning
    changed = False
    for told in events:
        if told.action in (BINNED, RESTORED):
            marks.append(Mark(told.at, "bin", "bin" if told.action == BINNED else None))
            continue
        for change in orjson.loads(told.changes):
            if change["field"] == "status":
                first = first if changed else change["old"]
                changed = True
                marks.append(Mark(told.at, "status", change["new"]))
    return [Mark(row.created_at, "status", first), *marks]
