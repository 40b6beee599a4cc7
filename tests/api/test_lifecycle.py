from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from planner.domain.lifecycle import Board, Move, TaskLine, Transition
from tests.api.reading import API, LAB, PROJECT, fields, good, problem
from tests.support.factories import fsdl

TRANSITIONS, TASKS = f"{PROJECT}/transitions", f"{PROJECT}/tasks"
STAGES = [stage.id for stage in fsdl().stages]


def move(client: TestClient, to: str, **said: str) -> Any:
    return good(client.post(TRANSITIONS, json={"to": to, **said}), 201)


def possible(client: TestClient) -> dict[str, Any]:
    return {entry["to"]: entry for entry in good(client.get(TRANSITIONS))["possible"]}


def test_a_project_without_a_stage_can_be_placed_in_any(lab: TestClient) -> None:
    assert {to: entry["kind"] for to, entry in possible(lab).items()} == dict.fromkeys(STAGES, "placed")
    placed = Transition.model_validate(move(lab, "data"))
    assert (placed.start, placed.to, placed.kind, placed.recorded_by) == (None, "data", "placed", "Mara")
    assert good(lab.get(PROJECT))["stage"] == "data"
    assert set(possible(lab)) == {"training", "planning"}


def test_moving_on_past_an_open_gate_needs_a_note_which_is_kept_with_the_open_points(lab: TestClient) -> None:
    move(lab, "planning")
    gate = Move.model_validate(possible(lab)["data"]).open_points
    assert gate
    found = problem(lab.post(TRANSITIONS, json={"to": "data"}), 422)
    assert [error.field for error in found.errors] == ["note"]
    assert gate[0] in found.errors[0].message
    assert good(lab.get(PROJECT))["stage"] == "planning"
    moved = move(lab, "data", note="The data team has time only now.")
    assert (moved["kind"], moved["open_points"]) == ("forward", list(gate))


def test_moving_back_needs_a_reason_of_the_playbook(lab: TestClient) -> None:
    move(lab, "data")
    reasons = [code for code, _ in possible(lab)["planning"]["reasons"]]
    for reason in (None, "bored", ""):
        found = problem(lab.post(TRANSITIONS, json={"to": "planning", "reason": reason}), 422)
        assert [error.field for error in found.errors] == ["reason"]
        assert all(code in found.errors[0].message for code in reasons)
    moved = move(lab, "planning", reason=reasons[0])
    assert (moved["kind"], moved["reason"]) == ("back", reasons[0])
    kept = good(lab.get(TRANSITIONS))["items"]
    assert [(item["start"], item["to"]) for item in kept] == [(None, "data"), ("data", "planning")]


def test_a_move_on_takes_no_reason_code(lab: TestClient) -> None:
    move(lab, "planning")
    assert fields(lab.post(TRANSITIONS, json={"to": "data", "reason": "easier_task", "note": "x"})) == ["reason"]


def test_moves_that_the_playbook_does_not_know_are_conflicts(lab: TestClient) -> None:
    move(lab, "planning")
    assert "data" in problem(lab.post(TRANSITIONS, json={"to": "deployment"}), 409).detail
    assert "already" in problem(lab.post(TRANSITIONS, json={"to": "planning"}), 409).detail


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "to"),
        ({"to": None}, "to"),
        ({"to": ["data"]}, "to"),
        ({"to": "heaven"}, "to"),
        ({"to": "data\x00"}, "to"),
        ({"to": "data", "note": "x" * 20_001}, "note"),
        ({"to": "data", "why": "x"}, "why"),
        ([], ""),
    ],
)
def test_a_wrong_move_is_refused_by_field(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.post(TRANSITIONS, json=body)) == [field]
    assert good(lab.get(PROJECT))["stage"] is None


def test_a_task_is_ticked_and_unticked_with_a_note(lab: TestClient) -> None:
    url = f"{TASKS}/state_problem"
    ticked = TaskLine.model_validate(good(lab.patch(url, json={"done": True, "note": "In the brief."})))
    assert (ticked.done, ticked.note, ticked.recorded_by) == (True, "In the brief.", "Mara")
    lines = {line["task"]: line for line in good(lab.get(TASKS))["items"]}
    assert TaskLine.model_validate(lines["state_problem"]) == ticked
    assert lines["question_need"]["done"] is False
    assert good(lab.patch(url, json={"done": False}))["done"] is False


def test_every_point_of_the_playbook_is_listed_in_order(lab: TestClient) -> None:
    lines = good(lab.get(TASKS))["items"]
    known = [point.id for stage in fsdl().stages for point in (*stage.tasks, *stage.exit_criteria)]
    assert [line["task"] for line in lines] == known


def test_the_data_decide_a_computed_point(lab: TestClient) -> None:
    found = problem(lab.patch(f"{TASKS}/owner_named", json={"done": True}), 409)
    assert "no owner is named" in found.detail
    lab.patch(PROJECT, json={"owner": "Jo"}, headers={"if-match": "*"})
    line = next(line for line in good(lab.get(TASKS))["items"] if line["task"] == "owner_named")
    assert (line["computed"], line["done"], line["why"]) == (True, True, "Jo")


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "done"), ({"done": None}, "done"), ({"done": "perhaps"}, "done"), ({"done": True, "by": "Jo"}, "by")],
)
def test_a_wrong_tick_is_refused_by_field(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.patch(f"{TASKS}/state_problem", json=body)) == [field]


def test_a_tick_can_ask_for_the_version_it_was_made_on(lab: TestClient) -> None:
    etag = lab.get(PROJECT).headers["etag"]
    good(lab.patch(f"{TASKS}/state_problem", json={"done": True}, headers={"if-match": etag}))
    problem(lab.patch(f"{TASKS}/question_need", json={"done": True}, headers={"if-match": etag}), 412)


@pytest.mark.parametrize("path", ["transitions", "tasks"])
def test_an_unchanged_project_answers_304(lab: TestClient, path: str) -> None:
    etag = lab.get(f"{PROJECT}/{path}").headers["etag"]
    assert lab.get(f"{PROJECT}/{path}", headers={"if-none-match": etag}).status_code == 304
    move(lab, "data")
    assert lab.get(f"{PROJECT}/{path}", headers={"if-none-match": etag}).status_code == 200


def test_the_board_shows_each_stage_and_the_projects_without_one(example_client: TestClient) -> None:
    url = f"{API}/portfolios/example/board"
    board = Board.model_validate(good(example_client.get(url)))
    assert [column.stage for column in board.columns] == [*STAGES, None]
    assert sum(column.count for column in board.columns) == 24
    for column in board.columns:
        assert {project.stage for project in column.projects} <= {column.stage}
    active = Board.model_validate(good(example_client.get(f"{url}?status=active")))
    assert {project.status for column in active.columns for project in column.projects} == {"active"}
    assert fields(example_client.get(f"{url}?sort=luck")) == ["sort"]


def test_what_is_not_there_is_404(lab: TestClient) -> None:
    other = f"{API}/projects/LAB-9"
    problem(lab.get(f"{other}/transitions"), 404)
    problem(lab.post(f"{other}/transitions", json={"to": "data"}), 404)
    problem(lab.get(f"{other}/tasks"), 404)
    problem(lab.patch(f"{other}/tasks/state_problem", json={"done": True}), 404)
    assert "party" in problem(lab.patch(f"{TASKS}/party", json={"done": True}), 404).detail
    problem(lab.get(f"{API}/portfolios/none/board"), 404)
    assert good(lab.get(f"{LAB}/board"))["columns"]
