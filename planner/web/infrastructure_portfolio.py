"""The infrastructure of a portfolio: its components, what projects need of them, what to build next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.infrastructure import ComponentCounts
from planner.domain.infrastructure_map import MapCell, NeedsMap
from planner.domain.infrastructure_plan import BuildQuery
from planner.domain.shared_components import SHARED_STATUSES, SharedComponent, SharedDraft
from planner.services import infrastructure as service
from planner.services import portfolios
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages, typed_number
from planner.web.infrastructure import STATUS_NAMES
from planner.web.pages import Here, page, see_other

router = APIRouter()

COLUMNS = ("in_place", "partial", "planned", "missing", "not_needed", "not_stated")
SHARED_STATUS_NAMES = [(name, name.replace("_", " ").capitalize()) for name in SHARED_STATUSES]
NUMBERS = ("cost", "cost_per_month", "effort")
LABELS = {
    "component": "Component",
    "name": "Name",
    "status": "Status",
    "owner": "Owner",
    "tool": "Tool",
    "cost": "Cost to build",
    "cost_per_month": "Cost a month",
    "effort": "Effort",
    "note": "Note",
    "budget": "Budget",
    "most": "How many at most",
    "by": "Projects count",
}
Named = Annotated[str, Query(max_length=300)]


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
def show_portfolio(request: Request, ws: Here, slug: str, component: Named = "", name: Named = "") -> Response:
    """Components × status, and the shared components; `component` and `name` put one of these into the form."""
    return _components(request, ws, slug, component=component, name=name)


@router.post("/portfolios/{slug}/infrastructure")
def record_shared(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """States a shared component."""
    values: dict[str, object] = {name: form.text(name) for name in ("name", "owner", "tool", "note")}
    values |= {"status": form.given("status"), **{name: form.given(name) for name in NUMBERS}}
    try:
        draft = build(SharedDraft, values, {name: form.text(name) for name in NUMBERS})
        service.record_shared(ws, slug, form.text("component"), draft)
    except Invalid as error:
        errors = messages(error)
        if not form.given("status"):
            errors["status"] = "Say how it stands."
        if portfolios.get_playbook(ws, slug).component(form.text("component")) is None:
            errors["component"] = "Choose a component."
        return _components(request, ws, slug, typed=form, errors=errors, status=422)
    except Conflict as error:
        return _components(request, ws, slug, typed=form, errors={"": str(error)}, status=409)
    except NotFound:
        if portfolios.get_playbook(ws, slug).component(form.text("component")) is not None:
            raise
        return _components(request, ws, slug, typed=form, errors={"component": "Choose a component."}, status=422)
    return see_other(f"/portfolios/{slug}/infrastructure#shared", "saved")


def _components(
    request: Request,
    ws: Workspace,
    slug: str,
    *,
    component: str = "",
    name: str = "",
    typed: Form | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    counts, known = service.list_component_counts(ws, slug), service.list_shared(ws, slug)
    playbook = portfolios.get_playbook(ws, slug)
    chosen = next((one for one in known if (one.component, one.name) == (component, name)), None)
    start = {"component": component} if playbook.component(component) else {}
    return page(
        request,
        "infrastructure/portfolio.html",
        slug=slug,
        section="Infrastructure",
        status=status,
        view="",
        areas=[(area.name, [_row(line) for line in counts if line.area == area.id]) for area in playbook.areas],
        columns=[(name, "Not stated" if name == "not_stated" else STATUS_NAMES[name]) for name in COLUMNS],
        total=sum(getattr(counts[0], name) for name in COLUMNS) if counts else 0,
        shared=[one for one in known if one.status != "retired"],
        retired=[one for one in known if one.status == "retired"],
        names={one.id: one.name for one in playbook.components},
        chosen=chosen,
        choices=[(one.id, one.name) for one in playbook.components],
        statuses=SHARED_STATUS_NAMES,
        values=typed.values if typed else _values(chosen) if chosen else start,
        errors=errors or {},
        labels=LABELS,
    )


def _row(line: ComponentCounts) -> ComponentRow:
    counts = {name: int(getattr(line, name)) for name in COLUMNS}
    total = sum(counts.values()) or 1
    cells = (Cell(name, count, -(-4 * count // total)) for name, count in counts.items())
    return ComponentRow(line.component, line.name, tuple(cells))


def _values(one: SharedComponent) -> dict[str, str]:
    said = {name: getattr(one, name) for name in ("component", *SharedDraft.model_fields)}
    return {name: typed_number(value) if isinstance(value, float) else value or "" for name, value in said.items()}


@dataclass(frozen=True)
class Square:
    """A cell of the map: where it begins, how much of it is lacking (0 to 4), and what it says when pointed at."""

    x: float
    level: int
    text: str
    key: str  # of the project, where the column is a single one


@dataclass(frozen=True)
class Band:
    """A row of the map: the squares of a component, those that nobody requires left out."""

    component: str
    name: str
    y: int
    squares: tuple[Square, ...]


@dataclass(frozen=True)
class Span:
    """The columns of a stage."""

    name: str
    stage: str
    projects: int
    x: float
    width: float


LEFT, TOP, ROW, WIDE = 210, 44, 22, 720  # pixels: room for the names, for the stages, a row, and the columns
GAP = 8.0  # between stages


@router.get("/portfolios/{slug}/infrastructure/needs")
def show_needs(request: Request, ws: Here, slug: str) -> Response:
    """The heat map: which open projects lack which components that they require."""
    found = service.get_overview(ws, slug)
    width = (WIDE - GAP * max(0, len(found.map.stages) - 1)) / max(1, len(found.map.columns))
    width = min(width, 28.0)
    starts, spans = _across(found.map, width)
    return page(
        request,
        "infrastructure/needs.html",
        slug=slug,
        section="Infrastructure",
        view="needs",
        found=found,
        spans=spans,
        bands=_bands(found.map, starts),
        cell=round(width, 2),
        left=LEFT,
        row=ROW,
        size=(LEFT + WIDE, TOP + ROW * len(found.map.rows) + 4),
        single=all(column.projects == 1 for column in found.map.columns),
    )


def _across(found: NeedsMap, width: float) -> tuple[list[float], list[Span]]:
    starts, spans, x = [], [], float(LEFT)
    for stage in found.stages:
        spans.append(Span(stage.name, stage.stage or "not_stated", stage.projects, round(x, 2), stage.columns * width))
        starts += [x + index * width for index in range(stage.columns)]
        x += stage.columns * width + GAP
    return starts, spans


def _bands(found: NeedsMap, starts: list[float]) -> list[Band]:
    titles = [one.first if one.projects == 1 else f"{one.first} to {one.last}" for one in found.columns]
    keys = [one.first if one.projects == 1 else "" for one in found.columns]
    return [
        Band(
            component=row.component,
            name=row.name,
            y=TOP + ROW * number,
            squares=tuple(
                Square(round(x, 2), _level(cell), _said(cell, title), key)
                for x, cell, title, key in zip(starts, row.cells, titles, keys, strict=True)
                if cell.required
            ),
        )
        for number, row in enumerate(found.rows)
    ]


def _level(cell: MapCell) -> int:
    return -(-4 * cell.lacking // cell.required)


def _said(cell: MapCell, title: str) -> str:
    if cell.required == 1:
        return f"{title}: {'lacks it' if cell.lacking else 'has it'}"
    return f"{title}: {cell.lacking} of {cell.required} lack it"


@router.get("/portfolios/{slug}/infrastructure/next")
def show_next(request: Request, ws: Here, slug: str) -> Response:
    """Demand, and the best set of components to build within a number and a budget."""
    given = {name: request.query_params.get(name, "").strip()[:40] for name in ("budget", "most", "by")}
    asked = {name: value for name, value in given.items() if value}
    errors: dict[str, str] = {}
    try:
        query = build(BuildQuery, asked, {"budget": given["budget"]})
    except Invalid as error:
        query, errors = BuildQuery(), messages(error)
    found = service.get_overview(ws, slug)
    plan = found.plan(query)
    return page(
        request,
        "infrastructure/next.html",
        slug=slug,
        section="Infrastructure",
        status=422 if errors else 200,
        view="next",
        demand=found.demand,
        waiting=[line for line in found.demand.lines if line.held_back],
        others=[line for line in found.demand.lines if not line.held_back],
        heaviest=max((line.priority for line in found.demand.lines), default=0.0) or 1.0,
        most_held=max((line.held_back for line in found.demand.lines), default=0) or 1,
        plan=plan,
        values={"most": str(query.most), "by": query.by, **given} if errors else _limits(query),
        errors=errors,
        labels=LABELS,
    )


def _limits(query: BuildQuery) -> dict[str, str]:
    budget = "" if query.budget is None else typed_number(query.budget)
    return {"budget": budget, "most": str(query.most), "by": query.by}
