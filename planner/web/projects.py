"""Pages of projects: the list, the form, one project, the bin."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid, Stale
from planner.domain.playbook import Playbook
from planner.domain.projects import STATUSES, Project, ProjectDraft, ProjectPatch
from planner.services import history as history_service
from planner.services import portfolios as portfolio_service
from planner.services import projects as service
from planner.services.workspace import Workspace
from planner.web.charts import draw_course
from planner.web.forms import Form, Posted, build, messages, small_number, typed_number
from planner.web.lists import asked, columns, filter_bar, rows
from planner.web.pages import Here, page, query, see_other
from planner.web.project_pages import show_summary

router = APIRouter()

LABELS = {
    "name": "Name",
    "summary": "Summary",
    "organisation": "Organisation",
    "unit": "Department or team",
    "owner": "Owner",
    "status": "Status",
    "stage": "Stage",
    "archetype": "Archetype",
    "problem_type": "Problem type",
    "tags": "Tags",
    "effort": "Effort",
    "cost": "Cost",
    "needs": "Other resources",
    "links": "Links",
    "risks": "Risks",
}


@router.get("/portfolios/{slug}/projects")
def show_list(request: Request, ws: Here, slug: str, cursor: Annotated[str | None, Query()] = None) -> Response:
    """The list of a portfolio's projects."""
    wanted = asked(request, also=("cursor",))
    if not wanted.lean:
        return RedirectResponse(f"/portfolios/{quote(slug)}/projects{query(wanted.filters)}", 303)
    playbook = portfolio_service.get_playbook(ws, slug)
    found = service.list_projects(ws, slug, wanted.filters, 50, cursor or None)
    return page(
        request,
        "projects/list.html",
        slug=slug,
        section="Projects",
        **filter_bar(wanted, service.list_facets(ws, slug), playbook),
        state=query(wanted.filters),
        columns=columns(wanted.filters),
        rows=rows(found.items, playbook),
        found=found,
        continued=cursor is not None,
        next=query(wanted.filters, cursor=found.next) if found.next else "",
        exports=True,
    )


@router.get("/portfolios/{slug}/projects/new")
def show_new(request: Request, ws: Here, slug: str) -> Response:
    """An empty form."""
    return _form(request, ws, slug, None, {}, {})


