"""The agenda as the services give it: whom to ask, what is left, and the walk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain.agenda import AgendaPage
from planner.domain.errors import Invalid, NotFound
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import Filters, ProjectPatch
from planner.domain.rounds import RoundDraft, RoundPatch
from planner.domain.scoring import AnswerDraft
from planner.services import agenda, portfolios, projects, rounds, scoring
from planner.services.workspace import Workspace
from tests.support.factories import NOW, SLUG, add_portfolio, add_project, all_levels, fsdl, levels

EVERYTHING = Filters()
GUESS = {"data_availability": AnswerDraft(level=3, confidence="guess")}


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio of six projects, of which two can be done; nobody has answered anything."""
    add_portfolio(any_ws, capacity=2)
    for number in range(1, 7):
        add_project(any_ws, f"Idea {number}", owner="Otto" if number == 6 else None)
    return any_ws


def asked(page: AgendaPage) -> list[tuple[str, str]]:
    return [(question.project, question.criterion) for question in page.items]


def test_of_a_portfolio_without_answers_each_project_is_asked_the_same_question(lab: Workspace) -> None:
    page = agenda.get_agenda(lab, SLUG, EVERYTHING)
    assert asked(page)[:6] == [(f"LAB-{number}", "data_availability") for number in range(1, 7)]
    assert (page.total, page.telling, page.top, page.projects, page.scored) == (42, 42, 2, 6, 0)
    assert {question.place for question in page.items} == {"tied"}
    assert not any(question.known for question in page.items)
    assert page.settling is not None
    assert page.settling.of == 42


