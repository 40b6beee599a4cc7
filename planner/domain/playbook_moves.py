"""The part of a playbook that moves a project: how its archetype is found, and what levers do to its levels."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.domain.model import Model, Name, NotAFlag, Text
from planner.domain.playbook_entry import Entry, Id

Step = Annotated[int, Field(ge=-4, le=4), NotAFlag]
Percent = Annotated[float, Field(ge=0, lt=100), NotAFlag]
PerNine = Annotated[float, Field(gt=1, le=1000), NotAFlag]


class ClassifierQuestion(Entry):
    """A question with yes or no for an answer. Each leads to an archetype or to a question further down."""

    question: Text
    help: Text = ""
    if_yes: Id = Field(description="Id of an archetype, or of a question further down.")
    if_no: Id = Field(description="Id of an archetype, or of a question further down.")


class ClassifiedExample(Model):
    """A known product, the answers for it by question, and the archetype that they lead to."""

    name: Name
    answers: dict[Id, bool] = Field(min_length=1, description="Its answers by question, true for yes.")
    archetype: Id
    source: Text = Field(min_length=1)


class Shift(Model):
    """By how many levels one criterion moves: most likely by `by`, and by anything from `low` to `high`."""

    criterion: Id
    by: Step = Field(description="The likeliest number of levels; below 0 it falls.")
    low: Step = Field(description="The fewest.")
    high: Step = Field(description="The most.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.by <= self.high:
            raise ValueError(f"by ({self.by}) must lie between low ({self.low}) and high ({self.high})")
        return self


class Move(Entry):
    """What moves levels, by which rule, and what that assumes and costs."""

    summary: Text
    shifts: tuple[Shift, ...] = Field(default=(), description="By how many levels it moves which criteria.")
    rule: Text = Field(min_length=1, description="Why the levels move so.")
    assumes: Text = Field(default="", description="What it takes, and what must hold.")


class Lever(Move):
    """Something that can be done to a project. Without `archetypes` it is for all."""

    archetypes: tuple[Id, ...] = Field(default=(), description="Ids of the archetypes it is for; empty for all.")
    becomes: Id | None = Field(default=None, description="Id of the archetype that the project has then.")
    relaxes_accuracy: bool = Field(default=False, description="Whether it asks by how much the accuracy is relaxed.")
    builds: tuple[Id, ...] = Field(
        default=(), description="Ids of the questions of the flywheel test that it turns to yes."
    )


class FlywheelQuestion(Entry):
    """A link of the flywheel: without a yes to every one it does not turn."""

    question: Text
    help: Text = ""


class Flywheel(Move):
    """The test of the data flywheel. Its shifts are the bonus, which counts only with a yes to every question."""

    questions: tuple[FlywheelQuestion, ...] = Field(min_length=1, description="Its links, each as a question.")


class AccuracyCost(Model):
    """What accuracy costs, and how the criterion that asks for it reads in per cent.

    `levels` are the lowest accuracies, in per cent, of the levels 1 to 4; below the last one lies level 5.
    """

    criterion: Id = Field(description="Id of the criterion that asks how accurate it must be.")
    levels: tuple[Percent, Percent, Percent, Percent] = Field(
        description="The lowest accuracies, in per cent, of the levels 1 to 4."
    )
    spread: int = Field(default=0, ge=0, le=2, description="By how many levels the reading may be wrong.")
    per_nine: PerNine = Field(description="By what factor the cost rises with each nine.")
    low: PerNine = Field(description="The low end of what the source allows for `per_nine`.")
    high: PerNine = Field(description="The high end of it.")
    note: Text = Field(description="How far the factor can be trusted.")
    source: Text = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(lower >= higher for higher, lower in pairwise(self.levels)):
            raise ValueError("levels: each accuracy must be below the one before")
        if not self.low <= self.per_nine <= self.high:
            raise ValueError("per_nine must lie between low and high")
        return self
