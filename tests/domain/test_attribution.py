from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.attribution import Cause, History, Stage, answer_words, causes_of, expected_priorities
from planner.domain.history import FieldChange
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import WeightedMean
from planner.domain.scoring import Answer, AnswerDraft, Standing, belief_state, current_answers, standings
from tests.support.factories import NOW, answer, fsdl

PLAYBOOK = fsdl()
CRITERIA = [criterion.id for criterion in PLAYBOOK.criteria]
FIRST = Stage(NOW, "", (), PLAYBOOK, 0.5)


def said(minute: int, criterion: str, level: int | None, assessor: str = "Mara", **more: object) -> Answer:
    given = answer(criterion, level, assessor=assessor, **more)
    return given.model_copy(update={"recorded_at": NOW + timedelta(minutes=minute), "recorded_by": assessor})


def standing(answers: list[Answer], playbook: Playbook = PLAYBOOK, share: float = 0.5) -> Standing:
    return standings([belief_state(current_answers(answers), playbook)], playbook, share)[0]


def history(ever: list[Answer], then: datetime, last: Stage = FIRST) -> History:
    before = [a for a in ever if a.recorded_at <= then]
    return History(
        then=standing(before),
        now=standing(ever, last.playbook, last.impact_share),
        old=current_answers(before),
        new=current_answers(ever),
        latest={(a.criterion, a.assessor): a for a in ever},
    )


def update(minute: int, setting: str, old: str, new: str, playbook: Playbook, share: float) -> Stage:
    changed = (FieldChange(field=setting, old=old, new=new),)
    return Stage(NOW + timedelta(minutes=minute), "Ben", changed, playbook, share)


def weighted(**weights: float) -> Playbook:
    """The playbook with other weights of the feasibility drivers."""
    dimension = PLAYBOOK.feasibility.model_copy(
        update={"aggregation": WeightedMean(kind="weighted_mean", weights=weights)}
    )
    return PLAYBOOK.model_copy(update={"feasibility": dimension, "version": 2})


answers_given = st.lists(
    st.builds(
        said,
        st.integers(1, 9),
        st.sampled_from(CRITERIA),
        st.integers(1, 5),
        st.sampled_from(["Ada", "Ben"]),
        confidence=st.sampled_from(["measured", "informed", "guess"]),
    ),
    max_size=12,
).map(lambda found: sorted(found, key=lambda a: a.recorded_at))


@given(ever=answers_given, then=st.integers(0, 9), share=st.sampled_from([None, 0.2, 0.9]))
def test_each_cause_begins_where_the_last_one_ended_and_together_they_are_the_difference(
    ever: list[Answer], then: int, share: float | None
) -> None:
    other = weighted(data_availability=1, accuracy_requirement=0, problem_difficulty=2)
    updates = [] if share is None else [update(3, "priority_impact_share", "0.5", str(share), PLAYBOOK, share)]
    updates += [update(7, "playbook_version", "1", "2", other, updates[-1].impact_share if updates else 0.5)]
    moment = NOW + timedelta(minutes=then)
    first = max([FIRST, *(u for u in updates if u.at <= moment)], key=lambda stage: stage.at)
    before = [a for a in ever if a.recorded_at <= moment]
    found = history(ever, moment, updates[-1])
    found = History(standing(before, first.playbook, first.impact_share), found.now, found.old, found.new, found.latest)
    (causes,) = causes_of([found], first, [u for u in updates if u.at > moment])
    assert found.then is not None
    assert found.now is not None
    at = found.then.priority.expected
    for cause in causes:
        assert cause.before == at
        assert cause.after is not None
        assert cause.effect == pytest.approx(cause.after - at, abs=1e-9)
        at = cause.after
    assert at == found.now.priority.expected or not causes
    total = round(sum(cause.effect or 0 for cause in causes), 6)
    assert total == round(found.now.priority.expected - found.then.priority.expected, 6)
    assert [cause.at for cause in causes] == sorted(cause.at for cause in causes)


@given(ever=answers_given, share=st.floats(0, 1))
def test_the_expectation_without_a_distribution_is_that_of_the_distribution(ever: list[Answer], share: float) -> None:
    ever = [
        *ever,
        said(1, "ml_strength", None, not_applicable=True),
        said(1, "problem_difficulty", None, "Cy", not_applicable=True),
    ]
    state = belief_state(current_answers(ever), PLAYBOOK)
    arrays = np.array([state.beliefs]), np.array([state.applicable])
    exact = standing(ever, share=share).priority.expected
    assert expected_priorities(*arrays, PLAYBOOK, share)[0] == pytest.approx(exact, abs=1e-6)


def test_the_last_answer_of_a_person_counts_and_one_that_says_the_same_is_no_cause() -> None:
    ever = [
        said(0, "product_need", 2),
        said(1, "product_need", 5),
        said(2, "product_need", 4, rationale="Counted."),
        said(3, "inspiration", 3),
        said(4, "inspiration", None, withdrawn=True),
        said(5, "product_need", 3, "Ben"),
    ]
    (causes,) = causes_of([history(ever, NOW)], FIRST, [])
    assert [(c.by, c.answer and (c.answer.old, c.answer.new, c.answer.rationale)) for c in causes] == [
        ("Mara", ("2", "4", "Counted.")),
        ("Ben", (None, "3", "")),
    ]
    assert causes[0].answer is not None
    assert (causes[0].answer.old_level, causes[0].answer.new_level) == (2, 4)
    ever += [said(6, "product_need", None, withdrawn=True)]
    (causes,) = causes_of([history(ever, NOW)], FIRST, [])
    assert [c.answer and c.answer.new for c in causes] == ["3", None]


def test_settings_are_causes_of_every_project_and_name_who_changed_what() -> None:
    ever = [said(0, "product_need", 5, confidence="measured")]
    change = update(1, "priority_impact_share", "0.5", "0.6", PLAYBOOK, 0.6)
    (causes,) = causes_of([history(ever, NOW, change)], FIRST, [change])
    assert [(c.kind, c.by, c.settings) for c in causes] == [("setting", "Ben", change.settings)]
    assert causes[0].effect is not None
    assert causes[0].effect > 0


def test_who_is_missing_at_a_moment_has_causes_without_effects() -> None:
    ever = [said(1, "product_need", 5)]
    found = history(ever, NOW)
    (causes,) = causes_of([History(None, found.now, (), found.new, found.latest)], FIRST, [])
    assert [type(cause) for cause in causes] == [Cause]
    assert (causes[0].before, causes[0].after, causes[0].effect) == (None, None, None)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (AnswerDraft(level=4), "4"),
        (AnswerDraft(level=4, confidence="measured"), "4 (measured)"),
        (AnswerDraft(level=4, low=3), "4, between 3 and 4"),
        (AnswerDraft(not_applicable=True), "does not apply"),
    ],
)
def test_an_answer_in_words(draft: AnswerDraft, words: str) -> None:
    assert answer_words(draft) == words
