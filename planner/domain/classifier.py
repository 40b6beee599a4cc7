"""Which archetype a project is of, from yes or no to the questions of the playbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from planner.domain.model import Model
from planner.domain.playbook_moves import ClassifierQuestion

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook


class Answered(Model):
    """A question on the way, and the answer that was given."""

    question: ClassifierQuestion
    answer: bool = Field(description="true for yes.")


class Classification(Model):
    """How far the answers lead: to an archetype, or to the question that comes next."""

    steps: tuple[Answered, ...] = Field(description="The questions on the way with their answers.")
    next: ClassifierQuestion | None = Field(description="The question to answer next; null at the end of the way.")
    archetype: str | None = Field(description="Id of the archetype; null as long as a question is open.")


def classify(answers: Mapping[str, bool], playbook: Playbook) -> Classification:
    """The way that the answers lead; those to questions beside it count for nothing.

    A playbook without a classifier has no way: no step, no question, no archetype.
    """
    questions = {question.id: question for question in playbook.classifier}
    steps: list[Answered] = []
    here = playbook.classifier[0].id if playbook.classifier else None
    while here in questions and here in answers:  # every way leads further down, so it ends
        question = questions[here]
        steps.append(Answered(question=question, answer=answers[here]))
        here = question.if_yes if answers[here] else question.if_no
    open_one = questions.get(here) if here is not None else None
    found = playbook.archetype(here)
    return Classification(steps=tuple(steps), next=open_one, archetype=found.id if found else None)


def unknown_questions(answers: Mapping[str, bool], playbook: Playbook) -> list[tuple[str, str]]:
    """(field, message) for each answer to a question that the classifier does not have."""
    known = [question.id for question in playbook.classifier]
    said = f"one of: {', '.join(known)}" if known else "the playbook has no classifier"
    return [
        (f"classify.{name[:60]}", f"not a question of the classifier; {said}") for name in answers if name not in known
    ]
