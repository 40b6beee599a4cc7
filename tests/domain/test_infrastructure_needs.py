"""What projects lack, which component holds back the most, and the map of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.infrastructure import ChecklistItem, build_checklist
from planner.domain.infrastructure_map import build_needs_map
from planner.domain.infrastructure_needs import Demand, Needs, Statement, Subject, build_demand, build_needs
from planner.domain.shared_components import (
    SHARED_STATUSES,
    SharedComponent,
    SharedStatus,
    cheapest_costs,
    counts_as,
    current_shared,
    shared_statuses,
)
from tests.support.factories import NOW, fsdl

PLAYBOOK = fsdl()
COMPONENTS = [component.id for component in PLAYBOOK.components]
EXPLORATION, ENGINEERING = "data.exploration", "training.software_engineering"  # what planning requires


def subject(number: int, stage: str | None = "planning", priority: float = 3.0, answered: int = 7) -> Subject:
    return Subject(number, f"P-{number}", f"Project {number}", stage, None, None, priority, answered)


def shared(component: str, status: SharedStatus, **said: object) -> SharedComponent:
    stamp = {"component": component, "status": status, "recorded_at": NOW, "recorded_by": "Mara"}
    return SharedComponent.model_validate(stamp | said)


def demand_of(
    subjects: list[Subject], statements: list[Statement] | None = None, *known: SharedComponent
) -> tuple[Demand, Needs]:
    needs = build_needs(subjects, statements or [], known, PLAYBOOK)
    return build_demand(needs, known), needs


def test_demand_counts_the_projects_that_wait_and_sums_the_priorities_that_are_known() -> None:
    subjects = [subject(1, priority=4.0), subject(2, priority=2.5), subject(3, priority=2.98, answered=0)]
    stated: list[Statement] = [(1, EXPLORATION, "in_place", None), (2, EXPLORATION, "not_needed", None)]
    demand, _ = demand_of(subjects, stated)
    assert (demand.projects, demand.equipped, demand.unscored) == (3, 0, 1)
    engineering, exploration = demand.lines
    assert (engineering.component, engineering.required_by, engineering.held_back) == (ENGINEERING, 3, 3)
    assert (engineering.priority, engineering.unscored) == (6.5, 1)
    assert (engineering.completes, engineering.completes_priority) == (2, 6.5)
    assert (exploration.component, exploration.held_back, exploration.priority) == (EXPLORATION, 1, 0.0)
    assert (exploration.unscored, exploration.completes) == (1, 0)


def test_a_shared_one_in_place_holds_nobody_back_whether_it_is_used_already_or_not() -> None:
    using: list[Statement] = [(1, EXPLORATION, "planned", EXPLORATION)]
    demand, needs = demand_of([subject(1), subject(2)], using, shared(EXPLORATION, "in_place"))
    line = next(line for line in demand.lines if line.component == EXPLORATION)
    assert (line.required_by, line.held_back, line.to_adopt) == (2, 0, 1)  # the other has yet to use it
    column = COMPONENTS.index(EXPLORATION)
    assert needs.lacks[:, column].tolist() == [False, True]
    partial, _ = demand_of([subject(1), subject(2)], using, shared(EXPLORATION, "partial"))
    assert partial.lines[0].held_back == 2


def test_a_project_that_is_to_use_another_component_waits_for_that_one() -> None:
    stated: list[Statement] = [(1, EXPLORATION, "planned", "data.lakes_warehouses")]
    demand, _ = demand_of([subject(1)], stated)
    assert {line.component for line in demand.lines if line.held_back} == {"data.lakes_warehouses", ENGINEERING}


def test_a_conditional_component_that_is_stated_as_missing_is_told_apart() -> None:
    stated: list[Statement] = [
        (1, "deployment.feature_store", "missing", None),
        (2, "deployment.feature_store", "in_place", None),
    ]
    demand, _ = demand_of([subject(1, "deployment"), subject(2, "deployment")], stated)
    line = next(line for line in demand.lines if line.component == "deployment.feature_store")
    assert (line.required_by, line.held_back, line.asked) == (0, 0, 1)


def test_the_checklist_counts_a_shared_component_that_the_project_uses() -> None:
    item = ChecklistItem(
        component=EXPLORATION, status="missing", shared=EXPLORATION, recorded_at=NOW, recorded_by="Mara"
    )
    for status, counted in (("in_place", "in_place"), ("planned", "planned"), ("retired", "missing")):
        offered = shared_statuses([shared(EXPLORATION, status)])  # type: ignore[arg-type]
        checklist = build_checklist("planning", None, None, [item], PLAYBOOK, offered)
        line = next(line for line in checklist.lines if line.component == EXPLORATION)
        assert (line.status, line.counts_as) == ("missing", counted)
        assert sum(area.in_place for area in checklist.progress) == (counted == "in_place")


@pytest.mark.parametrize(
    ("status", "uses", "offered", "counted"),
    [
        ("missing", None, "in_place", "missing"),
        ("in_place", "c", "planned", "in_place"),
        ("not_needed", "c", "in_place", "not_needed"),
        ("partial", "c", "in_place", "in_place"),
        ("partial", "other", "in_place", "partial"),
    ],
)
def test_a_shared_one_never_takes_away_what_a_project_has(
    status: str, uses: str | None, offered: SharedStatus, counted: str
) -> None:
    assert counts_as(status, uses, {"c": offered}) == counted  # type: ignore[arg-type]


def test_of_two_shared_ones_the_further_counts_and_the_cheaper_is_the_cost() -> None:
    history = [
        shared("data.sources", "in_place", name="old"),
        shared("data.sources", "retired", name="old", cost=1),
        shared("data.sources", "planned", name="a", cost=90),
        shared("data.sources", "partial", name="b", cost=40.5),
        shared("data.versioning", "in_place", cost=5),
        shared("training.compute", "missing"),
    ]
    current = current_shared(history)
    assert [(one.component, one.name) for one in current][:2] == [("data.sources", "old"), ("data.sources", "a")]
    assert shared_statuses(current) == {
        "data.sources": "partial", "data.versioning": "in_place", "training.compute": "missing"
    }  # fmt: skip
    assert cheapest_costs(current) == {"data.sources": 40.5}


stages = st.none() | st.sampled_from([stage.id for stage in PLAYBOOK.stages])
archetypes = st.none() | st.sampled_from([archetype.id for archetype in PLAYBOOK.archetypes])
everybody = st.lists(st.tuples(stages, archetypes, st.floats(1, 5), st.integers(0, 7)), max_size=12).map(
    lambda drawn: [
        Subject(n, f"P-{n}", "x", stage, archetype, None, priority, answered)
        for n, (stage, archetype, priority, answered) in enumerate(drawn, 1)
    ]
)
statuses = st.sampled_from(["missing", "planned", "partial", "in_place", "not_needed"])
said = st.dictionaries(
    st.tuples(st.integers(1, 12), st.sampled_from(COMPONENTS)),
    st.tuples(statuses, st.none() | st.sampled_from(COMPONENTS[:5])),
    max_size=40,
).map(lambda found: [(*place, *statement) for place, statement in found.items()])
shares = st.dictionaries(st.sampled_from(COMPONENTS), st.sampled_from(SHARED_STATUSES), max_size=6).map(
    lambda found: [shared(component, status) for component, status in found.items()]
)


@settings(max_examples=60, deadline=None)
@given(everybody, said, shares, st.sampled_from(COMPONENTS))
def test_building_one_more_never_holds_back_more_and_removes_its_own_demand(
    subjects: list[Subject], statements: list[Statement], known: list[SharedComponent], built: str
) -> None:
    before, _ = demand_of(subjects, statements, *known)
    after, needs = demand_of(subjects, statements, *known, shared(built, "in_place", name="new"))
    waited = {line.component: line for line in before.lines}
    for line in after.lines:
        earlier = waited.get(line.component)
        assert line.held_back <= (earlier.held_back if earlier else 0)
        assert line.priority <= (earlier.priority if earlier else 0) + 1e-9
    assert after.equipped >= before.equipped
    assert not any(line.held_back for line in after.lines if line.component == built)
    assert not (needs.held_back[:, COMPONENTS.index(built)]).any()


@settings(max_examples=60, deadline=None)
@given(everybody, said, shares)
def test_what_is_lacked_agrees_with_the_checklists(
    subjects: list[Subject], statements: list[Statement], known: list[SharedComponent]
) -> None:
    demand, needs = demand_of(subjects, statements, *known)
    assert not (needs.lacks & ~needs.required).any()
    for row, one in enumerate(subjects):
        items = [
            ChecklistItem(component=c, status=status, shared=uses, recorded_at=NOW, recorded_by="Mara")
            for number, c, status, uses in statements
            if number == one.id
        ]
        checklist = build_checklist(one.stage, one.archetype, None, items, PLAYBOOK, shared_statuses(known))
        lacking = [
            line.requirement == "required" and line.counts_as not in ("in_place", "not_needed")
            for line in checklist.lines
        ]
        assert needs.lacks[row].tolist() == lacking
    assert demand.equipped == int((~needs.held_back.any(axis=1)).sum())
    held = [line.priority for line in demand.lines]
    assert all(first >= second for first, second in pairwise(held))


@settings(max_examples=60, deadline=None)
@given(everybody, said, st.integers(5, 9))
def test_the_map_loses_no_project_and_keeps_to_its_columns(
    subjects: list[Subject], statements: list[Statement], columns: int
) -> None:
    _, needs = demand_of(subjects, statements)
    found = build_needs_map(needs, PLAYBOOK, columns)
    assert len(found.columns) <= columns
    assert sum(column.projects for column in found.columns) == len(subjects)
    assert [stage.projects for stage in found.stages] == [
        sum(column.projects for column in found.columns if column.stage == stage.stage) for stage in found.stages
    ]
    for index, (row, whole) in enumerate(zip(found.rows, found.by_stage, strict=True)):
        assert sum(cell.lacking for cell in row.cells) == needs.lacks[:, index].sum()
        assert sum(cell.lacking for cell in whole.cells) == needs.lacks[:, index].sum()
        assert sum(cell.required for cell in whole.cells) == needs.required[:, index].sum()


def test_the_map_stands_by_stage_then_priority_and_the_unscored_last() -> None:
    subjects = [subject(1, None), subject(2, "data", 2.0), subject(3, "data", 5.0, 0), subject(4, "data", 4.0)]
    _, needs = demand_of(subjects)
    found = build_needs_map(needs, PLAYBOOK)
    assert [column.first for column in found.columns] == ["P-4", "P-2", "P-3", "P-1"]
    assert [(stage.stage, stage.projects) for stage in found.stages] == [("data", 3), (None, 1)]


def test_without_projects_there_is_nothing_to_map_or_demand() -> None:
    demand, needs = demand_of([])
    assert (demand.projects, demand.lines) == (0, ())
    assert build_needs_map(needs, PLAYBOOK).rows == ()
    assert needs.held_back.shape == (0, len(COMPONENTS))
    assert np.array_equal(needs.scored, np.zeros(0, dtype=bool))
