"""POST /projects/{project}/runs/imports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.api.reading import API, LAB, fields, good, problem

IMPORTS = f"{API}/projects/LAB-1/runs/imports"
TABLE = b"name,val_recall\na,0.5\nb,nan\n"


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
    client.post(f"{LAB}/projects", json={"name": "Churn early warning"})
    return client


def send(client: TestClient, content: bytes, name: str = "runs.csv", **form: str) -> Response:
    return client.post(IMPORTS, files={"file": (name, content)}, data=form)


def runs(client: TestClient) -> Any:
    return good(client.get(f"{API}/projects/LAB-1/runs"))["items"]


def test_a_file_is_looked_at_and_then_taken_once(lab: TestClient) -> None:
    mapping = json.dumps({"columns": {"recall": "val_recall"}})
    dry = good(send(lab, TABLE, mapping=mapping, dry_run="true"))
    assert (dry["dry_run"], dry["read"], dry["added"]) == (True, 2, 2)
    assert runs(lab) == []
    assert good(send(lab, TABLE, mapping=mapping))["added"] == 2
    assert [run["metrics"] for run in runs(lab)] == [{"recall": 0.5}, {"recall": "NaN"}]
    again = good(send(lab, TABLE, mapping=mapping))
    assert (again["added"], again["skipped"], again["reasons"]) == (0, 2, [])


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"mapping": "{"}, "mapping"),
        ({"mapping": "[1]"}, "mapping."),
        ({"mapping": '{"decimal": ";"}'}, "mapping.decimal"),
        ({"mapping": '{"colums": {}}'}, "mapping.colums"),
        ({"mapping": '{"columns": {"recall": "none"}}'}, "map recall"),
        ({"source": "optuna"}, "source"),
        ({"uri": "http://127.0.0.1:5000"}, "uri"),
        ({"dry_run": "perhaps"}, "dry_run"),
    ],
)
def test_what_is_wrong_is_named(lab: TestClient, form: dict[str, str], field: str) -> None:
    assert fields(send(lab, TABLE, **form)) == [field]


def test_a_file_of_another_kind_is_refused(lab: TestClient) -> None:
    problem(send(lab, b"<html>"), 400)
    problem(send(lab, b"x", "a.tfevents"), 400)
    assert fields(send(lab, b"x", "runs.txt")) == ["runs.txt"]
    problem(client_of(lab, "LAB-9"), 404)


def client_of(client: TestClient, project: str) -> Response:
    return client.post(IMPORTS.replace("LAB-1", project), files={"file": ("runs.csv", TABLE)})
