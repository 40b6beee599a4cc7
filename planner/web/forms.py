"""Forms: what a browser posts, as plain values for the drafts of the domain; and errors beside their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from planner.domain.errors import FieldError, Invalid

MAX_FIELDS = 2_000
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
        return sorted(int(number) for number in found if number.isascii() and number.isdigit() and len(number) < 4)


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


def build(model: type[Draft], values: Mapping[str, object]) -> Draft:
    """The draft that the values make; Invalid with every field that is wrong."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None


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


# pydantic's wordings that a person would not understand, and what is said instead.
_PLAIN = (
    ("Field required", "This is needed."),
    ("String should have at least 1 character", "This is needed."),
    ("Input should be a valid number", "A number is needed."),
    ("Input should be a valid integer", "A whole number is needed."),
    ("Input should be a finite number", "A finite number is needed."),
    ("String should match pattern", "Some characters in it are not allowed here."),
)


def plain(error: FieldError) -> str:
    """The message of an error in words for a person."""
    text = next((said for start, said in _PLAIN if error.message.startswith(start)), error.message)
    return text[:1].upper() + text[1:]
