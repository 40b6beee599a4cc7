"""XLSX: one sheet as records of text, after `xlsx_guard` has looked at every part of the workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from posixpath import join, normpath
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from planner.domain.cells import as_cell
from planner.domain.errors import Unreadable
from planner.domain.import_tables import FileRules
from planner.readers.limits import Limits
from planner.readers.xlsx_guard import column_number, repack

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# A formula whose result was never stored, as files written by programs rather than by Excel have; and an error such
# as #N/A. Calamine gives both as blank, which would pass for "not stated".
_NO_RESULT = re.compile(
    rb"<c\b(?![^>]*\bt=\"str\")[^>]*?\br=\"([A-Z]+)(\d+)\"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_ERROR = re.compile(
    rb"<c\b(?=[^>]*\bt=\"e\")[^>]*?\br=\"([A-Z]+)(\d+)\"[^>]*>(?:\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))?\s*<v>([^<]*)</v>"
)


class Sheet(NamedTuple):
    """The records of a sheet from the first row it uses, and the flaws of cells: (column index, kind, value)."""

    records: Iterator[list[str]]
    flaws: dict[int, list[tuple[int, str, str]]]


def read_sheet(data: bytes, filename: str, rules: FileRules, limits: Limits) -> Sheet:
    """The sheet that the rules name, else the first visible one. Raises TooLarge and Unreadable."""
    safe = repack(data, filename, limits)
    with _parsing(filename):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(safe))
        sheet = workbook.get_sheet_by_name(_sheet_name(workbook, filename, rules))
    if sheet.start is None:
        raise Unreadable(f"The sheet '{sheet.name}' of {filename} is empty.")
    return Sheet(_records(sheet, filename), _flaws(safe, sheet))


@contextmanager
def _parsing(filename: str) -> Iterator[None]:
    """Turns what the parser raises into Unreadable: its own errors, times beyond Python's, and panics of its Rust."""
    unreadable = f"{filename} cannot be read as a workbook; save it as .xlsx again."
    try:
        yield
    except (CalamineError, OverflowError, ValueError) as error:
        raise Unreadable(unreadable) from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise Unreadable(unreadable) from error


def _sheet_name(workbook: CalamineWorkbook, filename: str, rules: FileRules) -> str:
    sheets = [entry for entry in workbook.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet]
    names = [entry.name for entry in sheets]
    if rules.sheet is not None:
        if rules.sheet not in names:
            raise Unreadable(f"{filename} has no sheet '{rules.sheet}'; it has: {', '.join(names)[:500]}.")
        return rules.sheet
    visible = [entry.name for entry in sheets if entry.visible == SheetVisibleEnum.Visible]
    if not visible:
        raise Unreadable(f"{filename} has no visible sheet of cells.")
    return visible[0]


def _records(sheet: CalamineSheet, filename: str) -> Iterator[list[str]]:
    """Rows as text. Blank rows are records only when something follows them: sheets often end in formatted blanks."""
    assert sheet.start is not None
    blank: list[list[str]] = []
    for index, row in enumerate(_rows(sheet, filename)):
        if index < sheet.start[0]:
            continue
        record = [cell if isinstance(cell, str) else _as_text(cell) for cell in row]
        if not any(record):
            blank.append(record)
            continue
        yield from blank
        blank.clear()
        yield record


def _rows(sheet: CalamineSheet, filename: str) -> Iterator[list[Any]]:
    with _parsing(filename):
        yield from sheet.iter_rows()


def _as_text(cell: Any) -> str:
    """Whole numbers without a fraction (sheets know no others), dates in ISO 8601 and without a time that is none."""
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return as_cell(cell)


def _flaws(safe: bytes, sheet: CalamineSheet) -> dict[int, list[tuple[int, str, str]]]:
    content = _part_of(safe, sheet.name)
    assert sheet.start is not None
    first_row, first_column = sheet.start
    found: dict[int, list[tuple[int, str, str]]] = {}

    def add(match: re.Match[bytes], kind: str, value: str) -> None:
        row, column = int(match[2]) - first_row, column_number(match[1]) - 1 - first_column
        found.setdefault(row, []).append((column, kind, f"{match[1].decode()}{match[2].decode()} {value}".strip()))

    if b"<f" in content:
        for match in _NO_RESULT.finditer(content):
            add(match, "formula_without_result", "")
    if b't="e"' in content:
        for match in _ERROR.finditer(content):
            add(match, "cell_error", match[3].decode("utf-8", "replace")[:40])
    return found


def _part_of(safe: bytes, name: str) -> bytes:
    """The XML of the sheet of this name; nothing when the workbook points to it in a way that is not known here."""
    with zipfile.ZipFile(io.BytesIO(safe)) as archive:
        try:
            sheets = ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")  # noqa: S314 - without entities, see xlsx_guard
            relation = next(entry.get(f"{_RELATION}id") for entry in sheets if entry.get("name") == name)
            relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
            target = next(entry.get("Target", "") for entry in relations if entry.get("Id") == relation)
            return archive.read(normpath(join("/xl", target)).lstrip("/"))
        except (KeyError, StopIteration, ET.ParseError):
            return b""