def test_what_is_measured_is_asked_no_more_and_what_is_guessed_still_is(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Mara", levels(data_availability=3))
    scoring.record_answers(lab, "LAB-2", "Mara", GUESS)
    page = agenda.get_agenda(lab, SLUG, EVERYTHING)
    found = {(q.project, q.criterion): q for q in page.items}
    assert ("LAB-1", "data_availability") not in found
    again = found["LAB-2", "data_availability"]
    assert (again.known, again.answered_by, again.assessors) == (True, ("Mara",), ())
    other = found["LAB-2", "ml_strength"]
    assert (other.known, other.answered_by, other.assessors) == (False, (), ("Mara",))
    assert found["LAB-6", "ml_strength"].assessors == ("Otto",)
    assert found["LAB-3", "ml_strength"].assessors == ()


def test_an_answer_that_was_withdrawn_or_does_not_apply(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Mara", {**GUESS, "ml_strength": AnswerDraft(not_applicable=True)})
    scoring.record_answers(lab, "LAB-1", "Mara", {"data_availability": None})
    found = {(q.project, q.criterion): q for q in agenda.get_agenda(lab, SLUG, EVERYTHING).items}
    assert not found["LAB-1", "data_availability"].known
    assert ("LAB-1", "ml_strength") not in found


def test_the_agenda_of_a_person_has_theirs_and_those_of_anybody(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-2", "Mara", GUESS)
    page = agenda.get_agenda(lab, SLUG, EVERYTHING, assessor="Otto")
    assert {q.project for q in page.items} == {f"LAB-{number}" for number in range(1, 7)}
    assert [q.criterion for q in page.items if q.project == "LAB-2"] == ["data_availability"]  # Mara has answered it
    assert page.total == 36
    shares = {share.assessor: share.questions for share in page.assessors}
    assert shares == {None: 29, "Mara": 6, "Otto": 7}


def test_the_questions_about_one_project_are_valued_among_all(lab: Workspace) -> None:
    everything = {(q.project, q.criterion): q for q in agenda.get_agenda(lab, SLUG, EVERYTHING).items}
    for ref in ("LAB-4", str(projects.get_project(lab, "LAB-4").id)):
        page = agenda.get_agenda(lab, SLUG, EVERYTHING, project=ref)
        assert {q.criterion for q in page.items} == {criterion.id for criterion in fsdl().criteria}
        assert all(everything[q.project, q.criterion] == q for q in page.items)
    with pytest.raises(NotFound, match="LAB-99"):
        agenda.get_agenda(lab, SLUG, EVERYTHING, project="LAB-99")


def test_with_room_for_all_nothing_is_to_be_gained(lab: Workspace) -> None:
    portfolios.update_portfolio(lab, SLUG, PortfolioPatch(capacity=50))
    page = agenda.get_agenda(lab, SLUG, EVERYTHING)
    assert (page.top, page.telling, page.total, page.settling, page.assessors) == (6, 0, 42, None, ())
    assert {(question.gain, question.flips) for question in page.items} == {(0, 0)}


@pytest.mark.parametrize(("name", "value"), [("top", 0), ("top", 7), ("top", -1), ("limit", 0), ("limit", 201)])
def test_numbers_out_of_range_are_named(lab: Workspace, name: str, value: int) -> None:
    with pytest.raises(Invalid) as caught:
        agenda.get_agenda(lab, SLUG, EVERYTHING, **{name: value})  # type: ignore[arg-type]
    assert [error.field for error in caught.value.errors] == [name]


def test_filters_say_who_competes(lab: Workspace) -> None:
    page = agenda.get_agenda(lab, SLUG, Filters(owner="Otto"))
    assert (page.projects, page.top, page.telling) == (1, 1, 0)
    with pytest.raises(Invalid):
        agenda.get_agenda(lab, SLUG, Filters(stage="dreaming"))
    with pytest.raises(NotFound):
        agenda.get_agenda(lab, "none", EVERYTHING)


def test_a_portfolio_without_projects_has_nothing_to_ask(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    page = agenda.get_agenda(any_ws, SLUG, EVERYTHING)
    assert (page.items, page.total, page.projects, page.settling) == ((), 0, 0, None)
    step = agenda.next_question(any_ws, SLUG, "Mara", EVERYTHING)
    assert (step.project, step.criterion, step.key, step.left) == (None, "", "", 0)


def test_the_agenda_follows_every_change(lab: Workspace) -> None:
    before = agenda.get_agenda(lab, SLUG, EVERYTHING)
    assert agenda.get_agenda(lab, SLUG, EVERYTHING) == before
    projects.update_project(lab, "LAB-1", ProjectPatch(owner="Ada"), None)
    assert agenda.get_agenda(lab, SLUG, EVERYTHING).items[0].assessors == ("Ada",)
    scoring.record_answers(lab, "LAB-1", "Mara", all_levels(5))
    assert {q.project for q in agenda.get_agenda(lab, SLUG, EVERYTHING).items if q.gain} == {
        f"LAB-{number}" for number in range(2, 7)
    }
    projects.delete_project(lab, "LAB-2")
    assert agenda.get_agenda(lab, SLUG, EVERYTHING).projects == 5


def test_a_walk_leads_from_question_to_question(lab: Workspace) -> None:
    seen: list[tuple[str, str]] = []
    for _ in range(6):
        step = agenda.next_question(lab, SLUG, "Mara", EVERYTHING)
        assert step.question is not None
        assert (step.key, step.criterion) == (step.question.project, step.question.criterion)
        assert step.answered_today == len(seen)
        seen.append((step.key, step.criterion))
        scoring.record_answers(lab, step.key, "Mara", {step.criterion: AnswerDraft(level=4, confidence="informed")})
    assert len(set(seen)) == 6
    assert agenda.next_question(lab, SLUG, "Ben", EVERYTHING).answered_today == 0


def test_what_is_put_off_does_not_come_and_is_not_counted(lab: Workspace) -> None:
    first = agenda.next_question(lab, SLUG, "Mara", EVERYTHING)
    assert first.left == 41
    off = [(first.key, first.criterion)]
    second = agenda.next_question(lab, SLUG, "Mara", EVERYTHING, skipped=off)
    assert (second.key, second.left) == ("LAB-2", 40)


def test_who_has_answered_is_asked_again_only_by_a_round(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Mara", GUESS)
    everything = [question for question in asked(agenda.get_agenda(lab, SLUG, EVERYTHING)) if question[0] != "LAB-1"]
    for name, comes in (("Mara", False), ("Ben", True)):
        later = lab.as_actor(name, lambda: NOW + timedelta(days=3650))
        step = agenda.next_question(later, SLUG, name, EVERYTHING, skipped=everything)
        assert (step.key, step.criterion == "data_availability") == ("LAB-1", comes)
    here = agenda.get_agenda(lab, SLUG, EVERYTHING, assessor="Mara", project="LAB-1")
    assert "data_availability" not in {question.criterion for question in here.items}
    for name in ("first", "second"):
        opened = rounds.open_round(lab, SLUG, RoundDraft(name=name, assessors=("Mara",), projects=("LAB-1",)))
        if name == "first":
            rounds.update_round(lab, SLUG, opened.round.number, RoundPatch(closed=True))
    again = agenda.next_question(lab, SLUG, "Mara", EVERYTHING, skipped=everything)
    assert (again.key, again.criterion) == ("LAB-1", "data_availability")


def test_an_answer_taken_back_today_is_none_of_today(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Mara", GUESS)
    scoring.record_answers(lab, "LAB-1", "Mara", {"data_availability": None})
    step = agenda.next_question(lab, SLUG, "Mara", EVERYTHING)
    assert (step.key, step.criterion, step.answered_today) == ("LAB-1", "data_availability", 0)


def test_a_walk_can_keep_to_what_is_meant_for_one(lab: Workspace) -> None:
    for number in range(1, 6):
        projects.update_project(lab, f"LAB-{number}", ProjectPatch(owner="Ada"), None)
    assert agenda.next_question(lab, SLUG, "Otto", EVERYTHING).key == "LAB-1"
    mine = agenda.next_question(lab, SLUG, "Otto", EVERYTHING, mine=True)
    assert (mine.key, mine.left) == ("LAB-6", 6)
    assert agenda.next_question(lab, SLUG, "Nobody", EVERYTHING, mine=True).project is None


def test_a_question_can_be_asked_for_by_name_however_it_is_spelt(lab: Workspace) -> None:
    step = agenda.next_question(lab, SLUG, "Mara", EVERYTHING, at=("lab-5", "inspiration"))
    assert (step.key, step.criterion) == ("LAB-5", "inspiration")
    assert step.question is not None
    scoring.record_answers(lab, "LAB-5", "Mara", levels(inspiration=2))
    known = agenda.next_question(lab, SLUG, "Mara", EVERYTHING, at=("LAB-5", "inspiration"))
    assert known.question is None
    assert known.own is not None
    add_portfolio(lab, "other")
    foreign = add_project(lab, slug="other").key
    for at in ((foreign, "inspiration"), ("LAB-5", "luck"), ("", ""), ("LAB-99", "inspiration")):
        with pytest.raises(NotFound):
            agenda.next_question(lab, SLUG, "Mara", EVERYTHING, at=at)


def test_a_project_that_needs_several_answers_is_named_and_walked_through(lab: Workspace) -> None:
    for number in (1, 2):
        scoring.record_answers(lab, f"LAB-{number}", "Mara", all_levels(5))
    for number in (3, 4, 5):
        scoring.record_answers(lab, f"LAB-{number}", "Mara", all_levels(2))
    scoring.record_answers(lab, "LAB-2", "Mara", levels(inspiration=1, data_availability=4))
    page = agenda.get_agenda(lab, SLUG, EVERYTHING)
    assert (page.telling, page.settling) == (0, None)
    assert [(one.project, one.questions, one.answered, one.place) for one in page.several] == [("LAB-6", 7, 0, "out")]
    assert page.several_total == 1
    assert page.several[0].gain == pytest.approx(page.everything, abs=1e-6)
    assert 0 < page.several[0].flips < 0.2
    assert {q.gain_of_project for q in page.items} == {page.several[0].gain}
    step = agenda.next_question(lab, SLUG, "Otto", EVERYTHING)
    assert (step.key, step.left) == ("LAB-6", 6)
    assert agenda.get_agenda(lab, SLUG, EVERYTHING, project="LAB-1").several == ()
