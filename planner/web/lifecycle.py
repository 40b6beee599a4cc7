"""The stage board of a portfolio, and the stages, gates and moves of a project."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid
from planner.domain.lifecycle import Move, TaskLine, TransitionDraft
from planner.domain.playbook import Playbook
from planner.domain.projects import NOT_STATED
from planner.domain.wording import plural
from planner.services import flow, portfolios, projects
from planner.services import lifecycle as service
from planner.services.workspace import Workspace
from planner.web.forms import Posted, build, messages
from planner.web.lists import Row, asked, filter_bar, rows
from planner.web.pages import Here, is_partial, page, partial, query, see_other

router = APIRouter()


@dataclass(frozen=True)
class Column:
    """A column of the board: its cards, how many there are in all, and where all of them are."""

    name: str
    count: int
    cards: tuple[Row, ...]
    href: str


@router.get("/portfolios/{slug}/board")
def show_board(request: Request, ws: Here, slug: str) -> Response:
    """The projects of a portfolio by stage."""
    wanted = asked(request)
    if not wanted.lean:
        return RedirectResponse(f"/portfolios/{quote(slug)}/board{query(wanted.filters)}", 303)
    playbook = portfolios.get_playbook(ws, slug)
    board = service.get_board(ws, slug, wanted.filters)
    columns = [
        Column(
            name=column.name,
            count=column.count,
            cards=rows(column.projects, playbook),
            href=f"/portfolios/{slug}/projects{query(wanted.filters, stage=column.stage or NOT_STATED)}",
        )
        for column in board.columns
        if column.stage is not None or column.count
    ]
    return page(
        request,
        "lifecycle/board.html",
        slug=slug,
        section="Board",
        **filter_bar(wanted, projects.list_facets(ws, slug), playbook),
        state=query(wanted.filters),
        columns=columns,
        total=sum(column.count for column in board.columns),
    )


@dataclass(frozen=True)
class StageView:
    """A stage of one project: its tasks and gate, and whether it lies behind, is the present one, or lies ahead."""

    id: str
    name: str
    summary: str
    when: str
    tasks: tuple[TaskLine, ...]
    gate: tuple[TaskLine, ...]


@router.get("/projects/{ref}/lifecycle")
def show(request: Request, ws: Here, ref: str) -> Response:
    """Where a project is, what the gate asks for, and where it can go."""
    return _page(request, ws, ref, {}, {})


@router.post("/projects/{ref}/lifecycle")
def move(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Moves the project. What is missing, a reason or a note, is asked for beside the move."""
    values = {"to": form.text("to"), "reason": form.given("reason"), "note": form.text("note")}
    try:
        service.move_project(ws, ref, build(TransitionDraft, values))
    except Invalid as error:
        chosen = next((move for move in service.list_moves(ws, ref) if move.to == form.text("to")), None)
        found = {f"{form.text('to')}.{name}": text for name, text in _said(messages(error), chosen).items()}
        typed = {f"{form.text('to')}.{name}": form.text(name) for name in ("reason", "note")}
        return _page(request, ws, ref, typed, found, 422)
    except Conflict as error:
        return _page(request, ws, ref, {}, {"": str(error)}, 409)
    key = projects.get_project(ws, ref).key
    return see_other(f"/projects/{key}/lifecycle", "moved", key)


def _said(found: dict[str, str], move: Move | None) -> dict[str, str]:
    """The messages about a move in the words of the page: the domain names reasons by the ids that REST takes."""
    if move is None:
        return found
    names = ", ".join(name for _, name in move.reasons)
    own = {"reason": f"Say why it goes back: {names}." if names else "", "note": ""}
    if move.open_points:
        count = len(move.open_points)
        own["note"] = f"{plural(count, 'point')} of the gate {'is' if count == 1 else 'are'} not met yet; say why."
    return {name: own.get(name) or text for name, text in found.items()}


@router.post("/projects/{ref}/tasks/{task}")
def mark(request: Request, ws: Here, ref: str, task: str, form: Posted) -> Response:
    """Ticks or unticks a task; with a script only its line is put anew."""
    line = service.mark_task(ws, ref, task, form.flag("done"), form.text("note"))
    key = projects.get_project(ws, ref).key
    if is_partial(request):
        return partial(request, "lifecycle/_task.html", line=line, key=key)
    return see_other(f"/projects/{key}/lifecycle#t-{task}")


def _page(
    request: Request, ws: Workspace, ref: str, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    moves = service.list_moves(ws, ref)
    moved = flow.get_project_flow(ws, ref)
    reasons = {reason.id: reason.name for edge in playbook.edges for reason in edge.reasons}
    return page(
        request,
        "lifecycle/project.html",
        slug=project.portfolio,
        section="Projects",
        tab="Lifecycle",
        status=status,
        project=project,
        key=project.key,
        playbook=playbook,
        stages=_stages(project.stage, service.list_tasks(ws, ref), playbook),
        forward=[move for move in moves if move.kind != "back"],
        back=[move for move in moves if move.kind == "back"],
        timeline=service.list_transitions(ws, ref)[::-1],
        stays=moved.stages,
        doubts=moved.doubts,
        names={stage.id: stage.name for stage in playbook.stages},
        reasons=reasons,
        values=values,
        errors=errors,
        labels=_labels(moves),
    )


def _labels(moves: tuple[Move, ...]) -> dict[str, str]:
    """What the fields beside each move are called."""
    parts = (("to", "Move to {}"), ("reason", "Reason for {}"), ("note", "Note on {}"))
    return {f"{move.to}.{part}": words.format(move.name) for move in moves for part, words in parts}


def _stages(present: str | None, lines: tuple[TaskLine, ...], playbook: Playbook) -> list[StageView]:
    order = [stage.id for stage in playbook.stages]
    now = order.index(present) if present in order else -1
    return [
        StageView(
            id=stage.id,
            name=stage.name,
            summary=stage.summary,
            when="present" if position == now else "behind" if position < now else "ahead",
            tasks=tuple(line for line in lines if line.stage == stage.id and line.kind == "task"),
            gate=tuple(line for line in lines if line.stage == stage.id and line.kind == "exit_criterion"),
        )
        for position, stage in enumerate(playbook.stages)
    ]
