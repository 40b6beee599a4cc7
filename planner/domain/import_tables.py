"""A table in a file, and what may be said of the file beforehand."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from planner.domain.model import Line, Model

_ENCODINGS = frozenset(
    codecs.lookup(name).name
    for name in (
        *("ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "mac-roman", "cp437", "cp850"),
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in (*range(1, 12), 13, 14, 15, 16)),
        *("koi8-r", "koi8-u", "shift_jis", "cp932", "euc_jp", "gb18030", "gbk", "big5", "euc_kr", "cp949"),
    )
)


def _known_encoding(value: str) -> str:
    try:
        name = codecs.lookup(value).name
    except (LookupError, ValueError):
        name = ""
    if name not in _ENCODINGS:
        raise ValueError("not a text encoding that can be read; such as utf-8, utf-16, cp1252 or iso8859-1")
    return name


Encoding = Annotated[str, StringConstraints(max_length=40), AfterValidator(_known_encoding)]


class FileRules(Model):
    """What the file is. Anything left out is found from its bytes; anything stated is checked."""

    format: Literal["csv", "xlsx"] | None = None
    encoding: Encoding | None = Field(default=None, description="Of a CSV file; UTF-8 when it has no byte order mark.")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(default=None, description="Between the fields of a CSV.")
    sheet: Line | None = Field(default=None, description="Name of the sheet of a workbook; the first when left out.")
    header_record: int = Field(default=1, ge=1, le=1000, description="Which record holds the headers, counted from 1.")
    columns: int | None = Field(default=None, ge=1, description="How many columns there must be.")
    records: int | None = Field(default=None, ge=0, description="How many records are expected; other numbers warn.")


@dataclass(frozen=True)
class Table:
    """The records of a file, all text. `flaws` lists (index of the column, kind, value) of cells that were not whole.

    `rows` may be read once; reading it raises TooLarge or Unreadable where the file turns out to be so.
    """

    header: tuple[str, ...]
    rows: Iterable[Sequence[str]]
    flaws: Mapping[int, Sequence[tuple[int, str, str]]] = field(default_factory=dict)
