"""The part of a playbook that says what is done: archetypes, stages, loops, problem types, components."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from planner.domain.model import Model, Name, Text
from planner.domain.playbook_entry import Entry, Id


class Archetype(Entry):
    """A kind of ML product; it decides the key questions and the lever that moves the project."""

    definition: Text
    examples: tuple[Text, ...] = ()
    key_questions: tuple[Text, ...] = Field(min_length=1)
    lever: Text
    lever_effect: Text
    lever_examples: tuple[Text, ...] = ()
    wordings: dict[Id, Text] = Field(
        default_factory=dict, description="How the question of a criterion reads for this archetype, by criterion."
    )
    floor_of_readiness: float | None = Field(
        default=None,
        ge=0,
        description="The least score of readiness to go live with; null when the playbook names none.",
    )


# What the service can see for itself when it judges an exit criterion; anything else is ticked by a person.
Check = Literal[
    "owner_named",
    "archetype_stated",
    "impact_answered",
    "feasibility_answered",
    "feasibility_evidenced",
    "contract_agreed",
    "baseline_recorded",
    "run_recorded",
    "run_qualifies",
    "checklist_in_place",
    "ethics_answered",
    "risk_triaged",
    "readiness_floor_met",
]


class Task(Entry):
    """Something to do in a stage; a person ticks it."""

    help: Text = ""


class ExitCriterion(Entry):
    """A point of the gate at the end of a stage: computed from data when `check` is given, else ticked."""

    help: Text = ""
    check: Check | None = None


class Stage(Entry):
    """A stage of the lifecycle: what is done in it, and what must be true before it is left."""

    summary: Text
    tasks: tuple[Task, ...] = ()
    exit_criteria: tuple[ExitCriterion, ...] = ()


class Reason(Entry):
    """Why a project loops back; `id` is the reason code."""

    help: Text = ""
    doubts: tuple[Id, ...] = Field(default=(), description="Criteria whose favourable answers it speaks against.")


class Edge(Model):
    """A move between two stages. A back edge carries the reasons that can call for it."""

    start: Id
    end: Id
    reasons: tuple[Reason, ...] = ()


class ProblemType(Entry):
    """A family of ML tasks, such as object detection; `labels` says whether people must label its data."""

    group: Name
    labels: Literal["needed", "partly", "not_needed"] = "needed"
    help: Text = ""


class Area(Entry):
    """A group of components, such as data."""

    summary: Text = ""


class Advice(Model):
    """What to know or do about a component, where it applies: each condition that is named must hold."""

    text: Text = Field(min_length=1, description="What to know or do.")
    stages: tuple[Id, ...] = Field(default=(), description="Only in these stages; a stage not stated is any of them.")
    archetypes: tuple[Id, ...] = Field(default=(), description="Only for projects of these archetypes.")
    statuses: tuple[Literal["missing", "planned", "partial", "in_place", "not_needed", "not_stated"], ...] = Field(
        default=(), description="Only while it stands so in the project."
    )
    source: Text = Field(min_length=1)

    def applies(self, stage: str | None, archetype: str | None, status: str | None) -> bool:
        """Whether it is for a project in this stage, of this archetype, with the component standing so."""
        return (
            (not self.stages or stage is None or stage in self.stages)
            and (not self.archetypes or archetype in self.archetypes)
            and (not self.statuses or (status or "not_stated") in self.statuses)
        )


class Component(Entry):
    """A piece of infrastructure that ML needs beside the model.

    It matters in `stages`. It is `required` there, or `conditional` on what `condition` says; the archetypes in
    `required_for` require it in any case. With `labels_only` it matters only to problem types that need labels.
    """

    area: Id
    summary: Text
    stages: tuple[Id, ...] = Field(min_length=1)
    requirement: Literal["required", "conditional"]
    condition: Text = ""
    required_for: tuple[Id, ...] = ()
    archetype_notes: dict[Id, Text] = Field(default_factory=dict)
    labels_only: bool = False
    done: Text
    advice: tuple[Advice, ...] = Field(default=(), description="What to know or do, where it applies.")

    @model_validator(mode="after")
    def _conditional_says_when(self) -> Self:
        if self.requirement == "conditional" and not self.condition:
            raise ValueError("condition: a conditional component must say when it is needed")
        return self
