"""Forms: what a browser posts, as plain values for the drafts of the domain; and errors beside their fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from planner.domain.errors import FieldError, Invalid

MAX_FIELDS = 2_000
MAX_ROWS = 1_000  # of a list in a form
MAX_TEXT = 4 * 1024 * 1024  # of one field; a mapping or a list of runs may be pasted

_UNSHOWN = dict.fromkeys(code for code in (*range(32), 127) if chr(code) not in "\t\n\r")  # control characters

Draft = TypeVar("Draft", bound=BaseModel)


@dataclass(frozen=True)
class Upload:
    """A file that was sent: its name as the browser gave it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Form:
    """The fields of a form; of a name that stands twice the last value counts, and `all` has every one."""

    pairs: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, Upload] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """Everything that was typed, so that a form can be shown again as it was; what no page can show is left out."""
        return {name: value.translate(_UNSHOWN) for name, value in self.pairs}

    def text(self, name: str) -> str:
        """The value of a field without surrounding blanks; empty when it is absent."""
        return dict(self.pairs).get(name, "").strip()

    def given(self, name: str) -> str | None:
        """The value of a field; None when nothing was typed: an empty box states nothing."""
        return self.text(name) or None

    def all(self, name: str) -> list[str]:
        """Every value of a field that may stand several times."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.given(name))

    def lines(self, name: str) -> list[str]:
        """The lines of a text field that hold something."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def indices(self, prefix: str) -> list[int]:
        """The numbers n of the fields `prefix.n.…` in rising order: the rows of a list in a form."""
        found = {key.split(".")[1] for key, _ in self.pairs if key.startswith(f"{prefix}.") and key.count(".") >= 2}
        return sorted(number for text in found if (number := small_number(text)) is not None and number < MAX_ROWS)


def small_number(text: str) -> int | None:
    """A whole number as an address or a hidden field carries it; None for anything else, however many digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


async def read_form(request: Request) -> Form:
    """The form that was posted, urlencoded or multipart. One that cannot be parsed is answered 400 by Starlette."""
    async with request.form(max_files=2, max_fields=MAX_FIELDS, max_part_size=MAX_TEXT) as data:
        pairs = tuple((key, value) for key, value in data.multi_items() if isinstance(value, str))
        files = {
            key: Upload(value.filename or "", await value.read())
            for key, value in data.multi_items()
            if isinstance(value, UploadFile) and (value.filename or value.size)
        }
    return Form(tuple((key, value.replace("\r\n", "\n")) for key, value in pairs), files)


Posted = Annotated[Form, Depends(read_form)]


def build(model: type[Draft], values: Mapping[str, object], numbers: Mapping[str, str] | None = None) -> Draft:
    """The draft that the values make; Invalid with every field that is wrong.

    `numbers` are those of the values that were typed as numbers, by their path: an ambiguous one is refused.
    """
    doubts = {path: doubt for path, text in (numbers or {}).items() if (doubt := ambiguity(text))}
    problems = [FieldError(field=path, message=doubt) for path, doubt in doubts.items()]
    try:
        draft = model.model_validate(values)
    except ValidationError as error:
        found = Invalid.from_pydantic(error).errors
        raise Invalid([*problems, *(item for item in found if item.field not in doubts)]) from None
    if problems:
        raise Invalid(problems)
    return draft


HOW_TO_WRITE = "write 12.5 with a point, without separators"
_SEPARATED = re.compile(r"[+-]?\d+(?:[ ,.'’_\u00a0\u2009\u202f]\d+)+")
_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


def ambiguity(text: str) -> str:
    """Why a number that was typed may be read in two ways; empty when there is only one.

    A comma is a decimal point to some and sets thousands apart for others, and so is a point before three digits.
    """
    if _LIKE_THOUSANDS.fullmatch(text):
        return f"Ambiguous: write {text.replace('.', '')}, or {text}0 if the point begins the decimals."
    plain_decimal = text.count(".") == 1 and not re.search(r"[^\d.+-]", text)
    return f"Ambiguous: {HOW_TO_WRITE}." if _SEPARATED.fullmatch(text) and not plain_decimal else ""


def typed_number(value: float) -> str:
    """A number as one would type it into a form: without separators, and never ambiguous."""
    text = f"{value:.15g}"
    return f"{text}0" if _LIKE_THOUSANDS.fullmatch(text) else text


def messages(error: Invalid, fields: Iterable[str] = ()) -> dict[str, str]:
    """Messages by the name of the field they belong to.

    An error inside a composite (`links.0.url`) belongs to the one of `fields` that begins its path (`links`).
    """
    known = set(fields)
    found: dict[str, list[str]] = {}
    for item in error.errors:
        parts = item.field.split(".")
        paths = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
        name = next((path for path in paths if path in known), item.field)
        text = plain(item)
        if text not in found.setdefault(name, []):
            found[name].append(text)
    return {name: "; ".join(texts) for name, texts in found.items()}


# Messages that a form says in its own words: beside a field it is plain what is meant by them.
_PLAIN = {
    "is missing": "This is needed.",
    "must not be empty": "This is needed.",
    "a number is needed": f"A number is needed: {HOW_TO_WRITE}.",
    "a whole number is needed": "A whole number is needed.",
}


def plain(error: FieldError) -> str:
    """The message of an error in words for a person."""
    text = _PLAIN.get(error.message, error.message)
    return text[:1].upper() + text[1:]
