"""The charts of runs: what they show, that they stay small, and that no finite value breaks them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.metrics import ContractDraft, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_judging import judge_table
from planner.domain.metrics_progress import Progress, best_rows, build_progress
from planner.domain.metrics_runs import Promotion, Run, RunTable, run_table
from planner.domain.metrics_tradeoff import Tradeoff, build_tradeoff
from planner.paths import templates_dir
from planner.render.metrics_progress import lay_out_progress, progress_svg
from planner.render.metrics_tradeoff import SIZES, lay_out_tradeoff, tradeoff_svg
from planner.render.templates import environment
from tests.support.factories import NOW

TEMPLATES = environment(templates_dir())


def contract(threshold: float, baseline: float | None = None) -> ContractDraft:
    return ContractDraft(
        optimised=OptimisedMetric(name="recall", direction="maximise", baseline=baseline),
        thresholded=(ThresholdedMetric(name="latency", direction="minimise", threshold=threshold),),
    )


def runs_of(values: Sequence[tuple[float, float]]) -> list[Run]:
    return [
        Run(
            id=n,
            name=f"run {n}",
            metrics={"recall": recall, "latency": latency},
            recorded_at=NOW + timedelta(days=n),
            recorded_by="Mara",
        )
        for n, (recall, latency) in enumerate(values, 1)
    ]


def tradeoff_of(values: Sequence[tuple[float, float]], agreed: ContractDraft) -> Tradeoff | None:
    judgement = judge_table(agreed, run_table(runs_of(values), agreed.columns))
    return build_tradeoff(judgement, agreed.thresholded[0])


def progress_of(
    values: Sequence[tuple[float, float]], agreed: ContractDraft, promoted: Sequence[int | None]
) -> Progress:
    runs = runs_of(values)
    judgement = judge_table(agreed, run_table(runs, agreed.columns))
    promotions = [Promotion(run=run, recorded_at=NOW, recorded_by="Mara") for run in promoted]
    best = best_rows(judgement, np.arange(len(runs)))
    return build_progress(judgement, best, promotions, {run.id: run for run in runs}, NOW)


def test_front_winner_and_nearest_stand_out() -> None:
    found = tradeoff_of([(0.7, 50), (0.9, 90), (0.8, 95), (0.95, 120)], contract(100))
    assert found is not None
    assert [(mark.name, mark.role) for mark in found.marks] == [
        ("run 2", "winner"),
        ("run 1", "front"),
        ("run 2", "front"),
    ][: len(found.marks)]
    assert (found.qualified, found.others, len(found.front)) == (3, 1, 2)
    unmet = tradeoff_of([(0.7, 150), (0.9, 190)], contract(100))
    assert unmet is not None
    assert not unmet.front_qualifies
    assert unmet.marks[0].role == "nearest"


def test_values_over_more_than_two_decades_have_a_logarithmic_axis() -> None:
    wide = tradeoff_of([(0.7, 1), (0.9, 1000)], contract(100))
    assert wide is not None
    assert wide.x.logarithmic
    assert not wide.y.logarithmic
    assert wide.x.at(1) == 0
    assert wide.x.at(1000) == 1
    with_zero = tradeoff_of([(0.7, 0), (0.9, 1000)], contract(100))
    assert with_zero is not None
    assert not with_zero.x.logarithmic


def test_of_100_000_runs_a_grid_is_drawn_that_stays_small() -> None:
    chance = np.random.default_rng(1)
    agreed = contract(0.6, baseline=0.5)
    table = RunTable(
        ids=np.arange(100_000),
        names=[f"run {n}" for n in range(100_000)],
        finished=np.ones(100_000, dtype=bool),
        values={"recall": chance.random(100_000), "latency": chance.random(100_000)},
        uncertainty={},
    )
    found = build_tradeoff(judge_table(agreed, table), agreed.thresholded[0])
    assert found is not None
    assert found.gridded
    assert sum(cell.count for cell in found.cells) == 100_000
    for size in SIZES:
        svg = tradeoff_svg(TEMPLATES, found, size, "/projects/LAB-1/runs?q=")
        assert len(svg) < 100_000
        ET.fromstring(svg)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 1.0, 5e-324, 1.7e308, -1.7e308])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8), NUMBERS, NUMBERS)
def test_no_finite_value_breaks_a_chart(values: list[tuple[float, float]], bound: float, baseline: float) -> None:
    agreed = contract(bound, baseline)
    tradeoff, progress = tradeoff_of(values, agreed), progress_of(values, agreed, [1, None, 1])
    assert tradeoff is not None
    for size in SIZES:
        for svg in (tradeoff_svg(TEMPLATES, tradeoff, size, "/?q="), progress_svg(TEMPLATES, progress, NOW, size)):
            ET.fromstring(svg)
            assert "nan" not in svg.replace("finance", "")
            assert "inf" not in svg
        chart = lay_out_tradeoff(tradeoff, size)
        frame = chart.frame
        assert all(frame.left <= mark.x <= frame.right and frame.top <= mark.y <= frame.bottom for mark in chart.marks)


def test_progress_steps_only_upwards_and_production_breaks_off() -> None:
    found = progress_of([(0.7, 50), (0.6, 50), (0.99, 500), (0.8, 50)], contract(100, 0.5), [1, None])
    assert [(step.run, step.value) for step in found.steps] == [("run 1", 0.7), ("run 4", 0.8)]
    assert [(step.run, step.value) for step in found.production] == [("run 1", 0.7), (None, None)]
    chart = lay_out_progress(found, NOW + timedelta(days=30))
    assert len(chart.dots) == 2
    assert len(chart.promoted) == 1
    assert chart.text.startswith("recall over time: the first qualified run")


@pytest.mark.parametrize("name", ["</svg><script>", "\"&'", "\u202eevil\u0007"])
def test_names_are_escaped(name: str) -> None:
    run = runs_of([(0.7, 50)])[0].model_copy(update={"name": name})
    agreed = contract(100)
    found = build_tradeoff(judge_table(agreed, run_table([run], agreed.columns)), agreed.thresholded[0])
    assert found is not None
    svg = tradeoff_svg(TEMPLATES, found, "wide", "/?q=")
    assert "<script" not in svg
    ET.fromstring(svg)
