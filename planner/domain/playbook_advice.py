"""The part of a playbook that advises on techniques: the path of each problem type, and the rules around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, NonNegativeFloat, model_validator

from planner.domain.field_notes import Reference
from planner.domain.model import Model, Name, Text
from planner.domain.playbook_entry import Entry, Id

YesNo = Literal["yes", "no"]
Labels = Literal["none", "few", "many"]
Licence = Literal["permissive", "any"]
Interpretability = Literal["required", "not_required"]

# What a person can tell; the questions and their wording are the playbook's.
ConstraintId = Literal[
    "data_size", "labels", "latency_ms", "edge", "licence", "interpretability", "offline", "imbalance"
]
Part = Literal["approach", "data", "losses", "metrics", "pitfalls", "debugging"]
Step = Literal["baseline", "stronger", "state_of_the_art"]
STEPS: tuple[Step, ...] = ("baseline", "stronger", "state_of_the_art")


def _several(value: object) -> object:
    """One value or several; YAML reads a bare yes and no as true and false."""
    values = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(("no", "yes")[one] if isinstance(one, bool) else one for one in values)


Several = BeforeValidator(_several)


class Bounds(Model):
    """A span of numbers: from `at_least` on, and up to but not at `below`."""

    at_least: NonNegativeFloat | None = Field(default=None, description="From here on; null without a lower end.")
    below: NonNegativeFloat | None = Field(default=None, description="Up to here; null without an upper end.")

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.at_least is None and self.below is None:
            raise ValueError("at_least or below is needed")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError("at_least must be less than below")
        return self

    def holds(self, value: float) -> bool:
        """Whether a number lies in it."""
        return (self.at_least is None or value >= self.at_least) and (self.below is None or value < self.below)


class Condition(Model):
    """What must be the case for a rule to hold: every field that is given; nothing given always holds."""

    problem_type: Annotated[tuple[Id, ...], Several] = Field(default=(), description="One of these problem types.")
    archetype: Annotated[tuple[Id, ...], Several] = Field(default=(), description="One of these archetypes.")
    stage: Annotated[tuple[Id, ...], Several] = Field(default=(), description="One of these stages.")
    data_size: Bounds | None = Field(default=None, description="So many examples.")
    latency_ms: Bounds | None = Field(default=None, description="So many milliseconds for an answer.")
    labels: Annotated[tuple[Labels, ...], Several] = Field(default=(), description="So many labels.")
    edge: Annotated[tuple[YesNo, ...], Several] = Field(default=(), description="Whether it runs on a device.")
    licence: Annotated[tuple[Licence, ...], Several] = Field(default=(), description="Licences that will do.")
    interpretability: Annotated[tuple[Interpretability, ...], Several] = Field(
        default=(), description="Whether each decision must be explained."
    )
    offline: Annotated[tuple[YesNo, ...], Several] = Field(default=(), description="Whether data must stay in house.")
    imbalance: Annotated[tuple[YesNo, ...], Several] = Field(
        default=(), description="Whether the cases that matter are rare."
    )

    @property
    def asked(self) -> dict[str, Bounds | tuple[str, ...]]:
        """What it asks, by name; empty when it always holds."""
        return {name: wanted for name, wanted in self if wanted}


class Rule(Model):
    """One piece of advice: when it holds, what it says, and what would change it."""

    id: Id
    name: Name
    text: Text = Field(min_length=1, description="What it says.")
    when: Condition = Field(default=Condition(), description="What must be known for it to hold.")
    unless: Text = Field(min_length=1, description="What would change it.")
    notes: tuple[Reference, ...] = Field(default=(), description="Field notes that say the same at more length.")
    components: tuple[Id, ...] = Field(default=(), description="The infrastructure that it calls for.")
    source: Text = Field(min_length=1)


class GeneralRule(Rule):
    """A rule that several problem types share; `part` says under which heading it stands."""

    part: Part = Field(description="The heading it stands under.")


class Technique(Model):
    """A technique of a step: what it is, when it is the one to take, and when one may stop there."""

    id: Id
    name: Name
    text: Text = Field(min_length=1, description="What it says.")
    when: Condition = Field(default=Condition(), description="What must be known for it to hold.")
    enough: Text = Field(min_length=1, description="When it is enough, so that the next step is not needed.")
    licence: Text = Field(default="", description="Where the licence matters.")
    notes: tuple[Reference, ...] = Field(default=(), description="Field notes that say the same at more length.")
    components: tuple[Id, ...] = Field(default=(), description="The infrastructure that it calls for.")
    source: Text = Field(min_length=1)


Techniques = Annotated[tuple[Technique, ...], Field(min_length=1)]


class TechniqueGuide(Model):
    """The path of a problem type. Of a step the first technique whose condition holds is taken."""

    problem_type: Id
    baseline: Techniques = Field(description="What to begin with, in order of preference.")
    stronger: Techniques = Field(description="What to do when that is not enough.")
    state_of_the_art: Techniques = Field(description="The end of the path.")
    losses: tuple[Rule, ...] = Field(default=(), description="What is minimised in training.")
    data: tuple[Rule, ...] = Field(default=(), description="What data are needed.")
    pitfalls: tuple[Rule, ...] = Field(default=(), description="What goes wrong, the gravest first.")
    debugging: tuple[Rule, ...] = Field(default=(), description="In this order, after the rules that all share.")

    @model_validator(mode="after")
    def _each_step_has_something_to_take(self) -> Self:
        for step in STEPS:
            if getattr(self, step)[-1].when.asked:
                raise ValueError(f"{step}: the last technique must have no condition, so that one can be taken always")
        return self

    @property
    def entries(self) -> Iterator[tuple[str, Rule | Technique]]:
        """All that it holds, each with its path."""
        for field in (*STEPS, "losses", "data", "pitfalls", "debugging"):
            for index, entry in enumerate(getattr(self, field)):
                yield f"{field}.{index}", entry


class AdviceConstraint(Entry):
    """How a constraint is asked for, and what of a project tells it already."""

    id: ConstraintId
    question: Text = Field(min_length=1)
    help: Text = ""
    unit: Text = ""
    choices: dict[str, Name] = Field(default_factory=dict, description="The words for each value.")
    metrics: tuple[Name, ...] = Field(default=(), description="A threshold on one of them, in `unit`, tells it.")
    component: Id | None = Field(default=None, description="Its place on the checklist tells yes or no.")
