"""The ranking of a portfolio, two projects compared, and what the top hangs on. Nothing here stores anything."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.comparison import Comparison, Side, compare
from planner.domain.errors import Invalid
from planner.domain.matrix import ProjectPoint
from planner.domain.playbook import Playbook
from planner.domain.portfolios import PortfolioState, top_of, weight_problems
from planner.domain.projects import CLOSED, OPEN, Filters
from planner.domain.ranking import RankedProject, Ranking, RankingQuery, build_ranking
from planner.domain.scoring import BeliefState, belief_state, current_answers, standings
from planner.domain.sensitivity import Sensitivity, build_sensitivity
from planner.services.as_of import candidates_as_of
from planner.services.candidates import Candidates, load_candidates
from planner.services.kept import kept
from planner.services.snapshots import resolve_moment
from planner.services.workspace import Reading, Workspace, reading, reading_project, weighted
from planner.store import projects, scoring


@dataclass(frozen=True)
class _Rules:
    """What to rank by: the playbook with the weights that were asked for, and λ."""

    playbook: Playbook
    share: float


@dataclass(frozen=True)
class RankingView:
    """A ranking, and that by the stored settings where it is a question of what would be if.

    `k` is how many would be at the top by the stored settings.
    """

    ranking: Ranking
    stored: Ranking | None
    k: int


@dataclass(frozen=True)
class RankOf:
    """A project in the ranking it competes in: that of the open projects, unless it is closed itself.

    `position` counts the projects before it in the order, from 0.
    """

    portfolio: str
    ranked: RankedProject
    position: int
    total: int
    only_open: bool


def get_ranking(ws: Workspace, slug: str, filters: Filters, query: RankingQuery, as_of: str | None = None) -> Ranking:
    """The ranking of the projects that the filters find, kept until the portfolio changes.

    With `as_of` as it was at a date, a time or a snapshot, by the settings of that time. Invalid for more at the top
    than there are projects, for weights that do not fit the playbook, and for a moment that is none.
    """
    with reading(ws, slug) as found:
        return _get(ws, found, filters, query, as_of)[0]


def load_ranking(ws: Workspace, found: Reading, filters: Filters) -> Ranking:
    """The ranking by the stored settings, inside a transaction that is open already."""
    return _get(ws, found, filters, RankingQuery(), None)[0]


def find_rank(ws: Workspace, ref: str) -> RankOf | None:
    """Where a project ranks by the stored settings; None while nothing was answered about it. NotFound."""
    with reading_project(ws, ref) as (found, project):
        if not project.standing.answered:
            return None
        only_open = project.status not in CLOSED
        ranking = load_ranking(ws, found, Filters(status=OPEN) if only_open else Filters())
        position = next(at for at, one in enumerate(ranking.items) if one.key == project.key)
        return RankOf(project.portfolio, ranking.items[position], position, ranking.total, only_open)


def get_ranking_view(ws: Workspace, slug: str, filters: Filters, query: RankingQuery) -> RankingView:
    """The ranking, and beside a what-if the one by the stored settings, from the same random numbers. Invalid."""
    with reading(ws, slug) as found:
        ranking, k = _get(ws, found, filters, query, None)
        plain = query.model_copy(update={"top": None, "impact_share": None, "weights": None})
        asked = ranking.what_if or ranking.top != k
        return RankingView(ranking, _get(ws, found, filters, plain, None)[0] if asked else None, k)


def _get(
    ws: Workspace, found: Reading, filters: Filters, query: RankingQuery, as_of: str | None
) -> tuple[Ranking, int]:
    """The ranking, and how many would be at the top by the stored settings."""
    when = resolve_moment(ws, found, as_of, "as_of").at if as_of is not None else None
    past = candidates_as_of(ws, found, when, filters)
    rules, candidates = _rules(past.portfolio, past.playbook, query), past.candidates
    k = top_of(past.portfolio, len(candidates.points), query.top)
    what = ("ranking", when, _alone(filters), k, query.model_dump_json(exclude={"top"}))
    ranking = kept(ws, found.portfolio, what, lambda: _ranking(candidates, rules, k, query))
    return ranking, top_of(past.portfolio, len(candidates.points))


def _ranking(candidates: Candidates, rules: _Rules, k: int, query: RankingQuery) -> Ranking:
    return build_ranking(candidates.points, candidates.states, rules.playbook, rules.share, k, query)


def compare_projects(ws: Workspace, slug: str, a: str, b: str, query: RankingQuery) -> Comparison:
    """Two projects of the portfolio side by side, by id or key; NotFound, Invalid when they are one and the same."""
    with reading(ws, slug) as found:
        rules = _rules(found.portfolio, found.playbook, query)
        pair = [projects.get_project(found.connection, ref) for ref in (a, b)]
        for field, project in zip("ab", pair, strict=True):
            if project.portfolio != slug:
                raise Invalid.one(field, f"{project.key} is in another portfolio; name one of {slug}")
        if pair[0].id == pair[1].id:
            raise Invalid.one("b", "name two different projects")
        states = [
            belief_state(current_answers(scoring.load_answers(found.connection, p.id)), rules.playbook) for p in pair
        ]
        sides = [
            Side(
                key=project.key,
                name=project.name,
                answered=standing.answered,
                impact=standing.impact,
                feasibility=standing.feasibility,
                priority=standing.priority,
            )
            for project, standing in zip(pair, standings(states, rules.playbook, rules.share), strict=True)
        ]
        return compare((sides[0], sides[1]), (states[0], states[1]), rules.playbook, rules.share)


def get_sensitivity(ws: Workspace, slug: str, filters: Filters, query: RankingQuery) -> Sensitivity:
    """What the top k of the projects that the filters find hangs on, kept until the portfolio changes. Invalid."""
    with reading(ws, slug) as found:
        rules = _rules(found.portfolio, found.playbook, query)
        candidates = load_candidates(ws, found, filters)
        k = top_of(found.portfolio, len(candidates.points), query.top)

        def build() -> Sensitivity:
            history = scoring.load_answers_by_project(found.connection, found.portfolio.id)
            answers = {project_id: current_answers(given) for project_id, given in history.items()}
            points: tuple[ProjectPoint, ...] = candidates.points
            states: tuple[BeliefState, ...] = candidates.states
            return build_sensitivity(points, states, answers, rules.playbook, rules.share, k)

        what = ("sensitivity", _alone(filters), k, query.model_dump_json(include={"impact_share", "weights"}))
        return kept(ws, found.portfolio, what, build)


def _rules(portfolio: PortfolioState, playbook: Playbook, query: RankingQuery) -> _Rules:
    """The settings of the portfolio, with what the query would have instead."""
    if query.weights is not None:
        if problems := weight_problems(query.weights, playbook):
            raise Invalid(problems)
        playbook = weighted(playbook, tuple(query.weights.items()))
    for share in (query.impact_share, portfolio.priority_impact_share):
        if share is not None:
            return _Rules(playbook, share)
    return _Rules(playbook, playbook.priority_impact_share)


def _alone(filters: Filters) -> Filters:
    """The filters without an order, which the ranking has of its own."""
    return filters.model_copy(update={"sort": Filters().sort})
