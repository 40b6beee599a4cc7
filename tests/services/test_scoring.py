"""Answers are appended, and the standing follows in the same transaction."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid, NotFound
from planner.domain.projects import Filters
from planner.domain.scoring import AnswerDraft, belief_state, current_answers, standings
from planner.services import history, portfolios, projects, scoring
from planner.services.workspace import Workspace
from planner.store import scoring as store
from tests.support.factories import SLUG, add_portfolio, add_project, all_levels, fsdl, levels

FEASIBILITY = [criterion.id for criterion in fsdl().feasibility.criteria]


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio with one project."""
    add_portfolio(any_ws)
    add_project(any_ws)
    return any_ws


def test_an_answer_moves_the_standing_of_project_and_list_alike(lab: Workspace) -> None:
    returned = scoring.record_answers(lab, "LAB-1", "Mara", all_levels(4))
    project = projects.get_project(lab, "LAB-1")
    (listed,) = projects.list_projects(lab, SLUG, Filters(quadrant="do_first", answered=7)).items
    assert returned == project.standing == listed.standing == scoring.get_standing(lab, "LAB-1")
    assert (returned.impact.expected, returned.quadrant, returned.quadrant_probability) == (4.0, "do_first", 1.0)
    assert project.version == listed.version == 2


def test_an_answer_is_kept_with_who_when_and_under_which_playbook(lab: Workspace) -> None:
    draft = AnswerDraft(
        level=4, low=3, high=5, confidence="informed", rationale="asked sales", evidence="https://a.b/c"
    )
    scoring.record_answers(lab.as_actor("Ben"), "LAB-1", "Ada", {"ml_strength": draft})
    (kept,) = scoring.list_answers(lab, "LAB-1")
    assert {name: getattr(kept, name) for name in AnswerDraft.model_fields} == dict(draft)
    assert (kept.criterion, kept.assessor, kept.recorded_by) == ("ml_strength", "Ada", "Ben")
    assert (kept.playbook, kept.playbook_version, kept.withdrawn) == ("fsdl", 1, False)
    assert kept.recorded_at == projects.get_project(lab, "LAB-1").updated_at


