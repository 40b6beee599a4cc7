"""Statements about readiness, ethics and risk: what is new, what is refused, and the ethics checklist they make."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from planner.domain.assessments import (
    Assessment,
    ReadinessDraft,
    assessment_changes,
    check_items,
    current_assessments,
    new_assessments,
)
from planner.domain.errors import Invalid
from planner.domain.ethics import build_ethics
from planner.domain.readiness_checks import judge_readiness_check
from tests.support.factories import NOW, fsdl

PLAYBOOK = fsdl()


def draft(**said: Any) -> ReadinessDraft:
    return ReadinessDraft.model_validate(said)


def added(history: list[Assessment], **said: Any) -> list[Assessment]:
    present = current_assessments(history)
    return [*history, *new_assessments(draft(**said), present, PLAYBOOK, NOW, "Mara")]


def test_the_last_statement_counts_and_the_same_again_adds_nothing() -> None:
    first = {"data.schema": {"score": "manual", "evidence": "a page"}}
    history = added([], tests=first)
    assert added(history, tests=first) == history
    history = added(history, tests={"data.schema": {"score": "automated", "evidence": "a page"}})
    assert [one.value for one in history] == ["manual", "automated"]
    assert current_assessments(history)["test", "", "data.schema"].value == "automated"
    history = added(history, tests={"data.schema": None, "data.privacy": None})
    assert [(one.item, one.value) for one in history[2:]] == [("data.schema", None)]
    assert current_assessments(history) == {}


def test_an_answer_about_risk_keeps_the_version_of_the_rules_and_is_new_under_another() -> None:
    history = added([], risk={"eu_ai_act": {"credit": {"answer": "no"}}})
    assert (history[0].rules, history[0].rules_version) == ("eu_ai_act", 1)
    older = [history[0].model_copy(update={"rules_version": 7})]
    assert len(added(older, risk={"eu_ai_act": {"credit": {"answer": "no"}}})) == 2


def test_a_change_is_told_in_the_words_of_the_playbook() -> None:
    old = added([], ethics={"collection.consent": {"answer": "no", "note": "not asked"}})
    new = added(old, ethics={"collection.consent": {"answer": "not_applicable"}})
    (change,) = assessment_changes(new[1:], current_assessments(old), PLAYBOOK)
    assert (change.old, change.new) == ("no (not asked)", "not applicable")
    assert change.field.startswith("Do the people concerned know")


def test_unknown_items_are_named_with_those_there_are() -> None:
    with pytest.raises(Invalid) as refused:
        check_items(
            draft(
                tests={"nope": {"score": "none"}},
                ethics={"nope": None},
                risk={"nope": {}, "eu_ai_act": {"nope": {"answer": "yes"}}},
            ),
            PLAYBOOK,
        )
    said = {error.field: error.message for error in refused.value.errors}
    assert set(said) == {"tests.nope", "ethics.nope", "risk.nope", "risk.eu_ai_act.nope"}
    assert "data.schema, data.features_useful" in said["tests.nope"]
    assert said["risk.nope"] == "no such rules; one of: eu_ai_act, us_m_25_21"


@pytest.mark.parametrize(
    ("kind", "value"), [("test", "yes"), ("ethics", "unknown"), ("risk", "not_applicable"), ("ethics", "manual")]
)
def test_a_value_is_a_word_of_its_kind(kind: str, value: str) -> None:
    with pytest.raises(ValidationError, match="one of"):
        Assessment.model_validate(
            {"kind": kind, "item": "x", "value": value, "recorded_at": NOW, "recorded_by": "Mara"}
        )


def test_twenty_one_questions_of_deon_by_its_letters() -> None:
    """deon, checklist of 21 items in five sections, A to E."""
    assert PLAYBOOK.ethics is not None
    assert [len(section.questions) for section in PLAYBOOK.ethics.sections] == [4, 3, 5, 5, 4]
    letters = [question.source.split(",")[0] for question in PLAYBOOK.ethics.questions]
    assert letters == [
        f"deon {letter}.{number}"
        for letter, most in zip("ABCDE", (4, 3, 5, 5, 4), strict=True)
        for number in range(1, most + 1)
    ]
    assert "MIT" in PLAYBOOK.ethics.licence


def test_a_no_is_an_answer_and_ethics_has_no_score() -> None:
    assert PLAYBOOK.ethics is not None
    items = [question.id for question in PLAYBOOK.ethics.questions]
    history = added([], ethics={item: {"answer": "no"} for item in items[1:]})
    found = build_ethics(PLAYBOOK.ethics, current_assessments(history))
    assert (found.answered, found.of, found.yes, found.no, found.not_applicable) == (20, 21, 0, 20, 0)
    history = added(history, ethics={items[0]: {"answer": "not_applicable"}})
    found = build_ethics(PLAYBOOK.ethics, current_assessments(history))
    assert (found.answered, found.not_applicable) == (21, 1)


def test_a_playbook_without_these_parts_has_no_such_points_to_meet() -> None:
    bare = PLAYBOOK.model_copy(update={"readiness": None, "ethics": None, "risk_rules": ()})
    assert judge_readiness_check("ethics_answered", {}, None, bare) == (False, "the playbook has no ethics checklist")
    assert judge_readiness_check("readiness_floor_met", {}, "autonomous", bare)[0] is False
    assert judge_readiness_check("risk_triaged", {}, None, bare)[0] is False
    with pytest.raises(Invalid) as refused:
        check_items(draft(tests={"data.schema": {"score": "none"}}), bare)
    assert [error.message for error in refused.value.errors] == ["the playbook has none"]
