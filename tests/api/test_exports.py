from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient

from planner.domain.exchange import PortfolioDocument
from tests.api.reading import API, LAB, PROJECT, good, problem

EXAMPLE = f"{API}/portfolios/example"
JSON = {"content-type": "application/json"}
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1", " =1", "'=1", "|calc", "=cmd|' /C calc'!A0")


def _without_what_a_copy_has_of_its_own(document: dict[str, Any]) -> Any:
    PortfolioDocument.model_validate(document)
    facts = document["portfolio"]
    text = json.dumps({**document, "exported_at": ""}).replace(f'"{facts["key_prefix"]}-', '"KEY-')
    return json.loads(text) | {"portfolio": facts | dict.fromkeys(("slug", "key_prefix", "is_example"))}


def test_json_makes_the_round_trip_without_loss(example_client: TestClient) -> None:
    example_client.delete(f"{API}/projects/EX-3")  # the bin travels too
    document = example_client.get(f"{EXAMPLE}/export.json")
    assert document.headers["content-disposition"] == 'attachment; filename="example.json"'
    made = good(example_client.post(f"{API}/imports?slug=copy", content=document.content, headers=JSON), 201)
    assert (made["slug"], made["projects"], made["is_example"]) == ("copy", 23, False)
    copy = good(example_client.get(f"{API}/portfolios/copy/export.json"))
    assert _without_what_a_copy_has_of_its_own(copy) == _without_what_a_copy_has_of_its_own(good(document))
    for path in ("projects?limit=200&sort=key", "infrastructure", "overview"):
        assert _same_words(example_client, "copy", path) == _same_words(example_client, "example", path)


def _same_words(client: TestClient, slug: str, path: str) -> Any:
    body = good(client.get(f"{API}/portfolios/{slug}/{path}"))
    for item in body.get("items", ()):
        for own in ("id", "key", "portfolio"):
            item.pop(own, None)
    for step in body.get("build_next", {}).get("steps", ()):
        step["projects"] = [key.rpartition("-")[2] for key in step["projects"]]  # a copy has another prefix
    return body


def test_csv_and_xlsx_hold_a_line_for_each_project(example_client: TestClient) -> None:
    everyone = good(example_client.get(f"{EXAMPLE}/projects?limit=200&sort=key"))["items"]
    answer = example_client.get(f"{EXAMPLE}/export.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="example.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["key"], row["name"]) for row in rows] == [(item["key"], item["name"]) for item in everyone]
    answer = example_client.get(f"{EXAMPLE}/export.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="example.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Projects", "Answers"]
    keys = [row[0].value for row in book["Projects"].iter_rows(min_row=2)]
    assert keys == [item["key"] for item in everyone]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text_and_comes_back_as_it_was(lab: TestClient, text: str) -> None:
    text = text.strip()
    fields = {"name": text, "summary": text, "owner": text, "attributes": {"note": text}}
    good(lab.patch(PROJECT, json=fields, headers={"if-match": "*"}))
    table = lab.get(f"{LAB}/export.csv").content
    for row in csv.reader(io.StringIO(table.decode("utf-8-sig"))):
        for cell in row:
            assert not cell or cell.lstrip()[0] not in "=+-@\uff1d\uff0b\uff0d\uff20" or _is_number(cell), cell
    book = openpyxl.load_workbook(io.BytesIO(lab.get(f"{LAB}/export.xlsx").content))
    assert {entry.data_type for line in book["Projects"].iter_rows() for entry in line} <= {"s", "n"}
    sent = lab.post(f"{LAB}/imports", files={"file": ("lab.csv", table)})
    assert [line["reason"] for line in good(sent)["skipped"]] == ["unchanged"]
    kept = good(lab.get(PROJECT))
    assert {name: kept[name] for name in fields} == fields


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("format_", ["json", "csv", "xlsx"])
def test_an_empty_portfolio_is_exported_too(client: TestClient, format_: str) -> None:
    client.post(f"{API}/portfolios", json={"slug": "empty", "name": "Empty"})
    assert client.get(f"{API}/portfolios/empty/export.{format_}").status_code == 200


def test_what_cannot_be_exported(lab: TestClient) -> None:
    problem(lab.get(f"{API}/portfolios/none/export.json"), 404)
    for path in ("export.pdf", "export.JSON", "export.json%00"):
        problem(lab.get(f"{LAB}/{path}"), 422)
    problem(lab.get(f"{LAB}/export"), 404)
    problem(lab.get(f"{LAB}/export."), 404)
    problem(lab.get(f"{LAB}/export.json?all=1"), 422)
