"""The charts of baselines and of errors: sound XML, everything inside, whatever the numbers are."""

from __future__ import annotations

import re
from typing import Any, Literal
from xml.etree import ElementTree as ET

import pytest

from planner.domain.baseline_gap import MetricGap, build_gap
from planner.domain.baselines import Baseline
from planner.domain.error_analysis import ErrorAnalysis, ErrorAnalysisDraft, decompose, resolve
from planner.domain.metrics_judging import judge_table
from planner.domain.metrics_runs import run_table
from planner.paths import templates_dir
from planner.render.baseline_charts import ROWS, ladder_svg, lay_out_ladder, lay_out_waterfall, waterfall_svg
from planner.render.templates import environment
from tests.support.factories import NOW, contract, fsdl, runs

ENV = environment(templates_dir())
Size = Literal["wide", "narrow"]
SIZES = pytest.mark.parametrize("size", ["wide", "narrow"])


def gap(values: list[float], reached: float | None, goal: str = "maximise recall") -> MetricGap:
    known = [
        Baseline(
            kind="scripted",
            name=f"<b>& number {n} with quite a long name",
            metrics={"recall": value},
            recorded_at=NOW,
            recorded_by="Mara",
        )
        for n, value in enumerate(values)
    ]
    agreed = contract(goal)
    measured = {} if reached is None else {"run <i>": {"recall": reached}}
    judgement = judge_table(agreed, run_table(runs(measured), agreed.columns))
    return build_gap(agreed, judgement, known, fsdl()).metrics[0]


@SIZES
@pytest.mark.parametrize(
    ("values", "reached"),
    [
        ([0.5], None),
        ([0.5], 0.5),
        ([0.0], 0.0),
        ([1e308, -1e308], 1e307),
        ([5e-324], 1e-320),
        ([0.4] * 40, 0.9),
        ([1e15, 1e15 + 2], 1e15),
    ],
)
def test_the_scale_is_sound_and_lies_inside(size: Size, values: list[float], reached: float | None) -> None:
    found = gap(values, reached)
    chart = lay_out_ladder(found, "run", size)
    assert len(chart.rows) == min(len(values), ROWS)
    for row in chart.rows:
        assert chart.frame.left <= row.x <= chart.frame.right
        assert chart.top <= row.y <= chart.bottom
    assert all(chart.frame.left <= x <= chart.frame.right for x, _ in chart.ticks)
    svg = ladder_svg(ENV, found, "run <i>", size)
    assert ET.fromstring(svg).attrib["role"] == "img"
    assert "style=" not in svg
    assert not re.search(r"nan|inf\b", svg)


def test_the_scale_tells_which_way_is_better() -> None:
    assert lay_out_ladder(gap([0.4, 0.6], 0.5), "a").better == "better →"
    fewer = lay_out_ladder(gap([0.4, 0.6], 0.5, "minimise recall"), "a")
    assert fewer.better == "← better"
    assert [row.tone for row in fewer.rows] == ["bad", "good"]


def analysis(**said: Any) -> ErrorAnalysis:
    draft = ErrorAnalysisDraft.model_validate(said)
    return ErrorAnalysis(**{**dict(draft), **resolve(draft, None)}, recorded_at=NOW, recorded_by="Mara")


@SIZES
@pytest.mark.parametrize(
    "said",
    [
        {"human": 1, "train": 20, "validation": 27, "test": 28},
        {"human": 5, "train": 3, "validation": 2, "test": -1},
        {"human": 0, "train": 0, "test": 0},
        {"train": 1e12, "test": -1e12},
        {"human": 1, "train": 2, "train_validation": 3, "test_validation": 4, "test": 5},
        {"train": 35, "validation": 31, "scale": "value"},
        {"metric": "<b>&", "train": 1e-300, "test": 2e-300},
    ],
)
def test_the_waterfall_is_sound_and_lies_inside(size: Size, said: dict[str, Any]) -> None:
    found = decompose(analysis(**said), fsdl().error_advice)
    chart = lay_out_waterfall(found, size)
    assert len(chart.bars) == (6 if found.two_sets else 5)
    for bar in chart.bars:
        assert bar.x is None or chart.frame.left <= bar.x <= bar.x + bar.width <= chart.frame.right + 2
    svg = waterfall_svg(ENV, found, size)
    assert ET.fromstring(svg).attrib["role"] == "img"
    assert not re.search(r"nan|inf\b", svg)


def test_each_bar_begins_where_the_one_before_ends() -> None:
    chart = lay_out_waterfall(decompose(analysis(human=1, train=20, validation=27, test=28), fsdl().error_advice))
    bars = chart.bars[:-1]
    assert [bar.tone for bar in chart.bars] == ["base", "next", "part", "part", "total"]
    assert [bar.x for bar in bars[1:]] == [bar.join for bar in bars[:-1]]
