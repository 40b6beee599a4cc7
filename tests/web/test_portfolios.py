from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from planner.web.portfolios import slug_from
from tests.web.reading import error, headline, links, read, value, words


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Claims & service, 2027", "claims-service-2027"), ("Übersicht in Zürich", "ubersicht-in-zurich"), ("数据", "")],
)
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert slug_from(name) == slug


def test_a_portfolio_begins_with_a_name(client: TestClient) -> None:
    answer = client.post(
        "/portfolios", data={"name": "Claims & service", "summary": "Both", "slug": "", "key_prefix": ""}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/portfolios/claims-service")
    root = read(client.get("/portfolios/claims-service"))
    assert headline(root) == "Claims & service"
    assert "is saved" in words(root.find(".//main"))  # said once …
    assert "is saved" not in words(read(client.get("/portfolios/claims-service")).find(".//main"))  # … and only once


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(client: TestClient) -> None:
    root = read(client.post("/portfolios", data={"name": " ", "slug": "Not a slug", "summary": "kept"}), 422)
    assert error(root, "name") == "This is needed."
    assert "characters" in error(root, "slug")
    assert value(root, "summary") == "kept"
    assert value(root, "slug") == "Not a slug"
    taken = {"name": "Again", "slug": "lab"}
    client.post("/portfolios", data=taken)
    assert "exists already" in error(read(client.post("/portfolios", data=taken), 409), "slug")


def test_the_overview_names_the_first_projects_of_each_corner(example_client: TestClient) -> None:
    root = read(example_client.get("/portfolios/example"))
    text = words(root.find(".//main"))
    assert "24 Projects" in text or "Projects 24" in text
    assert {"/projects/EX-8", "/portfolios/example/projects?quadrant=do_first"} <= links(root)
    assert "/portfolios/example/projects?stage=not_stated" in links(root)
    assert "1 project has no answers yet and is not placed" in text


def test_settings_are_saved_and_another_share_moves_the_priorities(example_client: TestClient) -> None:
    address = "/portfolios/example/settings"
    before = words(read(example_client.get("/portfolios/example/matrix")).find(".//tbody"))
    typed = {"name": "Haldmark", "summary": "", "priority_impact_share": "0.9", "capacity": "3"}
    assert example_client.post(address, data=typed).status_code == 303
    root = read(example_client.get(address))
    assert [value(root, name) for name in typed] == ["Haldmark", "", "0.9", "3"]
    assert words(read(example_client.get("/portfolios/example/matrix")).find(".//tbody")) != before
    wrong = read(example_client.post(address, data={**typed, "priority_impact_share": "2", "capacity": "none"}), 422)
    assert "Must be at most 1" in error(wrong, "priority_impact_share")
    assert error(wrong, "capacity") == "A whole number is needed."


def test_a_portfolio_is_put_away_only_when_its_name_is_typed(example_client: TestClient) -> None:
    root = read(example_client.post("/portfolios/example/delete", data={"confirm": "yes"}), 422)
    assert "Type example" in error(root, "confirm")
    answer = example_client.post("/portfolios/example/delete", data={"confirm": "example"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/portfolios")
    assert example_client.get("/portfolios/example").status_code == 404


def test_the_history_says_who_did_what(example_client: TestClient) -> None:
    example_client.post("/projects/EX-2/edit", data={"name": "Roads"})
    text = words(read(example_client.get("/portfolios/example/history")).find(".//ol[@class='events']/li"))
    assert text.startswith("Project updated EX-2 by Mara")
    assert "Name Road damage map Roads" in text


def test_weights_of_its_own_are_typed_all_or_none(example_client: TestClient) -> None:
    address = "/portfolios/example/settings"
    typed = {"name": "Haldmark", "summary": "", "priority_impact_share": "", "capacity": ""}
    names = ("data_availability", "accuracy_requirement", "problem_difficulty")
    weights = dict(zip((f"weights.{name}" for name in names), ("3", "2", "0.5"), strict=True))
    assert example_client.post(address, data={**typed, **weights}).status_code == 303
    root = read(example_client.get(address))
    assert [value(root, name) for name in weights] == ["3", "2", "0.5"]
    some = read(example_client.post(address, data={**typed, "weights.data_availability": "-1"}), 422)
    assert error(some, "weights.data_availability") == "Must be at least 0"
    some = read(example_client.post(address, data={**typed, "weights.data_availability": "1"}), 422)
    assert error(some, "weights.problem_difficulty").startswith("Is missing")
    none = read(example_client.post(address, data={**typed, **dict.fromkeys(weights, "0")}), 422)
    assert "must be more than 0" in words(none.find(".//main"))
    assert example_client.post(address, data={**typed, **dict.fromkeys(weights, "")}).status_code == 303
    assert value(read(example_client.get(address)), "weights.data_availability") == ""
