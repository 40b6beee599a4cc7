"""The example portfolio: an invented organisation's projects, told action by action through the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Self

import yaml
from pydantic import Field, model_validator

from planner.domain.errors import NotFound
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.lifecycle import TransitionDraft
from planner.domain.metrics import ContractDraft, RunDraft
from planner.domain.model import Model, Name
from planner.domain.portfolios import Portfolio, PortfolioDraft
from planner.domain.projects import ProjectDraft, ProjectPatch
from planner.domain.scoring import AnswerDraft
from planner.domain.selection import CapacityPlanDraft
from planner.services import access, infrastructure, lifecycle, metrics, portfolios, projects, scoring, selection
from planner.services.workspace import Workspace
from planner.store import portfolios as store

EXAMPLE = Path(__file__).parent.parent / "examples" / "portfolio.yaml"
ROADMAP = EXAMPLE.with_name("selection.yaml")


class Action(Model):
    """One thing that somebody did on a day."""

    on: date
    by: Name
    answers: dict[str, AnswerDraft | None] | None = None
    contract: ContractDraft | None = None
    runs: tuple[RunDraft, ...] | None = None
    move: TransitionDraft | None = None
    tasks: dict[str, str] | None = None
    checklist: dict[str, ChecklistDraft] | None = None
    change: ProjectPatch | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.model_fields_set <= {"on", "by"}:
            raise ValueError("an action says what was done")
        return self


class StoryProject(Model):
    """A project and what happened to it, in time order."""

    project: ProjectDraft
    story: tuple[Action, ...] = ()


class Story(Model):
    """A portfolio told as what people did."""

    portfolio: PortfolioDraft
    projects: tuple[StoryProject, ...] = Field(min_length=1)


class RoadmapStory(Model):
    """What somebody recorded on a day to plan the roadmap with."""

    on: date
    by: Name
    settings: CapacityPlanDraft


def read_roadmap_story(path: Path = ROADMAP) -> RoadmapStory:
    """The example's settings that ship."""
    return RoadmapStory.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_story(path: Path = EXAMPLE) -> Story:
    """The example that ships."""
    return Story.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def is_empty(ws: Workspace) -> bool:
    """Whether there is no portfolio at all."""
    return not portfolios.list_portfolios(ws)


def load_demo(ws: Workspace, progress: Callable[[int, int], None] | None = None) -> Portfolio:
    """Loads the example; Conflict when it is there already. `progress` is told (done, of) as the story goes on."""
    story = read_story()
    acts = sorted(
        (_time(action, position), number, position, action)
        for number, told in enumerate(story.projects)
        for position, action in enumerate(told.story)
    )
    beginning = acts[0][0] - timedelta(hours=1)
    opened = ws.as_actor(acts[0][3].by, lambda: beginning)
    slug = portfolios.create_portfolio(opened, story.portfolio, is_example=True).slug
    keys: dict[int, str] = {}
    for done, (at, number, _, action) in enumerate(acts, 1):
        then = ws.as_actor(action.by, partial(_same, at))
        if number not in keys:
            keys[number] = projects.create_project(then, slug, story.projects[number].project).key
        _do(then, keys[number], action)
        if progress:
            progress(done, len(acts))
    newest = opened.as_actor(acts[-1][3].by, partial(_same, acts[-1][0] + timedelta(hours=1)))
    for number, told in enumerate(story.projects):
        if number not in keys:  # nothing has happened to it yet
            projects.create_project(newest, slug, told.project)
    planned = read_roadmap_story()
    at = max(newest.clock(), datetime.combine(planned.on, time(9, 30), UTC))
    selection.set_settings(ws.as_actor(planned.by, partial(_same, at)), slug, planned.settings)
    return portfolios.get_portfolio(ws, slug)


def clear_demo(ws: Workspace) -> str:
    """Takes the example away for good, with everything in it, and returns its name. NotFound when there is none."""
    access.check(ws.actor, "administer")
    with ws.database.write() as connection:
        example = next((found for found in store.list_portfolios(connection) if found.is_example), None)
        if example is None:
            raise NotFound("The example portfolio is not loaded.")
        store.remove_portfolio(connection, example.id)
    return example.name


def _time(action: Action, position: int) -> datetime:
    """When an action was done: in the morning of its day, a minute later for each one before it in its story."""
    return datetime.combine(action.on, time(9, 30), UTC) + timedelta(minutes=position)


def _same(at: datetime) -> datetime:
    return at


def _do(ws: Workspace, key: str, action: Action) -> None:
    if action.change is not None:
        projects.update_project(ws, key, action.change, None)
    if action.answers is not None:
        scoring.record_answers(ws, key, action.by, action.answers)
    if action.contract is not None:
        metrics.set_contract(ws, key, action.contract)
    if action.runs is not None:
        metrics.record_runs(ws, key, action.runs)
    for component, draft in (action.checklist or {}).items():
        infrastructure.record_component(ws, key, component, draft)
    for task, note in (action.tasks or {}).items():
        lifecycle.mark_task(ws, key, task, True, note)
    if action.move is not None:
        lifecycle.move_project(ws, key, action.move)
