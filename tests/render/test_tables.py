"""What is written as a table can be read again, and no spreadsheet runs any of it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.cells import guard_formula, strip_guard
from planner.readers.tables import open_table
from planner.render.tables import MAX_XLSX_TEXT, Column, Sheet, Value, write_csv, write_xlsx

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Any text that a project may hold: no NUL and no lone surrogates. U+FFFE and U+FFFF are no characters either, and XML
# has no way to say them.
texts = st.text(st.characters(exclude_characters="\0\ufffe\uffff", exclude_categories=["Cs"]))
formulas = st.builds("".join, st.tuples(st.sampled_from(["", "'", "''", " ", "' "]), st.sampled_from(DANGEROUS), texts))
cells = st.one_of(texts, formulas)


def sheet(*rows: tuple[Value, ...]) -> Sheet:
    width = max(map(len, rows))
    return Sheet("Sheet", [Column(f"column {number}") for number in range(width)], rows)


def read(content: bytes, name: str) -> list[list[str]]:
    return [list(row) for row in open_table(content, name).rows]


@given(cells)
def test_guarding_and_stripping_undo_each_other(text: str) -> None:
    assert strip_guard(guard_formula(text)) == text
    assert guard_formula(text)[:1] not in DANGEROUS


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_csv_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    content = write_csv(sheet(*rows))
    assert read(content, "export.csv") == [list(row) for row in rows]


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_no_csv_cell_is_a_formula(rows: list[tuple[str, str]]) -> None:
    text = write_csv(sheet(*rows)).decode("utf-8-sig")
    for record in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in record if cell.startswith(DANGEROUS)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.just("first"), cells, cells), min_size=1, max_size=5))
def test_xlsx_comes_back_as_it_was(rows: list[tuple[str, str, str]]) -> None:
    content = write_xlsx([sheet(*rows)])
    assert read(content, "export.xlsx") == [[strip_guard(cell) for cell in row] for row in rows]


@settings(deadline=None)
@given(st.lists(cells, min_size=1, max_size=5))
def test_no_xlsx_cell_is_a_formula(row: list[str]) -> None:
    content = write_xlsx([sheet(tuple(row))])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        markup = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in markup
    assert len(re.findall(rb't="(?:inlineStr|s)"', markup)) == 2 * len(row)


@pytest.mark.parametrize("text", ["_x0041_", "a\r\nb", "\x01", "_x0001\x01", "_x000D_", "a\x0bb", " lead "])
def test_xlsx_keeps_what_xml_cannot_say(text: str) -> None:
    assert read(write_xlsx([sheet(("first", text))]), "export.xlsx") == [["first", text]]


def test_a_header_that_looks_like_a_formula_is_text_too() -> None:
    table = Sheet("Sheet", [Column("=1+1")], [("x",)])
    assert b"'=1+1" in write_csv(table)
    assert open_table(write_csv(table), "export.csv").header == ("=1+1",)
    assert open_table(write_xlsx([table]), "export.xlsx").header == ("=1+1",)


def test_numbers_times_and_truths_keep_their_kind() -> None:
    moment = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    row = (12, 12.5, -3.0, True, moment, None, float("nan"))
    assert read(write_csv(sheet(row)), "a.csv") == [["12", "12.5", "-3.0", "TRUE", "2026-05-04 09:30:00", "", "nan"]]
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([sheet(row)])))
    values = [cell.value for cell in book["Sheet"][2]]
    assert values == [12, 12.5, -3, True, moment.replace(tzinfo=None), None, "nan"]


def test_negative_numbers_are_not_guarded() -> None:
    assert b"\r\n-3.5\r\n" in write_csv(sheet((-3.5,)))


def test_a_workbook_is_easy_to_read() -> None:
    first = Sheet("Projects", [Column("key", 12), Column("name", 40)], [("A-1", "One")])
    second = Sheet("Answers", [Column("key", 12)], [])
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([first, second])))
    assert book.sheetnames == ["Projects", "Answers"]
    page = book["Projects"]
    assert page.freeze_panes == "A2"
    assert page["A1"].font.bold
    assert page.column_dimensions["B"].width == 40


def test_text_beyond_what_a_cell_takes_is_cut_where_everybody_sees_it() -> None:
    [[text]] = read(write_xlsx([sheet(("x" * 40_000,))]), "a.xlsx")
    assert len(text) == MAX_XLSX_TEXT
    assert text.endswith("(cut; CSV and JSON have it all)")
