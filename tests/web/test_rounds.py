from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import error, headline, links, read, words


def test_the_agreement_page_says_what_needs_a_talk_and_who_scores_everything_alike(example_client: TestClient) -> None:
    root = read(example_client.get("/portfolios/example/agreement"))
    assert headline(root) == "Agreement"
    text = words(root.find(".//main"))
    assert "Round 2 is open" in text
    assert "Nearly everything gets the same: 75 % of the levels are 4." in text
    assert "/portfolios/example/rounds/2" in links(root)
    assert "/projects/EX-7" in links(root)
    assert read(example_client.get("/portfolios/example/agreement?metric=nonsense")) is not None


def test_a_round_is_opened_changed_and_closed_by_forms(example_client: TestClient) -> None:
    page = "/portfolios/example/rounds"
    assert "Close it before you open another" in words(read(example_client.get(page)).find(".//main"))
    assert example_client.post(f"{page}/2/close").headers["location"] == f"{page}/2"
    assert "What was left blank" in words(read(example_client.get(f"{page}/2")).find(".//main"))
    assert example_client.post(f"{page}/2/close").status_code == 409
    wrong = {"name": "", "assessors": "", "criteria": "ml_strength", "projects": "EX-1, EX-99"}
    root = read(example_client.post(page, data=wrong), 422)
    assert error(root, "name") == "This is needed."
    assert error(root, "assessors") == "This is needed."
    wrong = {"name": "Third", "assessors": "Ana", "criteria": "ml_strength", "projects": "EX-99"}
    assert "no project EX-99" in error(read(example_client.post(page, data=wrong), 422), "projects")
    right = {"name": "Third", "assessors": "Ana\nBen, Cem", "criteria": "ml_strength", "projects": "ex-1 , EX-24"}
    assert example_client.post(page, data=right).headers["location"] == f"{page}/3"
    text = words(read(example_client.get(f"{page}/3")).find(".//main"))
    assert "Asks 1 question about 2 projects" in text
    assert "Dear Cem" in text
    assert "http://127.0.0.1/projects/EX-1/score?assessor=Cem" in text
    changed = example_client.post(f"{page}/3", data={"name": "Third!", "assessors": "Ana", "due": "2027-01-01"})
    assert changed.headers["location"] == f"{page}/3"
    assert "1 Jan 2027" in words(read(example_client.get(f"{page}/3")).find(".//main"))
    assert "This is needed." in error(read(example_client.post(f"{page}/3", data={"name": "x"}), 422), "assessors")
    assert example_client.get(f"{page}/9").status_code == 404


def test_the_scoring_form_is_blind_until_one_looks_or_answers(example_client: TestClient) -> None:
    # Priya owes EX-14 in round 2, in which Mara has answered; round 1 shows without names.
    address = "/projects/EX-14/score?assessor=Priya Nandakumar"
    text = words(read(example_client.get(address)).find(".//main"))
    assert "asks Priya Nandakumar 3 questions here" in text
    assert "1 person has answered this" in text
    assert "How the answers lay after round 1" in text
    assert text.count("Mara Lindqvist") == 1  # at ML strength, which is not asked again
    assert "By what you may see" in text
    shown = example_client.post("/projects/EX-14/score/reveal", data={"assessor": "Priya Nandakumar"})
    assert shown.headers["location"] == "/projects/EX-14/score?assessor=Priya%20Nandakumar"
    text = words(read(example_client.get(address)).find(".//main"))
    assert "the round says so" in text
    assert "The buses would gain more than the cars" in text
    assert "saw 1 project before answering" in words(
        read(example_client.get("/portfolios/example/rounds/2")).find(".//main")
    )


def test_saving_the_form_answers_the_round_again(example_client: TestClient) -> None:
    form = {
        "assessor": "Gunnar Eide",
        "product_need.level": "4",
        "product_need.confidence": "informed",
        "data_availability.level": "4",
        "data_availability.confidence": "informed",
        "accuracy_requirement.level": "5",
        "accuracy_requirement.confidence": "informed",
        "ml_strength.level": "4",
        "ml_strength.confidence": "informed",
    }
    assert example_client.post("/projects/EX-7/score", data=form).status_code == 303
    text = words(read(example_client.get("/projects/EX-7/score?assessor=Gunnar Eide")).find(".//main"))
    assert "has all answers of Gunnar Eide" in text
