from __future__ import annotations

import io

import openpyxl
import pytest
from starlette.testclient import TestClient

from tests.web.reading import links, read, words

ROWS = b"name,owner,stage\nFirst,Ada,data\nSecond,,\n,nobody,\n"


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    """A client of an empty portfolio."""
    client.post("/portfolios", data={"name": "Lab"})
    return client


def count(client: TestClient) -> int:
    total: int = client.get("/api/v1/portfolios/lab/projects").json()["total"]
    return total


def test_a_file_is_looked_at_first_and_nothing_is_stored(lab: TestClient) -> None:
    answer = lab.post("/portfolios/lab/import", files={"file": ("a.csv", ROWS)}, data={"action": "check"})
    text = words(read(answer).find(".//main"))
    assert "What this file would do" in text
    assert "Create 2 projects" in text
    assert "1 record" in text  # the one without a name, with its reason
    assert count(lab) == 0


def test_then_it_is_imported_and_again_changes_nothing(lab: TestClient) -> None:
    for expected in ("Done", "nothing to store"):
        answer = lab.post(
            "/portfolios/lab/import", files={"file": ("a.csv", ROWS)}, data={"action": expected and "import"}
        )
        root = read(answer)
        assert count(lab) == 2
        assert ("/portfolios/lab/projects" in links(root)) or expected in words(root.find(".//main"))


def test_a_button_that_is_not_known_stores_nothing(lab: TestClient) -> None:
    lab.post("/portfolios/lab/import", files={"file": ("a.csv", ROWS)}, data={"action": "IMPORT"})
    assert count(lab) == 0


def test_with_a_script_only_the_result_is_sent(lab: TestClient) -> None:
    headers = {"HX-Request-Type": "partial"}
    answer = lab.post("/portfolios/lab/import", files={"file": ("a.csv", ROWS)}, headers=headers)
    assert answer.text.lstrip().startswith('<div id="result"') or "<main" not in answer.text


def test_a_workbook_is_read_too(lab: TestClient) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["name"], ["=1+1"], ["Third"]):
        sheet.append(row)
    book.save(content)
    read(lab.post("/portfolios/lab/import", files={"file": ("b.xlsx", content.getvalue())}, data={"action": "import"}))
    assert count(lab) >= 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.csv", b"<!doctype html><html><body>no</body></html>"),
        ("nul.csv", b"name\x00\nA\x00\n"),
        ("empty.csv", b""),
        ("zip.xlsx", b"PK\x03\x04nonsense"),
        ("odd.pdf", b"%PDF-1.7"),
        ("head.csv", b"colour\nred\n"),
    ],
)
def test_what_is_no_table_is_refused_in_words(lab: TestClient, name: str, content: bytes) -> None:
    answer = lab.post("/portfolios/lab/import", files={"file": (name, content)}, data={"action": "import"})
    assert 400 <= answer.status_code < 500
    text = words(read(answer, answer.status_code).find(".//main"))
    assert "The file was not taken" in text or "Some fields need correcting" in text or "not taken" in text.lower()
    assert count(lab) == 0


def test_no_file_and_a_wrong_mapping_are_told_beside_the_form(lab: TestClient) -> None:
    text = words(read(lab.post("/portfolios/lab/import", data={"action": "check"}), 422).find(".//main"))
    assert "Choose a file" in text
    for mapping in ("none-such", "version: 1\nid: x\n", "a: [", "x: \x00"):
        files = {"file": ("a.csv", ROWS)}
        root = read(lab.post("/portfolios/lab/import", files=files, data={"mapping_text": mapping}), 422)
        assert "Mapping" in words(root.find(".//main"))
    assert lab.post("/portfolios/none/import", files={"file": ("a.csv", ROWS)}).status_code == 404


def test_a_mapping_comes_as_a_file_too(lab: TestClient) -> None:
    mapping = b"version: 1\nid: mine\ncolumns: {n: Title}\nfields: {name: n}\n"
    files = {"file": ("a.csv", b"Title\nFirst\n"), "mapping_file": ("m.yaml", mapping)}
    text = words(read(lab.post("/portfolios/lab/import", files=files, data={"action": "import"})).find(".//main"))
    assert "Done" in text
    assert count(lab) == 1
    for wrong in (b"\xff\xfe", b"us-fed-ai-2024"):
        files = {"file": ("a.csv", b"Title\nFirst\n"), "mapping_file": ("m.yaml", wrong)}
        assert lab.post("/portfolios/lab/import", files=files).status_code == 422


def test_what_a_file_says_is_only_ever_text(lab: TestClient) -> None:
    nasty = b'name,owner\n"<script>alert(1)</script>",x\n'
    answer = lab.post("/portfolios/lab/import", files={"file": ("<b>.csv", nasty)}, data={"action": "import"})
    read(answer)
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in lab.get("/portfolios/lab/projects").text


def test_the_ways_out_lead_to_files(example_client: TestClient) -> None:
    root = read(example_client.get("/portfolios/example/export"))
    files = {link for link in links(root) if "/export." in link}
    assert {link.rpartition(".")[2] for link in files} == {"json", "csv", "xlsx"}
