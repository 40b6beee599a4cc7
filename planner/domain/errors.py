"""What can go wrong in words a person can act on. The front doors turn each into a status or an exit code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from planner.domain.model import Model

# What pydantic says of an input, by its type of error; `{…}` are the limits that the field states.
_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here; check its spelling",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "finite_number": "a finite number is needed",
    **dict.fromkeys(("float_parsing", "float_type", "decimal_parsing", "decimal_type"), "a number is needed"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "int_parsing_size"), "a whole number is needed"),
    **dict.fromkeys(("bool_parsing", "bool_type"), "true or false is needed"),
    "string_type": "a text is needed",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "string_pattern_mismatch": "has characters that are not allowed here",
    "too_long": "at most {max_length} entries",
    "too_short": "at least {min_length} entries",
    **dict.fromkeys(("list_type", "tuple_type", "set_type"), "a list is needed"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "fields with their names are needed"),
    **dict.fromkeys(("literal_error", "enum"), "one of: {expected}"),
}


def plain_message(item: Mapping[str, Any]) -> str:
    """What is wrong with one field of a failed pydantic validation, in words that say the cure.

    `item` is an entry of `ValidationError.errors()`, with its context where the words shall name the limit. The input
    itself and patterns are never shown.
    """
    kind, context = str(item["type"]), dict(item.get("ctx") or {})
    if kind in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return "must not be empty"
    if kind in ("literal_error", "enum") and "expected" in context:
        context["expected"] = str(context["expected"]).replace("' or '", "', '").replace("'", "")
    limits = {name: f"{value:,.15g}" if isinstance(value, (int, float)) else value for name, value in context.items()}
    try:
        return _PLAIN[kind].format_map(limits)
    except KeyError:  # another kind of error, or one whose context was left out
        return str(item["msg"]).removeprefix("Value error, ")


class FieldError(Model):
    """One thing wrong with one field: where it is (`answers.ml_strength.level`) and what would cure it."""

    field: str
    message: str


class PlannerError(Exception):
    """The parent of every error a user can cause; its text is shown to them as it is."""


class NotFound(PlannerError):
    """The thing that was asked for is not there (404)."""


class Conflict(PlannerError):
    """The request is well formed but the present state does not allow it (409)."""


class Stale(PlannerError):
    """Somebody changed the thing since the caller read it (412)."""


class Forbidden(PlannerError):
    """The actor may not do this (403)."""


class TooLarge(PlannerError):
    """The input is larger than a documented limit (413)."""


class Unreadable(PlannerError):
    """The bytes are not the kind of file they should be (400)."""


class StorageFull(PlannerError):
    """The disk has no room; nothing of the write was kept (507)."""


class Unavailable(PlannerError):
    """The database does not answer just now; trying again may help (503)."""


class Invalid(PlannerError):
    """The input breaks a rule; every broken field is listed (422)."""

    def __init__(self, errors: list[FieldError], detail: str = "Some fields need correcting.") -> None:
        super().__init__(detail)
        self.errors = errors

    @classmethod
    def one(cls, field: str, message: str) -> Invalid:
        """The error of a single field."""
        return cls([FieldError(field=field, message=message)])

    @classmethod
    def from_pydantic(cls, error: ValidationError, prefix: str = "") -> Invalid:
        """All errors of a failed pydantic validation, without echoing the input that failed."""
        return cls(
            [
                FieldError(field=prefix + ".".join(str(part) for part in item["loc"]), message=plain_message(item))
                for item in error.errors(include_input=False, include_url=False)
            ]
        )
