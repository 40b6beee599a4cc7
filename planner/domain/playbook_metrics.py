"""The part of a playbook that measures: metrics and their templates, baselines, advice about an error."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from planner.domain.model import Model, Name, Text
from planner.domain.playbook_entry import Entry, Id


class MetricHint(Entry):
    """A metric that teams agree on, as templates propose it; `id` is the name a contract would give it."""

    direction: Literal["maximise", "minimise"]
    unit: Text = ""
    help: Text = ""


class TemplateLine(Model):
    """What a metric usually is in the contract of a problem type, and why.

    `around` says that a shortfall can usually be engineered around.
    """

    metric: Id
    role: Literal["optimised", "thresholded"]
    why: Text
    around: bool = False


class MetricTemplate(Model):
    """What to consider for the contract of a problem type: exactly one optimised metric, and others to threshold."""

    problem_type: Id
    metrics: tuple[TemplateLine, ...] = Field(min_length=1)
    source: Text = Field(min_length=1)

    @model_validator(mode="after")
    def _one_is_optimised(self) -> Self:
        if sum(line.role == "optimised" for line in self.metrics) != 1:
            raise ValueError("metrics: exactly one is optimised")
        return self


class BaselineKind(Entry):
    """A rung of the ladder of baselines; the kinds are listed from the lowest rung to the highest.

    `reached` is false for what is only asked for: no run is measured by how near a wish it comes to its limit.
    """

    family: Literal["external", "internal"] = Field(description="Whether it comes from outside or is made here.")
    reached: bool = Field(default=True, description="Whether somebody or something reaches it.")
    help: Text = ""


# The parts that an error is taken apart into; the arithmetic is in domain/error_analysis.py, the advice in a playbook.
ErrorPartId = Literal["irreducible", "avoidable_bias", "variance", "distribution_shift", "validation_overfitting"]


class ErrorPart(Entry):
    """A part of the test error: what it is, what it means when it is negative, and what to do about it, in order."""

    id: ErrorPartId
    short: Name = Field(description="The name in a word or two.")
    help: Text
    negative: Text = Field(default="", description="What it means when the part is below zero.")
    actions: tuple[Text, ...] = Field(default=(), max_length=20, description="What to try, the best first.")


class ErrorAdvice(Model):
    """What to do next about an error: the parts in the order in which they are worked on.

    A part is worked on when it is more than the share `material` of what could be gained at all.
    """

    material: float = Field(ge=0, lt=0.25, description="Below a quarter: of four parts one is always as large.")
    nothing_left: Text = Field(description="What to do when no part is above zero.")
    source: Text = Field(min_length=1)
    parts: tuple[ErrorPart, ...] = Field(
        min_length=1, description="The parts in the order in which they are worked on."
    )
