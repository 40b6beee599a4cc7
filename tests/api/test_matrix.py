from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from planner.domain.matrix import Matrix
from tests.api.reading import API, LAB, PROJECT, fields, good, problem

EXAMPLE = f"{API}/portfolios/example"
SVG = "{http://www.w3.org/2000/svg}"


def test_every_scored_project_has_a_place_and_the_others_are_counted(example_client: TestClient) -> None:
    matrix = Matrix.model_validate(good(example_client.get(f"{EXAMPLE}/matrix")))
    assert (matrix.scored, matrix.unscored.count) == (23, 1)
    assert sum(quadrant.count for quadrant in matrix.quadrants) == 23
    projects = good(example_client.get(f"{EXAMPLE}/projects?limit=200"))["items"]
    standings = {item["key"]: item["standing"] for item in projects}
    for point in matrix.points:
        assert point.standing.model_dump() == standings[point.key]


def test_the_filters_of_the_list_apply(example_client: TestClient) -> None:
    found = good(example_client.get(f"{EXAMPLE}/matrix?archetype=autonomous"))
    assert found["points"]
    assert {point["archetype"] for point in found["points"]} == {"autonomous"}
    listed = good(example_client.get(f"{EXAMPLE}/projects?archetype=autonomous"))
    assert len(found["points"]) + found["unscored"]["count"] == listed["total"]
    nothing = good(example_client.get(f"{EXAMPLE}/matrix?q=zzzzz"))
    assert (nothing["points"], nothing["unscored"]["count"]) == ([], 0)


def test_the_chart_is_xml_without_script(lab: TestClient) -> None:
    name = "<script>alert(1)</script> \"&'> ]]> <foreignObject onload=x>"
    lab.patch(PROJECT, json={"name": name}, headers={"if-match": "*"})
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 5}}})
    answer = lab.get(f"{LAB}/matrix.svg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    root = ET.fromstring(answer.content)
    assert root.tag == f"{SVG}svg"
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert not names & {"script", "foreignObject", "iframe", "image", "use", "animate", "set"}
    for element in root.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.lower().startswith("on"), attribute
            assert "javascript:" not in value.lower()
    assert name in "".join(root.itertext())


@pytest.mark.parametrize("path", ["matrix", "matrix.svg"])
def test_an_unchanged_matrix_answers_304(example_client: TestClient, path: str) -> None:
    etag = example_client.get(f"{EXAMPLE}/{path}").headers["etag"]
    again = example_client.get(f"{EXAMPLE}/{path}", headers={"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


@pytest.mark.parametrize("path", ["matrix", "matrix.svg"])
def test_wrong_questions_are_refused(example_client: TestClient, path: str) -> None:
    assert fields(example_client.get(f"{EXAMPLE}/{path}?colour=red")) == ["colour"]
    assert fields(example_client.get(f"{EXAMPLE}/{path}?sort=luck")) == ["sort"]
    problem(example_client.get(f"{API}/portfolios/none/{path}"), 404)


@pytest.mark.parametrize("path", ["matrix", "matrix.svg"])
def test_an_empty_portfolio_has_a_matrix(client: TestClient, path: str) -> None:
    client.post(f"{API}/portfolios", json={"slug": "empty", "name": "Empty"})
    assert client.get(f"{API}/portfolios/empty/{path}").status_code == 200
