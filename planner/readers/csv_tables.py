"""CSV, from bytes of any encoding that is declared or certain to records of text. Nothing is replaced or guessed."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice

from planner.domain.errors import TooLarge, Unreadable
from planner.domain.import_tables import FileRules

DELIMITERS = (",", ";", "\t")
_CHUNK = 1 << 20
# Byte order marks; UTF-32 comes first, for its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def csv_records(data: bytes, filename: str, rules: FileRules) -> Iterator[list[str]]:
    """The records of a CSV file, header included; lines without any field are none.

    Raises Unreadable for bytes that are not text in the encoding and for quotes that do not match, and TooLarge for a
    field without end; those of single records are raised when they are reached.
    """
    encoding = _encoding(data, filename, rules)
    _check_text(data, filename, encoding)
    delimiter = rules.delimiter or _delimiter(data, encoding)
    return _records(_open(data, encoding), filename, delimiter)


def _open(data: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="strict", newline="")


def _records(text: io.TextIOWrapper, filename: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    start = 1
    try:
        for record in reader:
            if record:
                yield record
            start = reader.line_num + 1
    except csv.Error as error:
        where = f"{filename}, in the record that begins at line {start}"
        if "field larger than field limit" in str(error):
            raise TooLarge(
                f"{where}: a field has more than {csv.field_size_limit():,} characters. Perhaps a quote is opened "
                "there and never closed."
            ) from None
        raise Unreadable(
            f"{where}: the quotes do not match ({error}). A field that holds quotes, delimiters or line breaks must "
            "stand in quotes, with each quote inside doubled."
        ) from None


def _encoding(data: bytes, filename: str, rules: FileRules) -> str:
    """The declared encoding, else that of the byte order mark, else UTF-8."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    declared = rules.encoding
    if declared is None:
        return marked or "utf-8"
    if marked is not None and not declared.startswith(marked[:5]):
        raise Unreadable(
            f"{filename} begins with the byte order mark of {marked.removesuffix('-sig')}, but the mapping declares "
            f"{declared}. Correct or remove `file: encoding`, or look whether this is the file the mapping is for."
        )
    if declared == "utf-8":
        return "utf-8-sig"  # which takes a mark, and needs none
    if declared.startswith(("cp", "iso8859", "mac")):
        _refuse_utf8(data, filename, declared)
    return declared


def _refuse_utf8(data: bytes, filename: str, declared: str) -> None:
    """Text that is valid UTF-8 beyond ASCII is hardly ever anything else; as another encoding it would be garbled."""
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    raise Unreadable(
        f"{filename} is UTF-8, but the mapping declares {declared}, which would garble its letters. "
        "Declare `file: {encoding: utf-8}`."
    )


def _check_text(data: bytes, filename: str, encoding: str) -> None:
    """Decodes the whole file once, a piece at a time, so that nothing of a broken file is used."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for start in range(0, len(data), _CHUNK):
        piece = data[start : start + _CHUNK]
        try:
            text = decoder.decode(piece, final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, start + error.start) + 1
            found = f"{filename} is not {encoding.removesuffix('-sig')} text: byte 0x{error.object[error.start]:02X}"
            raise Unreadable(
                f"{found} near line {line}. Save it as 'CSV UTF-8', or name its encoding in a mapping, such as "
                "`file: {encoding: cp1252}` for files from Excel on Windows."
            ) from None
        if "\0" in text:
            line = data.count(b"\n", 0, start) + text.count("\n", 0, text.index("\0")) + 1
            raise Unreadable(
                f"{filename} holds NUL characters, the first near line {line}, and so is no CSV. If it is UTF-16 text, "
                "declare `file: {encoding: utf-16-le}`; else export it again."
            )


def _delimiter(data: bytes, encoding: str) -> str:
    """The delimiter that splits the first records into the most fields, if it splits each into equally many."""
    best, fields = DELIMITERS[0], 1
    for delimiter in DELIMITERS:
        try:
            reader = csv.reader(_open(data, encoding), delimiter=delimiter, strict=True)
            widths = {len(record) for record in islice(reader, 20) if record}
        except csv.Error:
            continue
        found = min(widths, default=0) if len(widths) > 1 else max(widths, default=0)
        if found > fields:
            best, fields = delimiter, found
    return best
