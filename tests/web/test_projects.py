from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, error, headline, links, read, value, words

NASTY = "<script>alert('x')</script> & \"quoted\" {{ 7*7 }}"
FULL = {
    "name": "Sewer films",
    "summary": "Finds **bad** metres.\r\n\r\n<img src=x onerror=alert(1)>",
    "organisation": "Haldmark",
    "unit": "Sewers",
    "owner": "Ada",
    "status": "active",
    "stage": "data",
    "archetype": "autonomous",
    "problem_type": "object_detection",
    "tags": "images, film,, ",
    "effort": "1200.5",
    "cost": "",
    "needs": "gpu_hours: 400\n\nlabels 20",
    "links": "Note | https://example.org/a|b\nhttps://example.org/c|d\nThe brief https://example.org/e",
    "risks": "Rain.",
}


def test_a_project_is_created_with_all_it_states(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "Lab"})
    answer = client.post("/portfolios/lab/projects", data=FULL)
    assert (answer.status_code, answer.headers["location"]) == (303, "/projects/LAB-1")
    stored = client.get("/api/v1/projects/LAB-1").json()
    assert (stored["effort"], stored["cost"], stored["stage"]) == (1200.5, None, "data")
    assert stored["tags"] == ["images", "film"]
    assert stored["needs"] == {"gpu_hours": 400, "labels": 20}
    assert stored["links"] == [
        {"title": "Note", "url": "https://example.org/a|b"},
        {"title": "", "url": "https://example.org/c|d"},
        {"title": "The brief", "url": "https://example.org/e"},
    ]
    root = read(client.get("/projects/LAB-1"))
    assert "Finds bad metres." in words(root.find(".//main"))
    assert root.find(".//main//img") is None


def test_a_name_is_enough_and_the_rest_stays_unstated(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "Lab"})
    empty = dict.fromkeys(FULL, "")
    client.post("/portfolios/lab/projects", data={**empty, "name": "Idea"})
    stored = client.get("/api/v1/projects/LAB-1").json()
    unstated = ("summary", "organisation", "unit", "owner", "status", "stage", "archetype", "problem_type", "risks")
    assert {name: stored[name] for name in (*unstated, "effort", "cost")} == dict.fromkeys(
        (*unstated, "effort", "cost")
    )


def test_every_wrong_field_is_named_and_everything_typed_comes_back(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "Lab"})
    wrong = {
        **FULL,
        "name": "",
        "effort": "much",
        "needs": "gpu_hours",
        "links": "javascript:alert(1)",
        "stage": "moon",
    }
    root = read(client.post("/portfolios/lab/projects", data=wrong), 422)
    assert error(root, "name") == "This is needed."
    assert error(root, "effort") == "A number is needed: write 12.5 with a point, without separators."
    assert error(root, "needs") == "A number is needed: write 12.5 with a point, without separators."
    assert "http" in error(root, "links")
    for name in ("owner", "tags", "effort", "needs", "links", "archetype", "status"):
        assert value(root, name) == wrong[name], name
    assert {"#f-name", "#f-effort", "#f-needs", "#f-links"} <= links(root)
    assert "Some fields need correcting" in alert(root)
    named = {**FULL, "stage": "moon"}
    assert "not in the playbook" in error(read(client.post("/portfolios/lab/projects", data=named), 422), "stage")
    assert client.get("/api/v1/portfolios/lab/projects").json()["total"] == 0


@pytest.mark.parametrize(
    "path", ["", "/edit", "/score", "/contract", "/lifecycle", "/checklist", "/history", "/report"]
)
def test_what_people_write_is_text_on_every_page(client: TestClient, path: str) -> None:
    client.post("/portfolios", data={"name": NASTY, "slug": "lab"})
    client.post("/portfolios/lab/projects", data={**FULL, "name": NASTY, "owner": NASTY, "tags": "<b>", "risks": NASTY})
    answer = client.get(f"/projects/LAB-1{path}")
    read(answer)
    assert "<script>alert" not in answer.text
    for page in ("", "/projects", "/matrix", "/board", "/report", "/history"):
        answer = client.get(f"/portfolios/lab{page}")
        read(answer)
        assert "<script>alert" not in answer.text, page


def test_an_edit_changes_what_the_form_says(example_client: TestClient) -> None:
    root = read(example_client.get("/projects/EX-2/edit"))
    assert value(root, "name") == "Road damage map"
    typed = {name: value(root, name) for name in FULL if name != "stage"}
    answer = example_client.post(
        "/projects/EX-2/edit", data={**typed, "version": value(root, "version"), "owner": "Ada"}
    )
    assert answer.headers["location"] == "/projects/EX-2"
    page = read(example_client.get("/projects/EX-2"))
    assert "EX-2 is saved." in words(page.find(".//main"))
    assert "edit/EX-2" in {element.get("data-saved") for element in page.iter()}
    changes = example_client.get("/api/v1/projects/EX-2/history").json()["items"][0]["changes"]
    assert [change["field"] for change in changes] == ["owner"]  # a form sent back unchanged changes nothing else


def test_two_people_at_once_both_values_are_shown_and_none_is_lost(example_client: TestClient) -> None:
    version = value(read(example_client.get("/projects/EX-2/edit")), "version")
    mine = {"name": "Road damage map", "version": version, "owner": "Ada", "summary": "Mine"}
    example_client.post("/projects/EX-2/edit", data={**mine, "owner": "Ben", "summary": "Theirs"})
    root = read(example_client.post("/projects/EX-2/edit", data=mine), 412)
    told = alert(root)
    assert "Owner Ben Ada" in told
    assert "Summary Theirs Mine" in told
    assert value(root, "owner") == "Ada"
    assert value(root, "version") != version
    again = {**mine, "version": value(root, "version")}
    assert example_client.post("/projects/EX-2/edit", data=again).status_code == 303


def test_a_deleted_project_can_be_had_back_at_once_and_later(example_client: TestClient) -> None:
    answer = example_client.post("/projects/EX-2/delete")
    assert answer.headers["location"] == "/portfolios/example/projects"
    root = read(example_client.get("/portfolios/example/projects"))
    assert "EX-2 is in the bin. Undo" in words(root.find(".//main"))
    assert example_client.get("/projects/EX-2").status_code == 404
    assert "Road damage map" in words(read(example_client.get("/portfolios/example/bin")).find(".//main"))
    for _ in range(2):  # the second click on Undo is no error
        assert example_client.post("/projects/EX-2/restore").headers["location"] == "/projects/EX-2"
    assert headline(read(example_client.get("/projects/EX-2"))) == "Road damage map"
    assert "The bin is empty" in words(read(example_client.get("/portfolios/example/bin")).find(".//main"))


def test_a_notice_is_only_ever_one_of_ours(example_client: TestClient) -> None:
    for cookie in ("deleted <script>", "saved %3Cscript%3E", "nonsense", "deleted ../../x?y#z", "%"):
        answer = example_client.get("/portfolios/example", headers={"cookie": f"notice={cookie}"})
        read(answer)
        assert "<script>alert" not in answer.text
        assert "/restore" not in answer.text


def test_the_form_offers_what_others_have_typed(example_client: TestClient) -> None:
    root = read(example_client.get("/portfolios/example/projects/new"))
    offered = {option.get("value") for option in by_id(root, "organisations").iter("option")}
    assert "Haldmark City Services" in offered
