"""Moves between stages, and ticks of tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from planner.domain.lifecycle import TaskMark, Transition
from planner.store import facts
from planner.store.tables import TaskMarkRow, TransitionRow, table

transition, task_mark = table(TransitionRow), table(TaskMarkRow)


def _transition(row: Row[Any]) -> Transition:
    values = facts.values(row)
    return Transition.model_construct(**{**values, "open_points": tuple(values["open_points"])})


def _mark(row: Row[Any]) -> TaskMark:
    return TaskMark.model_construct(**facts.values(row))


def load_transitions(connection: Connection, project_id: int) -> tuple[Transition, ...]:
    """All moves of a project in their order."""
    return tuple(_transition(row) for row in facts.load(connection, transition, project_id))


def load_transitions_by_project(connection: Connection, portfolio_id: int) -> Mapping[int, tuple[Transition, ...]]:
    """The same for every project of a portfolio."""
    found = facts.load_many(connection, transition, portfolio_id)
    return {project_id: tuple(_transition(row) for row in rows) for project_id, rows in found.items()}


def append_transitions(connection: Connection, transitions: Iterable[tuple[int, Transition]]) -> None:
    """Adds moves, each with the id of its project."""
    rows = [{"project_id": p, **dict(move), "open_points": list(move.open_points)} for p, move in transitions]
    facts.append(connection, transition, rows)


def load_task_marks(connection: Connection, project_id: int) -> tuple[TaskMark, ...]:
    """All ticks of a project in their order."""
    return tuple(_mark(row) for row in facts.load(connection, task_mark, project_id))


def load_task_marks_by_project(
    connection: Connection, portfolio_id: int, only: Collection[int] | None = None
) -> Mapping[int, tuple[TaskMark, ...]]:
    """The same for every project of a portfolio, or for those that `only` names."""
    found = facts.load_many(connection, task_mark, portfolio_id, only)
    return {project_id: tuple(_mark(row) for row in rows) for project_id, rows in found.items()}


def append_task_marks(connection: Connection, project_id: int, marks: Iterable[TaskMark]) -> None:
    """Adds ticks of a project."""
    facts.append(connection, task_mark, [{"project_id": project_id, **dict(mark)} for mark in marks])
