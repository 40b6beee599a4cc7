"""The example portfolio: an invented organisation's projects, told action by action through the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from planner.domain.errors import NotFound
from planner.domain.portfolios import Portfolio
from planner.domain.projects import ProjectDraft
from planner.domain.rounds import RoundDraft, RoundPatch
from planner.domain.snapshots import SnapshotDraft
from planner.services import (
    access,
    baselines,
    forecasts,
    infrastructure,
    lifecycle,
    metrics,
    metrics_runs,
    own_tools,
    portfolios,
    projects,
    readiness,
    rounds,
    scoring,
    selection,
    snapshots,
)
from planner.services.demo_story import (
    Action,
    RoundAct,
    Story,
    read_baselines,
    read_flow,
    read_forecasts,
    read_infrastructure,
    read_roadmap,
    read_rounds,
    read_runs,
    read_story,
    read_whole_story,
)
from planner.services.workspace import Workspace
from planner.store import portfolios as store

MORNING, AFTERNOON, EVENING = time(9, 30), time(16), time(18)


class Step(NamedTuple):
    """Something that somebody did at a time. Of those at the same time, the one told first is done first."""

    at: datetime
    by: str
    do: Callable[[Workspace], object]


def is_empty(ws: Workspace) -> bool:
    """Whether there is no portfolio at all."""
    return not portfolios.list_portfolios(ws)


def load_demo(ws: Workspace, progress: Callable[[int, int], None] | None = None) -> Portfolio:
    """Loads the example; Conflict when it is there already. `progress` is told (done, of) as the story goes on."""
    story = read_story()
    slug = story.portfolio.slug
    keys: dict[str, str] = {}  # of the projects by their names, as they are created
    told = [
        *_projects(slug, story, keys),
        *_later(read_forecasts(), keys),
        *_later(read_baselines(), keys),
        *_later(read_runs(), keys),
        *_later(read_flow(), keys),
        *_whole(slug),
        *_rounds(slug, keys),
        *_infrastructure(slug),
        _roadmap(slug),
    ]
    steps = sorted(told, key=lambda step: step.at)
    opened = ws.as_actor(steps[0].by, partial(_same, steps[0].at - timedelta(hours=1)))
    portfolios.create_portfolio(opened, story.portfolio, is_example=True)
    for done, step in enumerate(steps, 1):
        step.do(ws.as_actor(step.by, partial(_same, step.at)))
        if progress:
            progress(done, len(steps))
    return portfolios.get_portfolio(ws, slug)


def clear_demo(ws: Workspace) -> str:
    """Takes the example away for good, with everything in it, and returns its name. NotFound when there is none."""
    access.check(ws.actor, "administer")
    with ws.database.write(alone=True) as connection:
        example = next((found for found in store.list_portfolios(connection) if found.is_example), None)
        if example is None:
            raise NotFound("The example portfolio is not loaded.")
        store.remove_portfolio(connection, example.id)
    return example.name


def _at(day: date, hour: time, position: int = 0) -> datetime:
    """The hour on a day, a minute later for each one told before."""
    return datetime.combine(day, hour, UTC) + timedelta(minutes=position)


def _same(at: datetime) -> datetime:
    return at


def _projects(slug: str, story: Story, keys: dict[str, str]) -> Iterator[Step]:
    """Each project begins with the first thing that happens to it; those without any, when all else is told."""

    def create(ws: Workspace, draft: ProjectDraft) -> None:
        keys[draft.name] = projects.create_project(ws, slug, draft).key

    _, opener = min((told.story[0].on, told.story[0].by) for told in story.projects if told.story)
    last = max(_at(told.story[-1].on, MORNING, len(told.story) - 1) for told in story.projects if told.story)
    for told in story.projects:
        draft, name = told.project, told.project.name
        if not told.story:
            yield Step(last + timedelta(hours=1), opener, partial(create, draft=draft))
            continue
        for position, action in enumerate(told.story):
            at = _at(action.on, MORNING, position)
            if position == 0:
                yield Step(at, action.by, partial(create, draft=draft))
            yield Step(at, action.by, partial(_do, keys=keys, name=name, action=action))


def _later(told: Mapping[str, Sequence[Action]], keys: dict[str, str]) -> Iterator[Step]:
    """What happened to projects in the afternoon of days, told apart from their stories."""
    for name, actions in told.items():
        for position, action in enumerate(actions):
            at = _at(action.on, AFTERNOON, position)
            yield Step(at, action.by, partial(_do, keys=keys, name=name, action=action))


def _whole(slug: str) -> Iterator[Step]:
    whole = read_whole_story()
    for mark in whole.snapshots:
        draft = SnapshotDraft(name=mark.name, note=mark.note)
        yield Step(_at(mark.on, EVENING), mark.by, partial(snapshots.create_snapshot, slug=slug, draft=draft))
    for setting in whole.settings:
        yield Step(
            _at(setting.on, EVENING), setting.by, partial(portfolios.update_portfolio, slug=slug, patch=setting.change)
        )


def _rounds(slug: str, keys: dict[str, str]) -> Iterator[Step]:
    for position, act in enumerate(read_rounds()):
        yield Step(_at(act.on, MORNING, position), act.by, partial(_do_for_round, slug=slug, keys=keys, act=act))


def _infrastructure(slug: str) -> Iterator[Step]:
    for act in read_infrastructure():
        if act.component is not None and act.shared is not None:
            do = partial(infrastructure.record_shared, slug=slug, component=act.component, draft=act.shared)
            yield Step(_at(act.on, EVENING), act.by, do)
        elif act.tool is not None and act.states is not None:
            yield Step(
                _at(act.on, EVENING), act.by, partial(own_tools.record_tool, slug=slug, name=act.tool, draft=act.states)
            )


def _roadmap(slug: str) -> Step:
    planned = read_roadmap()
    draft = planned.settings
    return Step(_at(planned.on, EVENING), planned.by, partial(selection.set_settings, slug=slug, draft=draft))


def _do(ws: Workspace, keys: dict[str, str], name: str, action: Action) -> None:
    key = keys[name]
    if action.change is not None:
        projects.update_project(ws, key, action.change, None)
    if action.answers is not None:
        scoring.record_answers(ws, key, action.by, action.answers)
    if action.contract is not None:
        metrics.set_contract(ws, key, action.contract)
    if action.runs is not None:
        metrics_runs.record_runs(ws, key, action.runs)
    _do_for_baselines(ws, key, action)
    if action.promote is not None:
        metrics_runs.record_promotion(ws, key, action.promote)
    for component, draft in (action.checklist or {}).items():
        infrastructure.record_component(ws, key, component, draft)
    if action.readiness is not None:
        playbook = portfolios.get_playbook(ws, projects.get_project(ws, key).portfolio)
        readiness.record_readiness(ws, key, action.readiness.draft(playbook))
    for task, note in (action.tasks or {}).items():
        lifecycle.mark_task(ws, key, task, True, note)
    if action.forecast is not None:
        forecasts.record_forecast(ws, key, action.by, action.forecast)
    if action.outcome is not None:
        forecasts.record_outcome(ws, key, action.outcome)
    if action.move is not None:
        lifecycle.move_project(ws, key, action.move)


def _do_for_baselines(ws: Workspace, key: str, action: Action) -> None:
    for baseline in action.baselines or ():
        baselines.record_baseline(ws, key, baseline)
    for withdrawn, why in (action.withdraw or {}).items():
        baselines.withdraw_baseline(ws, key, withdrawn, why)
    if action.errors is not None:
        baselines.record_error_analysis(ws, key, action.errors)


def _do_for_round(ws: Workspace, slug: str, keys: dict[str, str], act: RoundAct) -> None:
    if act.open is not None:
        asked = [keys[name] for name in act.open.projects]
        rounds.open_round(ws, slug, RoundDraft.model_validate({**dict(act.open), "projects": asked}))
    elif act.close is not None:
        rounds.update_round(ws, slug, act.close, RoundPatch(closed=True))
    elif act.look is not None:
        rounds.record_look(ws, keys[act.look], act.by)
    elif act.project is not None and act.answers is not None:
        scoring.record_answers(ws, keys[act.project], act.by, act.answers)
