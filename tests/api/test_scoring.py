from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from planner.domain.scoring import Answer, Standing
from tests.api.reading import API, LAB, PROJECT, fields, good, problem
from tests.support.factories import fsdl

MARA = f"{PROJECT}/answers/Mara"
ALL = [criterion.id for criterion in fsdl().criteria]


def say(client: TestClient, answers: dict[str, Any], assessor: str = "Mara", status: int = 200) -> Any:
    return good(client.put(f"{PROJECT}/answers/{assessor}", json={"answers": answers}), status)


def test_a_project_that_nobody_has_scored_lies_at_the_centre_in_no_quadrant(lab: TestClient) -> None:
    standing = good(lab.get(f"{PROJECT}/standing"))
    assert (standing["quadrant"], standing["quadrant_probability"]) == (None, None)
    assert (standing["answered"], standing["of"]) == (0, 7)
    assert standing["impact"]["expected"] == pytest.approx(2.96, abs=0.01)
    assert standing["feasibility"]["expected"] == 3.0


def test_answers_move_the_standing_everywhere_it_is_shown(lab: TestClient) -> None:
    moved = say(lab, {criterion: {"level": 5, "confidence": "measured"} for criterion in ALL})
    assert moved["priority"] == {"expected": 5.0, "low": 5.0, "high": 5.0}
    assert (moved["quadrant"], moved["quadrant_probability"], moved["answered"]) == ("do_first", 1.0, 7)
    assert good(lab.get(f"{PROJECT}/standing")) == moved
    assert good(lab.get(PROJECT))["standing"] == moved
    assert good(lab.get(f"{LAB}/projects"))["items"][0]["standing"] == moved
    Standing.model_validate(moved)


def test_an_answer_is_kept_as_it_was_given(lab: TestClient) -> None:
    said = {
        "level": 4,
        "low": 3,
        "high": 5,
        "confidence": "informed",
        "rationale": "Three years of contracts <script>",
        "evidence": "https://example.org/data",
    }
    say(lab, {"data_availability": said, "ml_strength": {"not_applicable": True}})
    kept = {item["criterion"]: item for item in good(lab.get(f"{PROJECT}/answers"))["items"]}
    assert kept["data_availability"].items() >= said.items()
    assert kept["ml_strength"]["not_applicable"] is True
    for item in kept.values():
        answer = Answer.model_validate(item)
        assert (answer.assessor, answer.recorded_by, answer.playbook_version) == ("Mara", "Mara", 1)


def test_criteria_that_are_not_named_stay_and_null_withdraws(lab: TestClient) -> None:
    say(lab, {"data_availability": {"level": 5}, "problem_difficulty": {"level": 2}})
    assert say(lab, {"problem_difficulty": {"level": 3}})["answered"] == 2
    assert say(lab, {"data_availability": None})["answered"] == 1
    current = good(lab.get(f"{PROJECT}/answers"))["items"]
    assert [(item["criterion"], item["level"]) for item in current] == [("problem_difficulty", 3)]
    history = good(lab.get(f"{PROJECT}/answers?history=1"))["items"]
    assert [(item["level"], item["withdrawn"]) for item in history] == [
        (5, False),
        (2, False),
        (3, False),
        (None, True),
    ]
    assert say(lab, {"problem_difficulty": None})["quadrant"] is None


def test_assessors_who_disagree_make_the_interval_wider(lab: TestClient) -> None:
    alone = say(lab, {"data_availability": {"level": 5, "confidence": "measured"}})
    both = say(lab, {"data_availability": {"level": 1, "confidence": "measured"}}, "Jo%20%C3%96z")
    assert both["answered"] == 1
    assert both["feasibility"]["expected"] < alone["feasibility"]["expected"]
    assert both["feasibility"]["high"] - both["feasibility"]["low"] > (
        alone["feasibility"]["high"] - alone["feasibility"]["low"]
    )
    assert {item["assessor"] for item in good(lab.get(f"{PROJECT}/answers"))["items"]} == {"Mara", "Jo Öz"}


def test_saying_the_same_again_records_nothing(lab: TestClient) -> None:
    say(lab, {"data_availability": {"level": 4}})
    etag = lab.get(PROJECT).headers["etag"]
    say(lab, {"data_availability": {"level": 4}})
    assert lab.get(PROJECT).headers["etag"] == etag
    assert len(good(lab.get(f"{PROJECT}/answers?history=true"))["items"]) == 1


