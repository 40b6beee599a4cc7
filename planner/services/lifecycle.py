"""Moving a project through its stages."""

from __future__ import annotations

from planner.domain.baselines import current_baselines
from planner.domain.errors import Conflict, NotFound
from planner.domain.history import FieldChange
from planner.domain.lifecycle import (
    Board,
    BoardColumn,
    Facts,
    Move,
    TaskLine,
    TaskMark,
    Transition,
    TransitionDraft,
    decide_move,
    moves,
    task_lines,
)
from planner.domain.projects import NOT_STATED, Filters, Project
from planner.domain.scoring import current_answers
from planner.services.filters import check_words
from planner.services.infrastructure import load_checklist
from planner.services.metrics import load_verdict
from planner.services.workspace import Reading, Workspace, reading, reading_project, writing_project
from planner.store import baselines, lifecycle, project_lists, readiness, scoring

CARDS_PER_COLUMN = 30


def load_facts(found: Reading, project: Project) -> Facts:
    """Everything that the computed points of a gate look at, inside a transaction that is open already."""
    contract, verdict = load_verdict(found, project)
    return Facts(
        project=project,
        answers=tuple(current_answers(scoring.load_answers(found.connection, project.id))),
        contract=contract,
        verdict=verdict,
        checklist=load_checklist(found, project).lines,
        baselines=current_baselines(baselines.load_baselines(found.connection, project.id)),
        assessments=readiness.load_assessments(found.connection, project.id),
    )


def load_tasks(found: Reading, project: Project) -> tuple[TaskLine, ...]:
    """The tasks and exit criteria of all stages, inside a transaction that is open already."""
    marks = lifecycle.load_task_marks(found.connection, project.id)
    return task_lines(found.playbook.stages, marks, load_facts(found, project), found.playbook)


def list_tasks(ws: Workspace, ref: str) -> tuple[TaskLine, ...]:
    """The tasks and exit criteria of all stages as they stand for a project."""
    with reading_project(ws, ref) as (found, project):
        return load_tasks(found, project)


def mark_task(
    ws: Workspace, ref: str, task: str, done: bool, note: str = "", expected_version: int | None = None
) -> TaskLine:
    """Ticks or unticks a task. Conflict for a computed point: the data decide it."""
    with writing_project(ws, ref, expected_version) as (change, project):
        lines = {line.task: line for line in load_tasks(change, project)}
        line = lines.get(task)
        if line is None:
            raise NotFound(f"There is no task '{task[:60]}' in the playbook.")
        if line.computed:
            raise Conflict(f"'{line.name}' is computed from the data ({line.why}); it cannot be ticked by hand.")
        if (line.done, line.note) == (done, note):
            return line
        mark = TaskMark(task=task, done=done, note=note, recorded_at=change.now, recorded_by=ws.actor)
        lifecycle.append_task_marks(change.connection, project.id, [mark])
        change.touch(project)
        words = {True: "done", False: "open"}
        change.record(project.id, "task.marked", [FieldChange(field=line.name, old=words[line.done], new=words[done])])
        return next(line for line in load_tasks(change, project) if line.task == task)


def list_moves(ws: Workspace, ref: str) -> tuple[Move, ...]:
    """The moves that the playbook allows from the present stage, with the open points of the gate."""
    with reading_project(ws, ref) as (found, project):
        return moves(project.stage, load_tasks(found, project), found.playbook)


def move_project(ws: Workspace, ref: str, draft: TransitionDraft) -> Transition:
    """Moves the project to another stage; see `decide_move` for what is refused."""
    with writing_project(ws, ref) as (change, project):
        lines = load_tasks(change, project)
        transition = decide_move(project.stage, draft, lines, change.playbook, change.now, ws.actor)
        lifecycle.append_transitions(change.connection, [(project.id, transition)])
        change.touch(project, stage=transition.to)
        changes = [FieldChange(field="stage", old=transition.start, new=transition.to)]
        if transition.reason:
            changes.append(FieldChange(field="reason", old=None, new=transition.reason))
        if transition.note:
            changes.append(FieldChange(field="note", old=None, new=transition.note))
        change.record(project.id, "project.moved", changes)
        return transition


def list_transitions(ws: Workspace, ref: str) -> tuple[Transition, ...]:
    """All moves so far, the oldest first."""
    with reading_project(ws, ref) as (found, project):
        return lifecycle.load_transitions(found.connection, project.id)


def get_board(ws: Workspace, slug: str, filters: Filters) -> Board:
    """The projects that the filters find, by stage; each column holds its first few and says how many there are."""
    with reading(ws, slug) as found:
        check_words(found, filters)
        rows = project_lists.count_by(found.connection, found.portfolio.id, filters, "stage")
        counts = {values[0]: count for values, count in rows}
        stages: list[tuple[str | None, str]] = [(stage.id, stage.name) for stage in found.playbook.stages]
        known = [None, *(stage for stage, _ in stages)]
        stages += sorted((stage, f"{stage}, of another playbook") for stage in counts if stage not in known)
        stages.append((None, "Not stated"))
        columns = []
        for stage, name in stages:
            cards = project_lists.load_summaries(
                found.connection,
                found.portfolio.id,
                slug,
                filters.model_copy(update={"stage": stage or NOT_STATED}),
                limit=CARDS_PER_COLUMN,
            )
            shown = cards if counts.get(stage) else ()
            columns.append(BoardColumn(stage=stage, name=name, count=counts.get(stage, 0), projects=shown))
        return Board(columns=tuple(columns))
