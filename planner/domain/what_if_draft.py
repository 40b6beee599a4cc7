"""What is tried in a what-if, and whether the playbook has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from planner.domain.classifier import unknown_questions
from planner.domain.errors import Invalid
from planner.domain.model import Model, Text, at_most
from planner.domain.playbook import Playbook
from planner.domain.playbook_entry import Id
from planner.domain.playbook_moves import Lever, Percent, PerNine

Said = Literal["yes", "no", "unknown"]
SAID: tuple[Said, ...] = ("yes", "no", "unknown")


class FlywheelAnswer(Model):
    """What is known about one link of the flywheel."""

    answer: Said = Field(default="unknown", description="Whether the link holds.")
    evidence: Text = Field(default="", description="What shows it.")


class WhatIfDraft(Model):
    """What is tried. With nothing in it nothing moves."""

    classify: dict[Id, bool] = Field(
        default_factory=dict, max_length=50, description="Answers to the classifier by question, true for yes."
    )
    levers: Annotated[tuple[Id, ...], Field(max_length=50), at_most(50)] = Field(
        default=(), description="Ids of the levers of the playbook that are pulled.", examples=[["guardrails"]]
    )
    flywheel: dict[Id, FlywheelAnswer] = Field(
        default_factory=dict, max_length=50, description="Answers to the flywheel test by question."
    )
    accuracy_from: Percent | None = Field(
        default=None, description="The accuracy that is asked for now, in per cent.", examples=[99.9]
    )
    accuracy_to: Percent | None = Field(
        default=None, description="The accuracy that would do, in per cent.", examples=[99]
    )
    cost_per_nine: PerNine | None = Field(
        default=None, description="By what factor cost rises with each nine; null takes the playbook's."
    )


def draft_of(values: Mapping[str, object]) -> WhatIfDraft:
    """The draft that plain values make; Invalid with every field that is wrong."""
    try:
        return WhatIfDraft.model_validate(values)
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None


def is_for(lever: Lever, archetype: str | None) -> bool:
    """Whether a project of this archetype can pull the lever."""
    return not lever.archetypes or archetype in lever.archetypes


def kinds_reached(draft: WhatIfDraft, archetype: str | None, playbook: Playbook) -> tuple[str | None, ...]:
    """The archetypes of which levers can be pulled: the project's own, and those that the pulled ones make of it."""
    reached = [archetype]
    for lever in playbook.levers:  # they act in this order
        if lever.id in draft.levers and lever.becomes and any(is_for(lever, kind) for kind in reached):
            reached.append(lever.becomes)
    return tuple(reached)


def draft_problems(draft: WhatIfDraft, archetype: str | None, playbook: Playbook) -> Iterator[tuple[str, str]]:
    """(field, message) for each thing in the draft that the playbook does not have or that does not go together."""
    yield from unknown_questions(draft.classify, playbook)
    kinds_here = kinds_reached(draft, archetype, playbook)
    known = ", ".join(lever.id for lever in playbook.levers) or "none; the playbook has no levers"
    for number, name in enumerate(draft.levers):
        lever = playbook.lever(name)
        if lever is None:
            yield f"levers.{number}", f"'{name}' is not a lever of the playbook; there are: {known}"
        elif not any(is_for(lever, kind) for kind in kinds_here):
            kinds = " and ".join(kind.name for kind in playbook.archetypes if kind.id in lever.archetypes)
            yield f"levers.{number}", f"'{lever.name}' is for projects of the archetype {kinds}"
        elif lever.relaxes_accuracy:
            yield from _accuracy_problems(draft)
    links = [question.id for question in playbook.flywheel.questions] if playbook.flywheel else []
    said = f"one of: {', '.join(links)}" if links else "the playbook has no flywheel test"
    yield from (
        (f"flywheel.{name[:60]}", f"not a question of the test; {said}") for name in draft.flywheel if name not in links
    )


def _accuracy_problems(draft: WhatIfDraft) -> Iterator[tuple[str, str]]:
    for field in ("accuracy_from", "accuracy_to"):
        if getattr(draft, field) is None:
            yield field, "say it in per cent, such as 99.9"
    if draft.accuracy_from is not None and draft.accuracy_to is not None and draft.accuracy_to >= draft.accuracy_from:
        yield "accuracy_to", f"must be below {draft.accuracy_from:g}: to relax is to ask for less"
