"""What the advice on techniques consists of."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.domain.advice_facts import ConstraintFact
from planner.domain.infrastructure import ComponentStatus
from planner.domain.model import Model
from planner.domain.playbook_advice import Step


class AdviceLine(Model):
    """One piece of advice and its ground."""

    rule: str = Field(description="Id of the rule in the playbook.")
    name: str
    text: str = Field(description="What it says.")
    because: tuple[str, ...] = Field(description="What had to be known for it to hold; empty when it always holds.")
    unless: str = Field(description="What would change it.")
    notes: tuple[str, ...] = Field(description="Field notes that say the same at more length, by reference.")
    components: tuple[str, ...] = Field(description="Components that it calls for.")
    source: str


class Alternative(Model):
    """A technique of the same step that another answer would bring."""

    rule: str = Field(description="Id of the rule in the playbook.")
    name: str
    when: tuple[str, ...] = Field(description="What brings it; empty for what is taken when nothing else fits.")
    open: bool = Field(description="Whether an answer that nobody has given yet would bring it.")
    licence: str = Field(description="Empty where the licence does not matter.")


class AdviceStep(Model):
    """A step of the path with the technique to take, and those that other answers would bring."""

    step: Step = Field(description="Where on the path it is.")
    name: str
    technique: AdviceLine = Field(description="What to take.")
    enough: str = Field(description="When it is enough, so that the next step is not needed.")
    licence: str = Field(description="Empty where the licence does not matter.")
    alternatives: tuple[Alternative, ...] = Field(description="What other answers would bring, in order.")


class MetricAdvice(Model):
    """A metric that the template of the problem type proposes."""

    rule: str = Field(description="The template of the playbook that says so.")
    metric: str = Field(description="The name that a contract gives it.")
    name: str
    role: Literal["optimised", "thresholded"] = Field(description="What it usually is.")
    why: str = Field(description="Why it is usually so.")
    source: str


class Effect(Model):
    """What one answer to an open question would change."""

    value: str = Field(description="The answer, in words.")
    adds: tuple[str, ...] = Field(description="Names of the lines that it brings.")
    drops: tuple[str, ...] = Field(description="Names of the lines that it takes away.")


class OpenQuestion(Model):
    """Something nobody has said yet, whose answer changes the advice."""

    constraint: str = Field(description="A constraint, `archetype` or `stage`.")
    name: str
    question: str
    path: bool = Field(description="Whether an answer changes the path itself; such questions come first.")
    effects: tuple[Effect, ...] = Field(description="What each answer changes.")


class NeededComponent(Model):
    """A component that lines of the advice call for, and how it stands on the checklist."""

    component: str
    name: str
    called_for_by: tuple[str, ...] = Field(description="Names of the lines.")
    status: ComponentStatus | None = Field(description="Null while nobody has stated it.")


class Advice(Model):
    """The advice on one project."""

    problem_type: str | None
    name: str = Field(description="Name of the problem type; empty without one.")
    missing: Literal["problem_type", "guide"] | None = Field(
        description="Why there is no path: no problem type is stated, or the playbook has no path for it."
    )
    facts: tuple[ConstraintFact, ...] = Field(description="Every constraint and what is known of it.")
    steps: tuple[AdviceStep, ...] = Field(description="The path: baseline, stronger, state of the art.")
    approach: tuple[AdviceLine, ...] = Field(description="How to go about it.")
    losses: tuple[AdviceLine, ...] = Field(description="What is minimised in training.")
    metrics: tuple[MetricAdvice, ...] = Field(description="The template of the contract.")
    measuring: tuple[AdviceLine, ...] = Field(description="Rules about metrics.")
    data: tuple[AdviceLine, ...] = Field(description="What data are needed.")
    pitfalls: tuple[AdviceLine, ...] = Field(description="What goes wrong, the gravest first.")
    debugging: tuple[AdviceLine, ...] = Field(description="In this order.")
    open_questions: tuple[OpenQuestion, ...] = Field(
        description="What nobody has said yet and would change it; what changes the path comes first."
    )
    components: tuple[NeededComponent, ...]
