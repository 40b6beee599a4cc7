"""What the checks of a playbook's ids have in common: how a problem is told, and what stands twice or names nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.domain.playbook_entry import Entry

Problem = tuple[str, str]  # field path such as components.3.area, and what is wrong there


def ids_at(path: str, entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Each id with its path."""
    return [(f"{path}.{index}.id", entry.id) for index, entry in enumerate(entries)]


def twice(groups: Iterable[Iterable[tuple[str, str]]]) -> Iterator[Problem]:
    """Each name that stands a second time, of groups of (path, name)."""
    first: dict[str, str] = {}
    for path, name in (placed for group in groups for placed in group):
        if name in first:
            yield path, f"'{name}' stands at {first[name]} already"
        first.setdefault(name, path)


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """That a name is none, and what may have been meant."""
    return f"unknown {what} '{name}'{meant(name, known)}"


def meant(name: str, known: Collection[str]) -> str:
    """What somebody may have meant who wrote a name that is none, as the end of a sentence; the names, if few."""
    if near := get_close_matches(name, sorted(known), 1, 0.7):
        return f"; did you mean '{near[0]}'?"
    if 0 < len(known) <= 8:
        return f"; one of: {', '.join(sorted(known))}"
    return "" if known else "; there is none"
