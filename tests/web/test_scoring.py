from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, error, part, read, value, words

SCORE = "/projects/EX-24/score"


def answers(client: TestClient, ref: str = "EX-24") -> dict[str, dict[str, object]]:
    items = client.get(f"/api/v1/projects/{ref}/answers").json()["items"]
    return {item["criterion"]: item for item in items if item["assessor"] == "Mara"}


def test_the_form_asks_every_question_in_words(example_client: TestClient) -> None:
    root = read(example_client.get(SCORE))
    questions = [f for f in root.iter("fieldset") if "question" in (f.get("class") or "").split()]
    assert len(questions) == 7
    for question in questions:
        assert words(question.find("legend")).endswith("?")
        levels = [i.get("value") for i in question.iter("input") if (i.get("name") or "").endswith(".level")]
        assert levels == ["1", "2", "3", "4", "5", "na", ""]
    assert value(root, "assessor") == "Mara"
    assert value(root, "data_availability.level") == ""
    assert value(root, "data_availability.confidence") == ""  # nobody said how sure it is


def test_answers_are_saved_and_shown_again(example_client: TestClient) -> None:
    typed = {
        "assessor": "Mara",
        "data_availability.level": "4",
        "data_availability.confidence": "informed",
        "data_availability.low": "2",
        "data_availability.rationale": "Counted\r\nlast year <b>",
        "data_availability.evidence": "https://example.org/x",
        "ml_strength.level": "na",
        "ml_strength.low": "",
        "cheap_prediction.level": "",
        "cheap_prediction.confidence": "guess",
    }
    answer = example_client.post(SCORE, data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, SCORE)
    stored = answers(example_client)
    assert set(stored) == {"data_availability", "ml_strength"}
    data = stored["data_availability"]
    assert (data["level"], data["low"], data["high"], data["confidence"]) == (4, 2, None, "informed")
    assert data["rationale"] == "Counted\nlast year <b>"
    root = read(example_client.get(SCORE))
    assert value(root, "data_availability.level") == "4"
    assert value(root, "data_availability.low") == "2"
    assert value(root, "data_availability.confidence") == "informed"
    assert value(root, "ml_strength.level") == "na"
    assert "2 of 7 answered" in words(by_id(root, "standing"))


def test_sending_the_form_back_unchanged_records_nothing(example_client: TestClient) -> None:
    example_client.post(SCORE, data={"data_availability.level": "4", "assessor": "Mara"})
    events = example_client.get("/api/v1/projects/EX-24/history").json()
    root = read(example_client.get(SCORE))
    names = {e.get("name") or "" for e in root.iter() if e.tag in ("input", "select", "textarea")}
    form = {name: value(root, name) for name in names if name == "assessor" or "." in name}
    assert example_client.post(SCORE, data=form).status_code == 303
    assert example_client.get("/api/v1/projects/EX-24/history").json() == events


def test_an_answer_can_be_taken_back(example_client: TestClient) -> None:
    example_client.post(SCORE, data={"assessor": "Mara", "data_availability.level": "4", "inspiration.level": "2"})
    example_client.post(SCORE, data={"assessor": "Mara", "data_availability.level": "", "inspiration.level": "2"})
    assert set(answers(example_client)) == {"inspiration"}


def test_another_name_has_its_own_answers(example_client: TestClient) -> None:
    answer = example_client.post(SCORE, data={"assessor": "Zoë & Co", "data_availability.level": "5"})
    assert answer.headers["location"] == f"{SCORE}?assessor=Zo%C3%AB%20%26%20Co"
    root = read(example_client.get(answer.headers["location"]))
    assert value(root, "assessor") == "Zoë & Co"
    assert value(root, "data_availability.level") == "5"
    mine = read(example_client.get(SCORE))
    assert value(mine, "data_availability.level") == ""
    assert "Zoë & Co : 5" in words(by_id(mine, "f-data_availability"))


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"data_availability.level": "6"}, "data_availability.level", "Must be at most 5"),
        ({"data_availability.level": "x"}, "data_availability.level", "A whole number is needed."),
        ({"data_availability.rationale": "why"}, "data_availability.level", "Choose a level for this rationale."),
    ],
)
def test_a_wrong_answer_comes_back_with_what_was_typed(
    example_client: TestClient, typed: dict[str, str], field: str, message: str
) -> None:
    root = read(example_client.post(SCORE, data={"assessor": "Mara", "inspiration.level": "3", **typed}), 422)
    assert message in words(by_id(root, f"f-{field}"))
    assert message in alert(root)
    assert value(root, "inspiration.level") == "3"
    for name, text in typed.items():
        if not name.endswith("level"):
            assert value(root, name) == text
    assert "1 of 7 answered" in words(by_id(root, "standing"))  # by the answers that are valid
    assert answers(example_client) == {}  # all or nothing


def test_a_range_that_leaves_out_the_level_is_refused(example_client: TestClient) -> None:
    typed = {"assessor": "Mara", "inspiration.level": "3", "inspiration.low": "4"}
    assert (
        "low must not be above" in error(read(example_client.post(SCORE, data=typed), 422), "inspiration.low").lower()
    )


def test_nobody_and_nothing_are_refused(example_client: TestClient) -> None:
    root = read(example_client.post(SCORE, data={"assessor": " ", "inspiration.level": "3"}), 422)
    assert "name the person" in error(root, "assessor").lower()
    assert "at least one criterion" in alert(read(example_client.post(SCORE, data={"assessor": "Mara"}), 422))


def test_the_preview_moves_the_standing_and_stores_nothing(example_client: TestClient) -> None:
    before = example_client.get("/api/v1/projects/EX-24").json()
    typed = {"assessor": "Mara", "data_availability.level": "5", "data_availability.confidence": "measured"}
    answer = example_client.post(f"{SCORE}/preview", data=typed, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200
    panel = part(answer)
    assert "1 of 7 answered" in words(panel)
    assert "Do first" in words(panel) or "Quick win" in words(panel)
    assert example_client.get("/api/v1/projects/EX-24").json() == before
    assert answers(example_client) == {}


def test_the_preview_bears_with_a_form_that_is_half_filled_in(example_client: TestClient) -> None:
    for typed in ({}, {"data_availability.rationale": "why"}, {"assessor": ""}):
        answer = example_client.post(f"{SCORE}/preview", data=typed)
        assert "0 of 7 answered" in words(part(answer))
    wrong = example_client.post(f"{SCORE}/preview", data={"inspiration.level": "3", "inspiration.low": "5"})
    assert wrong.status_code == 200
    assert "Low must not be above level (3)" in words(part(wrong))
    assert ": Low must not" in words(part(wrong))  # after the name of its question
