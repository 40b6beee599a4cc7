"""Second opinions on the order of a portfolio's projects."""

from __future__ import annotations

from planner.domain.comparison_scores import Candidate, Normalisation
from planner.domain.comparisons import Comparisons, build_comparisons
from planner.domain.portfolios import top_of
from planner.domain.projects import Filters
from planner.services.candidates import load_candidates
from planner.services.kept import kept
from planner.services.workspace import Reading, Workspace, reading
from planner.store import comparisons


def get_comparisons(ws: Workspace, slug: str, filters: Filters, normalisation: Normalisation = "vector") -> Comparisons:
    """The ranking by expected priority beside other orders of the projects that the filters find.

    NotFound; Invalid for a word that the playbook does not have. Kept until the portfolio changes.
    """
    plain = Filters.model_construct(
        **{name: getattr(filters, name) for name in Filters.model_fields if name != "sort"}, sort=Filters().sort
    )
    with reading(ws, slug) as found:
        return kept(
            ws,
            found.portfolio,
            ("comparisons", plain, normalisation),
            lambda: _build(ws, found, plain, normalisation),
        )


def _build(ws: Workspace, found: Reading, filters: Filters, normalisation: Normalisation) -> Comparisons:
    loaded = load_candidates(ws, found, filters)
    stated = comparisons.load_numbers(found.connection, found.portfolio.id, filters)
    candidates = [
        Candidate(point, state, *stated.get(point.id, (None, {})))
        for point, state in zip(loaded.points, loaded.states, strict=True)
    ]
    share = found.portfolio.priority_impact_share
    share = found.playbook.priority_impact_share if share is None else share
    top = top_of(found.portfolio, sum(1 for candidate in candidates if candidate.state.answered))
    return build_comparisons(candidates, found.playbook, share, top, normalisation)
