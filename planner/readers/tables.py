"""A table in a file, CSV or XLSX, as records of text.

The bytes are not trusted: what the file claims to be is checked against what it is, and every limit is tested before
memory is spent on what lies beyond it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from planner.domain.cells import strip_guard
from planner.domain.errors import TooLarge, Unreadable
from planner.domain.import_tables import FileRules, Table
from planner.readers.csv_tables import csv_records
from planner.readers.limits import DEFAULT_LIMITS, MIB, Limits

# What files begin with that are neither, and what to do about them.
_OTHER_KINDS = (
    (b"%PDF", "a PDF document; export its table as CSV or XLSX"),
    (b"\xd0\xcf\x11\xe0", "an old .xls workbook or one with a password; save it as .xlsx without a password"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"\x89PNG", "a picture; a table is needed, as CSV or XLSX"),
    (b"\xff\xd8\xff", "a picture; a table is needed, as CSV or XLSX"),
    (b"SQLite format 3", "a database; export its table as CSV"),
)
_ZIP = b"PK\x03\x04"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-zA-Z]")
_ANY = FileRules()


def open_table(source: bytes | Path, filename: str, rules: FileRules = _ANY, limits: Limits = DEFAULT_LIMITS) -> Table:
    """The table in a file; its rows are read as they are asked for.

    Raises TooLarge for a file beyond a limit and Unreadable for one that is not what its name or `rules` say, each with
    what would cure it; both may also be raised later, while the rows are read.
    """
    data = _load(source, filename, limits)
    if _kind(data, filename, rules) == "csv":
        return _table(csv_records(data, filename, rules), filename, rules, limits)
    from planner.readers.xlsx_tables import read_sheet  # noqa: PLC0415 - a CSV file does not wait for its libraries

    sheet = read_sheet(data, filename, rules, limits)
    table = _table(sheet.records, filename, rules, limits)
    # The sheet counts its records from the first it uses, the table from the one below its header.
    flaws = {number - rules.header_record: flaws for number, flaws in sheet.flaws.items()}
    return Table(table.header, table.rows, flaws)


def _load(source: bytes | Path, filename: str, limits: Limits) -> bytes:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > limits.max_bytes:
            allowed = f"at most {limits.max_bytes / MIB:.0f} MiB can be imported"
            raise TooLarge(f"{filename} has {size / MIB:.0f} MiB; {allowed}. Split it into several files.")
        return source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise Unreadable(f"{filename} cannot be read: {error.strerror}.") from error


def _kind(data: bytes, filename: str, rules: FileRules) -> Literal["csv", "xlsx"]:
    """What the bytes are, which must be what the name and the mapping say."""
    if not data.strip():
        raise Unreadable(f"{filename} is empty.")
    for beginning, what in _OTHER_KINDS:
        if data.startswith(beginning):
            raise Unreadable(f"{filename} is {what}.")
    if _MARKUP.match(data):
        raise Unreadable(
            f"{filename} is a web page or XML and no table. Download the file itself, which may need a login, "
            "and try again."
        )
    suffix = filename.lower().rpartition(".")[2]
    if data.startswith(_ZIP):
        if suffix in ("csv", "tsv", "txt") or rules.format == "csv":
            raise Unreadable(f"{filename} is a ZIP archive and no CSV. If it is a workbook, name it .xlsx.")
        return "xlsx"
    if suffix in ("xlsx", "xlsm") or rules.format == "xlsx":
        raise Unreadable(f"{filename} is no XLSX workbook. If it is text, name it .csv; else save it as .xlsx again.")
    return "csv"


def _table(records: Iterator[list[str]], filename: str, rules: FileRules, limits: Limits) -> Table:
    header: list[str] | None = None
    for _ in range(rules.header_record):
        header = next(records, None)
    if header is None or not any(cell.strip() for cell in header):
        raise Unreadable(f"{filename} has no headers in record {rules.header_record}.")
    if len(header) > limits.max_columns:
        raise TooLarge(f"{filename} has {len(header):,} columns; at most {limits.max_columns:,} can be imported.")
    return Table(tuple(map(strip_guard, header)), _rows(records, filename, limits))


def _rows(records: Iterator[list[str]], filename: str, limits: Limits) -> Iterator[list[str]]:
    for number, record in enumerate(records, 1):
        if number > limits.max_records:
            raise TooLarge(
                f"{filename} has more than {limits.max_records:,} records, the most that can be imported at once. "
                "Split it into several files."
            )
        if max(map(len, record)) > limits.max_cell:
            raise TooLarge(f"{filename}, record {number}: a field has more than {limits.max_cell:,} characters.")
        yield [strip_guard(cell) if cell[:1] == "'" else cell for cell in record]
