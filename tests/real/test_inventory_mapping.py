"""The shipped mapping on the real inventory, against every figure of the expected outcome."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from planner.domain.cells import fold
from planner.domain.import_rules import apply_mapping
from planner.domain.imports import ImportedProject, NotTaken, Outcome, Payload, RecordWarning, plan_import
from planner.playbooks import Playbooks
from planner.readers.mappings import get_mapping
from planner.readers.tables import open_table

MAPPING = "us-fed-ai-2024"
DATES = ("initiated", "development_began", "implemented", "retired")
COMPONENTS = (
    *("data.sources", "data.lakes_warehouses", "training.compute", "training.resource_management"),
    *("deployment.monitoring", "deployment.ci_testing"),
)


@pytest.fixture(scope="module")
def inventory(shared_dir: Path) -> Path:
    return shared_dir / "data" / "inventory"


@pytest.fixture(scope="module")
def expected(inventory: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((inventory / "expected-2024.json").read_text())
    return content


def read(inventory: Path) -> list[Outcome]:
    file = inventory / "us-fed-ai-2024.csv"
    mapping = get_mapping(MAPPING)
    table = open_table(file, file.name, mapping.file)
    return list(apply_mapping(table, mapping, Playbooks.shipped().get("fsdl")))


@pytest.fixture(scope="module")
def outcomes(inventory: Path) -> list[Outcome]:
    return read(inventory)


@pytest.fixture(scope="module")
def projects(outcomes: list[Outcome]) -> list[ImportedProject]:
    return [outcome for outcome in outcomes if isinstance(outcome, ImportedProject)]


def spread(values: Iterable[object]) -> dict[str, int]:
    words = {None: "not_stated", True: "true", False: "false"}
    return dict(Counter(words.get(value, str(value)) for value in values))  # type: ignore[call-overload]


def test_it_is_the_file_that_is_expected(inventory: Path, expected: dict[str, Any]) -> None:
    content = (inventory / "us-fed-ai-2024.csv").read_bytes()
    assert sha256(content).hexdigest() == expected["sha256"]


def test_each_record_is_taken_or_listed(
    outcomes: list[Outcome], projects: list[ImportedProject], expected: dict[str, Any]
) -> None:
    not_taken = [outcome for outcome in outcomes if isinstance(outcome, NotTaken)]
    assert not [outcome for outcome in outcomes if isinstance(outcome, RecordWarning)]
    assert len(outcomes) == expected["read"]
    assert len(projects) == expected["imported"]
    assert {
        reason: [line.model_dump(exclude={"reason"}) for line in not_taken if line.reason == reason]
        for reason in {line.reason for line in not_taken}
    } == expected["not_imported"]
    numbers = [project.record for project in projects] + [line.record for line in not_taken]
    assert sorted(numbers) == list(range(1, expected["read"] + 1))


@pytest.mark.parametrize("field", ["stage", "status", "archetype"])
def test_word_fields(projects: list[ImportedProject], expected: dict[str, Any], field: str) -> None:
    assert spread(getattr(project.draft, field) for project in projects) == expected["counts"][field]


def test_organisations(projects: list[ImportedProject], expected: dict[str, Any]) -> None:
    found = spread(project.draft.organisation for project in projects)
    assert found == expected["counts"]["organisation"]
    assert len(found) == expected["counts"]["organisations"]


def test_what_is_missing_stays_missing(projects: list[ImportedProject], expected: dict[str, Any]) -> None:
    counts = expected["counts"]
    assert sum(project.draft.unit is None for project in projects) == counts["unit_missing"]
    assert sum(project.draft.summary is None for project in projects) == counts["description_missing"]
    assert sum(project.draft.risks is not None for project in projects) == counts["risks_present"]
    assert sum(project.draft.owner is not None for project in projects) == counts["owner_filled"]
    for field in ("problem_type", "effort", "cost"):
        assert not [project for project in projects if getattr(project.draft, field) is not None]
    for field in ("tags", "links", "needs"):
        assert not [project for project in projects if getattr(project.draft, field)]


@pytest.mark.parametrize("component", COMPONENTS)
def test_checklist(projects: list[ImportedProject], expected: dict[str, Any], component: str) -> None:
    stated = (project.checklist.get(component) for project in projects)
    found = spread(statement.status if statement else None for statement in stated)
    assert found == expected["counts"]["infrastructure"][component]


def test_no_other_component_is_stated(projects: list[ImportedProject], expected: dict[str, Any]) -> None:
    assert {name for project in projects for name in project.checklist} == set(COMPONENTS)
    assert set(expected["counts"]["infrastructure"]) == set(COMPONENTS)


@pytest.mark.parametrize("name", DATES)
def test_dates(projects: list[ImportedProject], expected: dict[str, Any], name: str) -> None:
    found = [str(date) for project in projects if (date := project.draft.attributes.get(f"dates.{name}"))]
    precision = {4: "year", 7: "month", 10: "day"}
    whole = [date for date in found if len(date) == 10]
    assert {
        "present": len(found),
        "precision": dict(Counter(precision[len(date)] for date in found)),
        "earliest": min(whole),
        "latest": max(whole),
    } == expected["counts"]["dates"][name]


def test_personal_information(projects: list[ImportedProject], expected: dict[str, Any]) -> None:
    found = spread(project.draft.attributes.get("contains_pii") for project in projects)
    assert found == expected["counts"]["contains_pii"]


def test_names_that_collide(projects: list[ImportedProject], expected: dict[str, Any]) -> None:
    collisions = expected["name_collisions"]
    exact = Counter((project.draft.organisation, project.draft.name) for project in projects)
    folded = Counter((fold(project.draft.organisation or ""), fold(project.draft.name)) for project in projects)
    for counts, key in ((exact, "exact_organisation_and_name"), (folded, "folded")):
        groups = [count for count in counts.values() if count > 1]
        found = {"groups": len(groups), "records": sum(groups), "surplus": sum(groups) - len(groups)}
        assert found == collisions[key]
    warned = [warning for project in projects for warning in project.warnings if warning.kind == "name_collision"]
    assert len(warned) == collisions["folded"]["surplus"]
    assert len({warning.value.rpartition(" ")[2] for warning in warned}) == collisions["folded"]["groups"]


def test_warnings(projects: list[ImportedProject], expected: dict[str, Any]) -> None:
    found = Counter(f"{warning.kind}:{warning.field}" for project in projects for warning in project.warnings)
    assert found.pop("name_collision:name") == expected["name_collisions"]["folded"]["surplus"]
    assert found == expected["warnings"]


def test_spot_rows(projects: list[ImportedProject], expected: dict[str, Any]) -> None:
    by_record = {project.record: project for project in projects}
    for row in expected["spot_rows"]:
        project = by_record[row["record"]]
        found = {
            "record": project.record,
            "name": project.draft.name,
            "organisation": project.draft.organisation,
            "unit": project.draft.unit,
            "description": project.draft.summary,
            "stage": project.draft.stage,
            "status": project.draft.status,
            "archetype": project.draft.archetype,
            "risks": project.draft.risks,
            "contains_pii": project.draft.attributes.get("contains_pii"),
            "dates": {name: project.draft.attributes.get(f"dates.{name}") for name in DATES},
            "infrastructure": {
                name: project.checklist[name].status if name in project.checklist else None for name in COMPONENTS
            },
            "warnings": [
                warning.model_dump(exclude={"record"})
                for warning in project.warnings
                if warning.kind != "name_collision"
            ],
        }
        assert found == row


def test_an_unparsed_date_is_kept_as_it_was_written(projects: list[ImportedProject]) -> None:
    for project in projects:
        for warning in project.warnings:
            if warning.kind == "date_unparsed":
                assert project.draft.attributes[f"{warning.field}.raw"] == warning.value
                assert warning.field not in project.draft.attributes


def test_importing_it_again_changes_nothing(inventory: Path, projects: list[ImportedProject]) -> None:
    stored: dict[str, Payload] = {
        project.external_id: json.loads(json.dumps(plan_import(project, None).payload)) for project in projects
    }
    assert len(stored) == len(projects)
    for outcome in read(inventory):
        if isinstance(outcome, ImportedProject):
            assert plan_import(outcome, stored[outcome.external_id]).action == "unchanged"


def test_it_is_quick(inventory: Path) -> None:
    start = time.perf_counter()
    read(inventory)
    assert time.perf_counter() - start < 3
