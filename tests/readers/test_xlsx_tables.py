"""Workbooks from anywhere: read as a person sees them, or refused before they cost anything."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.workbook.protection import WorkbookProtection

from planner.domain.errors import PlannerError, TooLarge, Unreadable
from planner.domain.import_tables import FileRules, Table
from planner.readers.limits import Limits
from planner.readers.tables import open_table

SHEET = "xl/worksheets/sheet1.xml"
Edit = Callable[[bytes], bytes]


def workbook(*rows: list[Any], title: str = "Projects") -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = title
    for row in rows:
        page.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def edited(content: bytes, edits: dict[str, Edit], **extra: bytes) -> bytes:
    """The workbook with parts changed, as a person with a hex editor would."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, edits.get(name, bytes)(source.read(name)))
        for name, part in extra.items():
            target.writestr(name, part)
    return result.getvalue()


def with_rows(markup: str) -> bytes:
    """A workbook whose sheet holds exactly these rows."""
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{markup}'
    return edited(workbook(["name"]), {SHEET: lambda _: f"{sheet}</sheetData></worksheet>".encode()})


def opened(content: bytes, limits: Limits | None = None, sheet: str | None = None) -> Table:
    return open_table(content, "a.xlsx", FileRules(sheet=sheet), limits or Limits())


def read(content: bytes, sheet: str | None = None) -> list[list[str]]:
    table = opened(content, sheet=sheet)
    return [list(table.header), *(list(row) for row in table.rows)]


def test_cells_read_as_a_person_sees_them() -> None:
    moment = dt.datetime(2023, 10, 1, 8, 30, tzinfo=None)  # noqa: DTZ001 - a sheet knows no zones
    content = workbook(
        ["name", "count", "share", "day", "moment", "yes"],
        ["Amazonía – “x”", 12, 12.5, dt.date(2023, 10, 1), moment, True],
        [" a ", -3, 1e21, None, None, False],
    )
    assert read(content) == [
        ["name", "count", "share", "day", "moment", "yes"],
        ["Amazonía – “x”", "12", "12.5", "2023-10-01", "2023-10-01 08:30:00", "TRUE"],
        [" a ", "-3", "1e+21", "", "", "FALSE"],
    ]


def test_a_table_may_begin_anywhere_and_end_in_formatted_blanks() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["C4"], page["D4"], page["C6"] = "name", "note", "Alpha"
    page["A9"].font = Font(bold=True)
    page["C8"] = "  "
    assert read(saved(book)) == [["name", "note"], ["", ""], ["Alpha", ""], ["", ""], ["  ", ""]]


def test_the_sheet_that_is_named_is_read_else_the_first_visible() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Hidden"
    book.worksheets[0].append(["secret"])
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("First").append(["one"])
    book.create_sheet("Second").append(["two"])
    content = saved(book)
    assert read(content) == [["one"]]
    assert read(content, sheet="Second") == [["two"]]
    with pytest.raises(Unreadable, match="no sheet 'Third'; it has: Hidden, First, Second"):
        read(content, sheet="Third")


def test_what_a_sheet_does_not_say_is_pointed_out() -> None:
    content = workbook(["name", "total", "rate"], ["Alpha", "=1+1", 3], ["Beta", 4, "#N/A"])
    table = opened(content)
    assert [list(row) for row in table.rows] == [["Alpha", "", "3"], ["Beta", "4", ""]]
    assert table.flaws == {1: [(1, "formula_without_result", "B2")], 2: [(2, "cell_error", "C3 #N/A")]}


def test_results_of_formulas_are_read() -> None:
    content = edited(
        workbook(["name", "total", "text"], ["Alpha", "=1+1", "=A1"]),
        {SHEET: lambda xml: xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b'r="C2"><f>A1</f><v></v>', b'r="C2" t="str"><f>A1</f><v></v>'
        )},
    )  # fmt: skip
    table = opened(content)
    assert [list(row) for row in table.rows] == [["Alpha", "2", ""]]
    assert not table.flaws


