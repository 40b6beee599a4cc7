"""Who owes what in a round, and what an assessor may see while it is open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from planner.domain.errors import Invalid
from planner.domain.rounds import (
    Owed,
    OwedProject,
    Round,
    RoundDraft,
    asked_anew,
    check_draft,
    open_questions,
    owed_url,
    reminder,
    sight,
)
from planner.domain.scoring import Answer
from tests.support.factories import NOW, answer, fsdl

DAY = timedelta(days=1)


def a_round(number: int = 1, opened: datetime = NOW, closed: datetime | None = None, **more: Any) -> Round:
    given: dict[str, Any] = {
        "name": "Autumn",
        "assessors": ("Ana", "Ben"),
        "projects": ("LAB-1", "LAB-2"),
        "criteria": ("ml_strength", "data_availability"),
        "due": None,
    }
    return Round(**{**given, **more}, number=number, opened_at=opened, opened_by="Mara", closed_at=closed)


def said(by: str, criterion: str, level: int, at: datetime = NOW, **more: Any) -> Answer:
    return answer(criterion, level, assessor=by, **more).model_copy(update={"recorded_at": at})


def test_what_was_answered_before_the_first_round_is_not_asked_again() -> None:
    history = {"LAB-1": [said("Ana", "ml_strength", 3, NOW - DAY), said("Cem", "ml_strength", 3)], "LAB-2": []}
    both = ("ml_strength", "data_availability")
    found = open_questions(a_round(), [a_round()], history)
    assert found == {
        "Ana": (("LAB-1", ("data_availability",)), ("LAB-2", both)),
        "Ben": (("LAB-1", both), ("LAB-2", both)),
    }
    del history["LAB-2"]  # to the bin
    assert open_questions(a_round(), [a_round()], history)["Ben"] == (("LAB-1", both),)


def test_a_second_round_wants_every_question_answered_anew_and_a_closed_one_takes_no_more() -> None:
    first, second = a_round(1, NOW, NOW + DAY), a_round(2, NOW + 2 * DAY, projects=("LAB-1",))
    early, late = said("Ana", "ml_strength", 3, NOW), said("Ana", "ml_strength", 3, NOW + 3 * DAY)
    every = [first, second]
    assert open_questions(second, every, {"LAB-1": [early]})["Ana"] == (("LAB-1", second.criteria),)
    assert open_questions(second, every, {"LAB-1": [early, late]})["Ana"] == (("LAB-1", ("data_availability",)),)
    assert open_questions(first, every, {"LAB-1": [late]})["Ana"] == (("LAB-1", first.criteria),)
    assert asked_anew(early, "LAB-1", second, every)
    assert not asked_anew(late, "LAB-1", second, every)
    assert not asked_anew(early, "LAB-2", second, every)
    assert not asked_anew(said("Ana", "inspiration", 3), "LAB-1", second, every)


def test_others_stay_hidden_until_one_has_answered_and_only_where_the_round_asks() -> None:
    history = [said("Ben", "ml_strength", 5), said("Ben", "inspiration", 1), said("Ben", "data_availability", 2)]
    blind = sight(history, "LAB-1", "Ana", a_round(), [a_round()])
    assert [a.criterion for a in blind.answers] == ["inspiration"]
    assert blind.hidden == {"ml_strength": 1, "data_availability": 1}
    assert blind.asked == ("ml_strength", "data_availability")
    mine = [*history, said("Ana", "ml_strength", 3)]
    half = sight(mine, "LAB-1", "Ana", a_round(), [a_round()])
    assert {(a.assessor, a.criterion) for a in half.answers} == {
        ("Ana", "ml_strength"),
        ("Ben", "ml_strength"),
        ("Ben", "inspiration"),
    }
    assert half.hidden == {"data_availability": 1}
    everything = sight(history, "LAB-1", "Ana", a_round(), [a_round()], looked=True)
    assert (len(everything.answers), everything.hidden) == (3, {})
    for this, key in ((None, "LAB-1"), (a_round(), "LAB-3")):
        assert len(sight(history, key, "Ana", this, []).answers) == 3
    guest = sight(history, "LAB-1", "Cem", a_round(), [a_round()])
    assert (guest.hidden, guest.asked) == ({"ml_strength": 1, "data_availability": 1}, ())


def test_a_second_round_shows_how_the_answers_lay_without_names() -> None:
    first, second = a_round(1, NOW, NOW + DAY), a_round(2, NOW + 2 * DAY)
    history = [
        said("Ben", "ml_strength", 5, rationale="Nobody can do it by hand."),
        said("Cem", "ml_strength", 2, rationale="A rule does."),
        said("Ana", "ml_strength", 2),
        said("Ben", "ml_strength", 4, NOW + 3 * DAY, rationale="Moved."),
    ]
    found = sight(history, "LAB-1", "Ana", second, [first, second])
    earlier = found.earlier["ml_strength"]
    assert (earlier.number, earlier.levels) == (1, (0, 2, 0, 0, 1))
    assert earlier.rationales == ((2, "A rule does."), (5, "Nobody can do it by hand."))
    assert found.hidden == {"ml_strength": 1}  # only Ben has answered in this round
    assert [a.assessor for a in found.answers] == ["Ana"]
    assert "ml_strength" in found.asked


def test_a_draft_asks_what_there_is() -> None:
    playbook, keys = fsdl(), ["LAB-1", "LAB-2"]
    draft = RoundDraft(name="x", assessors=("Ana",), criteria=("data_availability", "ml_strength"))
    assert check_draft(draft, playbook, keys, keys) == (("LAB-1", "LAB-2"), ("ml_strength", "data_availability"))
    named = RoundDraft(name="x", assessors=("Ana",), projects=("LAB-2",))
    assert check_draft(named, playbook, keys, keys)[0] == ("LAB-2",)
    with pytest.raises(Invalid) as caught:
        check_draft(
            RoundDraft(name="x", assessors=("Ana",), projects=("LAB-9",), criteria=("colour",)), playbook, keys, keys
        )
    assert [error.field for error in caught.value.errors] == ["criteria.0", "projects.0"]
    with pytest.raises(Invalid) as caught:
        check_draft(RoundDraft(name="x", assessors=("Ana",), scope="disputed"), playbook, keys, ())
    assert [error.field for error in caught.value.errors] == ["scope"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"assessors": []},
        {"assessors": ["Ana", "Ana"]},
        {"assessors": ["\x00"]},
        {"assessors": ["Ana"] * 1000},
        {"projects": ["LAB-1"], "scope": "scored"},
        {"projects": ["lab one"]},
        {"criteria": []},
        {"due": "soon"},
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RoundDraft.model_validate({"name": "x", "assessors": ["Ana"], **wrong})


def test_a_reminder_names_what_is_open_with_its_link() -> None:
    one = a_round(due=date(2026, 6, 1))
    projects = tuple(
        OwedProject(project=f"LAB-{n}", name=f"Project {n}", criteria=one.criteria, url=owed_url(f"LAB-{n}", "Ana B"))
        for n in range(1, 23)
    )
    owed = Owed(assessor="Ana B", asked=44, answered=0, owed=44, looked=0, projects=projects, reminder="")
    text = reminder(one, "Lab", owed, fsdl(), "https://plan.example")
    assert "Dear Ana B," in text
    assert "44 questions on 22 projects are still open for you. Answers are hoped for by 1 Jun 2026." in text
    assert (
        "- LAB-1 Project 1: ML strength, Data availability\n  https://plan.example/projects/LAB-1/score?assessor=Ana%20B"
        in text
    )
    assert "- and 2 more projects" in text
    assert reminder(one, "Lab", owed.model_copy(update={"owed": 0, "projects": ()}), fsdl()) == ""
