"""An exported table of projects can be edited in a spreadsheet and imported again."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.import_defaults import default_mapping
from planner.domain.import_rules import apply_mapping
from planner.domain.imports import ImportedProject, payload_of, plan_import
from planner.domain.projects import Project
from planner.domain.scoring import Answer, belief_state, standings
from planner.playbooks import Playbooks
from planner.readers.tables import open_table
from planner.render.project_tables import answer_sheet, project_sheet
from planner.render.tables import Sheet, write_csv, write_xlsx

PLAYBOOK = Playbooks.shipped().get("fsdl")
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
STANDING = standings([belief_state((), PLAYBOOK)], PLAYBOOK, None)[0]
FULL: dict[str, Any] = {
    "name": "=Alpha",
    "summary": "- one\n- two",
    "organisation": "Org; Ltd, “Süd”",
    "owner": "Mara",
    "archetype": "autonomous",
    "stage": "training",
    "status": "active",
    "tags": ["a", "b c"],
    "effort": 12.5,
    "cost": 1e6,
    "needs": {"gpu_hours": 400},
    "links": [{"title": "Board", "url": "https://example.org/b"}, {"url": "https://example.org/c"}],
    "risks": "+ drift",
    "attributes": {"@odd name": "=1+1", "dates.begun": "2023-10", "contains_pii": False, "count": 12, "share": 0.5},
}


def project(number: int = 1, **fields: Any) -> Project:
    given = {"name": f"Project {number}", "stage": None, **fields}
    return Project.model_validate(
        {
            **given,
            "id": number,
            "key": f"LAB-{number}",
            "portfolio": "lab",
            "version": 1,
            "standing": STANDING,
            "created_at": NOW,
            "updated_at": NOW,
        }
    )


def imported(content: bytes, name: str) -> list[ImportedProject]:
    table = open_table(content, name)
    outcomes = list(apply_mapping(table, default_mapping(table.header, PLAYBOOK), PLAYBOOK))
    assert all(isinstance(outcome, ImportedProject) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, ImportedProject)]


def written(sheet: Sheet, kind: str) -> bytes:
    return write_csv(sheet) if kind == "csv" else write_xlsx([sheet])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_and_imported_again_changes_nothing(kind: str) -> None:
    projects = [project(1, **FULL), project(2), project(3, tags=["x;y"], attributes={"count": 1})]
    statuses = {1: {"data.sources": "in_place"}, 3: {"training.compute": "missing"}}
    found = imported(written(project_sheet(projects, statuses), kind), f"export.{kind}")
    assert [record.key for record in found] == ["LAB-1", "LAB-2", "LAB-3"]
    for record, original in zip(found, projects, strict=True):
        present = payload_of(original, original.stage, statuses.get(original.id, {}))
        plan = plan_import(record, present)
        assert plan.action == "unchanged", plan.changes


def test_what_somebody_changed_in_the_spreadsheet_is_all_that_changes() -> None:
    original = project(1, **FULL)
    text = write_csv(project_sheet([original], {})).decode("utf-8-sig").replace(",Mara,", ",Jo,")
    [record] = imported(text.encode(), "export.csv")
    plan = plan_import(record, payload_of(original, original.stage, {}))
    assert plan.changes == {"owner": "Jo"}
    assert plan.patch(original) == {"owner": "Jo"}


lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=12)
texts = st.lists(lines, max_size=3).map("\n".join).map(str.strip)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "name": lines.filter(bool),
            "summary": texts.map(lambda text: text or None),
            "owner": lines.map(lambda text: text or None),
            "tags": st.lists(lines.filter(lambda tag: bool(tag) and "," not in tag), max_size=3, unique=True),
            "effort": st.none() | st.floats(0, 1e6),
            "attributes": st.dictionaries(lines.filter(bool), texts.filter(bool) | st.booleans(), max_size=3),
        }
    ),
    st.sampled_from(["csv", "xlsx"]),
)
def test_any_project_comes_back_as_it_was(fields: dict[str, Any], kind: str) -> None:
    original = project(1, **fields)
    [record] = imported(written(project_sheet([original], {}), kind), f"export.{kind}")
    plan = plan_import(record, payload_of(original, None, {}))
    assert plan.action == "unchanged", (plan.changes, fields)


def test_columns_are_there_for_what_any_project_has() -> None:
    sheet = project_sheet([project(1, attributes={"b": 1}), project(2, attributes={"a": 1}, needs={"seats": 2})], {})
    headers = [column.header for column in sheet.columns]
    assert headers[:2] == ["key", "name"]
    assert [name for name in headers if name.startswith(("needs.", "attributes."))] == [
        "needs.seats",
        "attributes.b",
        "attributes.a",
    ]
    assert all(len(row) == len(headers) for row in sheet.rows)


def test_answers_have_a_sheet_of_their_own() -> None:
    answer = Answer(
        criterion="data_availability",
        assessor="Jo",
        level=4,
        rationale="=seen",
        playbook="fsdl",
        playbook_version=1,
        recorded_at=NOW,
        recorded_by="Mara",
    )
    text = write_csv(answer_sheet([("LAB-1", answer)])).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["key"], row["level"], row["rationale"]) == ("LAB-1", "4", "'=seen")
    assert row["recorded_at (UTC)"] == "2026-05-04 09:00:00"


def test_a_project_without_an_answer_has_no_values_of_a_standing() -> None:
    sheet = project_sheet([project()], {})
    [row] = list(sheet.rows)
    standing = {
        c.header: value for c, value in zip(sheet.columns, row, strict=True) if c.header.startswith("standing.")
    }
    assert {name for name, value in standing.items() if value is not None} == {"standing.answered", "standing.of"}
    assert standing["standing.answered"] == 0
