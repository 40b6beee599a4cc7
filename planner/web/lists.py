"""What list, matrix and board share: the filters of an address, the choices they offer, and the rows they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import ValidationError

from planner.domain.known import not_known, place_of
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import Quadrant
from planner.domain.portfolios import Count, Facets
from planner.domain.projects import CLOSED, NOT_STATED, OPEN, Filters, ProjectSummary
from planner.domain.scoring import Interval
from planner.domain.wording import num
from planner.web.pages import query

# The filters in the order a page offers them; the first four stand open, the others are folded away.
LABELS = {
    "stage": "Stage",
    "status": "Status",
    "archetype": "Archetype",
    "quadrant": "Quadrant",
    "problem_type": "Problem type",
    "organisation": "Organisation",
    "unit": "Unit",
    "owner": "Owner",
    "tag": "Tag",
}
UNFOLDED = ("stage", "status", "archetype", "quadrant")
COLUMNS = {
    "key": "Key",
    "name": "Project",
    "stage": "Stage",
    "status": "Status",
    "impact": "Impact",
    "feasibility": "Feasibility",
    "priority": "Priority",
    "answered": "Scored",
}


@dataclass(frozen=True)
class Asked:
    """The filters that an address asks for, and what in it was not understood."""

    filters: Filters
    ignored: tuple[str, ...]
    lean: bool  # False when the address carries empty parameters, as a form without a script sends them


def asked(request: Request, also: Iterable[str] = ()) -> Asked:
    """The filters of a request. What is unknown or wrong is left out and said, never silently applied."""
    given = request.query_params.multi_items()
    values = {name: value for name, value in given if value.strip()}
    wanted = {name: value for name, value in values.items() if name in Filters.model_fields}
    ignored = [f"“{name[:60]}” is not a filter" for name in values if name not in wanted and name not in also]
    while True:
        try:
            filters = Filters.model_validate(wanted)
            break
        except ValidationError as error:
            wrong = {str(item["loc"][0]) if item["loc"] else "sort" for item in error.errors()}
            ignored += [f"“{wanted[name][:60]}” cannot be used for {name}" for name in wanted if name in wrong]
            wanted = {name: value for name, value in wanted.items() if name not in wrong}
    return Asked(filters, tuple(ignored), len(values) == len(given))


@dataclass(frozen=True)
class Choice:
    """A filter and what can be chosen for it: (value, words with the count) pairs."""

    field: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str | None
    folded: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is set, in words, and the address without it."""

    words: str
    without: str


def names_of(playbook: Playbook) -> dict[str, dict[str, str]]:
    """The names behind the ids that projects carry, by filter."""
    return {
        "stage": {entry.id: entry.name for entry in playbook.stages},
        "archetype": {entry.id: entry.name for entry in playbook.archetypes},
        "quadrant": {entry.id: entry.name for entry in playbook.quadrants},
        "problem_type": {entry.id: entry.name for entry in playbook.problem_types},
    }


def in_words(field: str, value: str | None, names: dict[str, dict[str, str]]) -> str:
    """The value of a filter as a person reads it."""
    if value is None or value == NOT_STATED:
        return "Not placed yet" if field == "quadrant" else "Not stated"
    if field == "status":
        return "Open, not live or ended" if value == OPEN else value.replace("_", " ").capitalize()
    return names.get(field, {}).get(value, value)


def choices(facets: Facets, filters: Filters, names: dict[str, dict[str, str]]) -> tuple[Choice, ...]:
    """Every filter with the values that projects of the portfolio have."""
    found = []
    for field, label in LABELS.items():
        counts: Sequence[Count] = getattr(facets, field)
        chosen = getattr(filters, field)
        options = [
            (count.value or NOT_STATED, f"{in_words(field, count.value, names)} ({count.count:,})") for count in counts
        ]
        if field == "status":
            still = sum(count.count for count in counts if count.value not in CLOSED)
            options.insert(0, (OPEN, f"{in_words(field, OPEN, names)} ({still:,})"))
        if chosen is not None and all(value != chosen for value, _ in options):
            options.append((chosen, f"{in_words(field, chosen, names)} (0)"))
        found.append(Choice(field, label, tuple(options), chosen, field not in UNFOLDED))
    return tuple(found)


