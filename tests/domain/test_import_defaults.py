"""A file that comes without a mapping: its headers say what its columns are."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid
from planner.domain.import_defaults import default_mapping
from planner.domain.import_rules import apply_mapping
from planner.domain.import_tables import Table
from planner.domain.imports import ImportedProject, Outcome, Rejected
from planner.playbooks import Playbooks

PLAYBOOK = Playbooks.shipped().get("fsdl")


def run(header: tuple[str, ...], *rows: list[str]) -> list[Outcome]:
    return list(apply_mapping(Table(header, rows), default_mapping(header, PLAYBOOK), PLAYBOOK))


def one(**cells: str) -> ImportedProject:
    header = {"name": "Name"} | {name: name for name in cells}
    [outcome] = run(tuple(header.values()), [{"name": "Alpha", **cells}[name] for name in header])
    assert isinstance(outcome, ImportedProject), outcome
    return outcome


def test_columns_named_like_fields_fill_them_however_they_are_written() -> None:
    header = ("NAME", "Description", "Problem  Type", "Organisation ", "effort", "Tags")
    [outcome] = run(header, ["Alpha\n two", "text", "object_detection", "Org", "2.5", "a;b"])
    assert isinstance(outcome, ImportedProject)
    draft = outcome.draft
    assert (draft.name, draft.summary, draft.problem_type) == ("Alpha two", "text", "object_detection")
    assert (draft.organisation, draft.effort, draft.tags) == ("Org", 2.5, ("a", "b"))
    assert not draft.attributes


def test_words_may_be_ids_or_the_names_that_are_shown() -> None:
    draft = one(stage="Training", archetype="Human in the loop", status="LIVE").draft
    assert (draft.stage, draft.archetype, draft.status) == ("training", "human_in_the_loop", "live")


@pytest.mark.parametrize("word", ["", "n/a", "-", "TBD", "not stated", "not_stated"])
def test_what_is_not_stated_stays_so(word: str) -> None:
    draft = one(stage=word, effort=word, owner=word, organisation=word, unit=word).draft
    assert (draft.stage, draft.effort, draft.owner, draft.organisation, draft.unit) == (None,) * 5


def test_an_unknown_word_rejects_the_record_and_says_which_there_are() -> None:
    [outcome] = run(("name", "stage"), ["Alpha", "later"])
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "invalid_value"
    assert outcome.detail.startswith("stage: 'later' is not among its words (planning, data, training, deployment")


def test_other_columns_become_attributes_under_their_headers() -> None:
    header = ("name", "Cost centre", "If Other,\n explain", "If Other, explain", "", "attributes.dates.begun", "name")
    [outcome] = run(header, ["Alpha", "12", "x", "y", "z", "2024", "B"])
    assert isinstance(outcome, ImportedProject)
    assert outcome.draft.attributes == {
        "Cost centre": "12",
        "If Other, explain": "x",
        "If Other, explain (2)": "y",
        "column 5": "z",
        "dates.begun": "2024",
        "name": "B",
    }


def test_needs_and_checklist_have_columns_of_their_own() -> None:
    found = one(**{"needs.gpu_hours": "400", "checklist.training.compute": "in_place", "checklist.magic": "yes"})
    assert found.draft.needs == {"gpu_hours": 400.0}
    assert {name: draft.status for name, draft in found.checklist.items()} == {"training.compute": "in_place"}
    assert found.draft.attributes == {"checklist.magic": "yes"}


def test_what_follows_from_answers_is_left_aside() -> None:
    found = one(**{"standing.impact": "4.2", "priority": "high"})
    assert found.draft.attributes == {"priority": "high"}


def test_a_key_recognises_the_project_and_the_name_those_without() -> None:
    header = ("key", "name", "unit")
    first, second = run(header, ["DEMO-1", "Alpha", "x"], ["", "Beta", "y"])
    assert isinstance(first, ImportedProject)
    assert isinstance(second, ImportedProject)
    assert (first.key, first.external_id) == ("DEMO-1", "columns | demo-1")
    assert (second.key, second.external_id) == (None, "columns | y | beta")


def test_without_a_name_there_is_nothing_to_import() -> None:
    with pytest.raises(Invalid) as caught:
        default_mapping(("Use Case Name", "Agency"), PLAYBOOK)
    assert [error.field for error in caught.value.errors] == ["name"]
    assert "give a mapping" in caught.value.errors[0].message


def test_more_columns_than_a_mapping_takes() -> None:
    with pytest.raises(Invalid):
        default_mapping(("name", *(f"column {number}" for number in range(1001))), PLAYBOOK)
