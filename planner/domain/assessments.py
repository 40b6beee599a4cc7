"""What people state about readiness, ethics and risk: facts, each a word on one item of the playbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from planner.domain.errors import FieldError, Invalid
from planner.domain.history import FieldChange
from planner.domain.model import Model, Text, ZonedTime, at_most
from planner.domain.playbook import Playbook

MAX_ITEMS = 500  # stated at once, of each kind

Kind = Literal["test", "ethics", "risk"]
TestScore = Literal["none", "manual", "automated", "not_applicable"]
EthicsWord = Literal["yes", "no", "not_applicable"]
RiskWord = Literal["yes", "no", "unknown"]

WORDS: Mapping[Kind, tuple[str, ...]] = {
    "test": get_args(TestScore),
    "ethics": get_args(EthicsWord),
    "risk": get_args(RiskWord),
}


class TestMark(Model):
    """How a test of readiness is done, and where that can be seen."""

    __test__ = False  # not a test of pytest

    score: TestScore = Field(description="Not done, by hand and written down, by machine again and again, or n/a.")
    evidence: Text = Field(default="", description="Where it can be seen: an address, or words.")
    note: Text = ""


class EthicsAnswer(Model):
    """The answer to a question of the ethics checklist."""

    answer: EthicsWord = Field(description="Yes is the favourable answer.")
    note: Text = Field(default="", description="What was found, and who looked.")


class RiskAnswer(Model):
    """The answer to a question of rules about risk; unknown is said as well as left out."""

    answer: RiskWord = Field(description="Unknown is said as well as left out.")
    note: Text = ""


Tests = Annotated[dict[str, TestMark | None], at_most(MAX_ITEMS)]
EthicsAnswers = Annotated[dict[str, EthicsAnswer | None], at_most(MAX_ITEMS)]
RiskAnswers = Annotated[dict[str, RiskAnswer | None], at_most(MAX_ITEMS)]


class ReadinessDraft(Model):
    """What somebody states; items that are not named stay as they are, and null takes one back."""

    tests: Tests = Field(
        default_factory=dict,
        description="By the id of the test.",
        examples=[{"data.schema": {"score": "automated", "evidence": "https://ci.example/schema"}}],
    )
    ethics: EthicsAnswers = Field(
        default_factory=dict,
        description="By the id of the question.",
        examples=[{"collection.consent": {"answer": "yes", "note": "Asked at registration."}}],
    )
    risk: Annotated[dict[str, RiskAnswers], at_most(50)] = Field(
        default_factory=dict,
        description="By the id of the rules and of their question; answers hold for the version of the rules of now.",
        examples=[{"eu_ai_act": {"employment": {"answer": "yes"}}}],
    )


class Assessment(Model):
    """A statement as it was recorded; the last one on an item counts, and one without a value takes it back."""

    kind: Kind = Field(description="Whether it is about a test of readiness, ethics or risk.")
    rules: str = Field(default="", description="Of an answer about risk, the id of the rules.")
    rules_version: int | None = Field(default=None, description="The version of the rules that was answered.")
    item: str = Field(description="Id of the test or the question.")
    value: str | None = Field(description="The score or the answer; null takes the statement back.")
    evidence: Text = Field(default="", description="Of a test, where it can be seen.")
    note: Text = ""
    recorded_at: ZonedTime
    recorded_by: str

    @model_validator(mode="after")
    def _value_is_a_word_of_its_kind(self) -> Self:
        if self.value is not None and self.value not in WORDS[self.kind]:
            raise ValueError(f"value: one of {', '.join(WORDS[self.kind])}, or null")
        return self

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is about."""
        return self.kind, self.rules, self.item


Current = Mapping[tuple[str, str, str], Assessment]


def current_assessments(history: Iterable[Assessment]) -> Current:
    """The last statement on each item; those that were taken back are left out."""
    last = {one.place: one for one in history}
    return {place: one for place, one in last.items() if one.value is not None}


