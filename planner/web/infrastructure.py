"""The infrastructure checklist of a project."""

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
)
from planner.domain.own_tools import offers
from planner.services import infrastructure as service
from planner.services import own_tools, portfolios, projects
from planner.services.workspace import Workspace
from planner.web.forms import Posted, build, messages
from planner.web.pages import Here, is_partial, page, partial, see_other

router = APIRouter()

STATUS_NAMES: dict[str, str] = {name: name.replace("_", " ").capitalize() for name in COMPONENT_STATUSES}
AS_STORED: dict[str, object] = {"values": {}, "errors": {}, "saved": False}


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
        known = _known(ws, project.portfolio)
        said = AS_STORED | {"saved": True}
        return partial(request, "infrastructure/_line.html", 200, key=project.key, line=line, **known, **said)
    return see_other(f"/projects/{project.key}/checklist#c-{component}", "saved", project.key)


def _known(ws: Workspace, slug: str) -> dict[str, object]:
    """What each line of a checklist needs of its portfolio: playbook, statuses, shared components, tools to offer."""
    playbook = portfolios.get_playbook(ws, slug)
    tools = own_tools.list_tools(ws, slug)
    shared = [one for one in service.list_shared(ws, slug) if one.status != "retired"]
    return {
        "of": slug,
        "playbook": playbook,
        "statuses": list(STATUS_NAMES.items()),
        "shared": shared,
        "tools": {component.id: offers(component.id, tools, playbook) for component in playbook.components},
    }


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
    known = _known(ws, project.portfolio)
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
        stated = {**AS_STORED, "values": values, "errors": errors}
        return partial(request, "infrastructure/_line.html", status, key=project.key, line=line, **known, **stated)
    return page(
        request,
        "infrastructure/checklist.html",
        slug=project.portfolio,
        section="Projects",
        tab="Checklist",
        status=status,
        project=project,
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
        **known,
    )
