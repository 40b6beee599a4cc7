"""A what-if stores nothing until it is applied, and then exactly what it listed."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid, Stale
from planner.domain.rounds import RoundDraft
from planner.domain.scoring import AnswerDraft
from planner.domain.what_if_draft import WhatIfDraft
from planner.services import exports, history, projects, rounds, scoring, what_if
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored, all_levels

HUMAN = WhatIfDraft(levers=("human_approval",))


@pytest.fixture
def lab(ws: Workspace) -> Workspace:
    add_portfolio(ws)
    add_scored(ws, "Churn early warning", 3, archetype="autonomous", stage="planning")
    return ws


def test_nothing_is_stored_by_looking(lab: Workspace) -> None:
    before = (exports.export_document(lab, SLUG), projects.get_project(lab, "LAB-1"))
    found = what_if.get_what_if(lab, "LAB-1", HUMAN)
    assert found.after.feasibility.expected > found.before.feasibility.expected
    after = (exports.export_document(lab, SLUG), projects.get_project(lab, "LAB-1"))
    assert before[0].model_copy(update={"exported_at": after[0].exported_at}) == after[0]
    assert before[1] == after[1]


def test_applying_stores_exactly_what_was_listed(lab: Workspace) -> None:
    before = {(a.criterion, a.assessor): a for a in scoring.list_answers(lab, "LAB-1")}
    listed = what_if.get_what_if(lab, "LAB-1", HUMAN, "Ben")
    stored = what_if.apply_what_if(lab, "LAB-1", HUMAN, "Ben", listed.version)
    assert stored == listed.recording
    now = {(a.criterion, a.assessor): a for a in scoring.list_answers(lab, "LAB-1")}
    fresh = {
        key[0]: AnswerDraft(**{name: getattr(a, name) for name in AnswerDraft.model_fields})
        for key, a in now.items()
        if key not in before
    }
    assert fresh == listed.recording.answers
    assert {key: now[key] for key in before} == before
    project = projects.get_project(lab, "LAB-1")
    assert project.archetype == listed.recording.archetype == "human_in_the_loop"
    assert project.standing == listed.recording.standing
    events = [event.action for event in history.list_project_events(lab, "LAB-1")]
    assert events[:2] == ["answers.recorded", "project.updated"]


def test_the_archetype_alone_is_set_by_the_classifier(lab: Workspace) -> None:
    add_project(lab, "Unclear")
    draft = WhatIfDraft(classify={"automated_today": True})
    stored = what_if.apply_what_if(lab, "LAB-2", draft)
    assert (stored.archetype, stored.answers) == ("software_2_0", {})
    assert projects.get_project(lab, "LAB-2").archetype == "software_2_0"
    assert scoring.list_answers(lab, "LAB-2") == ()


def test_nothing_to_record_and_a_stale_list_are_refused(lab: Workspace) -> None:
    with pytest.raises(Invalid) as caught:
        what_if.apply_what_if(lab, "LAB-1", WhatIfDraft())
    assert caught.value.errors[0].message.startswith("nothing is to be recorded")
    version = projects.get_project(lab, "LAB-1").version
    scoring.record_answers(lab, "LAB-1", "Ben", all_levels(2))
    with pytest.raises(Stale):
        what_if.apply_what_if(lab, "LAB-1", HUMAN, "Mara", version)
    assert projects.get_project(lab, "LAB-1").archetype == "autonomous"


def test_an_open_round_holds_the_answers_of_others_back_here_too(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Ben", all_levels(1))
    draft = RoundDraft(name="Autumn", assessors=("Cleo",), projects=("LAB-1",))
    rounds.open_round(lab, SLUG, draft)
    seen = what_if.get_what_if(lab, "LAB-1", HUMAN, "Cleo")
    assert (seen.held_back, seen.before.answered) == (True, 0)
    assert seen.recording.left_out
    assert seen.recording.answers == {}
    assert what_if.get_what_if(lab, "LAB-1", HUMAN, "x" * 120).version == seen.version
    with pytest.raises(Invalid):
        what_if.get_what_if(lab, "LAB-1", HUMAN, "x" * 121)
