"""Pages of the ranking, of two projects compared, and of what the top hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.comparison import Comparison, CriterionShare
from planner.domain.errors import Invalid, NotFound
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Criterion, Quadrant
from planner.domain.projects import OPEN, Filters
from planner.domain.ranking import WEIGHT, RankedProject, Ranking, RankingQuery, with_weights_gathered
from planner.services import portfolios, projects
from planner.services import ranking as service
from planner.services.workspace import Workspace
from planner.web.forms import build, messages, small_number, typed_number
from planner.web.lists import asked, filter_bar
from planner.web.pages import Here, is_partial, page, partial, see_other

router = APIRouter()

SHOWN = 100  # projects on a page
NAMED = 12  # projects named that enter or leave the top
WHAT_IF = ("top", "impact_share", "weights")
SAMPLING = ("samples", "seed")
LABELS = {
    "top": "How many can be done",
    "impact_share": "Share of impact (λ)",
    "weights": "Weights",
    "samples": "Samples",
    "seed": "Seed",
    "a": "First project",
    "b": "Second project",
}


@dataclass(frozen=True)
class Line:
    """A project as a row: its bar of ranks from 0 to 100, and the quadrant that is likeliest with its chance."""

    project: RankedProject
    start: float
    width: float
    at: float
    quadrant: Quadrant | None
    not_known: str  # which dimension has no answer, in words
    chance: float
    edge: bool  # whether it is the last one in the top


@dataclass(frozen=True)
class Band:
    """Projects that belong together; `leader` is the first of the band before, and `follows` the first of this one."""

    number: int
    size: int
    lines: tuple[Line, ...]
    first: RankedProject
    leader: RankedProject | None


@router.get("/portfolios/{slug}/ranking")
def show(request: Request, ws: Here, slug: str, page_number: Annotated[str, Query(alias="page")] = "") -> Response:
    """The projects in order, band by band."""
    playbook = portfolios.get_playbook(ws, slug)
    given = _own(request)
    own = _changed(given, playbook)
    wanted = asked(request, also=(*given, "page"))
    if not wanted.lean or own != given:
        return RedirectResponse(f"/portfolios/{quote(slug)}/ranking{_state(wanted.filters, own)}", 303)
    view, errors = _view(ws, slug, wanted.filters, own, playbook)
    ranking = view.ranking
    pages = max(1, ceil(ranking.total / SHOWN))
    number = max(1, min(small_number(page_number) or 1, pages))
    entered, left = _moved(view)
    tried = {name: value for name, value in own.items() if name not in SAMPLING}
    return page(
        request,
        "ranking/ranking.html",
        slug=slug,
        section="Ranking",
        status=422 if errors else 200,
        **filter_bar(wanted, projects.list_facets(ws, slug), playbook, own),
        carried=own,
        sampling={name: value for name, value in own.items() if name in SAMPLING},
        found=ranking,
        view=view,
        bands=_bands(ranking, playbook, (number - 1) * SHOWN),
        entered=entered,
        left=left,
        named=NAMED,
        errors=errors,
        labels={**LABELS, **{f"{WEIGHT}{c.id}": f"Weight of {c.name}" for c in playbook.weighted_criteria}},
        values={"top": ranking.top, "impact_share": typed_number(ranking.impact_share), **_boxes(ranking), **tried},
        weighted=playbook.weighted_criteria,
        prefix=WEIGHT,
        pages=[(n, _state(wanted.filters, {**own, "page": str(n)})) for n in range(1, pages + 1)],
        number=number,
        first=(number - 1) * SHOWN + 1,
        last=min(number * SHOWN, ranking.total),
        stored=_state(wanted.filters, {name: value for name, value in own.items() if name in SAMPLING}),
        state=_state(wanted.filters, own),
        rest=urlencode(tried),
    )


@router.get("/projects/{ref}/rank")
def show_rank(request: Request, ws: Here, ref: str) -> Response:
    """The rank of one project for its own page, which is there sooner than the ranking; else its place in the ranking.

    NotFound for a project without an answer, which has no rank.
    """
    found = service.find_rank(ws, ref)
    if found is None:
        raise NotFound("Nothing is answered about this project yet, so it has no rank.")
    number = found.position // SHOWN + 1
    own = {"status": OPEN} if found.only_open else {}
    state = urlencode({**own, **({"page": str(number)} if number > 1 else {})})
    place = f"/portfolios/{quote(found.portfolio)}/ranking{'?' if state else ''}{state}#{found.ranked.key}"
    if is_partial(request):
        return partial(request, "ranking/_rank.html", found=found, place=place)
    return see_other(place)


@router.get("/portfolios/{slug}/ranking/compare")
def compare(request: Request, ws: Here, slug: str) -> Response:
    """Two projects side by side. Two boxes that were ticked in the ranking lead to an address with a and b."""
    own = _own(request)
    ticked = request.query_params.getlist("project")
    if len(ticked) == 2:
        state = urlencode({"a": ticked[0], "b": ticked[1], **own})
        return see_other(f"/portfolios/{quote(slug)}/ranking/compare?{state}")
    pair = {name: request.query_params.get(name, "").strip()[:40] for name in ("a", "b")}
    playbook = portfolios.get_playbook(ws, slug)
    found, errors = None, {}
    if ticked:
        errors = {"": f"Tick two projects to compare; {len(ticked)} were ticked."}
    elif all(pair.values()):
        try:
            found = service.compare_projects(ws, slug, pair["a"], pair["b"], _query(own))
        except Invalid as error:
            errors = messages(error, LABELS)
    elif any(pair.values()):
        errors = {name: "Name a project by its key." for name, value in pair.items() if not value}
    most = max((abs(share.share) for share in found.shares), default=0) if found else 0
    tried = {name: value for name, value in own.items() if name not in (*SAMPLING, "top")}
    return page(
        request,
        "ranking/compare.html",
        slug=slug,
        section="Ranking",
        status=422 if errors else 200,
        found=found,
        values=pair,
        errors=errors,
        labels=LABELS,
        tried=tried,
        turned=urlencode({"a": pair["b"], "b": pair["a"], **tried}),
        shares=_shares(found, playbook, most) if found else (),
        back=f"/portfolios/{slug}/ranking?{urlencode({'status': 'open', **own})}",
    )


@router.get("/portfolios/{slug}/sensitivity")
def sensitivity(request: Request, ws: Here, slug: str) -> Response:
    """How far weights can move, and which answers decide."""
    own = _own(request)
    wanted = asked(request, also=own)
    if not wanted.lean:
        return RedirectResponse(f"/portfolios/{quote(slug)}/sensitivity{_state(wanted.filters, own)}", 303)
    playbook = portfolios.get_playbook(ws, slug)
    errors: dict[str, str] = {}
    try:
        found = service.get_sensitivity(ws, slug, wanted.filters, _query(own))
    except Invalid as error:
        errors = messages(error, LABELS)
        found = service.get_sensitivity(ws, slug, wanted.filters, RankingQuery())
    return page(
        request,
        "ranking/sensitivity.html",
        slug=slug,
        section="Ranking",
        status=422 if errors else 200,
        **filter_bar(wanted, projects.list_facets(ws, slug), playbook, own),
        carried=own,
        found=found,
        errors=errors,
        labels=LABELS,
        criteria={criterion.id: criterion for criterion in playbook.criteria},
        state=_state(wanted.filters, own),
        what_if=any(name.partition(".")[0] in ("impact_share", "weights", "weight") for name in own),
    )


def _own(request: Request) -> dict[str, str]:
    """What the address says of settings to try and of sampling, as it was written."""
    return {
        name: value.strip()[:60]
        for name, value in request.query_params.items()
        if value.strip() and (name in (*WHAT_IF[:2], *SAMPLING) or name.startswith(WEIGHT))
    }


def _changed(own: dict[str, str], playbook: Playbook) -> dict[str, str]:
    """The same without weights that are those of the portfolio as the form shows them.

    The form sends all its boxes. Taken as given they would be fixed, where the ranking draws weights in the playbook's
    order.
    """
    stored = {
        f"{WEIGHT}{criterion.id}": typed_number(round(weight, 3))
        for dimension in playbook.dimensions
        for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True)
        if criterion in playbook.weighted_criteria
    }
    if {name: value for name, value in own.items() if name.startswith(WEIGHT)} != stored:
        return own
    return {name: value for name, value in own.items() if not name.startswith(WEIGHT)}


def _query(own: Mapping[str, str]) -> RankingQuery:
    return build(RankingQuery, with_weights_gathered(own))


def _view(
    ws: Workspace, slug: str, filters: Filters, own: Mapping[str, str], playbook: Playbook
) -> tuple[service.RankingView, dict[str, str]]:
    """The ranking that is asked for; where that cannot be, the one by the stored settings and what is wrong."""
    try:
        return service.get_ranking_view(ws, slug, filters, _query(own)), {}
    except Invalid as error:
        fields = [*LABELS, *(f"weights.{criterion.id}" for criterion in playbook.weighted_criteria)]
        wrong = {
            f"{WEIGHT}{name.removeprefix('weights.')}" if name.startswith("weights.") else name: text
            for name, text in messages(error, fields).items()
        }
        if not {name for name in wrong if name in LABELS or name.startswith(WEIGHT)}:
            raise
        return service.get_ranking_view(ws, slug, filters, RankingQuery()), wrong


def _state(filters: Filters, own: Mapping[str, str]) -> str:
    """The query of an address; the order of a ranking is its own."""
    values = {name: value for name, value in filters.active.items() if name != "sort"}
    text = urlencode({**values, **own})
    return f"?{text}" if text else ""


def _boxes(ranking: Ranking) -> dict[str, str]:
    return {f"{WEIGHT}{name}": typed_number(round(weight, 3)) for name, weight in ranking.weights.items()}


def _moved(view: service.RankingView) -> tuple[list[RankedProject], list[RankedProject]]:
    """Which projects enter the top by a what-if, and which leave it."""
    if view.stored is None:
        return [], []
    now = view.ranking.items[: view.ranking.top]
    then = view.stored.items[: view.stored.top]
    before, after = {item.key for item in then}, {item.key for item in now}
    return [item for item in now if item.key not in before], [item for item in then if item.key not in after]


def _bands(ranking: Ranking, playbook: Playbook, start: int) -> tuple[Band, ...]:
    """The bands of which a page has projects; `start` projects stand on the pages before."""
    quadrants = {entry.id: entry for entry in playbook.quadrants}
    leaders: dict[int, RankedProject] = {}
    sizes: dict[int, int] = {}
    for item in ranking.items:
        leaders.setdefault(item.band, item)
        sizes[item.band] = sizes.get(item.band, 0) + 1
    lines: dict[int, list[Line]] = {}
    for position, item in enumerate(ranking.items[start : start + SHOWN], start + 1):
        line = _line(item, ranking, quadrants, edge=position == ranking.top < ranking.total)
        lines.setdefault(item.band, []).append(line)
    return tuple(
        Band(number, sizes[number], tuple(found), leaders[number], leaders.get(number - 1))
        for number, found in lines.items()
    )


def _line(item: RankedProject, ranking: Ranking, quadrants: Mapping[str, Quadrant], *, edge: bool) -> Line:
    scale = 100 / max(ranking.total - 1, 1)
    start, end = (item.rank_low - 1) * scale, (item.rank_high - 1) * scale
    width = max(end - start, 1.5)
    likeliest = max(item.quadrants, key=lambda entry: entry.probability)
    return Line(
        project=item,
        start=round(min(start, 100 - width), 1),
        width=round(width, 1),
        at=round((item.expected_rank - 1) * scale, 1),
        quadrant=quadrants.get(likeliest.id) if item.answered and not item.not_known else None,
        not_known=item.not_known,
        chance=likeliest.probability,
        edge=edge,
    )


@dataclass(frozen=True)
class Share:
    """A criterion in a comparison: where its bar begins and how wide it is, of 100, the middle being no difference."""

    share: CriterionShare
    criterion: Criterion
    start: float
    width: float


def _shares(found: Comparison, playbook: Playbook, most: float) -> tuple[Share, ...]:
    """The criteria, those that speak most for the one before first."""
    criteria = {criterion.id: criterion for criterion in playbook.criteria}
    ordered = sorted(found.shares, key=lambda share: -abs(share.share))
    return tuple(
        Share(
            share,
            criteria[share.criterion],
            round(50 - (50 * share.share / most if share.share > 0 and most else 0), 1),
            round(50 * abs(share.share) / most if most else 0, 1),
        )
        for share in ordered
    )
