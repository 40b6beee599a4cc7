"""CSV from anywhere: read as it was meant, or refused with what would cure it."""

from __future__ import annotations

import codecs
import gzip
import random
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest

from planner.domain.errors import TooLarge, Unreadable
from planner.domain.import_tables import FileRules
from planner.readers.limits import Limits
from planner.readers.tables import open_table

LETTERS = "Amazonía – “niños” café, naïve, Straße"
SMALL = Limits(max_bytes=5_000_000, max_records=1000, max_columns=50, max_cell=1000)


def read(content: bytes, name: str = "a.csv", **rules: object) -> list[list[str]]:
    table = open_table(content, name, FileRules.model_validate(rules), SMALL)
    return [list(table.header), *(list(row) for row in table.rows)]


def refusal(content: bytes, name: str = "a.csv", **rules: object) -> str:
    with pytest.raises(Unreadable) as caught:
        read(content, name, **rules)
    return str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8-sig", "utf-8"),
        ("utf-16", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-32", None),
        ("cp1252", "cp1252"),
        ("cp1252", "windows-1252"),
    ],
)
def test_letters_come_out_as_they_were_written(encoding: str, declared: str | None) -> None:
    text = f'name,note\r\n"{LETTERS}",x\r\n'
    assert read(text.encode(encoding), encoding=declared) == [["name", "note"], [LETTERS, "x"]]


def test_big_endian_utf16_with_its_mark() -> None:
    content = codecs.BOM_UTF16_BE + f"name\n{LETTERS.replace(',', '')}\n".encode("utf-16-be")
    assert read(content) == [["name"], [LETTERS.replace(",", "")]]


def test_text_that_is_not_utf8_is_refused_and_never_replaced() -> None:
    text = refusal("name\nfine\nAgency’s plan\n".encode("cp1252"))
    assert "byte 0x92 near line 3" in text
    assert "encoding: cp1252" in text


def test_bytes_that_the_declared_encoding_does_not_have() -> None:
    assert "byte 0x81" in refusal(b"name\n\x81\n", encoding="cp1252")


def test_utf8_is_not_read_as_something_else() -> None:
    assert "encoding: utf-8" in refusal(f"name\n{LETTERS}\n".encode(), encoding="cp1252")


def test_a_byte_order_mark_outdoes_a_wrong_declaration() -> None:
    assert "byte order mark of utf-8" in refusal("name\nx\n".encode("utf-8-sig"), encoding="cp1252")


