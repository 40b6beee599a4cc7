from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.reading import headline, links, read, words

FLOW = "/portfolios/example/flow"


def main(client: TestClient, path: str) -> str:
    return words(read(client.get(path)).find(".//main"))


def test_the_page_says_what_loops_are_for_and_who_is_stuck(example_client: TestClient) -> None:
    root = read(example_client.get(FLOW))
    assert headline(root) == "Flow"
    text = words(root.find(".//main"))
    assert "6 of 7 loops from Training back to Data: The labels cannot be trusted." in text
    assert "Traffic lights that learn" in text
    assert "A metric contract is agreed" in text
    assert "Data availability was answered 5 by Signe Moreau on 2 Feb 2026." in text
    found = links(root)
    assert "/projects/EX-15/score?assessor=Signe%20Moreau#f-data_availability" in found
    assert {"/portfolios/example/board", "/projects/EX-14/lifecycle", f"/api/v1{FLOW}"} <= found
    charts = [element for element in root.iter() if element.get("class", "").startswith("chart chart-flow")]
    assert len(charts) == 2
    assert "Projects in the flow: 1 Oct 2025: 6 projects, Planning 2" in (charts[0].get("aria-label") or "")
    table = next(
        t for t in root.iter("table") if words(t.find("caption")) == "Projects in each stage, the newest first"
    )
    assert words(table.findall(".//tbody/tr")[-1]) == "1 Oct 2025 2 2 2 0 6 0"


def test_the_present_view_is_lit_among_the_views_and_in_the_navigation(example_client: TestClient) -> None:
    root = read(example_client.get(f"{FLOW}?status=open"))
    present = [words(element) for element in root.iter("a") if element.get("aria-current") == "page"]
    assert present == ["Board", "Flow"]
    assert "/portfolios/example/board?status=open" in links(root)
    assert f"{FLOW}?status=open" in links(read(example_client.get("/portfolios/example/board?status=open")))


def test_filters_choose_among_the_projects(example_client: TestClient) -> None:
    text = main(example_client, f"{FLOW}?owner=Signe+Moreau")
    assert "1 project in the flow" in text
    assert "One loop from Training back to Data" in text
    assert "Traffic lights" not in text
    assert "Nothing has moved" in main(example_client, f"{FLOW}?q=next+ferry")
    answer = example_client.get(f"{FLOW}?owner=Signe+Moreau&stage=")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{FLOW}?owner=Signe+Moreau")


def test_a_portfolio_in_which_nothing_has_moved_says_so(client: TestClient) -> None:
    client.post("/api/v1/portfolios", json={"slug": "lab", "name": "Lab"})
    assert "Nothing has moved yet" in main(client, "/portfolios/lab/flow")
    client.post("/api/v1/portfolios/lab/projects", json={"name": "Churn", "stage": "data"})
    text = main(client, "/portfolios/lab/flow")
    assert "No project has gone back yet." in text
    assert "Data: too few to tell" in text
    assert "The only project there:" in text
    assert "The chart begins with the first week that has gone by." in text


def test_a_project_tells_its_time_in_stage_and_the_answers_in_doubt(example_client: TestClient) -> None:
    text = main(example_client, "/projects/EX-4/lifecycle")
    assert "Planning 15 days" in text
    assert "Data 2 visits 41 days" in text
    text = main(example_client, "/projects/EX-15/lifecycle")
    assert "On 18 May 2026 the project went back from Training to Data: the labels cannot be trusted." in text


@pytest.mark.parametrize(("assessor", "told"), [("Signe Moreau", True), ("Jo", False)])
def test_the_score_page_asks_for_the_answer_again_but_sways_nobody_in_a_round(
    example_client: TestClient, assessor: str, told: bool
) -> None:
    # The second round of the example asks about this project, so that only her own answers may be told.
    key = "EX-18" if assessor == "Jo" else "EX-15"
    text = main(example_client, f"/projects/{key}/score?assessor={assessor}")
    assert ("the labels cannot be trusted. Answer it again." in text) == told
