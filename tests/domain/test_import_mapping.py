"""The format of mappings: complete in its documentation, and strict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from planner.domain import import_mapping
from planner.domain.cells import CLEANING, FOLDING
from planner.domain.import_mapping import FieldName, ImportMapping
from planner.domain.import_rules import apply_mapping
from planner.domain.import_tables import Table
from planner.domain.imports import ImportedProject
from planner.domain.model import Model
from planner.playbooks import Playbooks
from planner.readers.mappings import parse_mapping

DOCUMENT = Path(__file__).parents[2] / "docs" / "import.md"
MODELS = {
    name: entry
    for name, entry in vars(import_mapping).items()
    if isinstance(entry, type) and issubclass(entry, Model) and entry is not Model
}


@pytest.fixture(scope="module")
def explained() -> set[str]:
    """The words that the documentation sets as code."""
    text = re.sub(r"```.*?```", "", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[\w%]+", code)}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_field_of_the_format_is_documented(name: str, explained: set[str]) -> None:
    assert set(MODELS[name].model_fields) <= explained


def test_every_field_of_a_project_and_every_step_is_documented(explained: set[str]) -> None:
    assert {*get_args(FieldName), *CLEANING, *FOLDING} <= explained


def mapping(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "id": "mine", "columns": {"name": "Name"}, "fields": {"name": "name"}, **changes}


def test_the_example_of_the_documentation_is_sound() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    found = parse_mapping(example.encode(), "docs/import.md")
    header = ("Working title", "Phase", "Begun", "If other, please explain.")
    rows = [["Sorting\nmail", "Pilot", "05/2026", "unknown"]]
    [outcome] = apply_mapping(Table(header, rows), found, Playbooks.shipped().get("fsdl"))
    assert isinstance(outcome, ImportedProject)
    assert outcome.payload == {
        "name": "Sorting mail",
        "stage": "training",
        "status": "active",
        "attributes.begun": "2026-05",
        "attributes.phase": "Pilot",
    }


def test_short_forms() -> None:
    found = ImportMapping.model_validate(mapping(columns={"name": "Name", "n": {"index": 0}}, attributes={"x": "n"}))
    assert found.columns["name"].header == "Name"
    assert found.attributes["x"].column == "n"


def test_a_tab_is_a_delimiter_and_is_not_stripped() -> None:
    assert ImportMapping.model_validate(mapping(file={"delimiter": "\t"})).file.delimiter == "\t"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "windows-1252", "latin-1", "utf-16-le", "shift_jis"])
def test_text_encodings_may_be_written_as_usual(encoding: str) -> None:
    assert ImportMapping.model_validate(mapping(file={"encoding": encoding})).file.encoding


@pytest.mark.parametrize(
    "changes",
    [
        {"file": {"encoding": "rot13"}},
        {"file": {"encoding": "idna"}},
        {"file": {"encoding": "unicode_escape"}},
        {"file": {"encoding": "x" * 1000}},
        {"file": {"encoding": "utf-8\0"}},
        {"file": {"delimiter": "name"}},
        {"file": {"header_record": 0}},
        {"columns": {"Name": "Name"}},
        {"columns": {}},
        {"columns": {"name": {"index": -1}}},
        {"fields": {}},
        {"fields": {"name": "other"}},
        {"fields": {"name": {"column": "name", "match": "head"}}},
        {"attributes": {"x": {"column": "name", "date": True}}},
        {"attributes": {"x": {"column": "name", "date": True, "map": {"a": 1}}}, "dates": [{"format": "%m/%d/%Y"}]},
        {"attributes": {"x": "name", "name": "name"}, "keep": ["name"]},
        {"keep": ["name", "name"]},
        {"checklist": {"data.sources": {"column": "name"}}},
        {"checklist": {"data.sources": {"column": "name", "map": {"yes": "in_place"}, "other": "keep"}}},
        {"records": {"identity": ["nowhere"]}},
        {"records": {"duplicates": ["nowhere"]}},
        {"records": {"reject": [{"column": "nowhere", "values": ["x"], "reason": "x"}]}},
        {"cells": {"clean": ["shout"]}},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ImportMapping.model_validate(mapping(**changes))
