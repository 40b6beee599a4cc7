"""What changed between two moments, through the services on both databases."""

from __future__ import annotations

import pytest

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.history import FieldChange
from planner.domain.portfolios import PortfolioPatch
from planner.domain.scoring import AnswerDraft
from planner.domain.snapshots import SnapshotDraft
from planner.services import as_of, changes, history, imports, portfolios, projects, scoring, snapshots
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, add_scored, levels


def mark(ws: Workspace, name: str) -> str:
    return snapshots.create_snapshot(ws, SLUG, SnapshotDraft(name=name)).name


def test_answers_settings_and_others_are_named_behind_each_move(any_ws: Workspace) -> None:
    add_portfolio(any_ws, capacity=1)
    one, two = add_scored(any_ws, "One", 4).key, add_scored(any_ws, "Two", 3).key
    mark(any_ws, "before")
    said = AnswerDraft(level=5, confidence="measured", rationale="Counted.")
    scoring.record_answers(
        any_ws.as_actor("Ben"), two, "Mara", dict.fromkeys(("product_need", "data_availability"), said)
    )
    scoring.record_answers(any_ws, two, "Mara", levels(accuracy_requirement=5, problem_difficulty=5))
    found = changes.get_changes(any_ws, SLUG, "before")
    assert (found.since.snapshot, found.until.at, found.moved, found.entered, found.left) == ("before", None, 2, 1, 1)
    own, led = sorted(found.items, key=lambda change: change.by_others)
    assert (own.key, own.rank_then, own.rank_now, own.top) == (two, 2, 1, "entered")
    assert [
        (c.by, c.answer.criterion, c.answer.old_level, c.answer.new_level, c.answer.rationale)
        for c in own.causes
        if c.answer
    ][:2] == [("Ben", "product_need", 3, 5, "Counted."), ("Ben", "data_availability", 3, 5, "Counted.")]
    assert (led.key, led.causes, led.overtaken_by.first[0].key, led.overtaken_by.first[0].why) == (one, (), two, "rose")
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(priority_impact_share=0.75, capacity=2))
    found = changes.get_changes(any_ws, SLUG, "before")
    assert [set(update.settings) for update in found.updates] == [
        {
            FieldChange(field="priority_impact_share", old=None, new="0.75"),
            FieldChange(field="capacity", old="1", new="2"),
        }
    ]
    assert (found.top_then, found.top_now) == (1, 2)
    setting = next(change for change in found.items if change.key == two).causes[-1]
    assert (setting.kind, setting.by) == ("setting", "Mara")
    assert setting.effect is not None
    assert setting.effect < 0


def test_weights_are_told_by_the_names_of_the_criteria(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    add_scored(any_ws, "One", 4)
    mark(any_ws, "before")
    weights = {"data_availability": 0.5, "accuracy_requirement": 0.25, "problem_difficulty": 0.25}
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(weights=weights))
    (update,) = changes.get_changes(any_ws, SLUG, "before").updates
    named = "Data availability: 0.5, Accuracy requirement: 0.25, Problem difficulty: 0.25"
    assert update.settings == (FieldChange(field="weights", old=None, new=named),)


def test_a_capacity_alone_is_an_update_and_no_cause(any_ws: Workspace) -> None:
    add_portfolio(any_ws, capacity=1)
    add_scored(any_ws, "One", 4)
    add_scored(any_ws, "Two", 3)
    mark(any_ws, "before")
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(capacity=2))
    found = changes.get_changes(any_ws, SLUG, "before")
    assert [(change.key, change.top, change.causes) for change in found.items] == [("LAB-2", "entered", ())]


