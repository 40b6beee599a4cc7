from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, read, value, words

PAGE = "/projects/EX-20/readiness"


def told(client: TestClient, ident: str) -> str:
    return words(by_id(read(client.get(PAGE)), ident))


def test_nothing_stated_is_said_so_and_is_no_score(example_client: TestClient) -> None:
    text = told(example_client, "score")
    assert "Not stated." in text
    assert "that is not a score of 0" in text
    assert "Not begun" in told(example_client, "risk-us_m_25_21")
    assert "Triage, not legal advice" in told(example_client, "risk-eu_ai_act")


def test_a_section_is_saved_at_once_and_only_what_stands_in_the_form_changes(example_client: TestClient) -> None:
    typed = {
        "part": "tests-data",
        "tests.data.schema.score": "automated",
        "tests.data.schema.evidence": "ci <nightly>",
        "tests.data.privacy.score": "not_applicable",
        "tests.data.feature_code.score": "",
    }
    answer = example_client.post(PAGE, data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#tests-data")
    text = told(example_client, "score")
    assert "2 of 28 tests stated" in text
    assert "1 of 7" in text
    assert "1 does not apply" in text
    example_client.post(PAGE, data={"part": "tests-data", "tests.data.privacy.score": ""})
    assert "1 of 28 tests stated" in told(example_client, "score")


def test_risk_says_what_to_answer_next_and_then_the_tier(example_client: TestClient) -> None:
    scope = {"risk.eu_ai_act.ai_system.answer": "yes", "risk.eu_ai_act.in_union.answer": "unknown"}
    example_client.post(PAGE, data=scope)
    text = told(example_client, "risk-eu_ai_act")
    assert "Cannot tell yet" in text
    assert "Answer next: Is it offered or used in the Union" in text
    example_client.post(PAGE, data={"risk.eu_ai_act.in_union.answer": "no"})
    assert "Out of scope" in told(example_client, "risk-eu_ai_act")


def test_a_mistake_comes_back_in_its_open_section_with_all_that_was_typed(example_client: TestClient) -> None:
    typed = {
        "part": "tests-model",
        "tests.model.slices.score": "",
        "tests.model.slices.evidence": "a table of groups",
        "tests.model.simpler.score": "manual",
        "tests.model.simpler.note": "ridge\nand a rule",
    }
    root = read(example_client.post(PAGE, data=typed), 422)
    said = alert(root)
    assert "It is good enough for every important group" in said
    assert "Choose an answer, or clear what stands beside it." in said
    form = by_id(root, "tests-model")
    assert value(form, "tests.model.slices.evidence") == "a table of groups"
    assert value(form, "tests.model.simpler.note") == "ridge\nand a rule"
    chosen = [field.get("value") for field in form.iter("input") if field.get("checked") is not None]
    assert chosen.count("manual") == 1
    assert [detail.get("open") is not None for detail in root.iter("details") if form in list(detail)] == [True]


def test_a_section_opened_before_somebody_else_saved_undoes_nothing(example_client: TestClient) -> None:
    version = value(by_id(read(example_client.get(PAGE)), "tests-data"), "version")
    theirs = {"part": "tests-data", "version": version, "tests.data.schema.score": "automated"}
    assert example_client.post(PAGE, data=theirs).status_code == 303
    mine = {**theirs, "tests.data.schema.score": "none", "tests.data.schema.note": "as I remember it"}
    root = read(example_client.post(PAGE, data=mine), 412)
    assert "nothing was saved" in words(root.find(".//main"))
    form = by_id(root, "tests-data")
    assert value(form, "tests.data.schema.note") == "as I remember it"
    assert example_client.post(PAGE, data={**mine, "version": value(form, "version")}).status_code == 303


def test_no_to_a_question_on_ethics_is_shown_first(example_client: TestClient) -> None:
    note = {"ethics.deployment.redress.answer": "no", "ethics.deployment.redress.note": "Nobody is named yet."}
    example_client.post(PAGE, data=note)
    text = told(example_client, "ethics")
    assert text.index("Nobody is named yet.") < text.index("Data collection")
    assert "There is no score" in text


def test_the_gate_shows_the_floor_and_the_way_to_the_page(example_client: TestClient) -> None:
    key = example_client.get("/api/v1/portfolios/example/projects?q=vessel").json()["items"][0]["key"]
    point = by_id(read(example_client.get(f"/projects/{key}/lifecycle")), "t-readiness_floor")
    assert "1.5; 1 is asked of Software 2.0; lowest in Monitoring" in words(point)
    assert [link.get("href") for link in point.iter("a")] == [f"/projects/{key}/readiness#score"]


def test_an_odd_part_leads_to_the_page_itself(example_client: TestClient) -> None:
    answer = example_client.post(PAGE, data={"part": "//evil.example"})
    assert answer.headers["location"] == f"{PAGE}#score"
