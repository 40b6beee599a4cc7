"""The classifier leads to the archetypes that the course gives for its examples."""

from __future__ import annotations

from itertools import product

import pytest

from planner.domain.classifier import classify, unknown_questions
from tests.support.factories import fsdl

PLAYBOOK = fsdl()


# FSDL 2021, lecture 5: examples of each archetype. A tool that acts by itself is judged action by action (derived).
@pytest.mark.parametrize(
    ("example", "automated", "approved", "archetype"),
    [
        ("completion in an editor", True, None, "software_2_0"),
        ("radiologist's assistant", False, True, "human_in_the_loop"),
        ("full self-driving", False, False, "autonomous"),
        ("agent that asks before each action", False, True, "human_in_the_loop"),
        ("agent that acts without asking", False, False, "autonomous"),
    ],
)
def test_the_examples_of_the_course(example: str, automated: bool, approved: bool | None, archetype: str) -> None:
    answers = {"automated_today": automated} | ({} if approved is None else {"approved_each": approved})
    found = classify(answers, PLAYBOOK)
    assert (example, found.archetype, found.next) == (example, archetype, None)
    assert [step.answer for step in found.steps] == list(answers.values())


def test_the_shipped_examples_come_out_as_they_say() -> None:
    assert len(PLAYBOOK.classified_examples) == 5
    for example in PLAYBOOK.classified_examples:
        assert classify(example.answers, PLAYBOOK).archetype == example.archetype


def test_an_open_question_is_the_next_one() -> None:
    start = classify({}, PLAYBOOK)
    assert (start.steps, start.archetype) == ((), None)
    assert start.next == PLAYBOOK.classifier[0]
    assert classify({"automated_today": False}, PLAYBOOK).next == PLAYBOOK.classifier[1]
    # An answer beside the way counts for nothing.
    assert classify({"automated_today": True, "approved_each": False}, PLAYBOOK).archetype == "software_2_0"
    assert classify({"approved_each": False}, PLAYBOOK).next == PLAYBOOK.classifier[0]


def test_every_way_ends_at_an_archetype() -> None:
    names = [question.id for question in PLAYBOOK.classifier]
    ends = {
        classify(dict(zip(names, ways, strict=True)), PLAYBOOK).archetype for ways in product((True, False), repeat=2)
    }
    assert ends == {archetype.id for archetype in PLAYBOOK.archetypes}


def test_a_playbook_without_a_classifier_says_so() -> None:
    bare = PLAYBOOK.model_copy(update={"classifier": ()})
    assert classify({"automated_today": True}, bare).model_dump() == {"steps": (), "next": None, "archetype": None}
    assert unknown_questions({"automated_today": True}, bare) == [
        ("classify.automated_today", "not a question of the classifier; the playbook has no classifier")
    ]
    assert unknown_questions({"automated_today": True}, PLAYBOOK) == []
