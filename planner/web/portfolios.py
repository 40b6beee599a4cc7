"""Pages of portfolios: the home, the overview, settings, history."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid
from planner.domain.matrix import ProjectPoint
from planner.domain.playbook import Playbook
from planner.domain.portfolios import Count, Overview, Portfolio, PortfolioDraft, PortfolioPatch
from planner.domain.projects import NOT_STATED, STATUSES, Filters
from planner.render.charts import ChartOptions
from planner.services import history
from planner.services import portfolios as service
from planner.services.workspace import Workspace
from planner.web.charts import Drawn, draw
from planner.web.forms import Form, Posted, build, messages, typed_number
from planner.web.lists import in_words, names_of
from planner.web.pages import Here, page, query, see_other

router = APIRouter()

LABELS = {
    "name": "Name",
    "slug": "Short name for addresses",
    "summary": "Summary",
    "key_prefix": "Prefix of project keys",
    "priority_impact_share": "Share of impact in the priority",
    "capacity": "Capacity",
    "weights": "Weights",
    "playbook": "Playbook",
}
EVENTS = 200
WEIGHT = "weights."  # begins the names of the boxes for weights, as it does the paths of their errors
# Letters of Latin alphabets that Unicode does not take apart into a letter and a mark.
_UNMARKED = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"}
)


@router.get("/")
def home(request: Request, ws: Here) -> Response:
    """The portfolio when there is one, else the choice."""
    found = service.list_portfolios(ws)
    if len(found) == 1:
        return RedirectResponse(f"/portfolios/{found[0].slug}", 303)
    return show_all(request, ws)


@router.get("/portfolios")
def show_all(request: Request, ws: Here) -> Response:
    """Every portfolio, and the form for a new one."""
    usual = ws.playbooks.usual
    return _all(request, ws, {"playbook": f"{usual.id}@{usual.version}"}, {})


@router.post("/portfolios")
def create(request: Request, ws: Here, form: Posted) -> Response:
    """Starts a portfolio."""
    try:
        portfolio = service.create_portfolio(ws, build(PortfolioDraft, _draft(form)))
    except Invalid as error:
        return _all(request, ws, form.values, messages(error, LABELS), 422)
    except Conflict as error:
        field = "key_prefix" if "prefix" in str(error) else "slug"
        return _all(request, ws, form.values, {field: str(error)}, 409)
    return see_other(f"/portfolios/{portfolio.slug}", "portfolio", portfolio.name)


def _draft(form: Form) -> dict[str, object]:
    values: dict[str, object] = {
        "name": form.text("name"),
        "slug": form.given("slug") or slug_from(form.text("name")),
        "summary": form.text("summary"),
        "key_prefix": (form.given("key_prefix") or "").upper() or None,
    }
    playbook, _, version = form.text("playbook").partition("@")
    return {**values, "playbook": playbook or None, "playbook_version": version or None}


def unaccented(text: str) -> str:
    """The text in Latin letters without their marks: Zürich → Zurich, Straße → Strasse."""
    marked = unicodedata.normalize("NFKD", text.translate(_UNMARKED))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def slug_from(name: str) -> str:
    """A slug made from a name: its letters and digits, words joined by hyphens."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in unaccented(name).lower()).split()
    return "-".join(words)[:60].strip("-")


