"""planner move, tasks and board: projects in their stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from planner.cli.options import NONE_GIVEN, JsonFlag, PortfolioOption, ProjectArgument, takes_filters
from planner.cli.output import heading, note, print_json, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, open_workspace

Note = Annotated[str | None, typer.Option(help="A remark that is kept with it.")]


def move(
    project: ProjectArgument,
    stage: Annotated[
        str | None, typer.Argument(metavar="[STAGE]", help="The stage to move to; without it, the possible moves.")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="CODE", help="The reason code that a move back needs.")] = None,
    remark: Annotated[
        str | None, typer.Option("--note", help="Why the project moves on although points of its gate are not met.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Move a project to another stage, or show where it could go.

    planner move EX-3
    planner move EX-3 training --note "the last labels come next week"
    planner move EX-3 data --reason labels_unreliable
    """
    from planner.domain.errors import Invalid
    from planner.domain.lifecycle import TransitionDraft
    from planner.services.lifecycle import list_moves, move_project

    ws = open_workspace()
    if stage is None:
        if reason is not None or remark is not None:
            raise Invalid.one("STAGE", "name the stage to move to")
        moves = list_moves(ws, project)
        if as_json:
            print_json({"items": moves})
            return
        rows = []
        for possible in moves:
            asks = [f"--reason {code}: {name}" for code, name in possible.reasons]
            rows.append(
                (possible.to, possible.kind, "\n".join([*asks, *(f"not met: {p}" for p in possible.open_points)]))
            )
        print_table(("To", "Kind", "What it asks for"), rows, wide=("What it asks for",))
        return
    transition = move_project(ws, project, TransitionDraft(to=stage, reason=reason, note=remark or ""))
    if as_json:
        print_json(transition)
        return
    say(f"{project}: {transition.start or 'not stated'} → {transition.to} ({transition.kind})")
    if transition.open_points:
        note(f"Points of the gate that are not met: {'; '.join(transition.open_points)}")


def tasks(
    project: ProjectArgument,
    done: Annotated[list[str] | None, typer.Option("--done", metavar="TASK", help="Tick a task.")] = None,
    undone: Annotated[list[str] | None, typer.Option("--undo", metavar="TASK", help="Untick a task.")] = None,
    remark: Annotated[str | None, typer.Option("--note", help="A remark that is kept with the tick.")] = None,
    stage: Annotated[str | None, typer.Option(help="Only the tasks of this stage.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show or tick the tasks and exit criteria of a project. Points that the data decide cannot be ticked.

    planner tasks EX-3 --stage data
    planner tasks EX-3 --done label_guidelines --note "version 2, with Mara"
    """
    from planner.services.lifecycle import list_tasks, mark_task

    ws = open_workspace()
    marks = [(task, True) for task in done or []] + [(task, False) for task in undone or []]
    if marks:
        marked = [mark_task(ws, project, task, is_done, remark or "") for task, is_done in marks]
        if as_json:
            print_json({"items": marked})
        for line in marked if not as_json else []:
            say(f"{line.task}: {'done' if line.done else 'open'}")
        return
    lines = [line for line in list_tasks(ws, project) if stage in (None, line.stage)]
    if as_json:
        print_json({"items": lines})
        return
    rows = [
        (
            line.stage,
            "gate" if line.kind == "exit_criterion" else "task",
            line.task,
            "done" if line.done else "open",
            line.name,
            line.why or line.note,
        )
        for line in lines
    ]
    columns = ("Stage", "Kind", "Task", "State", "Name", "Finding or note")
    print_table(columns, rows, wide=("Name", "Finding or note"), spare=("Kind", "Stage"))


@takes_filters
def board(
    portfolio: PortfolioOption = None,
    filters: Mapping[str, str] = NONE_GIVEN,
    as_json: JsonFlag = False,
) -> None:
    """Show a portfolio by stage, the first projects of each."""
    from planner.domain.projects import Filters
    from planner.services.lifecycle import get_board

    ws = open_workspace()
    found = get_board(ws, choose_portfolio(ws, portfolio), Filters.model_validate(filters))
    if as_json:
        print_json(found)
        return
    for column in found.columns:
        heading(f"{column.name}: {column.count:,}")
        if column.projects:
            print_table(
                ("Key", "Name", "Status", "Owner"), [(p.key, p.name, p.status, p.owner) for p in column.projects]
            )
            if len(column.projects) < column.count:
                stage = column.stage or "not_stated"
                note(f"{column.count - len(column.projects):,} more: planner list --stage {stage}")
