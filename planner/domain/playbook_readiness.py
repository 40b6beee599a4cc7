"""The part of a playbook that asks whether a project is ready: a score of tests, ethics, and the triage of risk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.domain.model import Model, Name, Text
from planner.domain.playbook_entry import Entry, Id


class ReadinessTest(Entry):
    """A test of a section; `component` names what the checklist may show of it, which only suggests."""

    help: Text = ""
    component: Id | None = None


class ReadinessSection(Entry):
    """A section of the score: its score is the sum over its tests."""

    tests: tuple[ReadinessTest, ...] = Field(min_length=1, description="The tests, in their order.")


class Points(Model):
    """What a test gives to its section, by how it is done."""

    none: float = Field(ge=0, description="Of a test that is not done.")
    manual: float = Field(description="Of one done by hand and written down.")
    automated: float = Field(description="Of one that a machine runs again and again.")

    @model_validator(mode="after")
    def _more_is_better(self) -> Self:
        if not self.none <= self.manual <= self.automated:
            raise ValueError("none, manual and automated must not fall")
        return self


class Meanings(Model):
    """What the ways of doing a test mean, in words."""

    none: Text = Field(description="When a test is not done.")
    manual: Text = Field(description="When it is done by hand.")
    automated: Text = Field(description="When it is automated.")


class Band(Model):
    """What a score means: from above the band before it, up to and with `up_to`; the last has no end."""

    up_to: float | None = Field(default=None, description="The highest score in it; null in the last band.")
    name: Name
    meaning: Text = Field(default="", description="What such a score says.")


class ReadinessScheme(Model):
    """How readiness is scored: tests in sections, the lowest of which counts."""

    name: Name
    source: Text = Field(min_length=1)
    points: Points = Field(description="What a test gives to its section.")
    meaning: Meanings = Field(description="What each way of doing a test means.")
    bands: tuple[Band, ...] = Field(min_length=1, description="What a score means, from the lowest to the highest.")
    floor_note: Text = Field(default="", description="Where the floors of the archetypes come from.")
    sections: tuple[ReadinessSection, ...] = Field(min_length=1, description="The sections; the lowest counts.")

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        ends = [band.up_to for band in self.bands]
        known = [end for end in ends if end is not None]
        if ends[-1] is not None or len(known) != len(ends) - 1 or any(a >= b for a, b in pairwise(known)):
            raise ValueError("bands: up_to must rise from band to band, and the last band has none")
        return self

    @cached_property
    def tests(self) -> tuple[ReadinessTest, ...]:
        """All tests in their order."""
        return tuple(test for section in self.sections for test in section.tests)

    def band(self, score: float) -> Band:
        """The band that a score lies in."""
        return next(band for band in self.bands if band.up_to is None or score <= band.up_to)


class EthicsQuestion(Entry):
    """A question about what a project does to people; yes is the favourable answer. `name` is the question."""

    help: Text = ""


class EthicsSection(Entry):
    """Questions that belong together."""

    questions: tuple[EthicsQuestion, ...] = Field(min_length=1, description="The questions, in their order.")


class EthicsScheme(Model):
    """The ethics checklist; `licence` is the notice of the source that it is derived from."""

    name: Name
    source: Text = Field(min_length=1)
    licence: Text = Field(default="", description="The notice of the source it is derived from.")
    sections: tuple[EthicsSection, ...] = Field(min_length=1, description="The questions by section.")

    @cached_property
    def questions(self) -> tuple[EthicsQuestion, ...]:
        """All questions in their order."""
        return tuple(question for section in self.sections for question in section.questions)


class RiskQuestion(Entry):
    """A question that is answered yes, no or not known; `name` is the question and `source` what it is taken from."""

    help: Text = ""


class RiskGroup(Entry):
    """Questions that belong together; a condition that names the group names all of them."""

    questions: tuple[RiskQuestion, ...] = Field(min_length=1, description="The questions, in their order.")


class Condition(Model):
    """Holds when each of `all_of` is yes, one of `any_of` is yes (if there are any), and none of `none_of` is."""

    all_of: tuple[Id, ...] = Field(default=(), description="Questions, or groups of them, that must all be yes.")
    any_of: tuple[Id, ...] = Field(default=(), description="Questions, or groups, of which one must be yes.")
    none_of: tuple[Id, ...] = Field(default=(), description="Questions, or groups, of which none may be yes.")

    @property
    def names(self) -> Iterator[tuple[str, Id]]:
        """The questions and groups that are named, with the field that names them."""
        for field in ("all_of", "any_of", "none_of"):
            yield from ((field, name) for name in getattr(self, field))


class TierRule(Condition):
    """Gives a tier where its condition holds and that of no rule before it does."""

    tier: Id = Field(description="Id of the tier it gives.")
    source: Text = Field(min_length=1)


class RiskRemark(Condition, Entry):
    """Something to know beside the tier where its condition holds; `name` says it."""

    tiers: tuple[Id, ...] = Field(default=(), description="The tiers beside which it is said; empty for any.")


class RiskTier(Entry):
    """A class of risk, what follows from it, and from when."""

    severity: Literal["forbidden", "high", "limited", "low"] = Field(description="How grave it is, for display.")
    meaning: Text = Field(description="What follows from it.")
    applies: Text = Field(default="", description="From when its duties hold.")


class RiskRules(Entry):
    """A version of somebody's rules, as they were understood on a day: questions, and which tier follows from them."""

    version: int = Field(ge=1, description="The version of these rules; answers belong to it.")
    as_of: date = Field(description="The day on which they were understood so.")
    jurisdiction: Name = Field(description="Where they hold.")
    summary: Text = Field(description="What the rules are.")
    disclaimer: Text = Field(min_length=1, description="What the triage is not.")
    unverified: Text = Field(default="", description="What could not be confirmed when the rules were written.")
    groups: tuple[RiskGroup, ...] = Field(min_length=1, description="The questions by group.")
    tiers: tuple[RiskTier, ...] = Field(min_length=1, description="The tiers there are.")
    rules: tuple[TierRule, ...] = Field(min_length=1, description="Tried in their order; the last holds always.")
    remarks: tuple[RiskRemark, ...] = Field(default=(), description="What to know beside a tier.")

    @cached_property
    def questions(self) -> tuple[RiskQuestion, ...]:
        """All questions in their order."""
        return tuple(question for group in self.groups for question in group.questions)

    def members(self, name: str) -> tuple[str, ...]:
        """The questions that a condition means by a name: those of the group that is called so, else itself."""
        group = next((group for group in self.groups if group.id == name), None)
        return (name,) if group is None else tuple(question.id for question in group.questions)

    def tier(self, tier_id: str) -> RiskTier:
        """The tier of this id."""
        return next(tier for tier in self.tiers if tier.id == tier_id)
