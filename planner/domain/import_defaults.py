"""The mapping of a file that comes without one: columns named like project fields fill them, others are kept."""

from __future__ import annotations

import re
from itertools import count
from typing import Any, get_args

from pydantic import ValidationError

from planner.domain.cells import collapse_whitespace, fold
from planner.domain.errors import Invalid
from planner.domain.import_mapping import FieldName, ImportMapping
from planner.domain.infrastructure import COMPONENT_STATUSES
from planner.domain.playbook import Playbook
from planner.domain.projects import NOT_STATED, STATUSES

DEFAULT_ID = "columns"
ALIASES = {"description": "summary"}
# Columns of our own export that follow from facts and are no facts themselves.
DERIVED = "standing."
_ONE_LINE = ("name", "organisation", "unit", "owner")
_NUMBERS = ("effort", "cost", "needs")
_NULLS = ["n/a", "na", "-", "tbd", "not stated", NOT_STATED]


def default_mapping(header: tuple[str, ...], playbook: Playbook) -> ImportMapping:
    """The mapping that the headers themselves declare; Invalid when none is `name` or when there are too many.

    Besides the project's fields, `needs.<kind>`, `attributes.<name>` and `checklist.<component>` are understood, so
    that an exported table can be imported again; `standing.*` is left aside. Any other column becomes an attribute.
    """
    rules: dict[str, dict[str, Any]] = {"fields": {}, "needs": {}, "attributes": {}, "checklist": {}}
    columns: dict[str, dict[str, Any]] = {}
    words = _words(playbook)
    for index, text in enumerate(header):
        title = text.strip()
        if title.startswith(DERIVED):
            continue
        column = f"c{index}"
        columns[column] = {"index": index}
        section, name = _place(title, index, rules, playbook)
        rule: dict[str, Any] = {"column": column}
        field = name if section == "fields" else section
        if field in words:
            rule |= {"map": words[field], "other": "reject", "nulls": True}
        elif field in _NUMBERS:
            rule |= {"nulls": True}
        elif field in _ONE_LINE:
            rule |= {"collapse_whitespace": True, "nulls": field != "name"}
        rules[section][name] = rule
    fields = rules["fields"]
    if "name" not in fields:
        raise Invalid.one("name", "no column is named 'name'; rename the column that holds it, or give a mapping")
    identity = [name for name in ("organisation", "unit", "name") if name in fields]
    mapping = {
        "version": 1,
        "id": DEFAULT_ID,
        "columns": columns,
        "cells": {"nulls": _NULLS},
        "records": {"identity": [fields[name]["column"] for name in identity]},
        **rules,
    }
    try:
        return ImportMapping.model_validate(mapping)
    except ValidationError as error:  # more columns than a project takes attributes
        raise Invalid.from_pydantic(error) from None


def _place(title: str, index: int, rules: dict[str, dict[str, Any]], playbook: Playbook) -> tuple[str, str]:
    """The section and the name that a header asks for; an attribute of its own name when it asks for none."""
    canonical = re.sub(r"[\s-]+", "_", fold(title))
    field = ALIASES.get(canonical, canonical)
    if field in get_args(FieldName) and field not in rules["fields"]:
        return "fields", field
    prefix, _, rest = title.partition(".")
    if prefix == "needs" and rest and rest not in rules["needs"]:
        return "needs", rest
    if prefix == "checklist" and playbook.component(rest) is not None and rest not in rules["checklist"]:
        return "checklist", rest
    if prefix != "attributes" or not rest:
        rest = collapse_whitespace(title)[:110] or f"column {index + 1}"
    plain = name = rest
    for ordinal in count(2):
        if name not in rules["attributes"]:
            break
        name = f"{plain} ({ordinal})"
    return "attributes", name


def _words(playbook: Playbook) -> dict[str, dict[str, str]]:
    """What a cell of a field of words may read: an id of the playbook, or the name that it shows for it."""
    entries = {"archetype": playbook.archetypes, "problem_type": playbook.problem_types, "stage": playbook.stages}
    words: dict[str, dict[str, str]] = {
        "status": {status: status for status in STATUSES},
        "checklist": {status: status for status in COMPONENT_STATUSES},
    }
    for field, known in entries.items():
        words[field] = {entry.id: entry.id for entry in known}
        taken = {fold(entry.id) for entry in known}
        for entry in known:
            if fold(entry.name) not in taken:
                words[field][entry.name] = entry.id
                taken.add(fold(entry.name))
    return words
