"""The infrastructure checklist: what a project needs, and how far it is."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.domain.infrastructure import (
    COMPONENT_STATUSES,
    ChecklistDraft,
    ChecklistItem,
    ChecklistLine,
    ComponentStatus,
    build_checklist,
    component_counts,
)
from tests.support.factories import NOW, fsdl

PLAYBOOK = fsdl()


def item(component: str, status: ComponentStatus, **said: str) -> ChecklistItem:
    return ChecklistItem(component=component, status=status, recorded_at=NOW, recorded_by="Mara", **said)


def lines(
    stage: str | None, archetype: str | None = None, problem_type: str | None = None, *items: ChecklistItem
) -> dict[str, ChecklistLine]:
    checklist = build_checklist(stage, archetype, problem_type, items, PLAYBOOK)
    return {line.component: line for line in checklist.lines}


def test_all_components_stand_in_the_order_of_the_playbook_and_nothing_is_invented() -> None:
    found = lines("planning")
    assert list(found) == [component.id for component in PLAYBOOK.components]
    assert {line.status for line in found.values()} == {None}
    assert all(line.why for line in found.values())


@pytest.mark.parametrize(
    ("component", "stage", "archetype", "problem_type", "requirement", "why"),
    [
        ("data.sources", "planning", None, None, "later", "Needed from the stage Data"),
        ("data.sources", "data", None, None, "required", "Every project needs it from the stage Data"),
        ("data.sources", "deployment", None, None, "required", "Every project needs it from the stage Data"),
        ("data.exploration", "planning", None, None, "required", "Every project needs it from the stage Planning"),
        ("deployment.edge", "deployment", None, None, "conditional", "When"),
        ("deployment.edge", "training", "autonomous", None, "later", "Needed from the stage Deployment"),
        ("data.labelling", "data", None, None, "conditional", "When people must say"),
        ("data.labelling", "data", "software_2_0", None, "conditional", "When people must say"),
        ("data.labelling", "data", "autonomous", None, "required", "Autonomous projects need it: "),
        ("data.labelling", "data", "autonomous", "forecasting", "not_applicable", "needs no labels"),
        ("data.labelling", "data", "autonomous", "ocr", "required", "Autonomous projects need it"),
        ("data.labelling", "planning", None, "forecasting", "not_applicable", "needs no labels"),
        ("data.sources", "data", None, "forecasting", "required", "Every project"),
    ],
)
def test_what_a_project_needs_and_why(
    component: str, stage: str, archetype: str | None, problem_type: str | None, requirement: str, why: str
) -> None:
    line = lines(stage, archetype, problem_type)[component]
    assert line.requirement == requirement
    assert why in line.why


def test_without_a_stage_nothing_is_left_out_for_lack_of_a_fact() -> None:
    unstated, last = lines(None, "autonomous"), lines("deployment", "autonomous")
    for component, line in unstated.items():
        assert set(line.advice) >= set(last[component].advice)
        assert line.model_copy(update={"advice": ()}) == last[component].model_copy(update={"advice": ()})
    assert "later" not in {line.requirement for line in unstated.values()}


def test_needs_only_grow_along_the_stages() -> None:
    for archetype in (None, *(entry.id for entry in PLAYBOOK.archetypes)):
        needed: set[str] = set()
        for stage in PLAYBOOK.stages:
            now = {name for name, line in lines(stage.id, archetype).items() if line.requirement == "required"}
            assert needed <= now
            needed = now


def test_the_last_statement_on_a_component_counts() -> None:
    found = lines(
        "data",
        None,
        None,
        item("data.sources", "missing"),
        item("data.sources", "in_place", tool="lake", note="since May"),
        item("data.versioning", "planned"),
    )
    sources = found["data.sources"]
    assert (sources.status, sources.tool, sources.note, sources.recorded_by) == (
        "in_place",
        "lake",
        "since May",
        "Mara",
    )
    assert found["data.versioning"].status == "planned"


def test_progress_counts_the_required_components_of_each_area_once() -> None:
    items = [
        item("data.sources", "in_place"),
        item("data.exploration", "not_needed"),
        item("data.versioning", "partial"),
        item("data.lakes_warehouses", "in_place"),  # conditional: no part of the progress
        item("training.compute", "missing"),
    ]
    checklist = build_checklist("training", None, None, items, PLAYBOOK)
    data, training, deployment = checklist.progress
    assert (data.area, data.required, data.in_place, data.started, data.missing, data.not_stated) == (
        "data",
        3,
        2,
        1,
        0,
        0,
    )
    assert (training.required, training.in_place, training.missing, training.not_stated) == (4, 0, 1, 3)
    assert (deployment.required, deployment.not_stated) == (1, 1)
    for area in checklist.progress:
        assert area.required == area.in_place + area.started + area.missing + area.not_stated


def test_components_by_status_over_a_portfolio_add_up() -> None:
    counts: dict[tuple[str, ComponentStatus, str | None], int] = {
        ("data.sources", "missing", None): 2,
        ("data.sources", "in_place", None): 3,
        ("gone.component", "missing", None): 9,
    }
    rows = component_counts(PLAYBOOK, counts, projects=8)
    assert [row.component for row in rows] == [component.id for component in PLAYBOOK.components]
    assert (rows[0].missing, rows[0].in_place, rows[0].not_stated) == (2, 3, 3)
    for row in rows:
        assert sum(getattr(row, status) for status in COMPONENT_STATUSES) + row.not_stated == 8


@pytest.mark.parametrize(
    "said",
    [{}, {"status": "done"}, {"status": None}, {"status": "missing", "tool": "a\nb"}, {"status": "missing", "x": 1}],
)
def test_a_statement_needs_a_known_status_and_plain_words(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChecklistDraft.model_validate(said)


def test_advice_applies_by_stage_archetype_and_status() -> None:
    def advised(stage: str | None, archetype: str | None = None, *items: ChecklistItem) -> tuple[str, ...]:
        return tuple(one.text for one in lines(stage, archetype, None, *items)["data.versioning"].advice)

    levels, at_least = "There are four levels.", "Go for level 2 at least"
    assert [text.startswith(levels) for text in advised("data")] == [True]
    assert [text.startswith((levels, at_least)) for text in advised("data", "autonomous")] == [True, True]
    assert advised("data", "autonomous", item("data.versioning", "in_place")) == ()
    notebooks = {stage: len(lines(stage)["training.software_engineering"].advice) for stage in ("data", "deployment")}
    assert notebooks == {"data": 1, "deployment": 0}
    assert len(lines(None)["training.software_engineering"].advice) == 1  # nothing is left out for lack of a fact


def test_a_playbook_without_advice_gives_none() -> None:
    silent = tuple(component.model_copy(update={"advice": ()}) for component in PLAYBOOK.components)
    playbook = PLAYBOOK.model_copy(update={"components": silent})
    assert {line.advice for line in build_checklist(None, None, None, [], playbook).lines} == {()}
