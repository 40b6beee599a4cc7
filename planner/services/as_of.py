"""A portfolio and its projects as of any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from planner.domain.as_of import (
    ACTIONS,
    PORTFOLIO_UPDATED,
    SETTINGS,
    Moment,
    ProjectPast,
    answers_as_of,
    events_by_project,
    is_after,
    set_anew,
    settings_as_of,
    was_there,
)
from planner.domain.attribution import Stage
from planner.domain.change_words import named
from planner.domain.course import CoursePoint, build_course
from planner.domain.errors import Invalid
from planner.domain.history import Event, FieldChange
from planner.domain.matrix import ProjectPoint
from planner.domain.playbook import Playbook
from planner.domain.portfolios import PortfolioState
from planner.domain.projects import Filters, Project
from planner.domain.scoring import Answer, BeliefState, Said, Standing, belief_state, current_answers, standings
from planner.domain.wording import moment as in_words
from planner.services.candidates import Candidates, load_candidates
from planner.services.filters import check_words
from planner.services.kept import kept
from planner.services.snapshots import resolve_moment
from planner.services.workspace import Reading, Workspace, reading_project
from planner.store import as_of, history, scoring

EVERYTHING = Filters()
MOST = 500  # points of a course


@dataclass(frozen=True)
class AsOf:
    """The projects that competed with each other at a moment, and the settings and the playbook of that time."""

    candidates: Candidates
    portfolio: PortfolioState
    playbook: Playbook


@dataclass(frozen=True)
class Facts:
    """What the past of a portfolio is found from. Events are the newest first."""

    projects: tuple[ProjectPast, ...]
    answers: Mapping[int, tuple[Answer, ...]]
    events: tuple[Event, ...]
    of_project: Mapping[str, Sequence[Event]]


def load_facts(found: Reading, filters: Filters = EVERYTHING) -> Facts:
    """The facts of the projects that the filters find, those in the bin included."""
    events = history.load_events_of(found.connection, found.portfolio.id, ACTIONS)
    return Facts(
        projects=as_of.load_pasts(found.connection, found.portfolio.id, filters),
        answers=scoring.load_answers_by_project(found.connection, found.portfolio.id),
        events=events,
        of_project=events_by_project(events),
    )


def settled(portfolio: PortfolioState, when: datetime | None) -> datetime | None:
    """The moment, or None when nothing has happened since: every such moment gives the same state, which is now."""
    return None if when is None or when >= portfolio.updated_at else when


def candidates_as_of(ws: Workspace, found: Reading, when: datetime | None, filters: Filters) -> AsOf:
    """What `load_candidates` would have given at `when`, with the settings and the playbook of that time.

    The filters look at what is stated of a project today, but for `quadrant` and `answered`, which follow from the
    answers of that time. Kept until the portfolio changes.
    """
    when = settled(found.portfolio, when)
    if when is None:
        return AsOf(load_candidates(ws, found, filters), found.portfolio, found.playbook)
    check_words(found, filters)
    chosen = filters.model_copy(update={"sort": EVERYTHING.sort})  # their order makes no difference
    return kept(ws, found.portfolio, ("as of", when, chosen), lambda: _candidates(ws, found, when, chosen))


def _candidates(ws: Workspace, found: Reading, when: datetime, filters: Filters) -> AsOf:
    facts = load_facts(found, filters.model_copy(update={"quadrant": None, "answered": None}))
    portfolio, playbook = past_settings(ws, found, facts.events, when)
    points = [p for p in past_points(found, facts, when, portfolio, playbook) if _is_wanted(p.standing, filters)]
    said = {
        point.id: tuple(Said.of(answer) for answer in current_answers(answers_as_of(facts.answers[point.id], when)))
        for point in points
        if point.id in facts.answers
    }
    states = tuple(belief_state(said.get(point.id, ()), playbook) for point in points)
    return AsOf(Candidates(tuple(points), states, MappingProxyType(said)), portfolio, playbook)


def _is_wanted(standing: Standing, filters: Filters) -> bool:
    quadrant = standing.quadrant or "not_stated"
    return filters.quadrant in (None, quadrant) and filters.answered in (None, standing.answered)


def past_settings(
    ws: Workspace, found: Reading, events: Sequence[Event], when: datetime | None
) -> tuple[PortfolioState, Playbook]:
    """The portfolio as it was set, and the playbook that it followed."""
    portfolio = settings_as_of(found.portfolio, events, when)
    return portfolio, found.playbook if portfolio == found.portfolio else ws.playbook_of(portfolio)


def stages_between(
    ws: Workspace, found: Reading, events: Sequence[Event], then: datetime | None, now: datetime | None
) -> tuple[Stage, ...]:
    """What held at `then`, and each update of the settings up to `now` with what held from it on."""
    portfolio, playbook = past_settings(ws, found, events, then)
    stages = [_stage(then or portfolio.created_at, "", (), portfolio, playbook)]
    for event in reversed(events):
        changed = tuple(change for change in event.changes if change.field in SETTINGS)
        is_update = event.action == PORTFOLIO_UPDATED and bool(changed)
        if is_update and is_after(event.at, then) and not is_after(event.at, now):
            portfolio = set_anew(portfolio, event)
            stages.append(_stage(event.at, event.actor, changed, portfolio, ws.playbook_of(portfolio)))
    return tuple(stages)


def _stage(
    at: datetime, by: str, changed: tuple[FieldChange, ...], portfolio: PortfolioState, playbook: Playbook
) -> Stage:
    own = portfolio.priority_impact_share
    told = tuple(named(change, playbook) for change in changed)
    return Stage(at, by, told, playbook, playbook.priority_impact_share if own is None else own)


def past_points(
    found: Reading, facts: Facts, when: datetime | None, portfolio: PortfolioState, playbook: Playbook
) -> list[ProjectPoint]:
    """The projects that were in the portfolio, each at the standing that it had, in the order of their ids.

    A standing that nothing has moved since is the one that is kept, so that only the others are computed.
    """
    there = [p for p in facts.projects if was_there(p, facts.of_project.get(p.point.key, ()), when)]
    points = {past.point.id: past.point for past in there}
    same = portfolio.priority_impact_share == found.portfolio.priority_impact_share and playbook == found.playbook
    moved = [
        project
        for project in points
        if not same or any(is_after(a.recorded_at, when) for a in facts.answers.get(project, ()))
    ]
    states = [state_as_of(facts.answers.get(project, ()), when, playbook) for project in moved]
    for project, standing in zip(moved, standings(states, playbook, portfolio.priority_impact_share), strict=True):
        points[project] = points[project].model_copy(update={"standing": standing})
    return list(points.values())


def state_as_of(answers: Sequence[Answer], when: datetime | None, playbook: Playbook) -> BeliefState:
    """What the answers that had been given left to believe."""
    return belief_state(current_answers(answers_as_of(answers, when)), playbook)


def standing_as_of(ws: Workspace, found: Reading, project: Project, text: str) -> Standing:
    """The standing that a project had at the moment that somebody names (a date, a time or a snapshot).

    Invalid when the moment is none, lies in the future, or the project was not there then.
    """
    at: Moment = resolve_moment(ws, found, text, "as_of")
    events = history.load_events_of(found.connection, found.portfolio.id, ACTIONS)
    own = events_by_project(events).get(project.key, [])
    point = ProjectPoint.model_construct(
        id=project.id, key=project.key, name=project.name, archetype=project.archetype, standing=project.standing
    )
    past = ProjectPast.model_construct(point=point, created_at=project.created_at, in_bin=False)
    if is_after(project.created_at, at.at):
        raise Invalid.one("as_of", f"{project.key} was only added on {in_words(project.created_at)}; give a later time")
    if not was_there(past, own, at.at):
        raise Invalid.one("as_of", f"{project.key} was in the bin at that time; give another")
    portfolio, playbook = past_settings(ws, found, events, at.at)
    facts = Facts((past,), {project.id: scoring.load_answers(found.connection, project.id)}, events, {})
    return past_points(found, facts, at.at, portfolio, playbook)[0].standing


def get_course(ws: Workspace, ref: str) -> tuple[CoursePoint, ...]:
    """How the standing of a project came about, the oldest point first and the newest ones if they are many; NotFound.

    What was done to the portfolio before the project was there is left out.
    """
    with reading_project(ws, ref) as (found, project):
        events = history.load_events_of(found.connection, found.portfolio.id, (PORTFOLIO_UPDATED,))
        stages = stages_between(ws, found, events, project.created_at, None)
        return build_course(project.created_at, scoring.load_answers(found.connection, project.id), stages)[-MOST:]
