from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.testclient import TestClient

from planner.playbooks import Playbooks
from tests.api.reading import API
from tests.support.factories import fsdl
from tests.web.reading import alert, by_id, error, read, value, words

PAGE = "/projects/EX-20/what-if"
ALL_YES = {f"flywheel.{name}": "yes" for name in ("labels_return", "data_improve_model", "model_improves_use")}


def main(client: TestClient, path: str = PAGE) -> str:
    return words(read(client.get(path)).find(".//main"))


def facts(client: TestClient, key: str = "EX-20") -> tuple[object, object]:
    return client.get(f"{API}/projects/{key}").json(), client.get(f"{API}/projects/{key}/answers?history=1").json()


def hidden(client: TestClient, path: str, form_in: str) -> dict[str, str]:
    """The hidden fields of the form in a section of the page."""
    section = by_id(read(client.get(path)), form_in)
    fields = [field for field in section.iter("input") if field.get("type") == "hidden"]
    return {field.get("name", ""): field.get("value", "") for field in fields}


def test_the_classifier_asks_one_question_after_the_other(example_client: TestClient) -> None:
    path = "/projects/EX-24/what-if"
    assert "Does software do this task today" in main(example_client, path)
    second = main(example_client, f"{path}?classify.automated_today=no")
    assert "Does a person approve each single result" in second
    found = f"{path}?classify.automated_today=no&classify.approved_each=yes"
    assert "Apply: state Human in the loop" in main(example_client, found)
    assert "A coding agent that asks before each command: Human in the loop" in main(example_client, path)


def test_stating_the_archetype_records_it_and_nothing_else(example_client: TestClient) -> None:
    path = "/projects/EX-24/what-if"
    fields = hidden(example_client, f"{path}?classify.automated_today=yes", "classifier")
    before = facts(example_client, "EX-24")
    answer = example_client.post(path, data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    after = facts(example_client, "EX-24")
    assert after[0]["archetype"] == "software_2_0"  # type: ignore[index]
    assert after[1] == before[1]
    assert "EX-24 states: Software 2.0" in main(example_client, path)
    assert "project.updated" in example_client.get(f"{API}/projects/EX-24/history").text


def test_looking_stores_nothing_and_tells_before_and_after(example_client: TestClient) -> None:
    before = facts(example_client)
    query = {"lever": ["human_approval", "data_loop"], "accuracy_from": "99.9", "accuracy_to": "99"}
    root = read(example_client.get(f"{PAGE}?{urlencode(query, doseq=True)}"))
    text = words(root.find(".//main"))
    assert "Then" in words(by_id(root, "result"))
    assert "Let a person approve each result Human in the loop Impact" in text
    assert "measured off its figure" in text, "each move cites its source"
    assert "About 1/4 of the effort (1/3.2 to 1/4)" in text
    assert "rule of thumb" in text
    assert root.find(".//*[@class='trail']/*[@class='arrow']") is not None
    assert facts(example_client) == before


def test_applying_records_what_the_page_lists(example_client: TestClient) -> None:
    path = f"{PAGE}?lever=human_approval&assessor=Ben"
    listed = words(by_id(read(example_client.get(path)), "apply"))
    assert "Archetype: Autonomous → Human in the loop" in listed
    assert "Answer of Ben" in listed
    answer = example_client.post(PAGE, data=hidden(example_client, path, "apply"))
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    given = example_client.get(f"{API}/projects/EX-20/answers").json()["items"]
    [fresh] = [one for one in given if one["assessor"] == "Ben"]
    assert fresh["criterion"] == "accuracy_requirement"
    assert f"{fresh['low']} to {fresh['high']}" in listed
    assert fresh["rationale"] in listed
    assert "has what the what-if listed" in example_client.get(PAGE).text


def test_a_list_that_is_out_of_date_records_nothing(example_client: TestClient) -> None:
    fields = hidden(example_client, f"{PAGE}?lever=human_approval", "apply")
    example_client.post("/projects/EX-20/what-if", data={"classify.automated_today": "yes"})
    before = facts(example_client)
    answer = example_client.post(PAGE, data=fields)
    assert "nothing was recorded" in words(read(answer, 412).find(".//main"))
    assert facts(example_client) == before


def test_the_bonus_needs_three_yeses_and_the_page_says_which_is_missing(example_client: TestClient) -> None:
    whole = main(example_client, f"{PAGE}?{urlencode(ALL_YES)}")
    assert "Every link holds: the bonus counts (Product need +1 (0 to +1)" in whole
    two = {**ALL_YES, "flywheel.model_improves_use": "no", "evidence.model_improves_use": "<b>Nobody</b>"}
    root = read(example_client.get(f"{PAGE}?{urlencode(two)}"))
    assert "No bonus. Without a yes: a better model is used more (no)." in words(root.find(".//main"))
    assert value(root, "evidence.model_improves_use") == "<b>Nobody</b>"
    assert value(root, "flywheel.model_improves_use") == "no"


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(example_client: TestClient) -> None:
    query = {"lever": "relax_accuracy", "accuracy_from": "99", "accuracy_to": "99.9"}
    root = read(example_client.get(f"{PAGE}?{urlencode(query)}"), 422)
    assert "must be below 99" in error(root, "accuracy_to").lower()
    assert value(root, "accuracy_to") == "99.9"
    assert value(root, "lever") == "relax_accuracy"
    missing = read(example_client.get(f"{PAGE}?lever=relax_accuracy"), 422)
    assert "99.9" in error(missing, "accuracy_from")
    assert "not a lever" in alert(read(example_client.get(f"{PAGE}?lever=magic"), 422))
    assert "Human in the loop" in alert(read(example_client.get(f"{PAGE}?lever=product_design"), 422))
    assert "Nothing is to be recorded" in alert(read(example_client.post(PAGE, data={}), 422))


def test_the_summary_leads_there_and_the_scoring_page_asks_as_the_archetype_does(example_client: TestClient) -> None:
    assert 'href="/projects/EX-20/what-if"' in example_client.get("/projects/EX-20").text
    assert "For Autonomous: What failure rate is acceptable" in main(example_client, "/projects/EX-20/score")
    assert "For Autonomous" not in main(example_client, "/projects/EX-24/score")


def test_the_address_of_a_form_keeps_only_what_is_tried(example_client: TestClient) -> None:
    sent = "lever=guardrails&accuracy_from=&flywheel.labels_return=unknown&flywheel.data_improve_model=no&assessor="
    answer = example_client.get(f"{PAGE}?{sent}")
    kept = f"{PAGE}?lever=guardrails&flywheel.data_improve_model=no"
    assert (answer.status_code, answer.headers["location"]) == (303, kept)


def test_a_playbook_without_any_of_it_says_so(example_client: TestClient) -> None:
    app = example_client.app
    assert isinstance(app, FastAPI)
    bare = fsdl().model_copy(
        update={"classifier": (), "classified_examples": (), "levers": (), "flywheel": None, "accuracy_cost": None}
    )
    shipped = app.state.workspace
    app.state.workspace = lambda request: replace(shipped(request), playbooks=Playbooks([bare]))
    text = main(example_client)
    assert "has no questions to find it by" in text
    assert "names no levers" in text
    assert "Levers" not in main(example_client, "/playbooks/fsdl")