def test_the_guard_of_an_export_is_taken_off() -> None:
    assert read(workbook(["name"], ["'=1+1"])) == [["name"], ["=1+1"]]


NO_WORKBOOK = {
    "a beginning": (b"PK\x03\x04 and no more", "damaged archive"),
    "half a file": (workbook(["name"], ["x"])[:-200], "damaged archive"),
    "half a part": (edited(workbook(["name"]), {"xl/workbook.xml": lambda _: b"<workbook"}), "cannot be read as"),
    "an open quote": (edited(workbook(["name"]), {SHEET: lambda xml: xml.replace(b"<c ", b'<c x="')}), "not sound XML"),
    "an entity": (edited(workbook(["name"]), {SHEET: lambda xml: b"<!DOCTYPE x []>" + xml}), "document type"),
    "UTF-16": (edited(workbook(["name"]), {SHEET: lambda xml: xml.decode().encode("utf-16")}), "not UTF-8"),
    "nothing": (workbook(), "is empty"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "says"), NO_WORKBOOK.values(), ids=NO_WORKBOOK)
def test_what_is_no_workbook_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        opened(content)


def test_a_zip_of_something_else() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(Unreadable, match="no XLSX workbook"):
        opened(content.getvalue())


def test_a_password_on_changes_does_not_keep_from_reading() -> None:
    book = openpyxl.Workbook()
    book.security = WorkbookProtection(workbookPassword="secret", lockStructure=True)
    book.worksheets[0].append(["name"])
    assert read(saved(book)) == [["name"]]


