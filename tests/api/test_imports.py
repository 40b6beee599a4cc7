from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from planner.domain.imports import ImportReport
from tests.api.reading import API, LAB, fields, good, problem

IMPORTS = f"{LAB}/imports"
TABLE = b"name,summary,status,budget\nLeak detection,Finds leaks,active,12\nFleet routing,,candidate,\n"
MAPPING = """\
version: 1
id: ours
columns: {title: Title, state: State}
fields:
  name: title
  status: {column: state, map: {going: active}, other: reject}
"""


def send(client: TestClient, content: bytes, name: str = "table.csv", **form: str) -> Response:
    return client.post(IMPORTS, files={"file": (name, content)}, data=form)


def report(response: Response) -> ImportReport:
    body = good(response)
    found = ImportReport.model_validate({k: v for k, v in body.items() if not k.endswith("_counts")})
    assert body["read"] == body["created"] + body["updated"] + len(body["skipped"]) + len(body["rejected"])
    return found


def names(client: TestClient) -> list[str]:
    return [item["name"] for item in good(client.get(f"{LAB}/projects?sort=key"))["items"]]


def revision(client: TestClient) -> Any:
    return good(client.get(LAB))["revision"]


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
    return client


def test_a_dry_run_says_what_would_happen_and_stores_nothing(lab: TestClient) -> None:
    before = revision(lab)
    dry = report(send(lab, TABLE, dry_run="true"))
    assert (dry.dry_run, dry.read, dry.created) == (True, 2, 2)
    assert (names(lab), revision(lab)) == ([], before)
    real = report(send(lab, TABLE))
    assert real == dry.model_copy(update={"dry_run": False})
    assert names(lab) == ["Leak detection", "Fleet routing"]


def test_columns_named_like_fields_are_taken_and_others_kept(lab: TestClient) -> None:
    send(lab, TABLE)
    first, second = (good(lab.get(f"{API}/projects/LAB-{number}")) for number in (1, 2))
    assert (first["summary"], first["status"], first["attributes"]) == ("Finds leaks", "active", {"budget": "12"})
    assert (second["summary"], second["status"], second["attributes"]) == (None, "candidate", {})
    assert first["standing"]["answered"] == 0  # an import answers no question


def test_the_same_file_again_changes_nothing(lab: TestClient) -> None:
    send(lab, TABLE)
    before = revision(lab)
    again = report(send(lab, TABLE))
    assert (again.created, again.updated, [line.reason for line in again.skipped]) == (0, 0, ["unchanged"] * 2)
    assert revision(lab) == before
    changed = report(send(lab, TABLE.replace(b"Finds leaks", b"Finds small leaks")))
    assert (changed.created, changed.updated, len(changed.skipped)) == (0, 1, 1)


def test_a_mapping_as_yaml_binds_columns_and_rejects_with_number_and_reason(lab: TestClient) -> None:
    table = b"Title,State\nLeak detection,going\nFleet routing,gone\n,going\nLeak detection,going\n"
    found = report(send(lab, table, mapping=MAPPING))
    assert (found.read, found.created) == (4, 1)
    assert {line.record: line.reason for line in found.rejected}.keys() == {2, 3}
    assert [line.record for line in found.skipped] == [4]
    assert all(line.detail for line in (*found.rejected, *found.skipped))
    assert names(lab) == ["Leak detection"]


def test_a_shipped_mapping_is_taken_by_its_name(lab: TestClient) -> None:
    found = problem(send(lab, TABLE, mapping="us-fed-ai-2024"), 422)  # it is known, and does not fit this file
    assert found.errors
    unknown = problem(send(lab, TABLE, mapping="nope"), 422)
    assert [error.field for error in unknown.errors] == ["mapping"]
    assert "us-fed-ai-2024" in unknown.errors[0].message


def test_the_inventory_comes_in_by_its_mapping(lab: TestClient, shared_dir: Path) -> None:
    inventory = (shared_dir / "data" / "inventory" / "us-fed-ai-2024.csv").read_bytes()
    dry = report(send(lab, inventory, mapping="us-fed-ai-2024", dry_run="true"))
    assert (dry.read, dry.created, len(dry.skipped), len(dry.rejected)) == (2133, 2130, 3, 0)


