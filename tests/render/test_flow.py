"""The chart of the cumulative flow: sound XML, everything inside, bands that fill the whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from xml.etree import ElementTree as ET

import pytest

from planner.domain.flow import CumulativeFlow, FlowPoint
from planner.paths import templates_dir
from planner.render.flow import flow_svg, lay_out_flow
from planner.render.templates import environment
from tests.support.flow import T0

ENV = environment(templates_dir())


def flow(stages: int, points: int, most: int) -> CumulativeFlow:
    counts = [tuple((stage + number) % (most + 1) for stage in range(stages)) for number in range(points)]
    return CumulativeFlow(
        step="week",
        stages=tuple(f"s{number}" for number in range(stages)),
        names=tuple(f"<b>Stage {number} & quite a long name" for number in range(stages)),
        points=tuple(
            FlowPoint(at=T0 + timedelta(weeks=number), counts=count, total=sum(count), left=0)
            for number, count in enumerate(counts)
        ),
    )


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize(("stages", "points", "most"), [(4, 2, 3), (4, 60, 900), (9, 5, 2), (1, 2, 0)])
def test_the_chart_is_sound_and_lies_inside(
    size: Literal["wide", "narrow"], stages: int, points: int, most: int
) -> None:
    found = flow(stages, points, most)
    root = ET.fromstring(flow_svg(ENV, found, size))
    assert (root.get("aria-label") or "").startswith("Projects in the flow: 1 Jan 2026: ")
    assert not any("style" in element.attrib for element in root.iter())
    chart = lay_out_flow(found, size)
    frame = chart.frame
    assert len(chart.bands) == stages
    assert len(chart.columns) == points
    assert sum(column.width for column in chart.columns) == pytest.approx(frame.right - frame.left)
    for band in chart.bands:
        places = [tuple(map(float, place.split())) for place in band.edge.removeprefix("M").split("L")]
        assert [x for x, _ in places] == sorted(x for x, _ in places)
        assert all(frame.left - 0.1 <= x <= frame.right + 0.1 for x, _ in places)
        assert all(frame.top - 0.1 <= y <= frame.bottom + 0.1 for _, y in places)
        assert frame.top <= band.name_y <= frame.bottom
    assert all(text == f"{int(text.replace(',', '')):,}" for _, text in chart.ticks_y)


def test_the_last_stage_lies_at_the_bottom_and_each_band_on_the_one_before() -> None:
    chart = lay_out_flow(flow(3, 2, 5))
    assert [band.ink for band in chart.bands] == [2, 1, 0]
    for below, above in zip(chart.bands, chart.bands[1:], strict=False):
        lower_edge = above.area.removesuffix("Z").split("L")[-2:]
        assert lower_edge[::-1] == below.edge.removeprefix("M").split("L")
