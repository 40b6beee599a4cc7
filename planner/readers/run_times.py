"""The times that trackers write: ISO 8601 with or without a zone, or seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"\d{9,13}(?:\.\d+)?", re.ASCII)
_MILLISECONDS = 1e11  # from here on a number counts milliseconds: as seconds it were the year 5138


def read_time(text: str, *, zone_needed: bool = False) -> datetime | None:
    """The time, aware; None for what is none. Trackers write UTC where they write no zone."""
    if _NUMBER.fullmatch(text):
        return from_epoch(float(text))
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return None
    if found.tzinfo is None:
        if zone_needed:
            return None
        found = found.replace(tzinfo=UTC)
    return found if 1970 <= found.year < 9999 else None


def from_epoch(value: float) -> datetime | None:
    """The time so many seconds or milliseconds after 1970; None for what is out of all bounds."""
    seconds = value / 1000 if value >= _MILLISECONDS else value
    if not 0 < seconds < 2e11:
        return None
    return _EPOCH + timedelta(seconds=seconds)