def test_a_workbook_comes_in_like_a_table(lab: TestClient) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("name", "effort"), ("Leak detection", 12), ("=1+1", None)):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    found = report(send(lab, file.getvalue(), "table.xlsx"))
    assert found.created >= 1
    assert good(lab.get(f"{API}/projects/LAB-1"))["effort"] == 12


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ("version: 1\nid: ours", "mapping: columns"),
        ("version: 2\n" + MAPPING.partition("\n")[2], "mapping: version"),
        (MAPPING + "colour: red\n", "mapping: colour"),
        (MAPPING.replace("title: Title, ", ""), "mapping: fields.name.column"),
        ("a: [1\n", "mapping"),
        ("a: &x [1]\nb: *x\n", "mapping"),
        ("a: 1\na: 2\n", "mapping"),
        ("!!python/object/apply:os.system ['true']\n", "mapping"),
        ("- a: b\n- c: d\n", "mapping"),
        ("name:\x00", "mapping"),
        ("a: " * 2000, "mapping"),
        ("a: {" * 500, "mapping"),
    ],
)
def test_an_unsound_mapping_is_refused_by_place(lab: TestClient, mapping: str, named: str) -> None:
    answer = send(lab, TABLE, mapping=mapping)
    found = problem(answer, answer.status_code)
    assert found.status in (400, 422)
    assert not found.errors or found.errors[0].field.startswith(named)
    assert names(lab) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "us-fed-ai-2024.yaml", "mappings/us-fed-ai-2024"])
def test_a_mapping_opens_no_file(lab: TestClient, name: str) -> None:
    assert fields(send(lab, TABLE, mapping=name)) == ["mapping"]


