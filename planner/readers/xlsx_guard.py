"""A workbook made harmless before it is parsed: a ZIP archive of XML, either of which can be a bomb.

The parser allocates what a sheet's outermost cells span and ends the process when it cannot, so the sheet is measured
first. It is then given an archive written here, of exactly the parts that were looked at: two programs may see
different files in one crafted archive.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from planner.domain.errors import TooLarge, Unreadable
from planner.readers.limits import MIB, Limits

MAX_PARTS = 5_000
_PIECE = 1 << 20
# Parts without cells, and parts that are no XML, are left out: neither unpacked into memory nor parsed.
_ASIDE = ("docProps/", "customXml/", "xl/charts/", "xl/drawings/", "xl/media/", "xl/pivotCache/", "xl/theme/")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# The tags of rows and cells: where one begins; one as every spreadsheet program writes it; and any that is sound XML.
_START = re.compile(rb"<(?:[^\s<>/:\"'=]+:)?(?:row|c)[\s/>]")
_USUAL = re.compile(rb"<(?:row|c) r=\"([A-Z]{0,3})([0-9]{1,7})\"(?: (?!r=)[\w:]+=\"[^\"<]*\")*+ ?/?>")
_SOUND = re.compile(rb"<(?:[^\s<>/:\"'=]+:)?(row|c)(?=[\s/>])((?:[^<>\"']++|\"[^\"<]*\"|'[^'<]*')*+)>")
_ATTRIBUTE = re.compile(rb"([^\s=\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"([A-Za-z]{0,8})([0-9]{1,20})")


def repack(data: bytes, filename: str, limits: Limits) -> bytes:
    """The same workbook as an uncompressed archive of its harmless parts; TooLarge or Unreadable when it is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError) as error:
        raise Unreadable(f"{filename} is a damaged archive; download or save it again.") from error
    if len(parts) > MAX_PARTS:
        raise TooLarge(f"{filename} holds {len(parts):,} parts; a workbook of this size cannot be imported.")
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Unreadable(f"{filename} is a ZIP archive but no XLSX workbook. Save the table as .xlsx or CSV.")
    parts = [p for p in parts if p.filename.endswith((".xml", ".rels")) and not p.filename.startswith(_ASIDE)]
    if len({part.filename for part in parts}) < len(parts):
        raise Unreadable(f"{filename} holds two parts of one name; save it as .xlsx again.")
    if sum(part.file_size for part in parts) > limits.max_unpacked:
        raise _bomb(filename, limits)
    packed = io.BytesIO()
    unpacked = 0
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as safe:
        for part in parts:
            content = _unpack(data, part, filename, limits.max_unpacked - unpacked)
            unpacked += len(content)
            if unpacked > limits.max_unpacked:
                raise _bomb(filename, limits)
            _inspect(content, filename, limits)
            safe.writestr(part.filename, content)
    return packed.getvalue()


def _bomb(filename: str, limits: Limits) -> TooLarge:
    allowed = f"more than {limits.max_unpacked / MIB:.0f} MiB, the most that can be imported"
    return TooLarge(f"{filename} unpacks to {allowed}. Save the sheet as CSV.")


def _unpack(data: bytes, part: zipfile.ZipInfo, filename: str, room: int) -> bytes:
    """The content of a part, whatever the archive says of its size, but no more than one byte beyond `room`."""
    damaged = Unreadable(f"{filename} is a damaged archive; download or save it again.")
    if part.flag_bits & 0x1:
        raise Unreadable(f"{filename} is protected by a password; save it without one.")
    try:
        name_length, extra_length = struct.unpack_from("<HH", data, part.header_offset + 26)
    except struct.error:
        raise damaged from None
    start = part.header_offset + 30 + name_length + extra_length
    body = data[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        content, complete = body[: room + 1], len(body) == part.compress_size
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(body, room + 1)
        except zlib.error:
            raise damaged from None
        complete = stream.eof
    else:
        raise Unreadable(f"{filename} is packed in a way that is not read; save it as .xlsx again.")
    if len(content) <= room and (not complete or zlib.crc32(content) != part.CRC):
        raise damaged
    return content


def _inspect(content: bytes, filename: str, limits: Limits) -> None:
    """Refuses a part that declares a document type (entities that multiply, or that read files) or a giant sheet."""
    if b"\0" in content:
        raise Unreadable(f"{filename} holds XML that is not UTF-8, or none at all; save it as .xlsx again.")
    if _DOCTYPE.search(content):
        raise Unreadable(f"{filename} holds an XML document type, which no spreadsheet program writes; it is not read.")
    rows, columns = _extent(content, filename, limits)
    if rows * columns > limits.max_cells or columns > 16_384:
        raise TooLarge(
            f"{filename} has a sheet that reaches to row {rows:,} and column {columns:,}; at most {limits.max_cells:,} "
            "cells can be imported. Delete what stands far outside the table, or save the sheet as CSV."
        )


def _extent(content: bytes, filename: str, limits: Limits) -> tuple[int, int]:
    """An upper bound of the rows and columns that a part spans.

    Rows and cells may leave out where they are and then follow the last one; each such can extend the sheet by one.
    """
    tags = loose_rows = loose_cells = last_row = last_column = 0
    for piece in _pieces(content):
        begun = len(_START.findall(piece))
        tags += begun
        if tags > 2 * limits.max_cells:
            raise TooLarge(f"{filename} has a sheet of more than {limits.max_cells:,} cells. Save the sheet as CSV.")
        placed = _USUAL.findall(piece)
        if len(placed) < begun:
            sound = _SOUND.findall(piece)
            references = [(name, _references(attributes)) for name, attributes in sound]
            if len(sound) < begun or any(found is None for _, found in references):
                raise Unreadable(f"{filename} holds a sheet that is not sound XML; save it as .xlsx again.")
            placed = [reference for _, found in references for reference in found or ()]
            loose_rows += sum(not found for name, found in references if name == b"row")
            loose_cells += sum(not found for name, found in references if name == b"c")
        last_row = max(last_row, *(int(digits) for digits in {digits for _, digits in placed}), 0)
        last_column = max(last_column, *(column_number(letters) for letters in {letters for letters, _ in placed}), 0)
    return last_row + loose_rows, last_column + loose_cells


def _pieces(content: bytes) -> Iterator[bytes]:
    """The content in pieces that end where a tag begins: no sound tag has another one inside."""
    start = 0
    while start < len(content):
        end = content.find(b"<", start + _PIECE)
        yield content[start : end if end >= 0 else len(content)]
        start = end if end >= 0 else len(content)


def _references(attributes: bytes) -> list[tuple[bytes, bytes]] | None:
    """The letters and digits of the attribute `r`, if it is there; None when it is there twice or no reference."""
    values = [double or single for name, double, single in _ATTRIBUTE.findall(attributes) if name == b"r"]
    matches = [match for value in values if (match := _REFERENCE.fullmatch(value))]
    if len(values) > 1 or len(matches) < len(values):
        return None
    return [(match[1], match[2]) for match in matches]


def column_number(letters: bytes) -> int:
    """The number, from 1, of the column with these letters.

    >>> column_number(b"AA")
    27
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
