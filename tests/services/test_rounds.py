"""Rounds on both databases: opened, answered blind, closed, and kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.rounds import RoundDraft, RoundPatch
from planner.services import exports, history, projects, rounds, scoring
from planner.services.workspace import Workspace
from tests.support.factories import NOW, SLUG, add_portfolio, add_project, all_levels, levels


def at(ws: Workspace, days: int, who: str = "Mara") -> Workspace:
    moment = NOW + timedelta(days=days)
    return ws.as_actor(who, lambda: moment)


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    ws = at(any_ws, 0)
    add_portfolio(ws)
    for name in ("One", "Two"):
        add_project(ws, name)
    return ws


def test_a_round_is_opened_answered_and_closed(lab: Workspace) -> None:
    draft = RoundDraft(name="Autumn", assessors=("Ana", "Ben"), criteria=("data_availability",), due=date(2026, 6, 1))
    status = rounds.open_round(lab, SLUG, draft)
    assert (status.round.number, status.round.projects, status.asked, status.answered) == (1, ("LAB-1", "LAB-2"), 4, 0)
    with pytest.raises(Conflict, match="close it first"):
        rounds.open_round(lab, SLUG, draft)
    scoring.record_answers(at(lab, 1), "LAB-1", "Ana", levels(data_availability=3))
    ben, ana = rounds.list_owed(at(lab, 1), SLUG, 1, "http://plan")
    assert (ben.assessor, ben.owed, ana.assessor, ana.owed) == ("Ben", 2, "Ana", 1)
    assert "http://plan/projects/LAB-2/score?assessor=Ana" in ana.reminder
    projects.delete_project(at(lab, 1), "LAB-2")
    assert rounds.get_round(lab, SLUG, 1).asked == 2
    changed = rounds.update_round(at(lab, 2), SLUG, 1, RoundPatch(assessors=("Ana", "Ben", "Cem"), due=None))
    assert (changed.round.due, changed.asked) == (None, 3)
    closed = rounds.update_round(at(lab, 3, "Lead"), SLUG, 1, RoundPatch(closed=True)).round
    assert (closed.closed_by, closed.is_open, closed.name) == ("Lead", False, "Autumn")
    with pytest.raises(Conflict, match="closed by Lead"):
        rounds.update_round(lab, SLUG, 1, RoundPatch(name="Again"))
    assert [entry.reminder for entry in rounds.list_owed(lab, SLUG, 1)] == ["", "", ""]
    told = [event.action for event in history.list_portfolio_events(lab, SLUG) if event.action.startswith("round")]
    assert told == ["round.closed", "round.updated", "round.opened"]


def test_what_there_is_not_is_told(lab: Workspace) -> None:
    with pytest.raises(NotFound, match="no round 1"):
        rounds.get_round(lab, SLUG, 1)
    with pytest.raises(NotFound):
        rounds.update_round(lab, SLUG, 7, RoundPatch(closed=True))
    with pytest.raises(Invalid):
        rounds.update_round(lab, SLUG, 1, RoundPatch())
    with pytest.raises(Invalid):
        rounds.open_round(lab, SLUG, RoundDraft(name="x", assessors=("Ana",), scope="scored"))
    with pytest.raises(Conflict, match="Nothing is held back"):
        rounds.record_look(lab, "LAB-1", "Ana")
    assert rounds.list_rounds(lab, SLUG) == ()


def test_the_scope_takes_what_is_so_when_it_opens(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-2", "Ana", levels(data_availability=1))
    scoring.record_answers(lab, "LAB-2", "Ben", levels(data_availability=5))
    for number, (scope, keys) in enumerate(
        [("scored", ("LAB-2",)), ("unscored", ("LAB-1",)), ("disputed", ("LAB-2",)), ("all", ("LAB-1", "LAB-2"))], 1
    ):
        draft = RoundDraft.model_validate({"name": "x", "assessors": ["Ana"], "scope": scope})
        assert rounds.open_round(lab, SLUG, draft).round.projects == keys
        rounds.update_round(lab, SLUG, number, RoundPatch(closed=True))


def test_one_answers_blind_and_may_look_which_is_kept(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Ana", all_levels(5))
    rounds.open_round(at(lab, 1), SLUG, RoundDraft(name="x", assessors=("Ben",)))
    sheet = rounds.get_score_sheet(lab, "LAB-1", "Ben")
    assert (sheet.sight.answers, len(sheet.sight.hidden), sheet.standing.answered) == ((), 7, 0)
    preview = scoring.preview_standing(lab, "LAB-1", "Ben", levels(data_availability=2))
    assert (preview.answered, preview.impact.expected) == (1, 2.961985)
    scoring.record_answers(at(lab, 2), "LAB-1", "Ben", levels(data_availability=2))
    seen = scoring.list_answers(lab, "LAB-1", assessor="Ben")
    assert {(a.assessor, a.criterion) for a in seen} == {("Ana", "data_availability"), ("Ben", "data_availability")}
    assert len(scoring.list_answers(lab, "LAB-1")) == 8
    rounds.record_look(at(lab, 2), "LAB-1", "Ben")
    rounds.record_look(at(lab, 3), "LAB-1", "Ben")  # once is enough
    assert len(scoring.list_answers(lab, "LAB-1", assessor="Ben")) == 8
    assert rounds.list_owed(lab, SLUG, 1)[0].looked == 1
    assert [e.action for e in history.list_project_events(lab, "LAB-1")].count("answers.revealed") == 1
    rounds.update_round(at(lab, 4), SLUG, 1, RoundPatch(closed=True))
    assert len(scoring.list_answers(lab, "LAB-1", assessor="Cem")) == 8


def test_saying_the_same_again_is_an_answer_to_a_round_that_repeats_a_question(lab: Workspace) -> None:
    draft = RoundDraft(name="x", assessors=("Ana",), projects=("LAB-1",), criteria=("data_availability",))
    rounds.open_round(lab, SLUG, draft)
    same = levels(data_availability=3)
    scoring.record_answers(at(lab, 1), "LAB-1", "Ana", same)
    scoring.record_answers(at(lab, 1), "LAB-1", "Ana", same)
    assert len(scoring.list_answers(lab, "LAB-1", history=True)) == 1
    rounds.update_round(at(lab, 2), SLUG, 1, RoundPatch(closed=True))
    assert rounds.open_round(at(lab, 3), SLUG, draft).repeats == 1
    assert rounds.list_owed(lab, SLUG, 2)[0].owed == 1
    for _ in range(2):
        scoring.record_answers(at(lab, 4), "LAB-1", "Ana", same)
    assert rounds.list_owed(lab, SLUG, 2)[0].owed == 0
    assert len(scoring.list_answers(lab, "LAB-1", history=True)) == 2


def test_rounds_go_out_and_come_back(lab: Workspace) -> None:
    rounds.open_round(lab, SLUG, RoundDraft(name="x", assessors=("Ana",), due=date(2026, 6, 1)))
    rounds.record_look(lab, "LAB-2", "Ana")
    document = exports.export_document(lab, SLUG)
    exports.import_document(lab, document, "copy")
    copied = rounds.get_round(lab, "copy", 1).round
    prefix = copied.projects[0].partition("-")[0]
    assert copied.projects == (f"{prefix}-1", f"{prefix}-2")
    assert copied.model_copy(update={"projects": ("LAB-1", "LAB-2")}) == rounds.get_round(lab, SLUG, 1).round
    assert rounds.list_owed(lab, "copy", 1)[0].looked == 1
