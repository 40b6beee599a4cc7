"""Plain values as other systems state them: web addresses, and attributes that are kept as they are."""

from __future__ import annotations

from math import isfinite
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints


def _web_address(value: str) -> str:
    if value and urlsplit(value).scheme not in {"http", "https"}:
        raise ValueError("a web address that begins with http:// or https:// is needed")
    return value


Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00\s]*$"), AfterValidator(_web_address)]


def _storable(value: object) -> str | bool | int | float:
    # Before the union is tried, which would tell for each of its members why the value is none of them.
    if not isinstance(value, (str, bool, int, float)):
        raise ValueError("a text, a number, or true or false is needed")  # noqa: TRY004 (pydantic reports no other)
    if isinstance(value, str) and ("\x00" in value or len(value) > 20_000 or not _is_unicode(value)):
        raise ValueError("a text of at most 20000 characters, without NUL, is needed")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("a whole number of at most 64 bits is needed; write a longer one as text")
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # JSON has no such number: the word is kept
    return value


def _is_unicode(text: str) -> bool:
    """Whether the text can be stored: JSON may hold half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# A plain value of any kind, kept as it is.
Attribute = Annotated[str | bool | int | float, Field(union_mode="smart"), BeforeValidator(_storable)]
AttributeName = Annotated[str, StringConstraints(pattern=r"^[^\x00\r\n]+$", max_length=120)]
