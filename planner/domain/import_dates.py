"""Dates in imported cells: only the formats that a mapping lists, never a guess, each kept at its own precision."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from planner.domain.model import Model
from planner.domain.playbook_entry import Id

Precision = Literal["year", "month", "day"]
_PRECISIONS: tuple[Precision, ...] = ("year", "month", "day")

# English, whatever the locale of the machine: `strptime` would read other names on another one.
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DIRECTIVES = {
    "%Y": r"(?P<Y>\d{4})",
    "%y": r"(?P<y>\d{2})",
    "%m": r"(?P<m>\d{1,2})",
    "%d": r"(?P<d>\d{1,2})",
    "%b": f"(?P<b>{'|'.join(month[:3] for month in _MONTHS)})",
    "%B": f"(?P<B>{'|'.join(_MONTHS)})",
    "%H": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}(?:\.\d+)?",
    "%%": "%",
}
_EXCEL_EPOCH = date(1899, 12, 30).toordinal()  # day 0 of the serials of Excel's 1900 date system, from March 1900 on


class DateFormat(Model):
    """One way in which a file writes dates, and how much of such a date is known.

    `excel_year` is for years that were typed into date cells, where Excel took them for serial numbers: 2015 then reads
    "7/7/1905", its day number 2015. The format then applies only to dates whose serial lies in the range, the year.
    """

    format: str = Field(
        min_length=2,
        max_length=60,
        description="Of %Y %y %m %d %b %B %H %M %S and literal text; month names are English.",
        examples=["%m/%d/%Y"],
    )
    precision: Precision = "day"
    excel_year: tuple[int, int] | None = Field(default=None, examples=[[1990, 2030]])
    warn: Id | None = Field(default=None, description="The kind of warning that each such date is reported with.")

    @field_validator("format")
    @classmethod
    def _known_directives(cls, value: str) -> str:
        found = re.findall(r"%.?", value)
        unknown = [part for part in found if part not in _DIRECTIVES]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is not one of {' '.join(_DIRECTIVES)}")
        repeated = [part for part in found if found.count(part) > 1 and part != "%%"]
        if repeated:
            raise ValueError(f"'{repeated[0]}' stands twice")
        return value

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        needed = {"year": ("%Y", "%y"), "month": ("%m", "%b", "%B"), "day": ("%d",)}
        wanted = "day" if self.excel_year else self.precision
        for part in _PRECISIONS[: _PRECISIONS.index(wanted) + 1]:
            if not any(directive in self.format for directive in needed[part]):
                raise ValueError(f"format: a date of this precision needs the {part} ({' or '.join(needed[part])})")
        if self.excel_year is not None and self.excel_year[0] > self.excel_year[1]:
            raise ValueError("excel_year: the first year must not be after the last")
        return self


def compile_format(spec: DateFormat) -> Callable[[str], str | None]:
    """A function from a cell to `2023-10-01`, `2023-10` or `2023`, or to None where the format does not fit.

    Two-digit years follow POSIX: 69 to 99 are of the twentieth century, 00 to 68 of the twenty-first.
    """
    pieces = re.split(r"(%.)", spec.format)
    regex = "".join(_DIRECTIVES.get(piece) or re.escape(piece) for piece in pieces)
    pattern = re.compile(regex, re.IGNORECASE | re.ASCII)

    def parse(cell: str) -> str | None:
        match = pattern.fullmatch(cell)
        if match is None:
            return None
        found = match.groupdict()
        try:
            day = date(_year(found), _month(found), int(found.get("d") or 1))
        except ValueError:  # the thirtieth of February fits the pattern and is no date
            return None
        if spec.excel_year is not None:
            serial = day.toordinal() - _EXCEL_EPOCH
            return str(serial) if spec.excel_year[0] <= serial <= spec.excel_year[1] else None
        return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[spec.precision]]

    return parse


def _year(found: dict[str, str]) -> int:
    if "Y" in found:
        return int(found["Y"])
    short = int(found["y"])
    return short + (2000 if short < 69 else 1900)


def _month(found: dict[str, str]) -> int:
    if "m" in found:
        return int(found["m"])
    name = (found.get("b") or found.get("B") or "").lower()
    return next((number for number, month in enumerate(_MONTHS, 1) if name and month.startswith(name)), 1)
