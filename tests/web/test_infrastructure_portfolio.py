from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, error, headline, links, part, read, value, words

HOME = "/portfolios/example/infrastructure"
NEEDS, NEXT, TOOLS = f"{HOME}/needs", f"{HOME}/next", f"{HOME}/tools"
MONITORING = {"component": "deployment.monitoring", "status": "planned", "cost": "18000", "note": "For <all>"}


def test_the_views_lead_to_each_other(example_client: TestClient) -> None:
    for page in (HOME, NEEDS, NEXT, TOOLS):
        assert {HOME, NEEDS, NEXT, TOOLS} <= links(read(example_client.get(page)))


def test_a_shared_component_is_stated_and_changed(example_client: TestClient) -> None:
    answer = example_client.post(HOME, data=MONITORING)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}#shared")
    root = read(example_client.get(HOME))
    assert "18,000" in words(by_id(root, "shared"))
    assert "For <all>" in words(by_id(root, "shared"))
    form = by_id(read(example_client.get(f"{HOME}?component=deployment.monitoring&name=")), "state")
    assert {name: value(form, name) for name in MONITORING} == MONITORING
    example_client.post(HOME, data=MONITORING | {"status": "retired"})
    assert "1 retired one" in words(by_id(read(example_client.get(HOME)), "shared"))


def test_a_shared_component_that_is_wrong_comes_back_as_it_was_typed(example_client: TestClient) -> None:
    root = read(example_client.post(HOME, data={"component": "", "status": "", "cost": "1,5", "owner": "Ben"}), 422)
    assert "Say how it stands." in alert(root)
    assert "Ambiguous" in error(root, "cost")
    assert value(by_id(root, "state"), "owner") == "Ben"
    root = read(example_client.post(HOME, data={"component": "", "status": "planned"}), 422)
    assert "Choose a component." in alert(root)
    assert example_client.post("/portfolios/none/infrastructure", data=MONITORING).status_code == 404


def test_a_checklist_line_can_use_the_shared_one(example_client: TestClient) -> None:
    example_client.post(HOME, data={"component": "data.exploration", "status": "in_place", "name": "Hub"})
    page = "/projects/EX-20/checklist"
    line = by_id(read(example_client.get(page)), "c-data.exploration")
    assert "Shared: Hub (in place)" in words(line)
    said = {"status": "missing", "shared": "data.exploration"}
    answer = example_client.post(f"{page}/data.exploration", data=said, headers={"HX-Request-Type": "partial"})
    assert "Counts as in place" in words(part(answer))
    assert "of 2 required components are in place" in words(read(example_client.get(page)).find(".//main"))


def test_the_map_shows_each_project_and_the_table_says_the_same(example_client: TestClient) -> None:
    root = read(example_client.get(NEEDS))
    page = words(root.find(".//main"))
    assert "Which of the components that 15 open projects require" in page
    assert "/projects/EX-20/checklist#c-data.exploration" in links(root)
    assert "/portfolios/example/projects?stage=planning&status=open" in links(root)
    assert "Stage not stated" in page


def test_what_to_build_next_answers_within_limits_that_live_in_the_address(example_client: TestClient) -> None:
    root = read(example_client.get(f"{NEXT}?most=2&by=projects"))
    assert words(by_id(root, "plan")).startswith("Build ")
    assert value(root, "most") == "2"
    poor = read(example_client.get(f"{NEXT}?budget=1"))
    assert "A budget cannot count what has no stated cost" in words(poor.find(".//main"))
    wrong = read(example_client.get(f"{NEXT}?most=0&budget=1,5"), 422)
    assert "Ambiguous" in error(wrong, "budget")
    assert value(wrong, "budget") == "1,5"


def test_a_portfolio_without_projects_has_empty_views(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "New", "slug": "new"})
    assert headline(read(client.get("/portfolios/new/infrastructure/next"))) == "What to build next"
    for view in ("", "/needs", "/next", "/tools"):
        read(client.get(f"/portfolios/new/infrastructure{view}"))


def test_a_tool_is_added_made_the_standard_and_withdrawn(example_client: TestClient) -> None:
    typed = {
        "name": "lakeFS <2>",
        "standard_for": ["data.versioning"],
        "url": "https://example.org/x",
        "as_of": "2026-11",
    }
    assert example_client.post(TOOLS, data=typed).headers["location"] == TOOLS
    assert "lakeFS <2>" in words(read(example_client.get(TOOLS)).find(".//main"))
    line = "/projects/EX-20/checklist/data.versioning"
    answer = example_client.post(
        line, data={"status": "in_place", "tool": "DVC"}, headers={"HX-Request-Type": "partial"}
    )
    assert "The standard here is lakeFS <2>" in words(part(answer))
    form = by_id(read(example_client.get(f"{TOOLS}?tool=lakeFS+%3C2%3E")), "state")
    assert value(form, "name") == "lakeFS <2>"
    assert example_client.post(f"{TOOLS}/withdraw", data={"name": "lakeFS <2>"}).status_code == 303
    left = words(read(example_client.get(TOOLS)).find(".//main"))
    assert "lakeFS" not in left
    assert "MLflow" in left


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "", "components": "data.sources"}, "This is needed."),
        ({"name": "X"}, "at least one component"),
        ({"name": "X", "components": "data.sources", "url": "example.org"}, "Address"),
    ],
)
def test_a_tool_that_is_wrong_comes_back(example_client: TestClient, typed: dict[str, str], told: str) -> None:
    root = read(example_client.post(TOOLS, data=typed | {"note": "kept"}), 422)
    assert alert(root)
    assert value(by_id(root, "state"), "note") == "kept"
    assert told in alert(root)
