"""Projects, shared items, dependencies and groups as lines of text: a form that holds two thousand projects too.

EX-6: 3 periods, ml_engineers 36, gpu_hours 400/200/0, value 4
feature-store, Feature store: 1 period, data_engineers 12
feature-store > EX-8
EX-14, EX-20
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from planner.domain.errors import FieldError, Invalid
from planner.domain.selection import CapacityPlanDraft, ItemPlan, SharedItem
from planner.web.forms import ambiguity, typed_number

_DURATION = re.compile(r"(\d{1,3})\s+periods?")
_AMOUNT = re.compile(r"(\S+)\s+(\S+)")
Problems = list[FieldError]


def read_lines(texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What the lines of each field say, as values for the draft. Invalid with every line that cannot be read."""
    problems: Problems = []
    projects: dict[str, Any] = {}
    for number, line in enumerate(texts["projects"], 1):
        key, _, rest = line.partition(":")
        if key.strip() in projects:
            problems.append(_wrong("projects", number, f"{key.strip()[:40]} stands twice"))
        projects[key.strip()] = _item(rest, "projects", number, problems)
    shared = []
    for number, line in enumerate(texts["shared"], 1):
        head, _, rest = line.partition(":")
        name, comma, title = (part.strip() for part in head.partition(","))
        item = _item(rest, "shared", number, problems)
        if item.pop("value", None) is not None:
            problems.append(_wrong("shared", number, "shared items have no value of their own"))
        shared.append({"id": name, "name": title if comma else name, **item})
    dependencies = []
    for number, line in enumerate(texts["dependencies"], 1):
        steps = [step.strip() for step in re.split(r">|→", line)]
        if len(steps) < 2 or not all(steps):
            problems.append(_wrong("dependencies", number, "write it as FIRST > SECOND"))
        dependencies += [{"before": a, "after": b} for a, b in pairwise(steps)]
    if problems:
        raise Invalid(problems)
    return {
        "projects": projects,
        "shared": shared,
        "dependencies": dependencies,
        "either_or": [_names([line]) for line in texts["either_or"]],
        "must": _names(texts["must"]),
        "must_not": _names(texts["must_not"]),
    }


def _names(lines: Iterable[str]) -> list[str]:
    return [name for line in lines for name in re.split(r"[,\s]+", line) if name]


def _wrong(field: str, number: int, message: str) -> FieldError:
    return FieldError(field=field, message=f"line {number}: {message}")


def _item(text: str, field: str, number: int, problems: Problems) -> dict[str, Any]:
    found: dict[str, Any] = {"needs": {}, "per_period": {}}
    for part in filter(None, (part.strip() for part in text.split(","))):
        if run := _DURATION.fullmatch(part):
            found["duration"] = int(run[1])
            continue
        said = _AMOUNT.fullmatch(part)
        if said is None:
            message = f"'{part[:40]}' is neither '3 periods' nor a resource with an amount, such as 'gpu_hours 400'"
            problems.append(_wrong(field, number, message))
            continue
        amounts = said[2].split("/")
        if doubt := next(filter(None, map(ambiguity, amounts)), ""):
            problems.append(_wrong(field, number, doubt))
        if said[1] == "value":
            found["value"] = said[2]
        elif len(amounts) > 1:
            found["per_period"][said[1]] = amounts
        else:
            found["needs"][said[1]] = said[2]
    return found


def write_lines(draft: CapacityPlanDraft) -> dict[str, str]:
    """The same fields as they would be typed."""
    return {
        "projects": "\n".join(f"{key}: {_written(item)}" for key, item in draft.projects.items()),
        "shared": "\n".join(f"{item.id}, {item.name}: {_written(item)}" for item in draft.shared),
        "dependencies": "\n".join(f"{link.before} > {link.after}" for link in draft.dependencies),
        "either_or": "\n".join(", ".join(group) for group in draft.either_or),
        "must": ", ".join(draft.must),
        "must_not": ", ".join(draft.must_not),
    }


def _written(item: ItemPlan | SharedItem) -> str:
    parts = [f"{item.duration} period{'' if item.duration == 1 else 's'}"] if item.duration else []
    parts += [f"{name} {typed_number(amount)}" for name, amount in item.needs.items()]
    parts += [f"{name} {'/'.join(map(typed_number, series))}" for name, series in item.per_period.items()]
    if isinstance(item, ItemPlan) and item.value is not None:
        parts.append(f"value {typed_number(item.value)}")
    return ", ".join(parts)
