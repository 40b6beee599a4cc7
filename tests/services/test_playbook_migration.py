"""Taking a portfolio to another playbook: looked at first, done in one transaction, and undone by going back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.domain.errors import Conflict, Invalid, NotFound, Stale
from planner.domain.lifecycle import TransitionDraft
from planner.domain.playbook import Playbook
from planner.domain.playbook_migration import MigrationDraft
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import NOT_STATED, Filters, ProjectPatch
from planner.domain.scoring import AnswerDraft
from planner.domain.sizing_inputs import SizingDraft
from planner.playbooks import Playbooks
from planner.services import (
    changes,
    exports,
    history,
    lifecycle,
    maintenance,
    portfolios,
    projects,
    reports,
    scoring,
    sizing,
)
from planner.services.playbook_migration import migrate_portfolio, preview_migration
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored, fsdl, levels
from tests.support.own_playbooks import NAMES, shelf

RICE = MigrationDraft(playbook="rice")


def newer(**fields: Any) -> Playbook:
    """A second version of the shipped playbook with some fields another."""
    return Playbook.model_validate({**fsdl().model_dump(mode="json"), "version": 2, **fields})


@pytest.fixture
def own(any_ws: Workspace) -> Workspace:
    """A workspace that has the playbooks of the tests too, and one portfolio under the shipped one."""
    ws = replace(any_ws, playbooks=shelf())
    add_portfolio(ws)
    return ws


def test_looking_ahead_tells_all_and_stores_nothing(own: Workspace) -> None:
    first = add_scored(own, "First", 5, stage="planning", archetype="autonomous")
    add_scored(own, "Second", 2, problem_type="ocr")
    add_project(own, "Third")
    before = portfolios.get_portfolio(own, SLUG), exports.export_document(own, SLUG).projects
    found = preview_migration(own, SLUG, MigrationDraft(playbook="rice", criteria={"product_need": "impact"}))
    assert found.applied is False
    assert found.answers.model_dump() == {"kept": 0, "reworded": 0, "mapped": 2, "lost": 12, "unsure": 0}
    assert [(word.field, word.value, word.count) for word in found.stray] == [
        ("archetype", "autonomous", 1),
        ("problem_type", "ocr", 1),
        ("stage", "planning", 1),
    ]
    assert (found.scored, found.moved, found.quadrants_changed, found.unscored) == (2, 2, 2, 0)
    assert {move.key for move in found.moves} == {first.key, "LAB-2"}
    assert found.moves[0].quadrant_before == "Do first"
    assert (portfolios.get_portfolio(own, SLUG), exports.export_document(own, SLUG).projects) == before


def test_done_it_is_what_was_foretold_and_rebuilding_changes_nothing(own: Workspace) -> None:
    project = add_scored(own, "First", 4)
    binned = add_scored(own, "In the bin", 4)
    projects.delete_project(own, binned.key)
    draft = MigrationDraft(playbook="rice", criteria={"product_need": "impact"}, reason="The board decided")
    foretold = preview_migration(own, SLUG, draft)
    before = portfolios.get_portfolio(own, SLUG)
    done = migrate_portfolio(own, SLUG, draft, before.revision)
    assert done == foretold.model_copy(update={"applied": True})
    after = portfolios.get_portfolio(own, SLUG)
    assert (after.playbook, after.playbook_version, after.revision) == ("rice", 1, before.revision + 1)
    now = projects.get_project(own, project.key)
    assert (now.standing.answered, now.standing.of, now.standing.quadrant) == (1, 4, "ship_it")
    assert now.standing.priority == foretold.moves[0].after
    assert now.version > project.version
    assert maintenance.rebuild(own) == 0
    event = next(e for e in history.list_portfolio_events(own, SLUG, 10) if e.project is None)
    assert [(c.field, c.old, c.new) for c in event.changes] == [
        ("playbook", "fsdl", "rice"),
        ("reason", None, "The board decided"),
    ]
    projects.restore_project(own, binned.key)
    assert projects.get_project(own, binned.key).standing == now.standing


def test_a_mapped_answer_is_a_new_fact_of_the_same_assessor_that_leaves_the_same_belief(own: Workspace) -> None:
    key = add_project(own).key
    said = {"product_need": AnswerDraft(level=4, confidence="informed", rationale="Asked them", evidence="notes")}
    scoring.record_answers(own, key, "Jan", said)
    scoring.record_answers(own, key, "Jan", levels(data_availability=2))
    migrate_portfolio(own, SLUG, MigrationDraft(playbook="rice", criteria={"product_need": "impact"}))
    told = {a.criterion: a for a in scoring.list_answers(own, key)}
    assert set(told) == {"product_need", "data_availability", "impact"}
    repeated = told["impact"]
    assert (repeated.assessor, repeated.recorded_by, repeated.rationale) == ("Jan", "Mara", "Asked them")
    assert (repeated.level, repeated.low, repeated.high, repeated.confidence) == (4, 3, 5, None)
    assert (repeated.playbook, repeated.playbook_version) == ("rice", 1)
    assert projects.get_project(own, key).standing.answered == 1
    again = migrate_portfolio(own, SLUG, MigrationDraft(playbook="fsdl"))
    assert (again.answers.kept, again.answers.lost) == (2, 1)
    assert projects.get_project(own, key).standing.answered == 2


@pytest.mark.parametrize("name", NAMES)
def test_going_back_gives_every_standing_back(own: Workspace, name: str) -> None:
    for number, level in enumerate((1, 3, 5)):
        add_scored(own, f"Project {number}", level)
    before = [(p.key, p.standing) for p in projects.list_projects(own, SLUG, Filters(), 50, None).items]
    migrate_portfolio(own, SLUG, MigrationDraft(playbook=name))
    assert [p.standing.answered for p in projects.list_projects(own, SLUG, Filters(), 50, None).items] == [0, 0, 0]
    migrate_portfolio(own, SLUG, MigrationDraft(playbook="fsdl"))
    assert [(p.key, p.standing) for p in projects.list_projects(own, SLUG, Filters(), 50, None).items] == before


def test_the_past_is_that_of_the_playbook_of_its_time(own: Workspace) -> None:
    key = add_scored(own, "First", 5).key
    then, at = projects.get_project(own, key).standing, own.clock()
    migrate_portfolio(own, SLUG, RICE)
    assert scoring.get_standing(own, key, at.isoformat()) == then
    found = changes.get_changes(own, SLUG, at.isoformat())
    assert [c.field for update in found.updates for c in update.settings] == ["playbook"]


def test_projects_are_put_into_the_stage_that_means_the_same_and_others_keep_theirs(own: Workspace) -> None:
    moved, kept = add_project(own, "Moved", stage="training").key, add_project(own, "Kept", stage="data").key
    done = migrate_portfolio(own, SLUG, MigrationDraft(playbook="rice", stages={"training": "build"}))
    assert done.restaged == 1
    assert [projects.get_project(own, key).stage for key in (moved, kept)] == ["build", "data"]
    last = lifecycle.list_transitions(own, moved)[-1]
    assert (last.start, last.to, last.kind) == ("training", "build", "placed")
    board = lifecycle.get_board(own, SLUG, Filters())
    assert [(column.stage, column.count) for column in board.columns] == [
        ("discovery", 0),
        ("build", 1),
        ("launch", 0),
        ("data", 1),
        (None, 0),
    ]
    assert [p.key for p in projects.list_projects(own, SLUG, Filters(stage="data"), 9, None).items] == [kept]
    with pytest.raises(Invalid):
        projects.list_projects(own, SLUG, Filters(stage="deployment"), 9, None)
    assert projects.list_projects(own, SLUG, Filters(stage=NOT_STATED), 9, None).total == 0
    assert {move.kind for move in lifecycle.list_moves(own, kept)} == {"placed"}
    assert lifecycle.move_project(own, kept, TransitionDraft(to="launch")).start == "data"


def test_weights_that_do_not_fit_go_and_those_that_do_stay(any_ws: Workspace) -> None:
    ws = replace(any_ws, playbooks=Playbooks([*shelf().list(), newer(name="Second")]))
    add_portfolio(ws, playbook="fsdl", playbook_version=1)
    own = {"data_availability": 3.0, "accuracy_requirement": 1.0, "problem_difficulty": 1.0}
    portfolios.update_portfolio(ws, SLUG, PortfolioPatch(weights=own))
    assert migrate_portfolio(ws, SLUG, MigrationDraft(playbook="fsdl", playbook_version=2)).weights_dropped == {}
    assert portfolios.get_portfolio(ws, SLUG).weights == own
    assert migrate_portfolio(ws, SLUG, RICE).weights_dropped == own
    assert portfolios.get_portfolio(ws, SLUG).weights is None


def test_a_new_version_tells_which_answers_may_mean_something_else(any_ws: Workspace) -> None:
    data = fsdl().model_dump(mode="json")
    data["impact"]["criteria"][0]["question"] = "How much cheaper?"
    ws = replace(
        any_ws, playbooks=Playbooks([fsdl(), newer(impact=data["impact"], confidences=data["confidences"][:1])])
    )
    add_portfolio(ws, playbook_version=1)
    key = add_scored(ws, "First", 5).key
    scoring.record_answers(ws, key, "Jan", {"data_availability": AnswerDraft(level=2, confidence="guess")})
    found = preview_migration(ws, SLUG, MigrationDraft(playbook="fsdl"))
    assert found.difference.new.version == 2
    assert found.answers.model_dump() == {"kept": 7, "reworded": 1, "mapped": 0, "lost": 0, "unsure": 1}


def test_what_cannot_be_is_refused_with_its_cure(own: Workspace) -> None:
    for draft, field, told in (
        (MigrationDraft(playbook="rise"), "playbook", "There is no playbook 'rise'"),
        (MigrationDraft(playbook="rice", playbook_version=7), "playbook", "There is no version 7"),
        (
            MigrationDraft(playbook="rice", criteria={"need": "reach"}),
            "criteria.need",
            "is none of now; those of now: ",
        ),
        (MigrationDraft(playbook="rice", criteria={"product_need": "x"}), "criteria.product_need", "'x' is not in the"),
        (
            MigrationDraft(playbook="rice", stages={"planning": "build", "data": "build"}),
            "stages.planning",
            "'build' is mapped to twice",
        ),
    ):
        with pytest.raises(Invalid) as caught:
            preview_migration(own, SLUG, draft)
        assert caught.value.errors[0].field == field
        assert caught.value.errors[0].message.startswith(told)
    with pytest.raises(Stale):
        migrate_portfolio(own, SLUG, RICE, 99)
    assert portfolios.get_portfolio(own, SLUG).playbook == "fsdl"


def test_a_project_that_would_have_no_value_stops_it(any_ws: Workspace) -> None:
    data = fsdl().model_dump(mode="json")["impact"]
    data["criteria"] = data["criteria"][:1]
    kinds = [{**kind.model_dump(mode="json"), "wordings": {}} for kind in fsdl().archetypes]
    without: dict[str, Any] = {"field_notes": [], "field_note_references": [], "levers": [], "flywheel": None}
    without |= {"techniques": [], "advice_rules": [], "advice_constraints": []}
    ws = replace(any_ws, playbooks=Playbooks([fsdl(), newer(impact=data, archetypes=kinds, **without)]))
    add_portfolio(ws, playbook_version=1)
    key = add_project(ws).key
    scoring.record_answers(ws, key, "Mara", {"cheap_prediction": AnswerDraft(not_applicable=True)})
    with pytest.raises(Conflict, match=f"Of {key} no criterion of a dimension of 'fsdl' would apply"):
        migrate_portfolio(ws, SLUG, MigrationDraft(playbook="fsdl", playbook_version=2))


def test_a_project_with_a_word_of_the_playbook_before_can_be_changed(own: Workspace) -> None:
    key = add_scored(own, "First", 5, archetype="autonomous", problem_type="tabular").key
    migrate_portfolio(own, SLUG, MigrationDraft(playbook="rice"))
    assert projects.update_project(own, key, ProjectPatch(owner="Jo"), None).owner == "Jo"
    with pytest.raises(Invalid):
        projects.update_project(own, key, ProjectPatch(archetype="human_in_the_loop"), None)


def test_a_portfolio_that_went_over_is_exported_and_imported_without_loss(own: Workspace) -> None:
    key = add_scored(own, "First", 5, stage="planning").key
    migrate_portfolio(own, SLUG, MigrationDraft(playbook="rice", criteria={"product_need": "impact"}))
    lifecycle.move_project(own, key, TransitionDraft(to="build"))
    document = exports.export_document(own, SLUG)
    whole = type(document).model_validate_json(document.model_dump_json())
    exports.import_document(own, whole, "again")
    again = exports.export_document(own, "again")
    assert [p.model_dump(exclude={"key"}) for p in again.projects] == [
        p.model_dump(exclude={"key"}) for p in document.projects
    ]
    assert maintenance.rebuild(own) == 0
    strange = whole.model_dump(mode="json")
    strange["projects"][0]["answers"][0]["criterion"] = "nobody_asked"
    with pytest.raises(Invalid, match="does not fit"):
        exports.import_document(own, type(document).model_validate(strange), "strange")


def test_a_playbook_that_was_taken_away_is_told_and_others_keep_working(own: Workspace) -> None:
    add_portfolio(own, "other", playbook="rice", key_prefix="OTH")
    key = add_project(own, "Theirs", slug="other").key
    without = replace(own, playbooks=Playbooks.shipped())
    with pytest.raises(
        NotFound, match=r"'other' follows version 1 of the playbook 'rice', which is not here.*PLANNER_PLAYBOOKS"
    ):
        scoring.get_standing(without, key)
    assert [portfolio.slug for portfolio in portfolios.list_portfolios(without)] == ["lab", "other"]
    assert projects.list_projects(without, SLUG, Filters(), 9, None).total == 0
    assert any("PLANNER_PLAYBOOKS" in problem for problem in maintenance.check(without))


def test_a_sizing_by_ids_of_an_earlier_playbook_is_answered_as_far_as_they_are_known(own: Workspace) -> None:
    add_project(own)
    facts = fsdl().sizing
    assert facts is not None
    gone, *rest = facts.gpus
    without = newer(sizing=facts.model_copy(update={"gpus": tuple(rest), "presets": ()}).model_dump(mode="json"))
    ws = replace(own, playbooks=Playbooks([fsdl(), without]))
    sizing.record_sizing(ws, "LAB-1", SizingDraft(parameters=1e9, gpu=gone.id))
    migrate_portfolio(ws, SLUG, MigrationDraft(playbook="fsdl", playbook_version=2))
    answer = sizing.get_sizing(ws, "LAB-1").answer
    assert answer is not None
    assert (answer.inputs.gpu, answer.inputs.parameters, len(answer.gpus)) == (None, 1e9, len(rest))
    assert b"Sizing" in reports.render_project_report(ws, "LAB-1", "md")
    copied = exports.import_document(ws, exports.export_document(ws, SLUG), "copy")
    (project,) = exports.export_document(ws, copied.slug).projects
    assert project.sizings[0].inputs.gpu == gone.id
