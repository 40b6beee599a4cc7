from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import API, LAB, PROJECT, fields, good, problem

EXAMPLE = f"{API}/portfolios/example"


def test_what_changed_and_why(example_client: TestClient) -> None:
    found = good(example_client.get(f"{EXAMPLE}/changes?since=2025-09-30&until=2025-10-31&limit=1000"))
    assert found["total"] == len(found["items"]) > 5
    for item in found["items"]:
        effects = [cause["effect"] for cause in item["causes"]]
        if item["difference"] is not None:
            assert round(sum(effects), 6) == item["difference"]
    first = good(example_client.get(f"{EXAMPLE}/changes?since=2025-09-30&until=2025-10-31&limit=1"))
    assert (first["items"], first["total"]) == (found["items"][:1], found["total"])


def test_equal_moments_do_not_differ(example_client: TestClient) -> None:
    found = good(example_client.get(f"{EXAMPLE}/changes?since=2025-10-31&until=2025-10-31"))
    assert (found["total"], found["items"], found["moved"]) == (0, [], 0)


def test_an_unchanged_portfolio_has_unchanged_changes(lab: TestClient) -> None:
    url = f"{LAB}/changes"
    etag = lab.get(url).headers["etag"]
    assert lab.get(url, headers={"if-none-match": etag}).status_code == 304
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 4}}})
    assert lab.get(url, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize("moment", ["", "soon", "2999-01-01", "2026-02-30", "9" * 300, "2026-01-01T00:00:00"])
def test_a_moment_that_is_none_is_refused_by_name(lab: TestClient, moment: str) -> None:
    for url, name in (
        (f"{LAB}/changes", "since"),
        (f"{LAB}/changes", "until"),
        (f"{LAB}/matrix", "as_of"),
        (f"{LAB}/matrix.svg", "as_of"),
        (f"{PROJECT}/standing", "as_of"),
    ):
        assert fields(lab.get(url, params={name: moment})) == [name], url


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_a_wrong_limit_is_refused(lab: TestClient, limit: str) -> None:
    assert fields(lab.get(f"{LAB}/changes?limit={limit}")) == ["limit"]


def test_the_matrix_as_it_was(example_client: TestClient) -> None:
    now, then = (good(example_client.get(f"{EXAMPLE}/matrix{query}")) for query in ("", "?as_of=2025-10-31"))
    assert len(then["points"]) < len(now["points"])
    standing = good(example_client.get(f"{API}/projects/EX-1/standing?as_of=2025-10-31"))
    assert standing in [point["standing"] for point in then["points"] if point["key"] == "EX-1"]


def test_snapshots_are_made_listed_and_taken_away(lab: TestClient) -> None:
    made = lab.post(f"{LAB}/snapshots", json={"name": "Spring board", "note": "**So**"})
    one = good(made, 201)
    assert made.headers["location"] == f"{LAB}/snapshots/1"
    assert good(lab.get(f"{LAB}/snapshots/1")) == one
    problem(lab.post(f"{LAB}/snapshots", json={"name": "Spring board"}), 409)
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 4}}})
    for name in ("Spring board", "1"):
        found = good(lab.get(f"{LAB}/changes", params={"since": name}))
        assert (found["since"]["snapshot"], found["first_scored"]) == ("Spring board", 1)
    assert lab.delete(f"{LAB}/snapshots/1").status_code == 204
    problem(lab.get(f"{LAB}/snapshots/1"), 404)
    problem(lab.delete(f"{LAB}/snapshots/1"), 404)
    assert good(lab.get(f"{LAB}/snapshots"))["items"] == []
    assert fields(lab.get(f"{LAB}/changes?since=1")) == ["since"]


def test_the_course_of_a_project(lab: TestClient) -> None:
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 4}}})
    items = good(lab.get(f"{PROJECT}/course"))["items"]
    assert [item["answers"] for item in items] == [[], ["data_availability"]]
    assert items[-1]["standing"] == good(lab.get(f"{PROJECT}/standing"))
    problem(lab.get(f"{API}/projects/LAB-9/course"), 404)
