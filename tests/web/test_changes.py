from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.reading import SVG, alert, by_id, error, headline, links, read, value, words

PAGE = "/portfolios/example/changes"
MONTH = f"{PAGE}?since=2025-09-30&until=2025-10-31"


def test_it_says_what_moved_and_why(example_client: TestClient) -> None:
    root = read(example_client.get(MONTH))
    assert headline(root) == (
        "From 30 Sep 2025 to 31 Oct 2025: 7 projects moved, 2 were scored for the first time, 2 entered the top 8, "
        "1 left it and 2 were added"
    )
    assert (value(root, "since"), value(root, "until")) == ("2025-09-30", "2025-10-31")
    text = words(root.find(".//main"))
    assert "Added and scored: rank 1." in text
    assert "moved without a change of their own" in text
    assert {"/projects/EX-8/history", "/projects/EX-8"} <= links(root)


def test_the_chart_and_its_table_hold_the_same(example_client: TestClient) -> None:
    root = read(example_client.get(MONTH))
    charts = [element for element in root.iter(f"{SVG}svg") if element.get("class") == "bump"]
    assert len(charts) == 2
    shown = {a.get("href") for a in charts[0].iter(f"{SVG}a")}
    table = next(element for element in root.iter("table"))
    assert {a.get("href") for a in table.iter("a")} == shown
    assert "rank" in (charts[0].get("aria-label") or "").lower()


def test_an_answer_is_told_with_its_effect_its_author_and_its_reason(example_client: TestClient) -> None:
    why = words(by_id(read(example_client.get(f"{PAGE}?since=2026-02-28&until=2026-04-15")), "why-EX-13"))
    assert "Data availability, Priya Nandakumar: 2, between 2 and 3 → 4 (measured) 16 Mar 2026" in why
    assert "+0.25" in why
    assert "from Strategic bet to Do first" in why


def test_without_a_period_it_is_since_the_latest_snapshot(example_client: TestClient) -> None:
    root = read(example_client.get(PAGE))
    assert headline(root).startswith("Since “Board, spring 2026” (30 Apr 2026): ")
    assert "Capacity: 6 → 8" in words(root.find(".//main"))


@pytest.mark.parametrize(("name", "said"), [("since", "soon"), ("until", "2999-01-01"), ("since", "<b>x</b>")])
def test_a_moment_that_is_none_is_said_beside_its_field(example_client: TestClient, name: str, said: str) -> None:
    root = read(example_client.get(PAGE, params={name: said}), 422)
    assert alert(root)
    assert error(root, name)
    assert value(root, name) == said
    assert headline(root) == "Changes"


def test_nothing_moved_is_a_page_too(example_client: TestClient) -> None:
    root = read(example_client.get(f"{PAGE}?since=2025-10-31&until=2025-10-31"))
    assert headline(root) == "From 31 Oct 2025 to 31 Oct 2025: nothing changed"
    assert "Nothing moved" in words(root.find(".//main"))


def test_projects_that_only_came_are_counted(example_client: TestClient) -> None:
    example_client.post("/portfolios/example/projects", data={"name": "Ice on the runway"})
    text = words(read(example_client.get(PAGE)).find(".//main"))
    assert "2 projects came without an answer, and have no rank yet." in text
    assert "Ice on the runway" not in text


def test_a_moment_is_marked_and_the_mark_taken_away(example_client: TestClient) -> None:
    form = "/portfolios/example/snapshots"
    answer = example_client.post(form, data={"name": "<i>Mine</i>", "note": "**So**"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#snapshots")
    assert "<i>Mine</i>" in words(by_id(read(example_client.get(PAGE)), "snapshots"))
    assert "already" in error(read(example_client.post(form, data={"name": "<i>Mine</i>"}), 409), "name")
    assert error(read(example_client.post(form, data={"name": ""}), 422), "name") == "This is needed."
    assert error(read(example_client.post(form, data={"name": "2026-05-01"}), 422), "name")
    assert example_client.post(f"{form}/3/delete").status_code == 303
    assert "<i>Mine</i>" not in words(by_id(read(example_client.get(PAGE)), "snapshots"))
    assert example_client.post(f"{form}/3/delete").status_code == 404


def test_the_history_of_a_project_shows_its_priority_over_time(example_client: TestClient) -> None:
    root = read(example_client.get("/projects/EX-13/history"))
    charts = [element for element in root.iter(f"{SVG}svg") if element.get("class") == "course"]
    assert len(charts) == 2
    rows = root.findall(".//table/tbody/tr")
    assert len(rows) == sum(1 for element in charts[0].iter(f"{SVG}circle"))
    assert words(rows[-1]).split(" UTC ")[1].startswith("Added")
    unscored = read(example_client.get("/projects/EX-24/history"))
    assert "Priority over time" not in words(unscored.find(".//main"))