def bomb() -> bytes:
    """A workbook whose sheet unpacks to a gigabyte; a megabyte as it is sent."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(128):
                part.write(b" " * 1024 * 1024)
    sizes = bytearray(file.getvalue())
    at = sizes.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<L", sizes, at + 24, 2**30)
    return bytes(sizes)


def workbook(*parts: tuple[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'


FILES: dict[str, tuple[bytes, str, int]] = {
    "nothing": (b"", "table.csv", 400),
    "blank lines": (b"\n\n\n", "table.csv", 400),
    "a web page": (b"<!doctype html><html><body>Log in</body></html>", "table.csv", 400),
    "XML": (b"\xef\xbb\xbf  <?xml version='1.0'?><a/>", "table.csv", 400),
    "NUL": (b"name\nLeak\x00detection\n", "table.csv", 400),
    "Latin-1": (b"name\nCaf\xe9\n", "table.csv", 400),
    "UTF-32": ("name\nLeak\n".encode("utf-32-le"), "table.csv", 400),
    "PDF": (b"%PDF-1.7\n", "table.csv", 400),
    "a picture": (b"\x89PNG\r\n\x1a\n", "table.png", 400),
    "an old workbook": (b"\xd0\xcf\x11\xe0old", "table.xls", 400),
    "gzip": (b"\x1f\x8bgzip", "table.csv.gz", 400),
    "a database": (b"SQLite format 3\x00", "table.db", 400),
    "text named xlsx": (b"name\nLeak\n", "table.xlsx", 400),
    "a damaged archive": (b"PK\x03\x04damaged", "table.xlsx", 400),
    "an archive of text": (workbook(("a.txt", "a")), "table.xlsx", 400),
    "an XML entity": (workbook(("xl/workbook.xml", DTD)), "table.xlsx", 400),
    "broken XML": (workbook(("xl/workbook.xml", "<workbook>")), "table.xlsx", 400),
    "a workbook named csv": (workbook(("xl/workbook.xml", "<a/>")), "table.csv", 400),
    "a ZIP bomb": (bomb(), "table.xlsx", 413),
    "no name column": (b"a,b\n1,2\n", "table.csv", 422),
    "an open quote": (b'name\n"open\n', "table.csv", 400),
    "a giant cell": (b"name\n" + b"x" * 100_001 + b"\n", "table.csv", 413),
    "many columns": (b"name" + b",x" * 1001 + b"\n", "table.csv", 413),
    "many records": (b"name\n" + b"x\n" * 50_001, "table.csv", 413),
    "many facts": (b"name" + b",a" * 1000 + b"\n", "table.csv", 413),
}


@pytest.mark.parametrize(("content", "name", "status"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_table_is_refused_with_the_cure(
    lab: TestClient, content: bytes, name: str, status: int
) -> None:
    found = problem(send(lab, content, name), status)
    assert name in found.detail or found.errors
    assert names(lab) == []
    assert revision(lab) == 1


def test_a_file_beyond_the_limit_is_refused(lab: TestClient) -> None:
    content = b"name\n" + b"x" * 32 * 1024 * 1024
    assert "32 MiB" in problem(send(lab, content), 413).detail
    assert "34,603,008" in problem(send(lab, content * 2), 413).detail


def test_records_that_break_a_rule_are_rejected_and_the_others_taken(lab: TestClient) -> None:
    rows = [
        "name,effort,status,links",
        "Good,12,active,https://example.org",
        f"{'x' * 501},1,active,",
        ",1,active,",
        "Much,1e300,active,",
        "Odd,many,active,",
        "Late,1,someday,",
        "Link,1,active,javascript:alert(1)",
        "<script>alert(1)</script>,1,active,",
        '"=HYPERLINK(""http://x"")",1,active,',
    ]
    found = report(send(lab, "\n".join(rows).encode()))
    assert found.read == 9
    assert found.created >= 3
    assert {2, 3}.issubset(line.record for line in found.rejected)
    kept = names(lab)
    assert "<script>alert(1)</script>" in kept
    assert '=HYPERLINK("http://x")' in kept
    for item in good(lab.get(f"{LAB}/projects"))["items"]:
        project = good(lab.get(f"{API}/projects/{item['key']}"))
        assert not any("javascript" in link["url"] for link in project["links"])


@pytest.mark.parametrize(
    ("files", "form", "field"),
    [
        ({"mapping": (None, "")}, {}, "file"),
        ({"file": ("a.csv", TABLE)}, {"dry_run": "perhaps"}, "dry_run"),
        ({"file": ("a.csv", TABLE)}, {"dryrun": "true"}, "dryrun"),
        ({"file": ("a.csv", TABLE)}, {"dry_run": ["true", "false"]}, "dry_run"),
        ({"table": ("a.csv", TABLE)}, {}, "table"),
    ],
)
def test_a_wrong_form_is_refused_by_field(
    lab: TestClient, files: dict[str, Any], form: dict[str, Any], field: str
) -> None:
    answer = lab.post(IMPORTS, files=files, data=form)
    assert field in fields(answer)
    assert names(lab) == []


def test_a_body_that_is_no_form_is_refused(lab: TestClient) -> None:
    problem(lab.post(IMPORTS, json={"file": "x"}), 415)
    problem(lab.post(IMPORTS, content=TABLE, headers={"content-type": "text/csv"}), 415)
    problem(lab.post(IMPORTS, content=b"garbage", headers={"content-type": "multipart/form-data"}), 400)
    problem(lab.post(IMPORTS, content=b"garbage", headers={"content-type": "multipart/form-data; boundary=x"}), 400)
    assert fields(lab.post(IMPORTS)) == ["file"]


def test_an_unknown_portfolio_takes_no_file(lab: TestClient) -> None:
    answer = lab.post(f"{API}/portfolios/none/imports", files={"file": ("a.csv", TABLE)})
    assert "none" in problem(answer, 404).detail


def test_a_document_makes_a_portfolio_whole_or_not_at_all(lab: TestClient) -> None:
    send(lab, TABLE)
    document = lab.get(f"{LAB}/export.json").content
    made = lab.post(f"{API}/imports?slug=copy", content=document, headers={"content-type": "application/json"})
    assert (good(made, 201)["projects"], made.headers["location"]) == (2, f"{API}/portfolios/copy")
    again = lab.post(f"{API}/imports?slug=copy", content=document, headers={"content-type": "application/json"})
    assert "another slug" in problem(again, 409).detail
    problem(lab.post(f"{API}/imports", content=document, headers={"content-type": "application/json"}), 409)


def _spoilt(document: dict[str, Any], *path: str | int, value: Any) -> dict[str, Any]:
    copy: Any = json.loads(json.dumps(document))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("format",), "planner/9", "format"),
        (("colour",), "red", "colour"),
        (("portfolio", "slug"), "../x", "portfolio.slug"),
        (("portfolio", "next_number"), 1, "projects.0.key"),
        (("projects", 1, "key"), "LAB-1", "projects.1.key"),
        (("projects", 1, "key"), "OTHER-2", "projects.1.key"),
        (("projects", 0, "name"), "", "projects.0.name"),
        (("projects", 0, "version"), 0, "projects.0.version"),
        (("projects", 0, "stage"), "heaven", "projects.0.stage"),
        (("projects", 0, "links"), [{"url": "javascript:alert(1)"}], "projects.0.links.0.url"),
        (("projects", 0, "answers"), [{"criterion": "luck", "level": 3}], "projects.0.answers.0.assessor"),
        (("events", 0, "project"), "LAB-99", "events.0.project"),
        (("exported_at",), "yesterday", "exported_at"),
    ],
)
def test_an_unsound_document_is_refused_by_place(
    lab: TestClient, path: tuple[str | int, ...], value: object, field: str
) -> None:
    send(lab, TABLE)
    document = good(lab.get(f"{LAB}/export.json"))
    answer = lab.post(f"{API}/imports?slug=copy", json=_spoilt(document, *path, value=value))
    assert field in fields(answer)
    problem(lab.get(f"{API}/portfolios/copy"), 404)


def test_a_document_of_another_playbook_is_refused(lab: TestClient) -> None:
    document = good(lab.get(f"{LAB}/export.json"))
    answer = lab.post(f"{API}/imports?slug=copy", json=_spoilt(document, "portfolio", "playbook", value="other"))
    assert fields(answer) == ["portfolio.playbook"]


@pytest.mark.parametrize("slug", ["..%2f", "UPPER", "%00", "", "a" * 81])
def test_a_wrong_slug_is_refused(lab: TestClient, slug: str) -> None:
    document = good(lab.get(f"{LAB}/export.json"))
    assert fields(lab.post(f"{API}/imports?slug={slug}", json=document)) == ["slug"]