def test_criteria_that_are_not_named_stay_as_they_are(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Mara", levels(ml_strength=4, inspiration=2))
    scoring.record_answers(lab, "LAB-1", "Mara", levels(inspiration=5))
    current = {one.criterion: one.level for one in scoring.list_answers(lab, "LAB-1")}
    assert current == {"ml_strength": 4, "inspiration": 5}
    ever = [(one.criterion, one.level) for one in scoring.list_answers(lab, "LAB-1", history=True)]
    assert ever == [("ml_strength", 4), ("inspiration", 2), ("inspiration", 5)]


def test_each_assessor_has_an_answer_of_their_own(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Ada", levels(ml_strength=1))
    scoring.record_answers(lab, "LAB-1", "Ben", levels(ml_strength=5))
    assert {(one.assessor, one.level) for one in scoring.list_answers(lab, "LAB-1")} == {("Ada", 1), ("Ben", 5)}
    assert scoring.get_standing(lab, "LAB-1").answered == 1


def test_a_blank_around_a_name_makes_nobody_else_of_it(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Ada", levels(ml_strength=1))
    scoring.record_answers(lab, "LAB-1", " Ada ", levels(ml_strength=5))
    assert [(one.assessor, one.level) for one in scoring.list_answers(lab, "LAB-1")] == [("Ada", 5)]


def test_a_withdrawn_answer_leaves_the_standing_as_if_it_had_never_been(lab: Workspace) -> None:
    untouched = projects.get_project(lab, "LAB-1").standing
    scoring.record_answers(lab, "LAB-1", "Mara", levels(ml_strength=5))
    assert scoring.get_standing(lab, "LAB-1") != untouched
    assert scoring.record_answers(lab, "LAB-1", "Mara", {"ml_strength": None}) == untouched
    assert scoring.list_answers(lab, "LAB-1") == ()
    assert [one.withdrawn for one in scoring.list_answers(lab, "LAB-1", history=True)] == [False, True]


def test_saying_the_same_again_records_nothing(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Mara", levels(ml_strength=5))
    before = projects.get_project(lab, "LAB-1")
    events = history.list_project_events(lab, "LAB-1")
    assert scoring.record_answers(lab, "LAB-1", "Mara", levels(ml_strength=5)) == before.standing
    assert scoring.record_answers(lab, "LAB-1", "Mara", {"inspiration": None}) == before.standing
    assert projects.get_project(lab, "LAB-1") == before
    assert history.list_project_events(lab, "LAB-1") == events
    assert len(scoring.list_answers(lab, "LAB-1", history=True)) == 1


def test_a_preview_shows_what_recording_would_give_and_stores_nothing(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Ada", levels(ml_strength=2, data_availability=3))
    before, revision = projects.get_project(lab, "LAB-1"), portfolios.get_revision(lab, SLUG)
    said = {**levels(ml_strength=5), "data_availability": AnswerDraft(not_applicable=True)}
    shown = scoring.preview_standing(lab, "LAB-1", "Mara", said)
    assert projects.get_project(lab, "LAB-1") == before
    assert portfolios.get_revision(lab, SLUG) == revision
    assert len(scoring.list_answers(lab, "LAB-1", history=True)) == 2
    assert scoring.record_answers(lab, "LAB-1", "Mara", said) == shown


@pytest.mark.parametrize(
    ("assessor", "answers", "fields"),
    [
        ("Mara", {"beauty": AnswerDraft(level=3)}, ["answers.beauty"]),
        ("Mara", {"ml_strength": AnswerDraft(level=3, confidence="sure")}, ["answers.ml_strength.confidence"]),
        ("Mara", {}, ["answers"]),
        (" ", levels(ml_strength=3), ["assessor"]),
        ("M\x00", levels(ml_strength=3), ["assessor"]),
        ("M\udcff", levels(ml_strength=3), ["assessor"]),
        ("M" * 121, levels(ml_strength=3), ["assessor"]),
        ("", {"beauty": None}, ["answers.beauty", "assessor"]),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_every_field(
    lab: Workspace, assessor: str, answers: dict[str, AnswerDraft | None], fields: list[str]
) -> None:
    before = projects.get_project(lab, "LAB-1")
    for refuse in (scoring.record_answers, scoring.preview_standing):
        with pytest.raises(Invalid) as refused:
            refuse(lab, "LAB-1", assessor, answers)
        assert [error.field for error in refused.value.errors] == fields
    assert projects.get_project(lab, "LAB-1") == before


def test_a_dimension_must_keep_one_criterion_that_applies(lab: Workspace) -> None:
    out = AnswerDraft(not_applicable=True)
    scoring.record_answers(lab, "LAB-1", "Mara", dict.fromkeys(FEASIBILITY[:2], out))
    with pytest.raises(Invalid, match="correcting") as refused:
        scoring.record_answers(lab, "LAB-1", "Mara", {FEASIBILITY[2]: out})
    assert "Feasibility" in refused.value.errors[0].message
    # Somebody else who thinks that it applies makes it count again.
    scoring.record_answers(lab, "LAB-1", "Ben", levels(**{FEASIBILITY[0]: 5}))
    scoring.record_answers(lab, "LAB-1", "Mara", {FEASIBILITY[2]: out})
    assert scoring.get_standing(lab, "LAB-1").feasibility.expected == 5.0


def test_a_project_that_is_not_there_has_no_answers(lab: Workspace) -> None:
    with pytest.raises(NotFound):
        scoring.record_answers(lab, "LAB-2", "Mara", levels(ml_strength=3))
    with pytest.raises(NotFound):
        scoring.list_answers(lab, "LAB-2")


def test_the_kept_standing_is_what_the_answers_give(lab: Workspace) -> None:
    scoring.record_answers(lab, "LAB-1", "Ada", {"ml_strength": AnswerDraft(level=2, low=1, high=4)})
    scoring.record_answers(lab, "LAB-1", "Ben", {"ml_strength": AnswerDraft(level=5, confidence="guess")})
    with lab.database.read() as connection:
        answers = store.load_answers(connection, projects.get_project(lab, "LAB-1").id)
    state = belief_state(current_answers(answers), fsdl())
    assert scoring.get_standing(lab, "LAB-1") == standings([state], fsdl())[0]