def filter_bar(
    asked: Asked, facets: Facets, playbook: Playbook, own: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the filters of a page and its chips are drawn from; `own` is what else its address says, which stays."""
    filters, names = asked.filters, names_of(playbook)
    return {
        "asked": asked,
        "choices": choices(facets, filters, names),
        "chips": chips(filters, names, own or {}),
        "folded_set": any(name not in (*UNFOLDED, "q", "sort") for name in filters.active),
        "questions": len(playbook.criteria),
    }


def chips(filters: Filters, names: dict[str, dict[str, str]], own: Mapping[str, str]) -> tuple[Chip, ...]:
    """The filters that are set, each with the address that takes it away and leaves the rest of it."""
    rest = urlencode(own)
    found = []
    for field, value in filters.active.items():
        if field == "sort":
            continue
        if field == "q":
            words = f"“{value}”"
        elif field == "answered":
            words = "Nothing scored" if value == "0" else f"{value} questions answered"
        else:
            words = f"{LABELS[field]}: {in_words(field, value, names)}"
        left = query(filters, **{field: None}) or "?"
        found.append(Chip(words, f"{left}{'' if left == '?' else '&'}{rest}" if rest else left))
    return tuple(found)


@dataclass(frozen=True)
class Column:
    """A sortable column: its heading, the address that sorts by it, and how it is sorted now, if it is."""

    field: str
    label: str
    href: str
    direction: str | None


def columns(filters: Filters) -> tuple[Column, ...]:
    """The headings of the list. A second click turns the order round; numbers begin with the highest."""
    first, descending = filters.sort_fields[0]
    found = []
    for field, label in COLUMNS.items():
        now = ("descending" if descending else "ascending") if field == first else None
        starts_high = field in ("impact", "feasibility", "priority", "answered")
        turn = (not descending) if now else starts_high
        sort = f"-{field}" if turn else field
        href = query(filters, sort=None if sort == "-priority" else sort) or "?"
        found.append(Column(field, label, href, now))
    return tuple(found)


@dataclass(frozen=True)
class Bar:
    """An interval as a bar of 100 units: where its span begins, how wide it is, where the value is expected."""

    x: float
    width: float
    at: float


def bar_of(interval: Interval) -> Bar:
    """The bar of an interval on the scale from 1 to 5."""
    start, end = (interval.low - 1) * 25, (interval.high - 1) * 25
    return Bar(round(start, 1), round(max(end - start, 1), 1), round((interval.expected - 1) * 25, 1))


@dataclass(frozen=True)
class Row:
    """A project as a line of a list, every word and number ready to be written."""

    href: str
    key: str
    name: str
    belongs: str
    owner: str
    stage: str
    status: str
    tone: str
    archetype: str
    quadrant: Quadrant | None
    not_known: str  # which dimension has no answer, in words
    impact: str
    feasibility: str
    priority: str
    span: str
    bar: Bar
    answered: int
    of: int


_TONES = {"live": "good", "active": "accent", "paused": "warn", "stopped": "bad"}


def rows(projects: Iterable[ProjectSummary], playbook: Playbook) -> tuple[Row, ...]:
    """The lines of a list. A project nobody has scored shows no numbers: they would only be the priors."""
    names = names_of(playbook)
    found = []
    for project in projects:
        standing = project.standing
        scored = standing.answered > 0
        priority = standing.priority
        found.append(
            Row(
                href=f"/projects/{project.key}",
                key=project.key,
                name=project.name,
                belongs=" · ".join(part for part in (project.organisation, project.unit) if part),
                owner=project.owner or "",
                stage=names["stage"].get(project.stage or "", project.stage or ""),
                status=(project.status or "").replace("_", " ").capitalize(),
                tone=_TONES.get(project.status or "", ""),
                archetype=names["archetype"].get(project.archetype or "", project.archetype or ""),
                quadrant=place_of(standing, playbook),
                not_known=not_known(standing, playbook),
                impact=num(standing.impact.expected, 1) if scored else "",
                feasibility=num(standing.feasibility.expected, 1) if scored else "",
                priority=num(priority.expected, 1) if scored else "",
                span=f"{num(priority.low, 1)} to {num(priority.high, 1)}",
                bar=bar_of(priority),
                answered=standing.answered,
                of=standing.of,
            )
        )
    return tuple(found)
