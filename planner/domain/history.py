"""The record of who changed what, when, from what to what."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from planner.domain.model import Model


class FieldChange(Model):
    """One field before and after, in words; null where there was, or is, nothing."""

    field: str
    old: str | None
    new: str | None


class Event(Model):
    """One thing that somebody did."""

    id: int
    at: datetime
    actor: str
    action: str = Field(description="What was done, such as project.updated or answers.recorded.")
    project: str | None = Field(description="Key of the project, null for the portfolio itself.")
    changes: tuple[FieldChange, ...]


def in_words(value: object) -> str | None:
    """A value as the history shows it; null for nothing."""
    if value is None or value in ("", (), [], {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")  # in full: two values that differ must not look the same
    if isinstance(value, dict):
        return ", ".join(f"{name}: {in_words(item) or ''}" for name, item in value.items())
    if isinstance(value, (tuple, list)):
        return ", ".join(str(in_words(item)) for item in value)
    if isinstance(value, Model):
        return ", ".join(str(item) for item in value.model_dump(exclude_defaults=True).values())
    return str(value)


def differences(old: dict[str, object], new: dict[str, object]) -> tuple[FieldChange, ...]:
    """The fields whose values differ, in the order of `new`."""
    return tuple(
        FieldChange(field=name, old=in_words(old.get(name)), new=in_words(value))
        for name, value in new.items()
        if old.get(name) != value
    )
