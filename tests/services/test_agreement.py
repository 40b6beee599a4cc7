"""Agreement and use of the scale over what is stored, on both databases, and how long a large portfolio takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain.errors import Invalid, NotFound
from planner.domain.rounds import RoundDraft
from planner.services import agreement, rounds, scoring
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, all_levels, levels


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    add_portfolio(any_ws)
    for name in ("One", "Two", "Three"):
        add_project(any_ws, name)
    scoring.record_answers(any_ws, "LAB-1", "Ana", levels(data_availability=1))
    scoring.record_answers(any_ws, "LAB-1", "Ben", levels(data_availability=5))
    scoring.record_answers(any_ws, "LAB-2", "Ana", all_levels(3))
    return any_ws


def test_agreement_follows_the_answers(lab: Workspace) -> None:
    found = agreement.get_agreement(lab, SLUG)
    assert (found.talk, found.data, found.settled, found.unanswered) == (("LAB-1",), (), 1, 2)
    assert [p.key for p in found.projects] == ["LAB-1", "LAB-2"]
    assert [one.level for one in found.projects[0].cells[0].said] == [1, 5]
    assert agreement.get_agreement(lab, SLUG, limit=1).projects == found.projects[:1]
    scoring.record_answers(lab, "LAB-1", "Ana", levels(data_availability=5))
    assert agreement.get_agreement(lab, SLUG).talk == ()
    with pytest.raises(Invalid, match="Some fields"):
        agreement.get_agreement(lab, SLUG, top=4)
    with pytest.raises(NotFound):
        agreement.get_agreement(lab, "none")


def test_whoever_still_owes_answers_is_not_told_what_others_said(lab: Workspace) -> None:
    rounds.open_round(lab, SLUG, RoundDraft(name="x", assessors=("Cem",)))
    cem = lab.as_actor("Cem")
    found = agreement.get_agreement(cem, SLUG)
    assert (found.projects, found.talk, found.held_back) == ((), (), 2)
    scoring.record_answers(cem, "LAB-2", "Cem", all_levels(2))
    assert [p.key for p in agreement.get_agreement(cem, SLUG).projects] == ["LAB-2"]
    assert agreement.get_agreement(lab, SLUG).held_back == 0
    report = agreement.get_agreement_report(lab, SLUG)
    assert [p.key for p in report.talk] == ["LAB-1"]
    assert report.rounds[0].round.number == 1
    assert report.projects == 3


def test_blanks_are_counted_over_rounds(lab: Workspace) -> None:
    rounds.open_round(lab, SLUG, RoundDraft(name="x", assessors=("Ana", "Cem"), criteria=("data_availability",)))
    uses = {use.assessor: use for use in agreement.list_assessors(lab, SLUG)}
    assert {name: (use.asked, use.blank) for name, use in uses.items()} == {
        "Ana": (3, 1),
        "Ben": (None, None),
        "Cem": (3, 3),
    }
    later = lab.as_actor("Mara", lambda: lab.clock() + timedelta(days=1))
    scoring.record_answers(later, "LAB-3", "Ana", levels(data_availability=2))
    assert next(use.blank for use in agreement.list_assessors(lab, SLUG) if use.assessor == "Ana") == 0
