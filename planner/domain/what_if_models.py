"""What a what-if finds: the project before and after, each move, and exactly what applying it records."""

from __future__ import annotations

from pydantic import Field

from planner.domain.archetype_effects import ArchetypeEffect
from planner.domain.classifier import Classification
from planner.domain.level_shifts import CostOfAccuracy
from planner.domain.model import Model
from planner.domain.playbook_moves import FlywheelQuestion, Shift
from planner.domain.scoring import AnswerDraft, Belief, Standing
from planner.domain.what_if_draft import Said


class MoveMade(Model):
    """One thing that is tried: its rule, and where it would lead alone."""

    id: str
    name: str
    summary: str
    rule: str = Field(description="Why the levels move so.")
    assumes: str = Field(description="What it takes, and what must hold.")
    source: str
    shifts: tuple[Shift, ...] = Field(description="By how many levels it moves which criteria.")
    becomes: str | None = Field(description="Id of the archetype that the project has then; null when it stays.")
    alone: Standing = Field(description="The standing if this alone were done.")


class CriterionMove(Model):
    """What is believed of a criterion before and after."""

    criterion: str
    name: str
    answered: bool = Field(description="Whether an answer is in sight; else the belief is the playbook's prior.")
    applicable: bool = Field(description="False when everybody says that it does not apply; then it never moves.")
    moved: bool = Field(description="Whether its belief changes.")
    before: Belief = Field(description="The probabilities of the levels 1 to 5 now.")
    after: Belief = Field(description="The same with everything that is tried.")
    expected_before: float = Field(description="The expected level now, from 1 to 5.")
    expected_after: float = Field(description="The expected level then.")


class FlywheelLine(Model):
    """A link of the flywheel with what is known about it."""

    question: FlywheelQuestion
    answer: Said = Field(description="What was said.")
    evidence: str = Field(description="What shows it; empty when nothing was given.")
    built: str | None = Field(description="Name of the lever that makes it a yes; null when none does.")

    @property
    def holds(self) -> bool:
        """Whether it counts as a yes."""
        return self.answer == "yes" or self.built is not None


class FlywheelTest(Model):
    """The test of the flywheel: its bonus counts only with a yes to every question."""

    lines: tuple[FlywheelLine, ...] = Field(description="The questions in their order.")
    passed: bool = Field(description="Whether each is a yes.")
    missing: tuple[str, ...] = Field(description="Ids of the questions without a yes.")


class Recording(Model):
    """Exactly what applying the what-if records, and nothing else."""

    assessor: str
    archetype: str | None = Field(description="Id of the archetype that is set; null when it stays as it is.")
    answers: dict[str, AnswerDraft] = Field(description="The answers of the assessor, by criterion.")
    left_out: tuple[str, ...] = Field(
        description="Ids of the criteria that move but of which no answer is in sight: none is made up for them."
    )
    standing: Standing = Field(
        description="The standing that follows, the answers of others included as far as they are in sight."
    )

    @property
    def empty(self) -> bool:
        """Whether there is nothing to record."""
        return self.archetype is None and not self.answers


class WhatIf(Model):
    """A project before and after what is tried."""

    project: str
    version: int = Field(description="The version of the project that this was computed from.")
    archetype: str | None
    archetype_after: str | None = Field(description="Id of the archetype with everything that is tried.")
    classification: Classification = Field(description="How far the answers to the classifier lead.")
    archetypes: tuple[ArchetypeEffect, ...] = Field(description="What each archetype changes for the project.")
    before: Standing = Field(description="The standing now, by the answers that the assessor may see.")
    after: Standing = Field(description="The standing with everything that is tried.")
    moves: tuple[MoveMade, ...] = Field(description="What is tried, one by one, each with its rule and source.")
    criteria: tuple[CriterionMove, ...] = Field(description="What is believed of each criterion, before and after.")
    flywheel: FlywheelTest | None = Field(description="The flywheel test; null when the playbook has none.")
    accuracy: CostOfAccuracy | None = Field(description="What the accuracy costs; null unless both are given.")
    held_back: bool = Field(description="Whether an open round holds answers of others back, which then count nowhere.")
    recording: Recording = Field(description="What applying it would record.")
