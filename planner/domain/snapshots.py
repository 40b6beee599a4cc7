"""A snapshot: a name for a moment of a portfolio. Facts are only appended, so the name is all that must be kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, field_validator

from planner.domain.as_of import DATE_OR_TIME, Moment, read_time
from planner.domain.errors import Invalid
from planner.domain.model import Model, Text

SnapshotName = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00\r\n]*$")]


class SnapshotDraft(Model):
    """What a person gives to mark a moment."""

    name: SnapshotName = Field(description="What the moment is called; no date or number.", examples=["Spring board"])
    note: Text = Field(default="", description="Why it is worth remembering, in Markdown.")
    at: AwareDatetime | None = Field(default=None, description="The moment; now when null. May lie in the past.")

    @field_validator("name")
    @classmethod
    def _is_no_number(cls, value: str) -> str:
        if value.isdigit() or _looks_like_time(value):
            raise ValueError("a name that is a number or a date could not be told from one; add a word")
        return value


class Snapshot(Model):
    """A moment of a portfolio that somebody marked."""

    number: int = Field(ge=1, le=1_000_000, description="Its number in the portfolio, never used again.")
    name: SnapshotName = Field(description="What the moment is called.")
    note: Text = Field(description="Why it is worth remembering, in Markdown.")
    at: AwareDatetime = Field(description="The moment that it marks.")
    revision: int | None = Field(
        ge=1, le=2**31 - 1, description="The portfolio's revision then; null when the moment had passed already."
    )
    recorded_at: AwareDatetime = Field(description="When it was marked.")
    recorded_by: str = Field(description="Who marked it.")
    deleted_at: AwareDatetime | None = Field(default=None, description="When it was taken away; null when it was not.")


def _looks_like_time(text: str) -> bool:
    for read in (datetime.fromisoformat, lambda value: datetime.fromisoformat(f"{value}T00")):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False


def find_moment(text: str, field: str, snapshots: Iterable[Snapshot], now: datetime) -> Moment:
    """The moment that somebody names: a date, a time with its zone, or the number or name of a snapshot.

    Invalid, naming the field, for what is none of them or lies in the future.
    """
    at = read_time(text, field, now)
    if at is not None:
        return Moment(at=at)
    for snapshot in snapshots:
        if text in (str(snapshot.number), snapshot.name):
            return Moment(at=snapshot.at, snapshot=snapshot.name)
    raise Invalid.one(field, f"'{text[:60]}' is no snapshot; give its number or name, {DATE_OR_TIME}")
