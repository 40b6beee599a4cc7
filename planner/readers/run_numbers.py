"""Columns of text as numbers, whichever way they are written: `1,234.5`, `1.234,5`, `1 234,5`, `-inf`.

A comma begins the decimals to some and sets thousands apart for others, so it is the column that decides: all of its
numbers are written in one way. What could be either is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, inf, nan
from sys import float_info
from typing import Any, Literal

Decimal = Literal[".", ","]
Cells = Sequence[str | None]  # None where the cell is blank

_SPACES = " \u00a0\u2009\u202f'’"  # what sets thousands apart besides point and comma
_END = r"(?:[eE][+-]?\d+)?"
_MINUS = str.maketrans("\u2212", "-")


def _written(point: str, comma: str) -> re.Pattern[str]:
    """Numbers of which the decimals begin with `point`, and thousands are set apart by `comma` or by a blank."""
    grouped = "|".join(rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+" for mark in (comma, *(re.escape(one) for one in _SPACES)))
    return re.compile(rf"[+-]?(?:(?:{grouped}|\d+){point}?\d*|{point}\d+){_END}", re.ASCII)


_STYLES: dict[Decimal, re.Pattern[str]] = {".": _written(r"\.", ","), ",": _written(",", r"\.")}
_WORDS = {
    **dict.fromkeys(("nan", "+nan", "-nan", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind"), nan),
    **dict.fromkeys(("inf", "+inf", "infinity", "+infinity", "∞", "+∞", "1.#inf"), inf),
    **dict.fromkeys(("-inf", "-infinity", "-∞", "-1.#inf"), -inf),
}
_HOW = {".": "a decimal point", ",": "a decimal comma"}


@dataclass(frozen=True)
class Numbers:
    """A column of numbers; `note` says how they were read, where that is not plain."""

    values: Sequence[float | None]
    note: str = ""


class Doubt(Exception):
    """A column may be read in two ways, or is written in two; the text says where and what to do."""


def read_column(cells: Cells, said: Decimal | None = None) -> Numbers | None:
    """The numbers of a column; None when some cell holds no number. Raises Doubt.

    `said` decides where a column may be read in two ways.
    """
    plain = _plain(cells) if said != "," else None
    if plain is not None:
        return Numbers(plain)
    texts = [None if cell is None else cell.translate(_MINUS) for cell in cells]
    styles = [style for style in _STYLES if all(text is None or _fits(text, style) for text in texts)]
    if not styles:
        _refuse_two_styles(texts)
        return None
    style = _decide(texts, styles, said)
    return Numbers([None if text is None else number(text, style) for text in texts], _note(texts, style))


def read_each(cells: Cells, said: Decimal | None = None) -> tuple[list[float | None], list[int]]:
    """The same for a column that must be one of numbers: its values, and where there is none. Raises Doubt."""
    texts = [None if cell is None else cell.translate(_MINUS) for cell in cells]
    fitting = [text if text is not None and any(_fits(text, style) for style in _STYLES) else None for text in texts]
    found = read_column(fitting, said)
    assert found is not None  # what fits in neither way was taken out, and what does not fit together raises Doubt
    wrong = [row for row, text in enumerate(texts) if text is not None and fitting[row] is None]
    return list(found.values), wrong


def number(text: str, style: Decimal) -> float:
    """One number that is written in this style."""
    word = _WORDS.get(text.lower())
    if word is not None:
        return word
    for mark in (*_SPACES, "," if style == "." else "."):
        text = text.replace(mark, "")
    return float(text.replace(",", "."))


def as_infinity(value: Any) -> Any:
    """The largest number there is, which a database of MLflow has in place of infinity, as infinity again.

    Source: mlflow/store/tracking/sqlalchemy_store.py, sanitize_metric_value.
    """
    return copysign(inf, value) if isinstance(value, float) and abs(value) == float_info.max else value


def _plain(cells: Cells) -> list[float | None] | None:
    """A column with decimal points and no separators, as nearly all are: read without looking at each letter."""
    try:
        values = [None if cell is None else float(cell) for cell in cells]
    except ValueError:
        return None
    return None if any(cell is not None and "_" in cell for cell in cells) else values  # Python takes 1_000


def _fits(text: str, style: Decimal) -> bool:
    return text.lower() in _WORDS or _STYLES[style].fullmatch(text) is not None


def _decide(texts: Cells, styles: Sequence[Decimal], said: Decimal | None) -> Decimal:
    if said is not None and said in styles:
        return said
    if len(styles) == 1:
        return styles[0]
    doubtful = next(((row, text) for row, text in enumerate(texts, 1) if text is not None and "," in text), None)
    if doubtful is None:  # a lone point begins the decimals, as in every programming language
        return "."
    row, text = doubtful
    raise Doubt(
        f"'{text[:30]}' in record {row} may be {number(text, '.'):.15g} or {number(text, ','):.15g}: say whether "
        "decimals begin with a point or a comma (--decimal . or --decimal ,)"
    )


def _refuse_two_styles(texts: Cells) -> None:
    """Raises Doubt when each cell is a number, but not all are written in one way."""
    if not all(text is None or any(_fits(text, style) for style in _STYLES) for text in texts):
        return
    (point, a), (comma, b) = (
        next((row, text) for row, text in enumerate(texts, 1) if text is not None and not _fits(text, other))
        for other in (",", ".")
    )
    raise Doubt(
        f"'{a[:30]}' in record {point} has a decimal point and '{b[:30]}' in record {comma} a decimal comma: write all "
        "in one way"
    )


def _note(texts: Cells, style: Decimal) -> str:
    mark = "," if style == "." else "."
    grouped = any(
        text is not None and (mark in text or any(one in text for one in _SPACES)) and text.lower() not in _WORDS
        for text in texts
    )
    if style == "." and not grouped:
        return ""
    return f"read with {_HOW[style]}" + (" and thousands set apart" if grouped else "")
