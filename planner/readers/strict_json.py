"""JSON read strictly where mistakes hide, a key that stands twice, and kindly where trackers are loose, NaN."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from planner.domain.errors import TooLarge, Unreadable
from planner.readers.limits import DEFAULT_LIMITS, MIB

MOST_DIGITS = 1_000  # the interpreter stops at 4,300, with advice that helps nobody here
MOST_NAMES = 600  # of one object; whatever is keyed by names of people's own has fewer
MOST_VALUES = 2_000_000  # of a text; in memory an empty list is thirty times as long as it is written


def parse_json(content: bytes, origin: str) -> Any:
    """The data of a JSON text in UTF-8; NaN and Infinity are read as such.

    Raises TooLarge or Unreadable with `origin` and the line of what is wrong.
    """
    if len(content) > DEFAULT_LIMITS.max_bytes:
        raise TooLarge(f"{origin} is larger than {DEFAULT_LIMITS.max_bytes // MIB} MiB.")
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooLarge(f"{origin} holds more than {MOST_VALUES:,} values.")
    try:
        return json.loads(content, object_pairs_hook=_once, parse_int=_whole)
    except UnicodeDecodeError:
        raise Unreadable(f"{origin} is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"{origin}, line {error.lineno}: not JSON: {error.msg}.") from None
    except RecursionError:
        raise Unreadable(f"{origin} is nested too deep.") from None
    except ValueError as error:
        raise Unreadable(f"{origin}: {error}.") from None


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a whole number has {len(digits)} digits, more than {MOST_DIGITS}")
    return int(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"'{twice[:60]}' stands twice in one object")
    if len(data) > MOST_NAMES:
        raise ValueError(f"an object has {len(data):,} names, more than {MOST_NAMES:,}")
    return data
