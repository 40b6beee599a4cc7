"""What can go wrong in words a person can act on. The front doors turn each into a status or an exit code."""

from __future__ import annotations

from pydantic import ValidationError

from planner.domain.model import Model


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
                FieldError(
                    field=prefix + ".".join(str(part) for part in item["loc"]),
                    message=item["msg"].removeprefix("Value error, "),
                )
                for item in error.errors(include_input=False, include_url=False, include_context=False)
            ]
        )
