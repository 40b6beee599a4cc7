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

    tests: tuple[ReadinessTest, ...] = Field(min_length=1)


class Points(Model):
    """What a test gives to its section, by how it is done."""

    none: float = Field(ge=0)
    manual: float
    automated: float

    @model_validator(mode="after")
    def _more_is_better(self) -> Self:
        if not self.none <= self.manual <= self.automated:
            raise ValueError("none, manual and automated must not fall")
        return self


class Meanings(Model):
    """What the ways of doing a test mean, in words."""

    none: Text
    manual: Text
    automated: Text


class Band(Model):
    """What a score means: from above the band before it, up to and with `up_to`; the last has no end."""

    up_to: float | None = None
    name: Name
    meaning: Text = ""


class ReadinessScheme(Model):
    """How readiness is scored: tests in sections, the lowest of which counts."""

    name: Name
    source: Text = Field(min_length=1)
    points: Points
    meaning: Meanings
    bands: tuple[Band, ...] = Field(min_length=1)
    floor_note: Text = ""
    sections: tuple[ReadinessSection, ...] = Field(min_length=1)

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

    questions: tuple[EthicsQuestion, ...] = Field(min_length=1)


class EthicsScheme(Model):
    """The ethics checklist; `licence` is the notice of the source that it is derived from."""

    name: Name
    source: Text = Field(min_length=1)
    licence: Text = ""
    sections: tuple[EthicsSection, ...] = Field(min_length=1)

    @cached_property
    def questions(self) -> tuple[EthicsQuestion, ...]:
        """All questions in their order."""
        return tuple(question for section in self.sections for question in section.questions)


class RiskQuestion(Entry):
    """A question that is answered yes, no or not known; `name` is the question and `source` what it is taken from."""

    help: Text = ""


class RiskGroup(Entry):
    """Questions that belong together; a condition that names the group names all of them."""

    questions: tuple[RiskQuestion, ...] = Field(min_length=1)


class Condition(Model):
    """Holds when each of `all_of` is yes, one of `any_of` is yes (if there are any), and none of `none_of` is."""

    all_of: tuple[Id, ...] = ()
    any_of: tuple[Id, ...] = ()
    none_of: tuple[Id, ...] = ()

    @property
    def names(self) -> Iterator[tuple[str, Id]]:
        """The questions and groups that are named, with the field that names them."""
        for field in ("all_of", "any_of", "none_of"):
            yield from ((field, name) for name in getattr(self, field))


class TierRule(Condition):
    """Gives a tier where its condition holds and that of no rule before it does."""

    tier: Id
    source: Text = Field(min_length=1)


class RiskRemark(Condition, Entry):
    """Something to know beside the tier where its condition holds; `name` says it."""


class RiskTier(Entry):
    """A class of risk, what follows from it, and from when."""

    severity: Literal["forbidden", "high", "limited", "low"]
    meaning: Text
    applies: Text = ""


class RiskRules(Entry):
    """A version of somebody's rules, as they were understood on a day: questions, and which tier follows from them."""

    version: int = Field(ge=1)
    as_of: date
    jurisdiction: Name
    summary: Text
    disclaimer: Text = Field(min_length=1)
    unverified: Text = Field(default="", description="What could not be confirmed when the rules were written.")
    groups: tuple[RiskGroup, ...] = Field(min_length=1)
    tiers: tuple[RiskTier, ...] = Field(min_length=1)
    rules: tuple[TierRule, ...] = Field(min_length=1, description="Tried in their order; the last holds always.")
    remarks: tuple[RiskRemark, ...] = ()

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