def _all(
    request: Request, ws: Workspace, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    return page(
        request,
        "portfolios/index.html",
        status=status,
        values=values,
        errors=errors,
        labels=LABELS,
        playbooks=[
            (f"{entry.id}@{entry.version}", f"{entry.name}, version {entry.version}") for entry in ws.playbooks.list()
        ],
    )


@dataclass(frozen=True)
class Slice:
    """A part of a whole, for a bar and its legend: how many, where it begins and how wide it is of 100."""

    words: str
    count: int
    href: str
    tone: int
    start: float
    width: float


@dataclass(frozen=True)
class Corner:
    """A quadrant with its first projects."""

    id: str
    name: str
    advice: str
    impact: str
    feasibility: str
    count: int
    href: str
    first: tuple[ProjectPoint, ...]


@router.get("/portfolios/{slug}")
def show(request: Request, ws: Here, slug: str) -> Response:
    """A portfolio at a glance."""
    portfolio = service.get_portfolio(ws, slug)
    playbook = ws.playbook_of(portfolio)
    overview = service.get_overview(ws, slug, Filters())
    names = names_of(playbook)
    base = f"/portfolios/{slug}/projects"
    options = ChartOptions(
        project_link="/projects/", stack_link=f"/portfolios/{slug}/matrix#stack-", unscored_link=f"{base}?answered=0"
    )
    drawn = draw(request, ws, slug, Filters(), options)
    return page(
        request,
        "portfolios/show.html",
        slug=slug,
        section="Overview",
        overview=overview,
        wide=drawn.wide,
        narrow=drawn.narrow,
        corners=_corners(drawn, base),
        stages=_slices("stage", [s.id for s in playbook.stages], overview.stage, names, base),
        archetypes=_slices("archetype", [a.id for a in playbook.archetypes], overview.archetype, names, base),
        statuses=_statuses(overview, names, base),
        base=base,
        share=_share(portfolio, playbook),
    )


def _share(portfolio: Portfolio, playbook: Playbook) -> float:
    own = portfolio.priority_impact_share
    return playbook.priority_impact_share if own is None else own


def _corners(drawn: Drawn, base: str) -> tuple[Corner, ...]:
    return tuple(
        Corner(
            id=q.id,
            name=q.name,
            advice=q.advice,
            impact=q.impact,
            feasibility=q.feasibility,
            count=q.count,
            href=f"{base}?quadrant={q.id}",
            first=drawn.tops[q.id],
        )
        for q in drawn.quadrants
    )


def _slices(
    field: str, order: list[str], counts: tuple[Count, ...], names: dict[str, dict[str, str]], base: str
) -> tuple[Slice, ...]:
    """The parts of the portfolio by a field, in the playbook's order, those not stated last."""
    by_value = {count.value: count.count for count in counts}
    total = sum(by_value.values())
    known: list[str | None] = [*order, *(value for value in by_value if value is not None and value not in order)]
    slices, start = [], 0.0
    for position, value in enumerate([*known, None], 1):
        count = by_value.get(value, 0)
        if count:
            width = 100 * count / total
            href = base + query(Filters(), **{field: value or NOT_STATED})
            tone = 0 if value is None else min(position, 6)
            slices.append(Slice(in_words(field, value, names), count, href, tone, round(start, 2), round(width, 2)))
            start += width
    return tuple(slices)


def _statuses(overview: Overview, names: dict[str, dict[str, str]], base: str) -> tuple[Slice, ...]:
    return _slices("status", list(STATUSES), overview.status, names, base)


@router.get("/portfolios/{slug}/settings")
def show_settings(request: Request, ws: Here, slug: str) -> Response:
    """The form of a portfolio's settings."""
    portfolio = service.get_portfolio(ws, slug)
    return _settings(request, ws, portfolio, _stored(portfolio), {})


@router.post("/portfolios/{slug}/settings")
def save_settings(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Saves the settings. Another share of impact moves every priority."""
    values = {
        "name": form.text("name"),
        "summary": form.text("summary"),
        "priority_impact_share": form.given("priority_impact_share"),
        "capacity": form.given("capacity"),
        "weights": _weights(form),
    }
    try:
        portfolio = service.update_portfolio(ws, slug, build(PortfolioPatch, values))
    except Invalid as error:
        found = messages(error, [name for name in LABELS if name != "weights"])
        return _settings(request, ws, service.get_portfolio(ws, slug), form.values, found, 422)
    return see_other(f"/portfolios/{slug}/settings", "portfolio", portfolio.name)


@router.post("/portfolios/{slug}/delete")
def delete(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Puts a portfolio away, once its short name is typed: there is no way back from here."""
    portfolio = service.get_portfolio(ws, slug)
    if form.text("confirm") != slug:
        errors = {"confirm": f"Type {slug} to put this portfolio away."}
        return _settings(request, ws, portfolio, _stored(portfolio), errors, 422)
    service.delete_portfolio(ws, slug)
    return see_other("/portfolios", "removed", portfolio.name)


def _weights(form: Form) -> dict[str, str] | None:
    """The weights that were typed; None when every box is empty, which takes the playbook's."""
    return {
        name.removeprefix(WEIGHT): value.strip()
        for name, value in form.pairs
        if name.startswith(WEIGHT) and value.strip()
    } or None


def _stored(portfolio: Portfolio) -> dict[str, str]:
    share, capacity = portfolio.priority_impact_share, portfolio.capacity
    return {
        "name": portfolio.name,
        "summary": portfolio.summary,
        "priority_impact_share": "" if share is None else f"{share:g}",
        "capacity": "" if capacity is None else str(capacity),
        **{f"{WEIGHT}{name}": typed_number(value) for name, value in (portfolio.weights or {}).items()},
    }


def _settings(
    request: Request,
    ws: Workspace,
    portfolio: Portfolio,
    values: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    playbook = ws.playbook_of(portfolio.model_copy(update={"weights": None}))
    weighted = [
        (criterion, weight)
        for dimension in playbook.dimensions
        for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True)
        if criterion in playbook.weighted_criteria
    ]
    return page(
        request,
        "portfolios/settings.html",
        slug=portfolio.slug,
        status=status,
        values=values,
        errors=errors,
        labels={**LABELS, **{f"{WEIGHT}{criterion.id}": f"Weight of {criterion.name}" for criterion, _ in weighted}},
        playbook=playbook,
        weighted=weighted,
        prefix=WEIGHT,
        others=[
            (f"{entry.id}@{entry.version}", f"{entry.name}, version {entry.version}")
            for entry in ws.playbooks.list()
            if (entry.id, entry.version) != (playbook.id, playbook.version)
        ],
    )


@router.get("/portfolios/{slug}/history")
def show_history(request: Request, ws: Here, slug: str) -> Response:
    """What was done in a portfolio, newest first."""
    playbook = service.get_playbook(ws, slug)
    entries = (*playbook.criteria, *playbook.components, *playbook.stages)
    return page(
        request,
        "history/portfolio.html",
        slug=slug,
        events=history.list_portfolio_events(ws, slug, EVENTS),
        limit=EVENTS,
        fields={**{entry.id: entry.name for entry in entries}, **LABELS, "slug": "Slug", "name": "Name"},
    )