def test_answers_can_ask_for_the_version_they_were_made_on(lab: TestClient) -> None:
    body = {"answers": {"data_availability": {"level": 4}}}
    etag = lab.get(PROJECT).headers["etag"]
    good(lab.put(MARA, json=body, headers={"if-match": etag}))
    other = {"answers": {"data_availability": {"level": 1}}}
    assert "read it again" in problem(lab.put(MARA, json=other, headers={"if-match": etag}), 412).detail
    assert good(lab.get(f"{PROJECT}/answers"))["items"][0]["level"] == 4
    good(lab.put(MARA, json=other, headers={"if-match": "*"}))


@pytest.mark.parametrize("path", ["answers", "standing"])
def test_an_unchanged_project_answers_304(lab: TestClient, path: str) -> None:
    etag = lab.get(f"{PROJECT}/{path}").headers["etag"]
    again = lab.get(f"{PROJECT}/{path}", headers={"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    say(lab, {"data_availability": {"level": 4}})
    assert lab.get(f"{PROJECT}/{path}", headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"level": 0}, "answers.data_availability.level"),
        ({"level": 6}, "answers.data_availability.level"),
        ({"level": 3.5}, "answers.data_availability.level"),
        ({"level": True}, "answers.data_availability.level"),
        ({"level": [3]}, "answers.data_availability.level"),
        ({"level": 10**400}, "answers.data_availability.level"),
        ({"level": 3, "low": 4}, "answers.data_availability"),
        ({"level": 3, "high": 2}, "answers.data_availability"),
        ({"level": 3, "not_applicable": True}, "answers.data_availability"),
        ({}, "answers.data_availability"),
        ({"level": 3, "confidence": "sure"}, "answers.data_availability.confidence"),
        ({"level": 3, "rationale": "x" * 20_001}, "answers.data_availability.rationale"),
        ({"level": 3, "rationale": "nul\x00"}, "answers.data_availability.rationale"),
        ({"level": 3, "weight": 2}, "answers.data_availability.weight"),
        ("four", "answers.data_availability"),
    ],
)
def test_a_wrong_answer_is_named_and_none_is_recorded(lab: TestClient, answer: object, field: str) -> None:
    body = {"answers": {"problem_difficulty": {"level": 3}, "data_availability": answer}}
    assert fields(lab.put(MARA, json=body)) == [field]
    assert good(lab.get(f"{PROJECT}/answers?history=1"))["items"] == []


def test_every_unknown_criterion_is_named_with_those_there_are(lab: TestClient) -> None:
    found = problem(lab.put(MARA, json={"answers": {"luck": {"level": 5}, "money": {"level": 5}}}), 422)
    assert [error.field for error in found.errors] == ["answers.luck", "answers.money"]
    assert "data_availability" in found.errors[0].message


@pytest.mark.parametrize("body", [{}, {"answers": {}}, {"answers": None}, {"answers": []}, {"levels": {}}, [], None])
def test_something_must_be_answered(lab: TestClient, body: object) -> None:
    problem(lab.put(MARA, json=body), 422)


def test_the_last_criterion_of_a_dimension_must_apply(lab: TestClient) -> None:
    feasibility = [criterion.id for criterion in fsdl().feasibility.criteria]
    say(lab, {criterion: {"not_applicable": True} for criterion in feasibility[1:]})
    found = problem(lab.put(MARA, json={"answers": {feasibility[0]: {"not_applicable": True}}}), 422)
    assert found.errors
    assert len(good(lab.get(f"{PROJECT}/answers"))["items"]) == len(feasibility) - 1


@pytest.mark.parametrize("assessor", ["%20", "%00", "%0A", "x" * 121])
def test_an_assessor_has_a_name(lab: TestClient, assessor: str) -> None:
    body = {"answers": {"data_availability": {"level": 3}}}
    assert fields(lab.put(f"{PROJECT}/answers/{assessor}", json=body)) == ["assessor"]


def test_unknown_projects_have_no_answers(lab: TestClient) -> None:
    body = {"answers": {"data_availability": {"level": 3}}}
    for response in (
        lab.get(f"{API}/projects/LAB-9/answers"),
        lab.get(f"{API}/projects/LAB-9/standing"),
        lab.put(f"{API}/projects/LAB-9/answers/Mara", json=body),
    ):
        assert "LAB-9" in problem(response, 404).detail
    lab.delete(PROJECT)
    assert "restore" in problem(lab.put(MARA, json=body), 404).detail
