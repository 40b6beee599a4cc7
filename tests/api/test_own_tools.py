from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import LAB, PROJECT, fields, good, problem

TOOLS = f"{LAB}/tools"


def test_a_standard_is_told_on_the_checklist_and_another_tool_is_noted(lab: TestClient) -> None:
    good(lab.put(f"{TOOLS}/DVC", json={"standard_for": ["data.versioning"]}))
    url = f"{PROJECT}/checklist/data.versioning"
    same = good(lab.put(url, json={"status": "in_place", "tool": "dvc"}))
    assert (same["standard"], same["off_standard"]) == ("DVC", False)
    assert good(lab.put(url, json={"status": "in_place", "tool": "lakeFS"}))["off_standard"] is True
    good(lab.put(f"{TOOLS}/lakeFS", json={"standard_for": ["data.versioning"], "note": "since May"}))
    kept = {one["name"]: (one["standard_for"], one["components"]) for one in good(lab.get(TOOLS))["items"]}
    assert kept == {"DVC": ([], ["data.versioning"]), "lakeFS": (["data.versioning"], [])}
    assert lab.delete(f"{TOOLS}/lakefs").status_code == 204
    assert [one["name"] for one in good(lab.get(TOOLS))["items"]] == ["DVC"]
    problem(lab.delete(f"{TOOLS}/lakefs"), 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "components"),
        ({"components": ["data.magic"]}, "components"),
        ({"standard_for": ["data.magic"]}, "standard_for"),
        ({"components": ["data.sources"], "url": "ftp://x"}, "url"),
        ({"components": ["data.sources"], "as_of": "November"}, "as_of"),
    ],
)
def test_a_wrong_tool_is_refused_by_field(lab: TestClient, body: object, field: str) -> None:
    assert fields(lab.put(f"{TOOLS}/Feast", json=body)) == [field]
    assert good(lab.get(TOOLS)) == {"items": []}
