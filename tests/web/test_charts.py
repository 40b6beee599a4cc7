"""The matrix page, and the charts that are kept while a portfolio does not change."""

from __future__ import annotations

import shutil
from pathlib import Path

from starlette.testclient import TestClient

from planner.app import create_app
from tests.support.web import settings_for
from tests.web.reading import SVG, by_id, links, read, words

MATRIX = "/portfolios/example/matrix"


def test_the_table_holds_what_the_chart_shows(example_client: TestClient) -> None:
    root = read(example_client.get(MATRIX))
    table = next(table for table in root.iter("table"))
    keys = {a.get("href") for a in table.iter("a")}
    charts = [svg for svg in root.iter(f"{SVG}svg") if "matrix-wide" in svg.get("class", "")]
    drawn = {a.get("href") for a in charts[0].iter(f"{SVG}a")}
    assert len(keys) == 23
    assert keys <= drawn
    assert "/portfolios/example/projects?answered=0" in drawn


def test_tied_projects_are_told_where_their_stack_leads(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "Lab"})
    for number in (1, 2, 3):
        client.post("/portfolios/lab/projects", data={"name": f"Twin {number}"})
        client.post(f"/projects/LAB-{number}/score", data={"assessor": "Mara", "inspiration.level": "4"})
    root = read(client.get("/portfolios/lab/matrix"))
    assert "#stack-1" in links(root)
    assert "3 at impact" in words(by_id(root, "stack-1"))
    assert "/portfolios/lab/matrix#stack-1" in links(read(client.get("/portfolios/lab")))


def test_a_chart_is_drawn_anew_when_anything_changes(example_client: TestClient) -> None:
    before = words(by_id(read(example_client.get(MATRIX)), "found"))
    assert words(by_id(read(example_client.get(MATRIX)), "found")) == before
    example_client.post("/projects/EX-24/score", data={"assessor": "Mara", "data_availability.level": "5"})
    after = words(by_id(read(example_client.get(MATRIX)), "found"))
    assert "24 scored" in after
    assert after != before
    example_client.post("/projects/EX-24/edit", data={"name": "Echo soundings"})
    assert "Echo soundings" in words(by_id(read(example_client.get(MATRIX)), "found"))


def test_two_databases_do_not_share_their_charts(example_db: Path, tmp_path: Path) -> None:
    texts = []
    for number in (1, 2):
        database = tmp_path / f"{number}.db"
        shutil.copyfile(example_db, database)
        with TestClient(create_app(settings_for(database)), base_url="http://127.0.0.1") as client:
            if number == 2:  # the same revision after another change
                client.post("/projects/EX-1/edit", data={"name": "Another"})
            else:
                client.post("/projects/EX-2/edit", data={"name": "Another"})
            texts.append(words(by_id(read(client.get(MATRIX)), "found")))
    assert texts[0] != texts[1]


def test_the_matrix_follows_the_filters(example_client: TestClient) -> None:
    root = read(example_client.get(f"{MATRIX}?archetype=autonomous"))
    assert words(by_id(root, "found")).startswith("Archetype: Autonomous")
    assert "5 projects of 24" in words(by_id(root, "found"))
    assert "/projects/EX-1" not in links(root)
