"""Text as it stands in a cell: cleaning it, comparing it, and keeping it from becoming a formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Literal, get_args

CleaningStep = Literal["newlines_to_lf", "strip", "collapse_whitespace"]
FoldingStep = Literal["typographic_to_ascii", "collapse_whitespace", "casefold", "strip_trailing_period"]
CLEANING: tuple[CleaningStep, ...] = ("newlines_to_lf", "strip")
FOLDING: tuple[FoldingStep, ...] = get_args(FoldingStep)

_TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f", " "),
        "\u2026": "...",
    }
)


def collapse_whitespace(text: str) -> str:
    """Every run of whitespace as one blank, none at the ends."""
    return " ".join(text.split())


_STEPS: dict[str, Callable[[str], str]] = {
    "newlines_to_lf": lambda text: text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text,
    "strip": str.strip,
    "collapse_whitespace": collapse_whitespace,
    "typographic_to_ascii": lambda text: text if text.isascii() else text.translate(_TYPOGRAPHIC),
    "casefold": str.casefold,
    "strip_trailing_period": lambda text: text.removesuffix("."),
}


def step_functions(steps: Iterable[CleaningStep | FoldingStep]) -> tuple[Callable[[str], str], ...]:
    """The function of each step."""
    return tuple(_STEPS[step] for step in steps)


def pipeline(steps: Iterable[CleaningStep | FoldingStep]) -> Callable[[str], str]:
    """One function that takes the steps in their order."""
    functions = step_functions(steps)

    def run(text: str) -> str:
        for function in functions:
            text = function(text)
        return text

    return run


fold = pipeline(FOLDING)


def as_cell(value: object) -> str:
    """A value as the text that stands for it in a table; nothing for null. Times are in UTC."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat(" ")
    return str(value)


# A spreadsheet reads a cell that begins so as a formula (CWE-1236; OWASP ASVS 5, V1.2.10). Leading blanks and
# apostrophes are looked past, so that guarding twice and stripping twice undo each other for every text.
_FORMULA = re.compile(r"['\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")


def guard_formula(text: str) -> str:
    """The text with an apostrophe before it when a spreadsheet would take it for a formula.

    >>> guard_formula("=1+1"), guard_formula("1+1")
    ("'=1+1", '1+1')
    """
    return "'" + text if _FORMULA.match(text) else text


def strip_guard(text: str) -> str:
    """The text without the apostrophe that `guard_formula` put there: it undoes the guarding of every text."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text, 1) else text
