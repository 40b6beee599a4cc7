"""What an imported record changes, and what the report says of it all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from planner.domain.import_mapping import ImportMapping
from planner.domain.import_rules import apply_mapping
from planner.domain.import_tables import Table
from planner.domain.imports import (
    ImportedProject,
    ImportPlan,
    ImportReport,
    Payload,
    RecordWarning,
    Rejected,
    Skipped,
    payload_of,
    plan_import,
)
from planner.domain.projects import ProjectFields
from planner.playbooks import Playbooks

COLUMNS = ("name", "owner", "tags", "effort", "fact", "compute")
MAPPING = ImportMapping.model_validate(
    {
        "version": 1,
        "id": "test",
        "columns": {name: name for name in COLUMNS},
        "fields": {"name": "name", "owner": "owner", "tags": "tags", "effort": "effort"},
        "attributes": {"fact": {"column": "fact", "map": {"yes": True}, "other": "ignore", "keep_raw": True}},
        "checklist": {"training.compute": {"column": "compute", "map": {"yes": "in_place", "no": "missing"}}},
    }
)


def record(**cells: str) -> ImportedProject:
    row = [{"name": "Alpha", **cells}.get(column, "") for column in COLUMNS]
    [outcome] = apply_mapping(Table(COLUMNS, [row]), MAPPING, Playbooks.shipped().get("fsdl"))
    assert isinstance(outcome, ImportedProject)
    return outcome


def stored(plan: ImportPlan) -> Payload:
    payload: Payload = json.loads(json.dumps(plan.payload))
    return payload


def replanned(before: ImportedProject, after: ImportedProject) -> ImportPlan:
    return plan_import(after, stored(plan_import(before, None)))


def test_a_new_record_is_created() -> None:
    plan = plan_import(record(owner="Mara", compute="yes"), None)
    assert plan.action == "create"
    assert plan.payload == {"name": "Alpha", "owner": "Mara", "checklist.training.compute": "in_place"}


def test_the_same_record_changes_nothing() -> None:
    again = record(owner="Mara", tags="a, b", effort="2", fact="yes", compute="no")
    plan = replanned(again, again)
    assert (plan.action, plan.changes, plan.checklist) == ("unchanged", {}, {})


def test_only_what_the_file_says_differently_is_changed() -> None:
    plan = replanned(record(owner="Mara", effort="2", tags="a"), record(owner="Jo", tags="a"))
    assert plan.action == "update"
    assert plan.changes == {"owner": "Jo", "effort": None}
    assert stored(plan) == {"name": "Alpha", "owner": "Jo", "tags": ["a"]}


def test_what_people_edited_since_survives() -> None:
    edited = ProjectFields(name="Alpha, renamed", owner="Kim", effort=9, attributes={"fact": True, "mine": "kept"})
    plan = replanned(record(owner="Mara", fact="yes"), record(owner="Mara", fact="no", tags="new"))
    assert plan.patch(edited) == {"tags": ["new"], "attributes": {"mine": "kept", "fact.raw": "no"}}


def test_a_fact_that_could_not_be_read_goes_when_it_can_be() -> None:
    plan = replanned(record(fact="perhaps"), record(fact="yes"))
    fields = ProjectFields(name="Alpha", attributes={"fact.raw": "perhaps"})
    assert plan.patch(fields) == {"attributes": {"fact": True}}


def test_lists_are_emptied_and_not_made_null() -> None:
    plan = replanned(record(tags="a"), record())
    assert plan.patch(ProjectFields(name="Alpha", tags=("a",))) == {"tags": ()}


def test_a_statement_is_added_when_it_changed_and_never_taken_back() -> None:
    changed = replanned(record(compute="no"), record(compute="yes"))
    assert {name: draft.status for name, draft in changed.checklist.items()} == {"training.compute": "in_place"}
    assert changed.patch(ProjectFields(name="Alpha")) == {}
    assert replanned(record(compute="no"), record()).action == "unchanged"


def test_what_the_file_has_no_column_for_is_not_its_to_change() -> None:
    plan = plan_import(record(), {"name": "Alpha", "summary": "from another mapping"})
    assert plan.action == "unchanged"


def test_a_project_that_no_import_has_touched_is_compared_with_itself() -> None:
    project = ProjectFields(
        name="Alpha", owner="Mara", tags=("a",), effort=2, summary="one\r\ntwo", attributes={"fact": True, "n": 3}
    )
    present = payload_of(project, "planning", {"training.compute": "missing"})
    assert present == {
        "name": "Alpha",
        "owner": "Mara",
        "tags": ["a"],
        "effort": 2.0,
        "summary": "one\r\ntwo",
        "stage": "planning",
        "attributes.fact": True,
        "attributes.n": 3,
        "checklist.training.compute": "missing",
    }
    same = record(owner="Mara", tags="a", effort="2", fact="yes", compute="no")
    assert plan_import(same, present).action == "unchanged"
    assert plan_import(record(owner="Jo", tags="a", effort="2", fact="yes"), present).changes == {"owner": "Jo"}


def report(**changes: Any) -> ImportReport:
    given: dict[str, Any] = {
        "dry_run": False,
        "read": 5,
        "created": 1,
        "updated": 1,
        "skipped": (
            Skipped(record=2, reason="unchanged", detail="A-1"),
            Skipped(record=3, reason="unchanged", detail=""),
        ),
        "rejected": (Rejected(record=4, reason="blank_record", detail=""),),
        "warnings": tuple(
            RecordWarning(record=1, kind=kind, field=field, value="x")
            for kind, field in (("date_unparsed", "dates.b"), ("odd", "stage"), ("date_unparsed", "dates.b"))
        ),
    }
    return ImportReport.model_validate({**given, **changes})


def test_a_report_counts_warnings_and_reasons() -> None:
    found = report()
    assert found.warning_counts == {"date_unparsed:dates.b": 2, "odd:stage": 1}
    assert found.reason_counts == {"blank_record": 1, "unchanged": 2}


@pytest.mark.parametrize("changes", [{"read": 6}, {"created": 2}, {"updated": 0}, {"skipped": ()}, {"rejected": ()}])
def test_a_report_that_does_not_add_up_cannot_be(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="read must equal created"):
        report(**changes)
