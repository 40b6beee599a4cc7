"""The form of a roadmap's settings: periods, resources, a grid of capacities, and lines for everything else."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Invalid
from planner.domain.selection import CapacityPlan, CapacityPlanDraft, capacity_of
from planner.services import selection as service
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, ambiguity, build, plain, typed_number
from planner.web.pages import Here, page, see_other
from planner.web.selection_lines import read_lines, write_lines

router = APIRouter()

LINES = ("projects", "shared", "dependencies", "either_or", "must", "must_not")
LABELS = {
    "periods": "Periods",
    "resources": "Resources",
    "capacity": "Capacity",
    "duration": "Periods that a project runs",
    "discount": "Worth of a value one period later",
    "projects": "What single projects take",
    "shared": "Shared infrastructure",
    "dependencies": "Dependencies",
    "either_or": "Either-or",
    "must": "Must be done",
    "must_not": "Must not be done",
    "reason": "Reason",
}
SOURCES = (("needs", "its needs"), ("effort", "its effort"), ("cost", "its cost"))
# What a portfolio that has no settings begins with; the grid is empty, since nobody has said what there is.
FIRST = {
    "periods": "Q1\nQ2\nQ3\nQ4",
    "resource.0.id": "engineers",
    "resource.0.name": "Engineers",
    "resource.0.unit": "person-weeks",
    "resource.0.source": "effort",
    "duration": "1",
    "discount": "1",
}


@router.get("/portfolios/{slug}/roadmap/settings")
def show(request: Request, ws: Here, slug: str) -> Response:
    """The form with the present settings."""
    settings = service.find_settings(ws, slug)
    return _page(request, ws, slug, _values_of(settings) if settings else dict(FIRST), {})


@router.post("/portfolios/{slug}/roadmap/settings")
def save(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Records a version of the settings; or redraws the form with other rows or periods, which stores nothing."""
    action = form.text("action")
    if action != "save":
        return _page(request, ws, slug, _with_rows(form, action), {})
    try:
        service.set_settings(ws, slug, build(CapacityPlanDraft, _draft(form)))
    except Invalid as error:
        return _page(request, ws, slug, form.values, _messages(error), 422)
    return see_other(f"/portfolios/{slug}/roadmap", "portfolio", "The plan of the roadmap")


def _draft(form: Form) -> dict[str, object]:
    periods = form.lines("periods")
    resources, capacity = [], {}
    for row in _rows(form):
        name = form.text(f"resource.{row}.id")
        resources.append(
            {
                "id": name,
                "name": form.text(f"resource.{row}.name") or name,
                "unit": form.text(f"resource.{row}.unit"),
                "source": form.given(f"resource.{row}.source") or "needs",
            }
        )
        cells = [form.text(f"capacity.{row}.{at}") for at in range(len(periods))]
        doubt = next(filter(None, map(ambiguity, cells)), "")
        if doubt:
            raise Invalid.one("capacity", f"{name}: {doubt}")
        capacity[name] = [cell or None for cell in cells]
    lines = read_lines({name: form.lines(name) for name in LINES})
    frame = {"duration": form.given("duration") or 1, "discount": form.given("discount") or 1}
    return {
        "periods": periods,
        "resources": resources,
        "capacity": capacity,
        **frame,
        **lines,
        "reason": form.text("reason"),
    }


def _rows(form: Form) -> list[int]:
    return [row for row in form.indices("resource") if form.given(f"resource.{row}.id")]


def _with_rows(form: Form, action: str) -> dict[str, str]:
    """The fields as they were typed, with a resource more or less."""
    taken = action.removeprefix("remove.") if action.startswith("remove.") else ""
    values = {
        name: value
        for name, value in form.values.items()
        if name != "action" and not (taken and name.startswith((f"resource.{taken}.", f"capacity.{taken}.")))
    }
    if action == "add":
        values[f"resource.{max(form.indices('resource'), default=-1) + 1}.id"] = ""
    return values


def _values_of(settings: CapacityPlan) -> dict[str, str]:
    """The settings as the fields of the form. The reason is asked for anew with each change."""
    values = {
        "periods": "\n".join(settings.periods),
        "duration": str(settings.duration),
        "discount": typed_number(settings.discount),
        **write_lines(settings),
    }
    for row, resource in enumerate(settings.resources):
        parts = {"id": resource.id, "name": resource.name, "unit": resource.unit, "source": resource.source}
        values |= {f"resource.{row}.{part}": value for part, value in parts.items()}
        series = enumerate(capacity_of(settings, resource.id))
        values |= {f"capacity.{row}.{at}": typed_number(amount) for at, amount in series}
    return values


def _messages(error: Invalid) -> dict[str, str]:
    """Errors by the field of the form that they belong to; what lies deeper is named in the message."""
    found: dict[str, list[str]] = {}
    for item in error.errors:
        field, _, rest = item.field.partition(".")
        text = plain(item)
        found.setdefault(field, []).append(f"{rest.replace('.', ', ')}: {text}" if rest else text)
    return {field: "; ".join(texts[:8]) for field, texts in found.items()}


def _page(
    request: Request,
    ws: Workspace,
    slug: str,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    versions = service.list_settings(ws, slug)
    rows = sorted({int(name.split(".")[1]) for name in values if name.startswith("resource.")})
    return page(
        request,
        "selection/settings.html",
        slug=slug,
        section="Roadmap",
        status=status,
        values=values,
        errors=errors,
        labels=LABELS,
        rows=rows,
        periods=[line.strip() for line in values.get("periods", "").splitlines() if line.strip()],
        sources=SOURCES,
        versions=versions[::-1],
    )
