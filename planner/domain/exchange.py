"""A portfolio as one document that loses nothing: what is exported can be imported, and exported the same again.

Everything is in it but the numbers a database gives (ids) and what follows from the facts (standings, verdicts).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, JsonValue, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from planner.domain.assessments import Assessment, known_items
from planner.domain.baselines import Baseline
from planner.domain.error_analysis import ErrorAnalysis
from planner.domain.errors import FieldError, Invalid
from planner.domain.forecasts import Forecast, Outcome
from planner.domain.history import FieldChange
from planner.domain.infrastructure import ChecklistItem
from planner.domain.lifecycle import TaskMark, Transition
from planner.domain.metrics import Contract
from planner.domain.metrics_runs import RunDraft
from planner.domain.model import Line, Model, Name, Slug, Text
from planner.domain.own_tools import OwnTool
from planner.domain.playbook import Playbook
from planner.domain.portfolios import KeyPrefix, Weights, weight_problems
from planner.domain.projects import ProjectFields, unknown_words
from planner.domain.rounds import MAX_ROUNDS, Look, Round
from planner.domain.scoring import Answer
from planner.domain.selection import CapacityPlan, check_plan
from planner.domain.selection_answer import Roadmap
from planner.domain.selection_rekeying import rekeyed_roadmap, rekeyed_settings
from planner.domain.shared_components import SharedComponent
from planner.domain.sizing_facts import sizing_problems
from planner.domain.sizing_inputs import Sizing
from planner.domain.snapshots import Snapshot

MAX_FACTS = 100_000  # of one kind in one project
Key = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}$")]
Problem = tuple[str, str]  # field path such as projects.3.key, and what is wrong there


class RunDocument(RunDraft):
    """A run as it was recorded, without its number."""

    recorded_at: AwareDatetime
    recorded_by: str


class PromotionDocument(Model):
    """That a run went to production, by its name; null: none is there any more."""

    run: Name | None
    note: Line = ""
    recorded_at: AwareDatetime
    recorded_by: str


class EventDocument(Model):
    """One thing that somebody did, without its number; `project` is null for the portfolio itself."""

    at: AwareDatetime
    actor: str
    action: str
    project: Key | None
    changes: tuple[FieldChange, ...]


class ProjectDocument(ProjectFields):
    """A project with all its facts, each kind in the order in which they were recorded."""

    key: Key
    external_id: str | None = Field(default=None, description="Recognises the project when a file is imported again.")
    stage: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    version: int = Field(ge=1)
    deleted_at: AwareDatetime | None = None
    answers: tuple[Answer, ...] = Field(default=(), max_length=MAX_FACTS, fail_fast=True)
    contracts: tuple[Contract, ...] = Field(default=(), max_length=MAX_FACTS, fail_fast=True)
    runs: tuple[RunDocument, ...] = Field(default=(), max_length=MAX_FACTS, fail_fast=True)
    promotions: tuple[PromotionDocument, ...] = Field(default=(), max_length=MAX_FACTS, fail_fast=True)
    baselines: tuple[Baseline, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="All baselines, corrections and withdrawals last."
    )
    error_analyses: tuple[ErrorAnalysis, ...] = Field(
        default=(),
        max_length=MAX_FACTS,
        fail_fast=True,
        description="What was measured on each data set; the last counts.",
    )
    sizings: tuple[Sizing, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="What it was sized by; the last counts."
    )
    transitions: tuple[Transition, ...] = Field(default=(), max_length=MAX_FACTS, fail_fast=True)
    task_marks: tuple[TaskMark, ...] = Field(default=(), max_length=MAX_FACTS, fail_fast=True)
    checklist: tuple[ChecklistItem, ...] = Field(default=(), max_length=MAX_FACTS, fail_fast=True)
    assessments: tuple[Assessment, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="What is stated of readiness, ethics and risk."
    )
    forecasts: tuple[Forecast, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="All forecasts of success, the oldest first."
    )
    outcomes: tuple[Outcome, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="How it ended, corrections last."
    )
    import_payload: dict[str, JsonValue] | None = Field(default=None, description="What the last import said of it.")


class PortfolioFacts(Model):
    """What is stated of the portfolio itself."""

    slug: Slug
    name: Name
    summary: Text
    key_prefix: KeyPrefix
    priority_impact_share: float | None = Field(ge=0, le=1)
    capacity: int | None = Field(ge=1, le=100_000)
    weights: Weights | None = None
    playbook: str
    playbook_version: int = Field(ge=1)
    is_example: bool = False
    created_at: AwareDatetime
    updated_at: AwareDatetime
    next_number: int = Field(ge=1, description="The number of the key of the next project.")


class PortfolioDocument(Model):
    """A whole portfolio: `planner export … -o plan.json`.

    Of each list only the first wrong entry is told: a program wrote them, and a million errors fill the memory.
    """

    format: Literal["planner/1"] = "planner/1"
    exported_at: AwareDatetime
    portfolio: PortfolioFacts
    projects: tuple[ProjectDocument, ...] = Field(max_length=100_000, fail_fast=True)
    rounds: tuple[Round, ...] = Field(
        default=(), max_length=MAX_ROUNDS, fail_fast=True, description="The scoring rounds, the first one first."
    )
    looks: tuple[Look, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="Who saw answers of a round before answering."
    )
    events: tuple[EventDocument, ...] = Field(default=(), max_length=5_000_000, fail_fast=True)
    snapshots: tuple[Snapshot, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="Moments that were marked, by number."
    )
    shared_components: tuple[SharedComponent, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="All statements on shared components."
    )
    own_tools: tuple[OwnTool, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="All statements on own tools and standards."
    )
    roadmap_settings: tuple[CapacityPlan, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="All versions of the roadmap's settings."
    )
    roadmaps: tuple[Roadmap, ...] = Field(
        default=(), max_length=MAX_FACTS, fail_fast=True, description="The plans that were kept, the oldest first."
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        # Pydantic takes one error from here; the single problems travel in its context.
        if problems := list(_problems(self)):
            text = "; ".join(f"{path}: {message}" for path, message in problems[:20])
            raise PydanticCustomError("document", "{text}", {"text": text, "problems": problems})
        return self


def _problems(document: PortfolioDocument) -> Iterator[Problem]:
    keys = [project.key for project in document.projects]
    known = set(keys)
    yield from _twice("projects", "key", keys)
    yield from _twice("projects", "external_id", [project.external_id for project in document.projects])
    for index, project in enumerate(document.projects):
        prefix, _, number = project.key.partition("-")
        if prefix != document.portfolio.key_prefix or int(number) >= document.portfolio.next_number:
            yield f"projects.{index}.key", "must begin with the portfolio's key_prefix and be below its next_number"
        where = f"projects.{index}"
        yield from _twice(f"{where}.contracts", "version", [contract.version for contract in project.contracts])
        yield from _twice(f"{where}.runs", "name", [run.name for run in project.runs])
        names = {run.name for run in project.runs}
        for position, one in enumerate(project.promotions):
            if one.run is not None and one.run not in names:
                yield f"{where}.promotions.{position}.run", f"there is no run '{one.run[:60]}'"
        sources = [(run.source, run.source_id) if run.source_id is not None else None for run in project.runs]
        yield from _twice(f"{where}.runs", "source_id", sources)
        for kind, moments in _moments(project):
            yield from _zoneless(f"{where}.{kind}", moments)
    yield from _round_problems(document, known)
    yield from _twice("snapshots", "number", [snapshot.number for snapshot in document.snapshots])
    present = [snapshot.name if snapshot.deleted_at is None else None for snapshot in document.snapshots]
    yield from _twice("snapshots", "name", present)
    for index, event in enumerate(document.events):
        if event.project is not None and event.project not in known:
            yield f"events.{index}.project", f"there is no project {event.project}"
    for kind in ("shared_components", "own_tools"):
        yield from _zoneless(kind, [one.recorded_at for one in getattr(document, kind)])
    yield from _twice("roadmap_settings", "version", [settings.version for settings in document.roadmap_settings])
    yield from _zoneless("roadmap_settings", [settings.recorded_at for settings in document.roadmap_settings])
    for index, settings in enumerate(document.roadmap_settings):
        yield from ((f"roadmap_settings.{index}.{e.field}", e.message) for e in check_plan(settings, known))


def _round_problems(document: PortfolioDocument, known: set[str]) -> Iterator[Problem]:
    yield from _twice("rounds", "number", [one.number for one in document.rounds])
    for index, one in enumerate(document.rounds):
        if unknown := next((key for key in one.projects if key not in known), None):
            yield f"rounds.{index}.projects", f"there is no project {unknown}"
    if len([one for one in document.rounds if one.is_open]) > 1:
        yield "rounds", "only one round can be open"
    numbers = {one.number for one in document.rounds}
    for index, look in enumerate(document.looks):
        if look.project not in known or look.number not in numbers:
            yield f"looks.{index}", "belongs to no project or to no round of the document"


def _zoneless(where: str, moments: Sequence[datetime]) -> Iterator[Problem]:
    for index, moment in enumerate(moments):
        if moment.tzinfo is None:
            yield f"{where}.{index}.recorded_at", "needs a time zone, such as 2026-05-01T12:00:00Z"


def _moments(project: ProjectDocument) -> Iterator[tuple[str, list[datetime]]]:
    yield "answers", [answer.recorded_at for answer in project.answers]
    yield "contracts", [contract.recorded_at for contract in project.contracts]
    yield "transitions", [transition.recorded_at for transition in project.transitions]
    yield "task_marks", [mark.recorded_at for mark in project.task_marks]
    yield "checklist", [item.recorded_at for item in project.checklist]
    yield "forecasts", [forecast.recorded_at for forecast in project.forecasts]
    yield "outcomes", [outcome.recorded_at for outcome in project.outcomes]


def _twice(where: str, field: str, values: Sequence[object]) -> Iterator[Problem]:
    seen: set[object] = set()
    for index, value in enumerate(values):
        if value is not None and value in seen:
            yield f"{where}.{index}.{field}", f"'{str(value)[:60]}' stands twice"
        seen.add(value)


def followed_before(document: PortfolioDocument) -> set[tuple[str, int]]:
    """The playbooks, by id and version, that the facts of the document may speak of beside the one it follows now."""
    now = document.portfolio.playbook, document.portfolio.playbook_version
    found = {(a.playbook, a.playbook_version) for project in document.projects for a in project.answers}
    playbook, version = now
    for event in reversed(document.events):
        old = {change.field: change.old for change in event.changes if event.project is None}
        playbook = old.get("playbook") or playbook
        told = old.get("playbook_version") or ""
        version = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else version
        found.add((playbook, version))
    return found - {now}


def check_document(document: PortfolioDocument, playbook: Playbook, before: Sequence[Playbook] | None = ()) -> None:
    """Raises Invalid, with all that is wrong, when the document uses words that no playbook it followed has.

    `before` are those it followed earlier; None when one of them is not at hand, so that its words cannot be told.
    """
    errors = [FieldError(field=path, message=message) for path, message in _unknown(document, playbook, before)]
    if errors:
        raise Invalid(errors, f"The document does not fit the playbook '{playbook.id}' version {playbook.version}.")


def _unknown(document: PortfolioDocument, playbook: Playbook, before: Sequence[Playbook] | None) -> Iterator[Problem]:
    weighed = weight_problems(document.portfolio.weights, playbook, "portfolio.weights")
    yield from ((problem.field, problem.message) for problem in weighed)
    if before is None:
        return
    books = (playbook, *before)
    stages = [stage.id for book in books for stage in book.stages]
    points = [p.id for book in books for stage in book.stages for p in (*stage.tasks, *stage.exit_criteria)]
    components = [component.id for book in books for component in book.components]
    criteria = [criterion.id for book in books for criterion in book.criteria]
    confidences = [None, *(confidence.id for book in books for confidence in book.confidences)]
    asked = ((f"rounds.{n}.criteria", criterion) for n, one in enumerate(document.rounds) for criterion in one.criteria)
    yield from _outside(criteria, asked)
    shared = ((f"shared_components.{n}.component", one.component) for n, one in enumerate(document.shared_components))
    yield from _outside(components, shared)
    for number, tool in enumerate(document.own_tools):
        for field in ("components", "standard_for"):
            yield from _outside(components, ((f"own_tools.{number}.{field}", name) for name in getattr(tool, field)))
    for index, project in enumerate(document.projects):
        where = f"projects.{index}"
        wrong = [dict(unknown_words(project, project.stage, book)) for book in books]
        yield from ((f"{where}.{name}", m) for name, m in wrong[0].items() if all(name in other for other in wrong))
        answers = [(f"{where}.answers.{number}", answer) for number, answer in enumerate(project.answers)]
        yield from _outside(criteria, ((f"{path}.criterion", answer.criterion) for path, answer in answers))
        yield from _outside(confidences, ((f"{path}.confidence", answer.confidence) for path, answer in answers))
        moves = [(f"{where}.transitions.{number}", move) for number, move in enumerate(project.transitions)]
        yield from _outside(stages, ((f"{path}.to", move.to) for path, move in moves))
        yield from _outside([None, *stages], ((f"{path}.start", move.start) for path, move in moves))
        marks = ((f"{where}.task_marks.{number}.task", mark.task) for number, mark in enumerate(project.task_marks))
        yield from _outside(points, marks)
        kinds = ((f"{where}.baselines.{n}.kind", one.kind) for n, one in enumerate(project.baselines))
        yield from _outside([kind.id for book in books for kind in book.baseline_kinds], kinds)
        known = {place for book in books for place in known_items(book)}
        for number, one in enumerate(project.assessments):
            if one.place not in known:
                yield f"{where}.assessments.{number}.item", f"'{one.item[:60]}' is not in the playbook"
        yield from _sizing_problems(project, where, books)
        items = ((f"{where}.checklist.{n}.component", item.component) for n, item in enumerate(project.checklist))
        yield from _outside(components, items)


def _sizing_problems(project: ProjectDocument, where: str, books: Sequence[Playbook]) -> Iterator[Problem]:
    known = [book.sizing for book in books if book.sizing is not None]
    for number, one in enumerate(project.sizings):
        if not known:
            yield f"{where}.sizings", "the playbook has no facts to size by"
            return
        problems = [list(sizing_problems(one.inputs, facts)) for facts in known]
        if all(problems):
            yield from ((f"{where}.sizings.{number}.inputs.{error.field}", error.message) for error in problems[0])


def _outside(known: list[str] | list[str | None], words: Iterable[tuple[str, str | None]]) -> Iterator[Problem]:
    for path, word in words:
        if word not in known:
            names = ", ".join(name for name in known if name is not None)
            yield path, f"'{str(word)[:60]}' is not in the playbook; one of: {names}"


def rekeyed(document: PortfolioDocument, slug: str, key_prefix: str) -> PortfolioDocument:
    """The same portfolio under another slug and with other keys, to stand beside the one it was exported from."""

    def renamed(key: str) -> str:
        return f"{key_prefix}-{key.rpartition('-')[2]}"

    return document.model_copy(
        update={
            "portfolio": document.portfolio.model_copy(update={"slug": slug, "key_prefix": key_prefix}),
            "projects": tuple(p.model_copy(update={"key": renamed(p.key)}) for p in document.projects),
            "rounds": tuple(
                one.model_copy(update={"projects": tuple(map(renamed, one.projects))}) for one in document.rounds
            ),
            "looks": tuple(one.model_copy(update={"project": renamed(one.project)}) for one in document.looks),
            "events": tuple(
                event if event.project is None else event.model_copy(update={"project": renamed(event.project)})
                for event in document.events
            ),
            "roadmap_settings": tuple(rekeyed_settings(settings, renamed) for settings in document.roadmap_settings),
            "roadmaps": tuple(rekeyed_roadmap(kept, renamed) for kept in document.roadmaps),
        }
    )
