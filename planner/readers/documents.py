"""A portfolio document from JSON."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from planner.domain.errors import FieldError, Invalid, TooLarge, Unreadable, plain_message
from planner.domain.exchange import PortfolioDocument
from planner.readers.limits import MIB

MAX_BYTES = 256 * MIB
SHOWN = 100  # problems that are listed; a document of another kind has one for every project


def read_document(content: bytes, origin: str) -> PortfolioDocument:
    """The portfolio in a JSON text; `origin` names it in messages.

    Raises TooLarge, Unreadable when it is not JSON, and Invalid with the path of each field that is wrong.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(f"{origin} is larger than {MAX_BYTES // MIB} MiB.")
    try:
        return PortfolioDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise Unreadable(f"{origin} is not JSON: {first['ctx']['error']}.") from None
        raise Invalid(list(_errors(error))[:SHOWN], f"{origin} is no sound portfolio document.") from None


def _errors(error: ValidationError) -> Iterator[FieldError]:
    for item in error.errors(include_url=False, include_input=False):
        if item["type"] == "document":
            yield from (FieldError(field=path, message=message) for path, message in item["ctx"]["problems"])
        else:
            path = ".".join(str(step) for step in item["loc"])
            yield FieldError(field=path, message=plain_message(item))