def test_the_bin_and_the_way_back_are_told(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    key = add_scored(any_ws, "One", 4).key
    mark(any_ws, "before")
    projects.delete_project(any_ws, key)
    mark(any_ws, "away")
    projects.restore_project(any_ws, key)
    told = [
        [
            (change.presence, change.rank_then, change.rank_now)
            for change in changes.get_changes(any_ws, SLUG, *two).items
        ]
        for two in (("before", "away"), ("away", None), ("before", None))
    ]
    assert told == [[("binned", 1, None)], [("restored", None, 1)], []]


def test_an_import_is_named_with_what_it_added(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    mark(any_ws, "before")
    imports.import_file(any_ws, SLUG, b"name\nOne\nTwo\n", "plan.csv", None)
    found = changes.get_changes(any_ws, SLUG, "before")
    assert [(file.by, file.created, file.updated) for file in found.imports] == [("Mara", 2, 0)]
    assert (found.created, found.total, found.first_scored) == (2, 2, 0)


def test_without_a_beginning_it_is_the_latest_snapshot_or_thirty_days_before_the_last_change(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    assert changes.get_changes(any_ws, SLUG).since.words == "4 Apr 2026"
    mark(any_ws, "one")
    assert changes.get_changes(any_ws, SLUG).since.words == "4 Apr 2026"  # nothing has changed since the mark
    add_project(any_ws)
    assert changes.get_changes(any_ws, SLUG).since.snapshot == "one"
    assert changes.get_changes(any_ws, SLUG, until="one").since.words == "4 Apr 2026"


def test_moments_in_the_wrong_order_or_of_no_kind_are_refused_by_name(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    mark(any_ws, "one")
    for since, until, field in (
        ("one", "2026-01-01", "since"),
        ("2027-01-01", None, "since"),
        (None, "soon", "until"),
        ("7", None, "since"),
    ):
        with pytest.raises(Invalid) as caught:
            changes.get_changes(any_ws, SLUG, since, until)
        assert [error.field for error in caught.value.errors] == [field]
    with pytest.raises(NotFound):
        changes.get_changes(any_ws, "none")


def test_now_does_not_defeat_what_is_kept(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    add_portfolio(ws)
    add_scored(ws, "One", 4)
    first = changes.get_changes(ws, SLUG, "2026-05-03")
    monkeypatch.delattr(changes, "load_facts")
    again = changes.get_changes(ws, SLUG, "2026-05-03", ws.clock().isoformat())
    assert again.items is first.items


def test_a_snapshot_is_a_name_whose_number_is_not_used_again(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    one = snapshots.create_snapshot(any_ws, SLUG, SnapshotDraft(name="Board", note="So."))
    assert (one.number, one.revision, one.recorded_by) == (1, portfolios.get_revision(any_ws, SLUG), "Mara")
    with pytest.raises(Conflict, match="already"):
        mark(any_ws, "Board")
    early = snapshots.create_snapshot(any_ws, SLUG, SnapshotDraft(name="Early", at=one.at))
    assert (early.number, early.revision, early.at) == (2, None, one.at)
    snapshots.delete_snapshot(any_ws, SLUG, 2)
    with pytest.raises(NotFound):
        snapshots.delete_snapshot(any_ws, SLUG, 2)
    assert snapshots.create_snapshot(any_ws, SLUG, SnapshotDraft(name="Early")).number == 3
    assert [s.number for s in snapshots.list_snapshots(any_ws, SLUG)] == [3, 1]
    actions = [event.action for event in history.list_portfolio_events(any_ws, SLUG, 3)]
    assert actions == ["snapshot.created", "snapshot.deleted", "snapshot.created"]


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"])
def test_a_snapshot_of_no_moment_of_the_portfolio_is_refused(any_ws: Workspace, at: str) -> None:
    add_portfolio(any_ws)
    with pytest.raises(Invalid) as caught:
        snapshots.create_snapshot(any_ws, SLUG, SnapshotDraft.model_validate({"name": "x", "at": at}))
    assert [error.field for error in caught.value.errors] == ["at"]


@pytest.mark.parametrize("name", ["7", "2026-05-01", "2026-05-01T12:00:00Z", "20260501", " ", ""])
def test_a_name_that_could_be_a_moment_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        SnapshotDraft(name=name)


def test_the_course_of_a_project_ends_at_its_standing(any_ws: Workspace) -> None:
    add_portfolio(any_ws)
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(priority_impact_share=0.1))
    key = add_scored(any_ws, "One", 4).key
    scoring.record_answers(any_ws.as_actor("Ben"), key, "Ben", levels(product_need=1))
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(capacity=3))
    portfolios.update_portfolio(any_ws, SLUG, PortfolioPatch(priority_impact_share=0.9))
    course = as_of.get_course(any_ws, key)
    assert [(point.by, len(point.answers), len(point.settings)) for point in course] == [
        (None, 0, 0),
        ("Mara", 7, 0),
        ("Ben", 1, 0),
        ("Mara", 0, 1),
    ]
    assert course[-1].standing == scoring.get_standing(any_ws, key)
    for point in course:
        assert point.standing == scoring.get_standing(any_ws, key, point.at.isoformat())