def check_items(draft: ReadinessDraft, playbook: Playbook) -> None:
    """Raises Invalid, by field, for items and rules that the playbook does not have."""
    if errors := [FieldError(field=path, message=message) for path, message in _unknown(draft, playbook)]:
        raise Invalid(errors)


def _unknown(draft: ReadinessDraft, playbook: Playbook) -> Iterator[tuple[str, str]]:
    known = known_items(playbook)
    asked = [("tests", "test", "", item) for item in draft.tests]
    asked += [("ethics", "ethics", "", item) for item in draft.ethics]
    for rules, answers in draft.risk.items():
        if playbook.risk_rules_of(rules) is None:
            names = ", ".join(one.id for one in playbook.risk_rules)
            yield f"risk.{rules[:60]}", f"no such rules; one of: {names}" if names else "the playbook has no such rules"
        else:
            asked += [(f"risk.{rules}", "risk", rules, item) for item in answers]
    for field, kind, rules, item in asked:
        if (kind, rules, item) not in known:
            names = ", ".join(name for one, by, name in known if (one, by) == (kind, rules))
            yield f"{field}.{item[:60]}", f"not in the playbook; one of: {names}" if names else "the playbook has none"


def known_items(playbook: Playbook) -> dict[tuple[str, str, str], str]:
    """Everything that can be stated under a playbook, with its name."""
    found: dict[tuple[str, str, str], str] = {}
    if playbook.readiness is not None:
        found |= {("test", "", test.id): test.name for test in playbook.readiness.tests}
    if playbook.ethics is not None:
        found |= {("ethics", "", question.id): question.name for question in playbook.ethics.questions}
    for rules in playbook.risk_rules:
        found |= {("risk", rules.id, question.id): question.name for question in rules.questions}
    return found


def new_assessments(
    draft: ReadinessDraft, present: Current, playbook: Playbook, now: datetime, actor: str
) -> tuple[Assessment, ...]:
    """What a draft adds to what is stated already; the same again adds nothing."""
    fresh = []
    for kind, rules, item, values in _stated(draft):
        last = present.get((kind, rules, item))
        version = None
        if (found := playbook.risk_rules_of(rules)) is not None:
            version = found.version
        kept = ("value", "evidence", "note")
        old = None if last is None else ({name: getattr(last, name) for name in kept}, last.rules_version)
        if (None if values is None else (values, version)) == old:
            continue
        said = values or {}
        fresh.append(
            Assessment(
                kind=kind,
                rules=rules,
                rules_version=version,
                item=item,
                value=said.get("value"),
                evidence=said.get("evidence", ""),
                note=said.get("note", ""),
                recorded_at=now,
                recorded_by=actor,
            )
        )
    return tuple(fresh)


def _stated(draft: ReadinessDraft) -> Iterator[tuple[Kind, str, str, dict[str, str] | None]]:
    for item, mark in draft.tests.items():
        given = None if mark is None else {"value": mark.score, "evidence": mark.evidence, "note": mark.note}
        yield "test", "", item, given
    for item, answer in draft.ethics.items():
        yield "ethics", "", item, None if answer is None else _words(answer)
    for rules, answers in draft.risk.items():
        for item, told in answers.items():
            yield "risk", rules, item, None if told is None else _words(told)


def _words(answer: EthicsAnswer | RiskAnswer) -> dict[str, str]:
    return {"value": answer.answer, "evidence": "", "note": answer.note}


def assessment_changes(fresh: Iterable[Assessment], present: Current, playbook: Playbook) -> tuple[FieldChange, ...]:
    """What changes, for the history, under the names of the items."""
    names = known_items(playbook)

    def told(one: Assessment | None) -> str | None:
        if one is None or one.value is None:
            return None
        more = "; ".join(text for text in (one.evidence, one.note) if text)
        return one.value.replace("_", " ") + (f" ({more})" if more else "")

    return tuple(
        FieldChange(field=names.get(one.place, one.item), old=told(present.get(one.place)), new=told(one))
        for one in fresh
    )