LAUGHS = b"".join(b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE lolz [<!ENTITY l0 'lol'>" + LAUGHS + b"]>",
        b"<!DOCTYPE x [<!ENTITY file SYSTEM 'file:///etc/passwd'>]>",
        b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>",
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_that_multiply_or_read_files_are_refused(doctype: bytes, part: str) -> None:
    content = edited(workbook(["name"], ["x"]), {part: lambda xml: doctype + xml})
    with pytest.raises(Unreadable, match="document type"):
        opened(content)


def bomb(megabytes: int) -> bytes:
    """A workbook whose sheet unpacks to so much, made without holding it."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["name"]))) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != SHEET:
                target.writestr(name, source.read(name))
        with target.open(SHEET, "w") as part:
            for _ in range(megabytes):
                part.write(b" " * 1_000_000)
    return result.getvalue()


def test_a_zip_bomb_is_refused_quickly_and_in_little_memory() -> None:
    content = bomb(300)
    assert len(content) < 400_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with pytest.raises(TooLarge, match="unpacks to more than 64 MiB"):
        opened(content)
    assert time.perf_counter() - start < 1
    if sys.platform == "linux":  # where it is in KiB
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_zip_bomb_that_lies_about_its_size_is_refused_too() -> None:
    content = bomb(100)
    actual, claimed = struct.pack("<I", 100_000_000), struct.pack("<I", 1000)
    assert content.count(actual) == 2  # in front of the part, and in the directory
    content = content.replace(actual, claimed)
    with pytest.raises(TooLarge, match="unpacks to more than 64 MiB"):
        opened(content)


def test_a_part_that_unpacks_to_other_bytes_than_it_says() -> None:
    content = workbook(["name"], ["x"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        checksum = struct.pack("<I", zlib.crc32(archive.read(SHEET)))
    with pytest.raises(Unreadable, match="damaged"):
        opened(content.replace(checksum, b"\0\0\0\0"))


def test_many_small_parts_add_up() -> None:
    extra = {f"xl/worksheets/more{number}.xml": b" " * 10_000_000 for number in range(7)}
    with pytest.raises(TooLarge, match="unpacks to more than 64 MiB"):
        opened(edited(workbook(["name"]), {}, **extra))


def test_pictures_and_macros_are_left_alone() -> None:
    extra = {"xl/media/image1.png": b"\0" * 80_000_000, "xl/vbaProject.bin": b"\0<!DOCTYPE"}
    assert read(edited(workbook(["name"], ["x"]), {}, **extra)) == [["name"], ["x"]]


HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c r="Z1048576"><v>1</v></c></row>',
        "<row r = '1048576'><c\n r\t=\n'ZZ1048576'><v>1</v></c></row>",
        '<row r="2"><c r="zz1048576"><v>1</v></c></row>',
        '<x:row xmlns:x="y" r="2"><x:c s="1"r="XFD1048576"><v>1</v></x:c></x:row>',
        """<row r="2"><c s=' r="A1" ' r="XFD1048576"><v>1</v></c></row>""",
        '<row r="2"><c r="A2" r="XFD1048576"><v>1</v></c></row>',
        "<row r='2'><c r='XFD1048576' r='A2'><v>1</v></c></row>",
        '<row r="2"><c r="XFD&#49;048576"><v>1</v></c></row>',
        '<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>',
        '<row r="2"><c r="ZZZZZZZZ2"><v>1</v></c></row>',
        '<row r="2">' + "<c><v>1</v></c>" * 20_000 + '</row><row r="9000"><c r="A9000"><v>1</v></c></row>',
        """<row r="2">""" + """<c s=' r="A1"'><v>1</v></c>""" * 20_000 + """</row><row r="9000"/>""",
    ],
)
def test_a_giant_sheet_is_refused_before_it_is_parsed(row: str) -> None:
    # The parser would ask for memory for all the cells between, and end the process when there is none.
    with pytest.raises(PlannerError):
        opened(with_rows(HEAD + row))


def test_rows_and_cells_may_leave_out_where_they_are() -> None:
    rows = "".join(f"<row><c><v>{number}</v></c><c><v>2</v></c></row>" for number in range(3))
    assert read(with_rows(rows)) == [["0", "2"], ["1", "2"], ["2", "2"]]


def test_more_records_than_the_limit() -> None:
    content = workbook(["name"], *(["x"] for _ in range(11)))
    with pytest.raises(TooLarge, match="more than 10 records"):
        list(opened(content, Limits(max_records=10)).rows)


def test_a_text_beyond_the_limit() -> None:
    with pytest.raises(TooLarge, match="record 1: a field has more than 100 characters"):
        list(opened(workbook(["name"], ["x" * 101]), Limits(max_cell=100)).rows)


@pytest.mark.parametrize("value", [b"1e300", b"-1e300", b"NaN", b"inf", b"99999999999"])
@pytest.mark.parametrize("cell", [b"A2", b"A3", b"A4"])
def test_times_that_no_calendar_has(value: bytes, cell: bytes) -> None:
    content = workbook(["name"], [dt.date(2024, 2, 29)], [dt.timedelta(hours=5)], [dt.time(3, 4)])
    number = re.compile(rb'(<c r="' + cell + rb'"[^>]*><v>)[^<]*')
    with suppress(Unreadable):
        read(edited(content, {SHEET: lambda xml: number.sub(rb"\g<1>" + value, xml)}))


def test_junk_never_ends_in_anything_but_an_error_of_ours() -> None:
    chance = random.Random(11)
    good = workbook(["name", "count", "day"], ["Alpha", 1, dt.date(2024, 2, 29)], ["Beta", "=1+1", None])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        names = [name for name in archive.namelist() if name.startswith(("xl/w", "xl/s", "[", "_"))]

    def damage(part: bytes) -> bytes:
        damaged = bytearray(part)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(damaged))
            damaged[place : place + chance.randint(0, 3)] = chance.choice(
                [b"", b"<", b'"', b"9", b"\xff", b"&#0;", b"/>"]
            )
        return bytes(damaged)

    for _ in range(300):
        with suppress(Unreadable, TooLarge):
            read(edited(good, {chance.choice(names): damage}))
    for _ in range(300):
        content = bytearray(good)
        content[chance.randrange(len(content))] = chance.randrange(256)
        with suppress(Unreadable, TooLarge):
            read(bytes(content))
