"""Second opinions: the ranking by priority beside the orders of other methods, with the filters of the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from planner.domain.comparison_scores import NORMALISATIONS, Normalisation, normalisation_named
from planner.domain.comparisons import Comparisons, MethodComparison, Place
from planner.domain.errors import Invalid
from planner.services import comparisons, portfolios, projects
from planner.web.lists import Asked, asked, filter_bar
from planner.web.pages import Here, page, query

router = APIRouter()

FIRST = 25  # projects in the table of ranks
SIDE = 100  # units of a small chart, each way


@dataclass(frozen=True)
class Dot:
    """A project of a large gap in the small chart."""

    x: int
    y: int
    words: str


@dataclass(frozen=True)
class Opinion:
    """A method with its small chart: `dots` is a path with one dot for each place where projects lie."""

    method: MethodComparison
    dots: str
    marked: tuple[Dot, ...]


@router.get("/portfolios/{slug}/comparisons")
def show(request: Request, ws: Here, slug: str) -> Response:
    """The comparison page."""
    wanted, normalisation = _asked(request)
    if not wanted.lean:
        address = _address(wanted, normalisation)
        return RedirectResponse(f"/portfolios/{quote(slug)}/comparisons{address}", 303)
    found = comparisons.get_comparisons(ws, slug, wanted.filters, normalisation)
    playbook = portfolios.get_playbook(ws, slug)
    return page(
        request,
        "comparisons/comparisons.html",
        slug=slug,
        section="Ranking",
        **filter_bar(wanted, projects.list_facets(ws, slug), playbook),
        state=query(wanted.filters),
        query=_address(wanted, normalisation),
        found=found,
        total=len(found.projects) + found.unscored,
        first=found.projects[:FIRST],
        opinions=[_opinion(found, method) for method in found.methods],
        names={project.key: project.name for project in found.projects},
        normalisations=[(name, _address(wanted, name) or "?") for name in NORMALISATIONS],
    )


def _asked(request: Request) -> tuple[Asked, Normalisation]:
    """The filters and the normalisation that an address asks for; what is not understood is left out and said."""
    wanted = asked(request, also=("normalisation",))
    given = request.query_params.get("normalisation", "").strip()
    try:
        return wanted, normalisation_named(given or "vector")
    except Invalid:
        said = f"“{given[:60]}” cannot be used for normalisation"
        return replace(wanted, ignored=(*wanted.ignored, said)), "vector"


def _address(wanted: Asked, normalisation: Normalisation) -> str:
    values: Mapping[str, str] = wanted.filters.active
    if normalisation != "vector":
        values = {**values, "normalisation": normalisation}
    return f"?{urlencode(values)}" if values else ""


def _opinion(found: Comparisons, method: MethodComparison) -> Opinion:
    places = [project.places[method.id] for project in found.projects if method.id in project.places]
    steps = max(len(places) - 1, 1)

    def spots(shown: Iterable[Place]) -> list[tuple[int, int]]:
        """Where places lie in the small chart: by priority from left to right, by the method from the top down."""
        return [((p.rank_by_priority - 1) * SIDE // steps, (p.rank - 1) * SIDE // steps) for p in shown]

    return Opinion(
        method,
        dots="".join(f"M{x} {y}h0" for x, y in sorted(set(spots(places)))),
        marked=tuple(Dot(x, y, gap.name) for (x, y), gap in zip(spots(method.gaps), method.gaps, strict=True)),
    )
