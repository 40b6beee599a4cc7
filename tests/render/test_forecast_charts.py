"""The charts of forecasts: sound XML, everything inside, names apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal
from xml.etree import ElementTree as ET

import pytest

from planner.domain.calibration import curve
from planner.domain.forecasts import SUCCESS, Forecast, Outcome, base_rate, build_project_forecasts
from planner.paths import templates_dir
from planner.render.forecast_charts import calibration_svg, history_svg, lay_out_calibration, lay_out_history
from planner.render.templates import environment

START = datetime(2026, 1, 10, tzinfo=UTC)
ENV = environment(templates_dir())


def history(people: int, days: int) -> list[Forecast]:
    return [
        Forecast(
            probability=0.5,
            success=SUCCESS,
            forecaster=f"<b>{person} with quite a long name",
            recorded_at=START + timedelta(days=day),
            recorded_by="Mara",
        )
        for day in range(days)
        for person in range(people)
    ]


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize(("people", "days"), [(1, 1), (3, 40), (9, 2), (40, 1)])
def test_the_history_is_sound_and_lies_inside(size: Literal["wide", "narrow"], people: int, days: int) -> None:
    outcome = Outcome(outcome="success", ended_on=START.date(), recorded_at=START, recorded_by="Mara")
    for outcomes in ([], [outcome]):
        found = build_project_forecasts(history(people, days), outcomes, base_rate([(None, "success")], None))
        now = START + timedelta(days=days - 1)
        root = ET.fromstring(history_svg(ENV, found, now, size))
        assert "Forecasts over time" in (root.get("aria-label") or "")
        assert not any("style" in element.attrib for element in root.iter())
        chart = lay_out_history(found, now, size)
        assert len(chart.steps) == people
        for step in chart.steps:
            assert all(chart.frame.left <= x <= chart.frame.right for x, _, _ in step.dots)
        if people < 10:
            heights = sorted(step.name_y for step in chart.steps)
            assert all(below - above >= 14.9 for above, below in pairwise(heights))
            assert chart.frame.top <= heights[0]
            assert heights[-1] <= chart.frame.bottom


def test_the_curve_is_sound_and_told_in_words() -> None:
    pairs = [(n / 20, n % 3 == 0) for n in range(21)] * 7
    points = curve(pairs)
    root = ET.fromstring(calibration_svg(ENV, points))
    assert (root.get("aria-label") or "").startswith("Calibration curve: 14 forecasts from 0 % to 10 %")
    chart = lay_out_calibration(points)
    assert all(point.high_y <= point.y <= point.low_y <= chart.frame.bottom for point in chart.points)
    assert "no scored forecast" in calibration_svg(ENV, [])
