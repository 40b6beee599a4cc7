"""The chart of the roadmap: sound XML, everything inside, names told in words."""

from __future__ import annotations

from typing import Literal
from xml.etree import ElementTree as ET

import pytest

from planner.domain.selection import CapacityPlanDraft, Dependency, ItemPlan, Resource, SharedItem
from planner.domain.selection_assembly import Candidate, assemble
from planner.domain.selection_plan import Plan, build_plan
from planner.domain.selection_solver import solve
from planner.paths import templates_dir
from planner.render.roadmap import FRAMES, MOST_ROWS, lay_out, roadmap_svg
from planner.render.templates import environment

ENV = environment(templates_dir())


def plan(projects: int, periods: int) -> Plan:
    candidates = [
        Candidate(f"LAB-{n}", f"<b>{n} with quite a long name that goes on & on", None, 3.0, None, None, {})
        for n in range(1, projects + 1)
    ]
    draft = CapacityPlanDraft(
        periods=tuple(f"2027-Q{n}" for n in range(periods)),
        resources=(Resource(id="people", name="<People>", unit="weeks"), Resource(id="money", name="Money")),
        capacity={"people": (float(projects),), "money": (1e9,)},
        projects={c.key: ItemPlan(needs={"people": 1.0, "money": 123456.0}) for c in candidates},
        shared=(SharedItem(id="store", name="Store", needs={"people": 1.0}),),
        dependencies=(Dependency(before="store", after="LAB-1"),) if projects and periods > 1 else (),
        must=("LAB-1",) if projects else (),
        discount=0.9,
    )
    assembled = assemble(draft, candidates)
    return build_plan(assembled, solve(assembled.problem, 10))


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize(("projects", "periods"), [(0, 1), (1, 1), (5, 5), (90, 8), (3, 40)])
def test_it_is_sound_and_lies_inside(size: Literal["wide", "narrow"], projects: int, periods: int) -> None:
    found = plan(projects, periods)
    root = ET.fromstring(roadmap_svg(ENV, found, size, "/projects/"))
    assert root.get("role") == "img" or root.get("aria-label")
    assert not any("style" in element.attrib for element in root.iter())
    chart = lay_out(found, size)
    frame = FRAMES[size]
    assert len(chart.bars) == min(len(found.planned), MOST_ROWS)
    for bar in chart.bars:
        assert frame.left <= bar.x
        assert bar.x + bar.width <= frame.width
        assert bar.width > 0
        assert bar.y + frame.bar <= chart.bottom + 1
    assert len(chart.lanes) == 2
    for lane in chart.lanes:
        assert lane.y + frame.cell <= chart.height
        assert all(0 <= cell.filled <= cell.width for cell in lane.cells)


def test_bars_are_linked_only_when_asked_and_names_are_escaped() -> None:
    found = plan(3, 2)
    alone = roadmap_svg(ENV, found)
    assert "href" not in alone
    assert "<b>" not in alone
    linked = roadmap_svg(ENV, found, "wide", "/projects/")
    assert 'href="/projects/LAB-1"' in linked
    assert 'href="/projects/store"' not in linked


def test_a_dependency_is_drawn_from_end_to_start() -> None:
    chart = lay_out(plan(3, 2), "wide")
    assert len(chart.arrows) == 1
    assert chart.arrows[0].text.endswith("waits for Store")
