"""The infrastructure checklist: which components a project needs, why, and what there is of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from planner.domain.model import Line, Model, Text
from planner.domain.own_tools import differs
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Advice, Component
from planner.domain.shared_components import SharedStatus, counts_as

ComponentStatus = Literal["missing", "planned", "partial", "in_place", "not_needed"]
COMPONENT_STATUSES: tuple[ComponentStatus, ...] = ("missing", "planned", "partial", "in_place", "not_needed")
NO_STANDARDS: Mapping[str, str] = MappingProxyType({})
NOTHING_SHARED: Mapping[str, SharedStatus] = MappingProxyType({})
Requirement = Literal["required", "conditional", "later", "not_applicable"]


class ChecklistDraft(Model):
    """What a person states about one component in one project."""

    status: ComponentStatus
    tool: Line = Field(default="", description="The tool or service that fills it.", examples=["mlflow"])
    shared: Line | None = Field(default=None, description="Component id when a shared one is used, else null.")
    note: Text = ""


class ChecklistItem(ChecklistDraft):
    """A statement as it was recorded."""

    component: str
    recorded_at: datetime
    recorded_by: str


class ChecklistLine(Model):
    """A component as it stands for one project. `status` is null until somebody states it."""

    component: str
    area: str
    name: str
    summary: str
    done_means: str
    requirement: Requirement
    why: str = Field(description="Which rule of the playbook makes it required, conditional, later or not applicable.")
    status: ComponentStatus | None
    counts_as: ComponentStatus | None = Field(
        default=None, description="The status, or that of the shared component it uses where that one is further."
    )
    tool: str = ""
    shared: str | None = None
    note: str = ""
    standard: str | None = Field(default=None, description="The portfolio's standard tool for it; null without one.")
    off_standard: bool = Field(default=False, description="Whether the tool is another than the standard.")
    recorded_at: datetime | None = None
    recorded_by: str | None = None
    advice: tuple[Advice, ...] = Field(default=(), description="What the playbook advises here, where it applies.")


class AreaProgress(Model):
    """How far the required components of an area are."""

    area: str
    name: str
    required: int
    in_place: int = Field(description="Required ones that are in place or stated as not needed.")
    started: int = Field(description="Required ones that are planned or partial.")
    missing: int
    not_stated: int


class Checklist(Model):
    """The checklist of one project."""

    lines: tuple[ChecklistLine, ...]
    progress: tuple[AreaProgress, ...]


def requirement_of(
    component: Component, stage: str | None, archetype: str | None, problem_type: str | None, playbook: Playbook
) -> tuple[Requirement, str]:
    """Whether a project needs the component by its present stage, and why in words.

    A component is needed from its first stage on. A stage that is not stated, or is one of another playbook, counts as
    the last one, so that nothing is left out for lack of a fact.
    """
    order = [entry.id for entry in playbook.stages]
    problem = playbook.problem_type(problem_type)
    if component.labels_only and problem is not None and problem.labels == "not_needed":
        return "not_applicable", f"{problem.name} needs no labels"
    first = min(order.index(name) for name in component.stages)
    first_name = playbook.stages[first].name
    if stage in order and first > order.index(stage):
        return "later", f"Needed from the stage {first_name}"
    kind = playbook.archetype(archetype)
    if kind is not None and kind.id in component.required_for:
        note = component.archetype_notes.get(kind.id, "")
        return "required", f"{kind.name} projects need it" + (f": {note}" if note else "")
    if component.requirement == "required":
        return "required", f"Every project needs it from the stage {first_name}"
    return "conditional", component.condition


def build_checklist(
    stage: str | None,
    archetype: str | None,
    problem_type: str | None,
    items: Iterable[ChecklistItem],
    playbook: Playbook,
    shared: Mapping[str, SharedStatus] = NOTHING_SHARED,
    standard_tools: Mapping[str, str] = NO_STANDARDS,
) -> Checklist:
    """The checklist of a project from its facts and the latest statement on each component.

    `shared` says how the portfolio's shared components stand and `standard_tools` what it uses, by component.
    """
    latest: Mapping[str, ChecklistItem] = {item.component: item for item in items}
    lines = []
    for component in playbook.components:
        requirement, why = requirement_of(component, stage, archetype, problem_type, playbook)
        item = latest.get(component.id)
        counted = counts_as(item.status, item.shared, shared) if item else None
        lines.append(
            ChecklistLine(
                component=component.id,
                area=component.area,
                name=component.name,
                summary=component.summary,
                done_means=component.done,
                requirement=requirement,
                why=why,
                status=item.status if item else None,
                counts_as=counted,
                tool=item.tool if item else "",
                shared=item.shared if item else None,
                note=item.note if item else "",
                standard=standard_tools.get(component.id),
                off_standard=differs(item.tool if item else "", standard_tools.get(component.id), playbook),
                recorded_at=item.recorded_at if item else None,
                recorded_by=item.recorded_by if item else None,
                advice=tuple(one for one in component.advice if one.applies(stage, archetype, counted)),
            )
        )
    progress = []
    for area in playbook.areas:
        required = [line for line in lines if line.area == area.id and line.requirement == "required"]
        progress.append(
            AreaProgress(
                area=area.id,
                name=area.name,
                required=len(required),
                in_place=sum(line.counts_as in ("in_place", "not_needed") for line in required),
                started=sum(line.counts_as in ("planned", "partial") for line in required),
                missing=sum(line.counts_as == "missing" for line in required),
                not_stated=sum(line.counts_as is None for line in required),
            )
        )
    return Checklist(lines=tuple(lines), progress=tuple(progress))


class ComponentCounts(Model):
    """How many projects of a portfolio stand at each status of one component."""

    component: str
    area: str
    name: str
    missing: int = 0
    planned: int = 0
    partial: int = 0
    in_place: int = 0
    not_needed: int = 0
    not_stated: int


def component_counts(
    playbook: Playbook,
    counts: Mapping[tuple[str, ComponentStatus, str | None], int],
    projects: int,
    shared: Mapping[str, SharedStatus] = NOTHING_SHARED,
) -> tuple[ComponentCounts, ...]:
    """Components × status for a portfolio of `projects`; `counts` maps (component, status, uses shared) to projects.

    A project that uses a shared component counts by that one's status where it is further than its own.
    """
    totals: Counter[tuple[str, ComponentStatus | None]] = Counter()
    for (component_id, status, uses), count in counts.items():
        totals[component_id, counts_as(status, uses, shared)] += count
    rows = []
    for component in playbook.components:
        stated = {status: totals[component.id, status] for status in COMPONENT_STATUSES}
        rows.append(
            ComponentCounts(
                component=component.id,
                area=component.area,
                name=component.name,
                not_stated=projects - sum(stated.values()),
                **stated,
            )
        )
    return tuple(rows)
