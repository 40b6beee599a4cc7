"""Tables as files: CSV and XLSX. Text stays text, whatever a spreadsheet would like to make of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from planner.domain.cells import as_cell, guard_formula

Value = str | int | float | bool | date | datetime | None

MAX_XLSX_TEXT = 32_767  # characters that a cell of a workbook takes
_CUT = " … (cut; CSV and JSON have it all)"
# XML has no such characters; Excel writes them as _xHHHH_, and so must escape texts that look like that.
_NOT_XML = re.compile("[{0}]|_(?=x[0-9A-Fa-f]{{4}}[_{0}])".format("\x00-\x08\x0b\x0c\r\x0e-\x1f\ufffe\uffff"))


@dataclass(frozen=True)
class Column:
    """A column: its header, and its width in a workbook in characters."""

    header: str
    width: float = 16


@dataclass(frozen=True)
class Sheet:
    """A table: each row has a value for each column."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


def write_csv(sheet: Sheet) -> bytes:
    """The table as CSV, in UTF-8 with a byte order mark, without which Excel takes it for another encoding.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, which the importer takes off again.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([guard_formula(column.header) for column in sheet.columns])
    writer.writerows([_csv_value(value) for value in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_value(value: Value) -> str | int | float:
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return value
    return guard_formula(as_cell(value))


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The tables as a workbook, each on a sheet of its own with a bold header that stays in view.

    Text is stored as text, marked so that it stays text when somebody edits the cell; numbers and times are such.
    """
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        page = workbook.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        for number, column in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(number)].width = column.width
        header = [_text_cell(page, column.header) for column in sheet.columns]
        for cell in header:
            cell.font = Font(bold=True)
        page.append(header)
        for row in sheet.rows:
            page.append([_xlsx_value(page, value) for value in row])
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _text_cell(page: WriteOnlyWorksheet, text: str) -> Cell:
    """A cell of text: never a formula, and marked for Excel as one that begins with an apostrophe would be."""
    escaped = _NOT_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    if len(escaped) > MAX_XLSX_TEXT:
        escaped = escaped[: MAX_XLSX_TEXT - len(_CUT)] + _CUT
    cell: Cell = WriteOnlyCell(page, escaped)
    cell.data_type = "s"
    cell.quotePrefix = guard_formula(text) != text
    return cell


def _xlsx_value(page: WriteOnlyWorksheet, value: Value) -> Cell | int | float | bool | date | None:
    if isinstance(value, datetime):
        # A workbook knows no time zones.
        return (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None)
    if isinstance(value, str) or (isinstance(value, float) and not isfinite(value)):
        return _text_cell(page, as_cell(value))
    return value
