from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from planner.web.agenda_walk import REMEMBERED
from tests.web.reading import alert, by_id, headline, read, value, words

AGENDA = "/portfolios/example/agenda"
NEXT = f"{AGENDA}/next"


def links(root: Element, text: str) -> list[str]:
    return [a.get("href", "") for a in root.iter("a") if words(a) == text]


def lines(root: Element) -> list[Element]:
    return [element for element in root.iter("li") if element.get("class") == "ask"]


def answer(client: TestClient, address: str, level: str, **more: str) -> Response:
    """Answers the question that a page asks, as the browser would."""
    root = read(client.get(address))
    name = value(root, "question")
    criterion = name.partition(".")[2]
    form = next(f for f in root.iter("form") if f.get("method") == "post")
    said = {f"{criterion}.{part}": text for part, text in more.items()}
    return client.post(form.get("action", ""), data={"question": name, f"{criterion}.level": level, **said})


def told(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_the_page_says_what_settles_most_and_lists_the_questions(example_client: TestClient) -> None:
    found = example_client.get("/api/v1/portfolios/example/agenda").json()
    root = read(example_client.get(AGENDA))
    assert headline(root) == "What to ask next"
    assert words(by_id(root, "headline")) == "Much is open"
    share = round(100 * found["settling"]["of_everything"])
    assert f"bring about {share} % of what asking everything can bring" in words(root.find(".//main"))
    assert "These need several answers at once" in words(root.find(".//main"))
    assert "EX-24" in {one["project"] for one in found["several"]}
    assert len(lines(root)) == found["telling"]
    first = words(lines(root)[0])
    assert found["items"][0]["project"] in first
    assert "How close are we to having the data" in first
    assert "chance that the answer" in first


def test_questions_are_put_together_by_project_and_by_assessor(example_client: TestClient) -> None:
    by_project = read(example_client.get(f"{AGENDA}?by=project"))
    assert "Container damage check at the gate EX-10" in [words(h) for h in by_project.iter("h2")]
    by_assessor = read(example_client.get(f"{AGENDA}?by=assessor"))
    (begin,) = links(by_assessor, "Begin as Priya Nandakumar")
    assert told(begin)["assessor"] == ["Priya Nandakumar"]
    root = read(example_client.get(begin))
    assert "Answering as Priya Nandakumar" in words(root.find(".//main"))


def test_filters_and_choices_of_the_address_are_kept(example_client: TestClient) -> None:
    root = read(example_client.get(f"{AGENDA}?by=project&top=3&archetype=autonomous"))
    filters = by_id(root, "filters")
    assert {i.get("name"): i.get("value") for i in filters.iter("input") if i.get("type") == "hidden"} == {
        "by": "project",
        "top": "3",
    }
    (chip,) = [a.get("href", "") for a in root.iter("a") if a.get("class") == "chip"]
    assert told(chip) == {"by": ["project"], "top": ["3"]}
    lean = example_client.get(f"{AGENDA}?by=&top=3&q=&stage=")
    assert (lean.status_code, lean.headers["location"]) == (303, f"{AGENDA}?top=3")


def test_one_project_alone_leads_back_to_all(example_client: TestClient) -> None:
    score = read(example_client.get("/projects/EX-10/score"))
    (here,) = links(score, "Which of these questions matter most")
    root = read(example_client.get(here))
    assert len(lines(root)) == 3
    assert links(root, "All questions") == [AGENDA]


def test_where_nothing_is_to_choose_the_page_says_so(example_client: TestClient) -> None:
    root = read(example_client.get(f"{AGENDA}?top=24"))
    assert words(by_id(root, "headline")) == "Nothing to choose"
    assert lines(root) == []
    assert "No project is like that" in words(read(example_client.get(f"{AGENDA}?q=zzzz")))
    example_client.post("/api/v1/portfolios", json={"slug": "empty", "name": "Empty"})
    assert "No projects yet" in words(read(example_client.get("/portfolios/empty/agenda")))
    assert headline(read(example_client.get("/portfolios/empty/agenda/next"))) == "Nothing left to ask"


@pytest.mark.parametrize("query", ["top=0", "top=25", "top=-1", "top=x", "top=9999999999", "limit=0", "limit=201"])
def test_a_number_that_cannot_be_is_told(example_client: TestClient, query: str) -> None:
    root = read(example_client.get(f"{AGENDA}?{query}"), 422)
    assert {"top": "How many can be chosen", "limit": "Questions shown"}[query.partition("=")[0]] in alert(root)
    assert headline(root) == "What to ask next"
    assert lines(root)


def test_a_walk_begins_at_the_most_valuable_question_and_shrinks(example_client: TestClient) -> None:
    start = f"{NEXT}?assessor=Zoe&goal=3"
    root = read(example_client.get(start))
    assert headline(root) == "Where the water main leaks"
    assert "3 left in this sitting, 0 of 3 done, 0 answered today" in words(root)
    address = start
    for done in range(1, 4):
        saved = answer(example_client, address, "4", confidence="informed", rationale="Counted.")
        assert saved.status_code == 303
        address = saved.headers["location"]
        assert told(address)["done"] == [str(done)]
        assert told(address)["assessor"] == ["Zoe"]
    root = read(example_client.get(address))
    assert headline(root) == "3 questions answered"
    assert "Zoe has answered 3 questions today." in words(root)
    (more,) = links(root, "3 more")
    assert headline(read(example_client.get(more))) != headline(root)
    stored = example_client.get("/api/v1/projects/EX-9/answers").json()["items"]
    assert [a["rationale"] for a in stored if a["assessor"] == "Zoe"][:1] == ["Counted."]


def test_back_shows_the_answer_and_corrects_or_withdraws_it(example_client: TestClient) -> None:
    after = answer(example_client, f"{NEXT}?assessor=Zoe&goal=3", "4").headers["location"]
    (back,) = links(read(example_client.get(after)), "The question before")
    root = read(example_client.get(back))
    assert value(root, "data_availability.level") == "4"
    corrected = answer(example_client, back, "2").headers["location"]
    assert told(corrected)["done"] == ["1"]
    (again,) = links(read(example_client.get(corrected)), "The question before")
    withdrawn = answer(example_client, again, "").headers["location"]
    assert "done" not in told(withdrawn)
    assert told(withdrawn)["pass"] == ["EX-9.data_availability"]
    stored = example_client.get("/api/v1/projects/EX-9/answers").json()["items"]
    assert not [a for a in stored if a["assessor"] == "Zoe"]


def test_putting_off_and_not_knowing_are_kept_in_the_address(example_client: TestClient) -> None:
    root = read(example_client.get(f"{NEXT}?assessor=Zoe&goal=2"))
    (later,) = links(root, "Put it off")
    second = read(example_client.get(later))
    assert value(second, "question") != value(root, "question")
    (unknown,) = links(second, "I do not know")
    assert told(unknown)["later"] == [value(root, "question")]
    assert told(unknown)["pass"] == [value(second, "question")]
    third = read(example_client.get(unknown))
    assert value(third, "question") not in (value(root, "question"), value(second, "question"))
    over = read(example_client.get(f"{unknown}&done=2"))
    assert "1 question that Zoe did not know or left as it was stays on the agenda." in words(over)
    (again,) = links(over, "1 question put off")
    assert value(read(example_client.get(again)), "question") == value(root, "question")


def test_an_address_does_not_grow_without_end(example_client: TestClient) -> None:
    many = "&".join(f"later=EX-{number}.inspiration" for number in range(300))
    (later,) = links(read(example_client.get(f"{NEXT}?{many}")), "Put it off")
    assert len(told(later)["later"]) == REMEMBERED


def test_the_same_answer_again_is_not_asked_for_again_at_once(example_client: TestClient) -> None:
    start = f"{NEXT}?assessor=Priya+Nandakumar&at=EX-10.data_availability"
    root = read(example_client.get(start))
    assert value(root, "data_availability.level")
    same = answer(
        example_client,
        start,
        value(root, "data_availability.level"),
        confidence=value(root, "data_availability.confidence"),
        rationale=value(root, "data_availability.rationale"),
        evidence=value(root, "data_availability.evidence"),
    )
    following = read(example_client.get(same.headers["location"]))
    assert value(following, "question") != value(root, "question")


def test_a_wrong_answer_comes_back_as_it_was_with_the_cure(example_client: TestClient) -> None:
    address = f"{NEXT}?assessor=Zoe"
    nothing = example_client.post(address, data={"question": "EX-10.data_availability"})
    assert "Choose a level, or put the question off." in alert(read(nothing, 422))
    said = {"data_availability.level": "4", "data_availability.low": "5", "data_availability.rationale": "<b>so"}
    wrong = read(example_client.post(address, data={"question": "EX-10.data_availability", **said}), 422)
    assert "low must not be above level" in alert(wrong).lower()
    assert value(wrong, "data_availability.rationale").strip() == "<b>so"
    nobody = example_client.post(
        f"{NEXT}?assessor={'x' * 200}", data={"question": "EX-10.data_availability", "data_availability.level": "4"}
    )
    assert "Name the person who answers" in alert(read(nobody, 422))


@pytest.mark.parametrize("question", ["", "EX-99.data_availability", "EX-10.luck", "EX-10", "x" * 500, "..", "%00"])
def test_a_question_that_there_is_not_is_not_found(example_client: TestClient, question: str) -> None:
    posted = example_client.post(NEXT, data={"question": question, "luck.level": "4"})
    assert posted.status_code == 404
    if question:
        assert example_client.get(NEXT, params={"at": question}).status_code == 404


def test_a_project_of_another_portfolio_is_not_found(example_client: TestClient) -> None:
    example_client.post("/api/v1/portfolios", json={"slug": "lab", "name": "Lab"})
    assert example_client.get("/portfolios/lab/agenda/next?at=EX-10.inspiration").status_code == 404


@pytest.mark.parametrize("query", ["goal=x", "done=-1", "top=0", "goal=1e9"])
def test_a_broken_walk_is_told(example_client: TestClient, query: str) -> None:
    assert query.partition("=")[0] in words(read(example_client.get(f"{NEXT}?{query}"), 422))
