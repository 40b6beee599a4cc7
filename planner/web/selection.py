"""The roadmap: what to do when, what is left out and why, what more of something would change, how robust it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from jinja2 import Environment
from markupsafe import Markup
from pydantic import ValidationError
from starlette.responses import Response

from planner.domain.errors import Invalid
from planner.domain.selection_answer import RobustOptions, RobustPlan, SelectionAnswer, SelectionRequest
from planner.domain.selection_plan import Plan
from planner.render.roadmap import MOST_ROWS, roadmap_svg
from planner.services import portfolios
from planner.services import selection as service
from planner.services.workspace import Workspace
from planner.web.forms import Posted, ambiguity
from planner.web.pages import Here, page, see_other, streamed
from planner.web.selection_search import LongSearch

router = APIRouter()

SECONDS = 15  # of a longer search
SHOWN = 200  # lines of each table; REST has all
SAMPLES = RobustOptions(samples=60)


@dataclass(frozen=True)
class Asked:
    """The what-if in the address: amounts by resource as they were typed, and whether doubt is looked at."""

    more: dict[str, str]
    robust: bool

    def query(self, *, robust: bool | None = None) -> str:
        """The address of the same with the doubt looked at or not."""
        values = {f"more.{name}": amount for name, amount in self.more.items()}
        if self.robust if robust is None else robust:
            values["robust"] = "1"
        return f"?{urlencode(values)}" if values else ""


@router.get("/portfolios/{slug}/roadmap")
def show(request: Request, ws: Here, slug: str) -> Response:
    """The roadmap of the stored settings."""
    return _page(request, ws, slug, _asked(request), {})


@router.post("/portfolios/{slug}/roadmap")
def improve(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Searches longer, in a process of its own, and keeps the plan, so that it shows from now on."""
    del form  # which holds nothing: it is posted because it takes time and keeps something
    base, wanted = f"/portfolios/{slug}/roadmap", SelectionRequest(keep=True, time_limit=SECONDS)
    search = LongSearch(lambda watch: service.solve_selection(ws, slug, wanted, watch=watch))
    try:
        if search.is_soon_over():
            return see_other(base, "portfolio", "The roadmap")
    except Invalid as error:
        return _page(request, ws, slug, Asked({}, False), _messages(error), 422)
    shown = {"search": search, "base": base, "seconds": SECONDS}
    return streamed(request, "selection/searching.html", slug=slug, section="Roadmap", **shown)


def _asked(request: Request) -> Asked:
    more = {
        name.removeprefix("more."): value.strip()
        for name, value in request.query_params.items()
        if name.startswith("more.") and value.strip() not in ("", "0")
    }
    return Asked(more, request.query_params.get("robust") == "1")


def _page(
    request: Request, ws: Workspace, slug: str, asked: Asked, errors: dict[str, str], status: int = 200
) -> Response:
    portfolios.get_revision(ws, slug)  # NotFound before anything else
    settings = service.find_settings(ws, slug)
    answer: SelectionAnswer | None = None
    robust: RobustPlan | None = None
    if settings is not None and not errors:
        answer, errors = _answer(ws, slug, asked)
        if answer and asked.robust:
            robust = service.get_robustness(ws, slug, SAMPLES)
        status = 422 if errors else status
    plan = answer.plan if answer else None
    return page(
        request,
        "selection/roadmap.html",
        slug=slug,
        section="Roadmap",
        status=status,
        settings=settings,
        errors=errors,
        asked=asked,
        answer=answer,
        plan=plan,
        wide=_chart(request, plan, "wide"),
        narrow=_chart(request, plan, "narrow"),
        robust=robust,
        verdicts={item.id: item for item in robust.items} if robust else {},
        binding=_binding(plan),
        shown=SHOWN,
        most_rows=MOST_ROWS,
        seconds=SECONDS,
        samples=SAMPLES.samples,
    )


def _answer(ws: Workspace, slug: str, asked: Asked) -> tuple[SelectionAnswer | None, dict[str, str]]:
    """The roadmap with the what-if; without it when that is wrong; and what is wrong."""
    wrong: dict[str, str] = {}
    more: dict[str, float] = {}
    for name, text in asked.more.items():
        try:
            more[name] = float(text)
        except ValueError:
            wrong[f"more.{name}"] = "A number is needed: write 12.5 with a point, without separators."
        if ambiguity(text):
            wrong[f"more.{name}"] = ambiguity(text)
    try:
        if not wrong:
            return service.get_roadmap(ws, slug, SelectionRequest.model_validate({"more": more}).more), {}
    except Invalid as error:
        wrong = _messages(error)
    except ValidationError as error:
        wrong = _messages(Invalid.from_pydantic(error))
    if any(not name.startswith("more") for name in wrong):
        return None, wrong
    return service.get_roadmap(ws, slug), wrong


def _messages(error: Invalid) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for item in error.errors:
        found.setdefault(item.field, []).append(item.message[:1].upper() + item.message[1:] + ".")
    return {field: " ".join(texts) for field, texts in found.items()}


def _chart(request: Request, plan: Plan | None, size: str) -> Markup:
    """The SVG of a plan. Its template escapes every name, so it may stand in a page as it is."""
    if plan is None:
        return Markup("")
    environment = cast(Environment, request.app.state.templates)
    svg = roadmap_svg(environment, plan, "narrow" if size == "narrow" else "wide", "/projects/")
    return Markup(svg)  # noqa: S704 - escaped by the template


@dataclass(frozen=True)
class Binding:
    """A resource that is scarce somewhere, and what a tenth more of it would add: in each period that it is, in all."""

    id: str
    name: str
    periods: tuple[tuple[str, float], ...]
    total: float


def _binding(plan: Plan | None) -> list[Binding]:
    """The resources of which more would help, the scarcest first. Prices of single units would not compare."""
    found = []
    for resource in plan.resources if plan else ():
        assert plan is not None
        tenths = tuple((load.period, load.price * load.capacity / 10) for load in plan.load(resource.id) if load.binds)
        if tenths:
            found.append(Binding(resource.id, resource.name, tenths, sum(worth for _, worth in tenths)))
    return sorted(found, key=lambda binding: -binding.total)
