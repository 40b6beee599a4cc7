from __future__ import annotations

import io
import zipfile

import pypdf
import pytest
from starlette.testclient import TestClient

from tests.api.reading import API, LAB, PROJECT, fields, problem

PLACES = (f"{API}/projects/EX-1", f"{API}/portfolios/example")
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def words(content: bytes, kind: str) -> str:
    """The text of a report, blanks folded."""
    if kind == "pdf":
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    elif kind == "docx":
        text = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    else:
        text = content.decode()
    return " ".join(text.split())


@pytest.mark.parametrize("place", PLACES, ids=["project", "portfolio"])
@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_the_plan_in_every_form(example_client: TestClient, place: str, kind: str) -> None:
    if kind == "docx":
        pytest.importorskip("docx")
    answer = example_client.get(f"{place}/report.{kind}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPES[kind]
    named = place.rpartition("/")[2]
    shown = "inline" if kind == "pdf" else "attachment"
    assert answer.headers["content-disposition"] == f'{shown}; filename="{named}-plan.{kind}"'
    name = example_client.get(place).json()["name"]
    assert name.split()[0] in words(answer.content, kind)


def test_the_filters_decide_what_a_portfolio_report_is_about(example_client: TestClient) -> None:
    url = f"{API}/portfolios/example/report.md"
    everything, some = (words(example_client.get(f"{url}{q}").content, "md") for q in ("", "?archetype=autonomous"))
    assert len(some) < len(everything)
    assert fields(example_client.get(f"{url}?colour=red")) == ["colour"]


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_names_are_text_in_every_form(lab: TestClient, kind: str) -> None:
    if kind == "docx":
        pytest.importorskip("docx")
    name = "<script>alert(1)</script> {{ 7*7 }} #eval(1) $x$ *b* `c` |d|"
    said = {"name": name, "summary": name, "owner": name, "risks": f"![x](http://127.0.0.1:1/x.png) {name}"}
    lab.patch(PROJECT, json=said, headers={"if-match": "*"})
    for place in (PROJECT, LAB):
        answer = lab.get(f"{place}/report.{kind}")
        assert answer.status_code == 200
        if kind == "html":
            assert b"<script" not in answer.content.lower()
            assert b'src="http' not in answer.content
        assert "{{ 7*7 }}" in words(answer.content, kind) or kind in ("md", "pdf")
        assert "49" not in words(answer.content, kind).partition("alert")[2][:60]


@pytest.mark.parametrize("kind", ["html", "pdf", "md"])
def test_a_plan_of_nothing_is_a_plan(client: TestClient, kind: str) -> None:
    client.post(f"{API}/portfolios", json={"slug": "empty", "name": "Empty"})
    assert client.get(f"{API}/portfolios/empty/report.{kind}").status_code == 200


def test_what_cannot_be_reported(lab: TestClient) -> None:
    problem(lab.get(f"{API}/projects/LAB-9/report.pdf"), 404)
    problem(lab.get(f"{API}/portfolios/none/report.pdf"), 404)
    for path in ("report.exe", "report.PDF", "report.pdf%00"):
        assert fields(lab.get(f"{PROJECT}/{path}")) == ["format"]
        assert fields(lab.get(f"{LAB}/{path}")) == ["format"]
    assert fields(lab.get(f"{PROJECT}/report.pdf?page=1")) == ["page"]