@router.post("/portfolios/{slug}/projects")
def create(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Creates a project; the form comes back with what was typed when something in it is wrong."""
    try:
        values = {**_values(form), "stage": form.given("stage")}
        project = service.create_project(ws, slug, build(ProjectDraft, values, numbers=_numbers(form)))
    except Invalid as error:
        return _form(request, ws, slug, None, form.values, messages(error, LABELS), 422)
    return see_other(f"/projects/{project.key}", "created", project.key)


@router.get("/projects/{ref}")
def show(request: Request, ws: Here, ref: str) -> Response:
    """One project at a glance."""
    return show_summary(request, ws, ref)


@router.get("/projects/{ref}/edit")
def show_edit(request: Request, ws: Here, ref: str) -> Response:
    """The form with what is stored."""
    project = service.get_project(ws, ref)
    return _form(request, ws, project.portfolio, project, values_of(project), {})


@router.post("/projects/{ref}/edit")
def update(request: Request, ws: Here, ref: str, form: Posted) -> Response:
    """Saves a form. When somebody else saved meanwhile, both values are shown and nothing typed is lost (412)."""
    try:
        draft = build(ProjectPatch, _values(form), numbers=_numbers(form))
        project = service.update_project(ws, ref, draft, small_number(form.text("version")))
    except Invalid as error:
        project = service.get_project(ws, ref)
        return _form(request, ws, project.portfolio, project, form.values, messages(error, LABELS), 422)
    except Stale:
        project = service.get_project(ws, ref)
        return _form(request, ws, project.portfolio, project, form.values, {}, 412, _differences(project, form))
    return see_other(f"/projects/{project.key}", "saved", project.key)


@router.post("/projects/{ref}/delete")
def delete(ws: Here, ref: str) -> Response:
    """Moves a project to the bin; the next page offers to undo it."""
    project = service.delete_project(ws, ref)
    return see_other(f"/portfolios/{project.portfolio}/projects", "deleted", project.key)


@router.post("/projects/{ref}/restore")
def restore(ws: Here, ref: str) -> Response:
    """Takes a project out of the bin. Doing it twice is no error: it is back."""
    try:
        project = service.restore_project(ws, ref)
    except Conflict:
        project = service.get_project(ws, ref)
    return see_other(f"/projects/{project.key}", "restored", project.key)


@router.get("/projects/{ref}/history")
def show_history(request: Request, ws: Here, ref: str) -> Response:
    """Who changed what, when."""
    project = service.get_project(ws, ref)
    return page(
        request,
        "history/project.html",
        slug=project.portfolio,
        section="Projects",
        tab="History",
        project=project,
        course=draw_course(request, ws, ref),
        events=history_service.list_project_events(ws, ref),
        fields=_words(portfolio_service.get_playbook(ws, project.portfolio)),
    )


@router.get("/portfolios/{slug}/bin")
def show_bin(request: Request, ws: Here, slug: str) -> Response:
    """Deleted projects, each with a button to restore it."""
    return page(request, "projects/bin.html", slug=slug, projects=service.list_bin(ws, slug))


def _words(playbook: Playbook) -> dict[str, str]:
    """Names of the fields and ids that a history mentions."""
    entries = (*playbook.criteria, *playbook.components, *playbook.stages)
    return {**{entry.id: entry.name for entry in entries}, **LABELS}


def _form(
    request: Request,
    ws: Workspace,
    slug: str,
    project: Project | None,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
    conflicts: list[tuple[str, str, str]] | None = None,
) -> Response:
    playbook = portfolio_service.get_playbook(ws, slug)
    return page(
        request,
        "projects/form.html",
        slug=slug,
        section="Projects",
        tab="Edit",
        status=status,
        project=project,
        action=f"/projects/{project.key}/edit" if project else f"/portfolios/{slug}/projects",
        values=values,
        errors=errors,
        conflicts=conflicts or [],
        labels=LABELS,
        facets=service.list_facets(ws, slug),
        statuses=[(name, name.capitalize()) for name in STATUSES],
        stages=[(entry.id, entry.name) for entry in playbook.stages],
        archetypes=[(entry.id, entry.name) for entry in playbook.archetypes],
        problem_types=[(entry.id, f"{entry.group}: {entry.name}") for entry in playbook.problem_types],
    )


def _values(form: Form) -> dict[str, object]:
    """The fields of a project as they were typed; lists are written one a line, or with commas between."""
    plain = ("name", "summary", "organisation", "unit", "owner", "status", "archetype", "problem_type", "risks")
    return {
        **{name: form.given(name) for name in plain},
        "name": form.text("name"),
        "effort": form.given("effort"),
        "cost": form.given("cost"),
        "tags": [tag.strip() for tag in form.text("tags").split(",") if tag.strip()],
        "needs": _needs(form.lines("needs")),
        "links": [_link(line) for line in form.lines("links")],
    }


def _numbers(form: Form) -> dict[str, str]:
    """The numbers of the form as they were typed, by their field."""
    needs = {f"needs.{name}": amount for name, amount in _needs(form.lines("needs")).items()}
    return {"effort": form.text("effort"), "cost": form.text("cost"), **needs}


def _needs(lines: list[str]) -> dict[str, str]:
    """`gpu_hours: 500`, or `gpu_hours 500`: without a colon the last word is the amount."""
    pairs = (line.rpartition(":" if ":" in line else " ")[::2] for line in lines)
    return {(name or amount).strip(): amount.strip() if name else "" for name, amount in pairs}


def _link(line: str) -> dict[str, str]:
    """`Title | https://…`, or `Title https://…`: without a bar the last word is the address."""
    if line.startswith(("http://", "https://")):
        return {"title": "", "url": line}
    title, _, url = line.partition("|") if "|" in line else line.rpartition(" ")
    return {"title": title.strip(), "url": url.strip()}


def values_of(project: Project) -> dict[str, str]:
    """The fields of a project as its form shows them."""
    plain = ("name", "summary", "organisation", "unit", "owner", "status", "archetype", "problem_type", "risks")
    return {
        **{name: getattr(project, name) or "" for name in plain},
        "effort": "" if project.effort is None else typed_number(project.effort),
        "cost": "" if project.cost is None else typed_number(project.cost),
        "tags": ", ".join(project.tags),
        "needs": "\n".join(f"{name}: {typed_number(amount)}" for name, amount in project.needs.items()),
        "links": "\n".join(f"{link.title} | {link.url}" if link.title else link.url for link in project.links),
    }


def _differences(project: Project, form: Form) -> list[tuple[str, str, str]]:
    """(label, stored, typed) of each field in which the two differ."""
    stored = values_of(project)
    return [
        (LABELS[name], value, form.text(name)) for name, value in stored.items() if value.strip() != form.text(name)
    ]
