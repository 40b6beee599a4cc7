"""What every domain model has in common: it is frozen, and it refuses fields it does not know."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticKnownError


class Model(BaseModel):
    """A frozen value. Numbers must be finite, so that NaN never enters a score or a threshold unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)


# A short line (a name, a unit) and a long text, without the NUL that no database column stores.
Line = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00\r\n]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00\r\n]*$")]
Text = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_.][a-z0-9]+)*$", max_length=80)]


def _not_a_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is needed, not true or false")  # noqa: TRY004 (pydantic reports a ValueError only)
    return value


def _with_zone(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise ValueError("needs a time zone, such as 2026-05-01T12:00:00Z")
    return value


ZonedTime = Annotated[datetime, AfterValidator(_with_zone)]  # when something was recorded


NotAFlag = BeforeValidator(_not_a_flag)  # for numbers, since pydantic takes true for 1


def at_most(most: int) -> BeforeValidator:
    """Refuses more entries before they are looked at: a million wrong ones are a million errors in memory."""

    def check(value: object) -> object:
        if isinstance(value, (list, tuple, dict)) and len(value) > most:
            kind = "Dictionary" if isinstance(value, dict) else "List"
            raise PydanticKnownError("too_long", {"field_type": kind, "max_length": most, "actual_length": len(value)})
        return value

    return BeforeValidator(check)
