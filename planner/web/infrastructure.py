"""The components of a portfolio, and the infrastructure checklist of a project."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Invalid
from planner.domain.infrastructure import (
    COMPONENT_STATUSES,
    AreaProgress,
    ChecklistDraft,
    ChecklistLine,
    ComponentCounts,
)
from planner.domain.playbook import Playbook
from planner.services import infrastructure as service
from planner.services import portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Posted, build, messages
from planner.web.pages import Here, is_partial, page, partial, see_other

router = APIRouter()

STATUS_NAMES: dict[str, str] = {name: name.replace("_", " ").capitalize() for name in COMPONENT_STATUSES}
COLUMNS = ("in_place", "partial", "planned", "missing", "not_needed", "not_stated")


@dataclass(frozen=True)
class Cell:
    """How many projects stand so, and how strongly the cell is tinted: 0 to 4."""

    status: str
    count: int
    heat: int


@dataclass(frozen=True)
class ComponentRow:
    """A component across the portfolio."""

    id: str
    name: str
    cells: tuple[Cell, ...]


@router.get("/portfolios/{slug}/infrastructure")
def show_portfolio(request: Request, ws: Here, slug: str) -> Response:
    """Components × status over the projects of a portfolio."""
    counts = service.list_component_counts(ws, slug)
    playbook = portfolios.get_playbook(ws, slug)
    return page(
        request,
        "infrastructure/portfolio.html",
        slug=slug,
        section="Infrastructure",
        areas=[
            (area.name, area.summary, [_row(line) for line in counts if line.area == area.id])
            for area in playbook.areas
        ],
        columns=[(name, "Not stated" if name == "not_stated" else STATUS_NAMES[name]) for name in COLUMNS],
        total=sum(getattr(counts[0], name) for name in COLUMNS) if counts else 0,
    )


def _row(line: ComponentCounts) -> ComponentRow:
    counts = {name: int(getattr(line, name)) for name in COLUMNS}
    total = sum(counts.values()) or 1
    cells = (Cell(name, count, -(-4 * count // total)) for name, count in counts.items())
    return ComponentRow(line.component, line.name, tuple(cells))


@dataclass(frozen=True)
class AreaView:
    """An area of the checklist of one project; what is not asked for now is folded away."""

    progress: AreaProgress
    summary: str
    wanted: tuple[ChecklistLine, ...]
    folded: tuple[ChecklistLine, ...]


@router.get("/projects/{ref}/checklist")
def show(request: Request, ws: Here, ref: str) -> Response:
    """The components that a project needs, why, and what there is of each."""
    return _page(request, ws, ref, "", {}, {})


@router.post("/projects/{ref}/checklist/{component}")
def record(request: Request, ws: Here, ref: str, component: str, form: Posted) -> Response:
    """States what there is of one component; with a script only its line is put anew."""
    values = {
        "status": form.given("status"),
        "tool": form.text("tool"),
        "shared": form.given("shared"),
        "note": form.text("note"),
    }
    try:
        line = service.record_component(ws, ref, component, build(ChecklistDraft, values))
    except Invalid as error:
        errors = messages(error, ("status", "tool", "note"))
        if not form.given("status"):
            errors["status"] = "Say how it stands."
        return _page(request, ws, ref, component, form.values, errors, 422)
    project = projects.get_project(ws, ref)
    if is_partial(request):
        playbook = portfolios.get_playbook(ws, project.portfolio)
        return _one_line(request, project.key, playbook, line, 200, {}, {}, saved=True)
    return see_other(f"/projects/{project.key}/checklist#c-{component}", "saved", project.key)


def _one_line(
    request: Request,
    key: str,
    playbook: Playbook,
    line: ChecklistLine,
    status: int,
    values: dict[str, str],
    errors: dict[str, str],
    saved: bool = False,
) -> Response:
    return partial(
        request,
        "infrastructure/_line.html",
        status,
        key=key,
        playbook=playbook,
        statuses=list(STATUS_NAMES.items()),
        line=line,
        values=values,
        errors=errors,
        saved=saved,
    )


def _page(
    request: Request,
    ws: Workspace,
    ref: str,
    component: str,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    checklist = service.get_checklist(ws, ref)
    summaries = {area.id: area.summary for area in playbook.areas}
    areas = []
    for progress in checklist.progress:
        lines = [line for line in checklist.lines if line.area == progress.area]
        wanted = tuple(line for line in lines if line.requirement in ("required", "conditional"))
        folded = tuple(line for line in lines if line not in wanted)
        areas.append(AreaView(progress, summaries.get(progress.area, ""), wanted, folded))
    if is_partial(request):
        line = next(line for line in checklist.lines if line.component == component)
        return _one_line(request, project.key, playbook, line, status, values, errors)
    return page(
        request,
        "infrastructure/checklist.html",
        slug=project.portfolio,
        section="Projects",
        tab="Checklist",
        status=status,
        project=project,
        playbook=playbook,
        areas=areas,
        required=sum(area.required for area in checklist.progress),
        in_place=sum(area.in_place for area in checklist.progress),
        stage=playbook.stage(project.stage),
        archetype=playbook.archetype(project.archetype),
        wrong=component,
        typed=values,
        problems=errors,
        saved=False,
        key=project.key,
        statuses=list(STATUS_NAMES.items()),
    )