def test_a_broken_letter_far_down_is_found_before_anything_is_used() -> None:
    content = b"name\n" + b"fine\n" * 300_000 + b"bad \xff\n"
    with pytest.raises(Unreadable, match="near line 300002"):
        open_table(content, "a.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_found(delimiter: str) -> None:
    lines = [["name", "note"], ["a", "1.5"], ["b", "2"]]
    assert read("\n".join(delimiter.join(line) for line in lines).encode()) == lines


def test_a_comma_in_a_text_does_not_outdo_the_semicolon() -> None:
    assert read(b"name;note\na, b, c;x\nd;y\n")[1] == ["a, b, c", "x"]


def test_a_single_column_needs_no_delimiter() -> None:
    assert read(b"name\nAlpha\nBeta\n") == [["name"], ["Alpha"], ["Beta"]]


def test_a_declared_delimiter_is_taken() -> None:
    assert read(b"name|a,b\nx|y,z\n", delimiter="|") == [["name", "a,b"], ["x", "y,z"]]


def test_quotes_line_breaks_and_blank_lines() -> None:
    content = b'name,note\r\n"a ""quoted"" word","two\r\nlines"\r\n\r\nlast,\r\n\r\n'
    assert read(content) == [["name", "note"], ['a "quoted" word', "two\r\nlines"], ["last", ""]]


def test_records_of_another_width_are_left_to_the_mapping() -> None:
    assert read(b"a,b\n1\n1,2,3\n") == [["a", "b"], ["1"], ["1", "2", "3"]]


def test_headers_may_stand_further_down() -> None:
    assert read(b"Inventory of 2024,\nname,note\na,b\n", header_record=2) == [["name", "note"], ["a", "b"]]


def test_the_guard_of_an_export_is_taken_off() -> None:
    assert read(b"name,note\n'=1+1,'tis\n") == [["name", "note"], ["=1+1", "'tis"]]


NO_CSV = {
    "nothing": (b"", "a.csv", "is empty"),
    "blanks": (b"  \n\n", "a.csv", "is empty"),
    "blank headers": (b",,\n1,2,3\n", "a.csv", "no headers"),
    "a login page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a.csv", "web page"),
    "a page with a mark": (b"\xef\xbb\xbf\n <html lang=en>", "a.csv", "web page"),
    "XML": (b"<?xml version='1.0'?><Workbook/>", "a.csv", "web page or XML"),
    "a PDF": (b"%PDF-1.7 ...", "a.csv", "PDF"),
    "a workbook": (b"PK\x03\x04rest", "a.csv", "name it .xlsx"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls", "save it as .xlsx"),
    "a packed file": (gzip.compress(b"name\na\n"), "a.csv.gz", "gzip"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "a.csv", "picture"),
    "a database": (b"SQLite format 3\x00", "a.csv", "database"),
    "NUL": (b"name\na\x00b\n", "a.csv", "NUL characters, the first near line 2"),
    "UTF-16 without a mark": ("name\nAlpha\n".encode("utf-16-le"), "a.csv", "utf-16-le"),
    "CSV by another name": (b"name,note\na,b\n", "a.xlsx", "no XLSX workbook"),
    "junk": (random.Random(1).randbytes(5000), "a.csv", "not utf-8 text"),
    "an open quote": (b'name,note\na,"never closed\nb,c\n', "a.csv", "begins at line 2: the quotes do not match"),
    "a quote inside": (b'name,note\n"a"b,c\n', "a.csv", "quotes do not match"),
}


@pytest.mark.parametrize(("content", "name", "says"), NO_CSV.values(), ids=NO_CSV)
def test_what_is_no_csv_is_refused(content: bytes, name: str, says: str) -> None:
    assert says in refusal(content, name)


def test_too_large_a_file() -> None:
    with pytest.raises(TooLarge, match="has 6 MiB; at most 5 MiB"):
        read(b"x" * 6_000_000)


def test_a_large_file_on_disk_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    start = time.perf_counter()
    with pytest.raises(TooLarge):
        open_table(path, path.name, limits=SMALL)
    assert time.perf_counter() - start < 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"gone\.csv cannot be read: No such file"):
        open_table(tmp_path / "gone.csv", "gone.csv")


BEYOND = {
    "records": (b"name\n" + b"a\n" * 1001, "more than 1,000 records"),
    "a long field": (b"name\n" + b"a" * 1001 + b"\n", "record 1: a field has more than 1,000 characters"),
    "columns": (b"name" + b",x" * 50 + b"\n", "51 columns; at most 50"),
    "a quote without end": (b'name\n"' + b"a\n" * 100_000, "never closed"),
}


@pytest.mark.parametrize(("content", "says"), BEYOND.values(), ids=BEYOND)
def test_what_goes_beyond_a_limit_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(TooLarge, match=says):
        read(content)


def test_a_million_records_are_refused_quickly_and_in_little_memory() -> None:
    content = b"name,note\n" + b"Alpha,one\n" * 1_000_000
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(TooLarge):
        for _ in open_table(content, "a.csv", limits=Limits(max_records=50_000)).rows:
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.perf_counter() - start < 3
    assert peak < 20_000_000


def test_junk_never_ends_in_anything_but_an_error_of_ours() -> None:
    chance = random.Random(7)
    good = f'name;note\n"{LETTERS}";"x\ny"\n'.encode() * 5
    for _ in range(500):
        junk = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            junk[chance.randrange(len(junk))] = chance.randrange(256)
        with suppress(Unreadable, TooLarge):
            read(bytes(junk))
