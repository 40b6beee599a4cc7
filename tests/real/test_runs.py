"""Real model runs against real contracts: feasible counts, winners, ties and Pareto members are those expected."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from planner.domain.dominance import pareto_front
from planner.domain.metrics import Contract, ContractDraft
from planner.domain.metrics_judging import judge, judge_table
from planner.domain.metrics_relaxation import first_to_relax, threshold_effects
from planner.domain.metrics_runs import Run, RunDraft, run_table
from planner.domain.metrics_tradeoff import build_tradeoff
from planner.paths import templates_dir
from planner.render.metrics_tradeoff import SIZES, tradeoff_svg
from planner.render.templates import environment
from planner.services import metrics, metrics_runs, projects
from planner.services.workspace import Workspace
from tests.support.factories import NOW, add_portfolio, add_project

CASES = ("D1", "D2", "D3")
DIRECTIONS = {"max": "maximise", "min": "minimise"}


class Case:
    """A contract of the expected file, its runs, and what must come out."""

    def __init__(self, folder: Path, name: str) -> None:
        found = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        self.said: dict[str, Any] = next(one for one in found["contracts"] if one["id"] == name)
        self.expected: dict[str, Any] = self.said["expected"]
        with (folder / self.said["table"]).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == self.expected["rows_in_table"]
        wanted = self.said.get("filter", {}).items()
        rows = [row for row in rows if all(row[column] == value for column, value in wanted)]
        assert len(rows) == self.expected["rows_after_filter"]
        self.drafts = [self._draft(row) for row in rows]

    @property
    def names(self) -> list[str]:
        return [self.said["optimise"][0], *(name for name, _, _ in self.said["constraints"])]

    def _draft(self, row: dict[str, str]) -> RunDraft:
        name = row.get("run") or row["run_id"]
        return RunDraft(name=name, metrics={metric: float(row[metric]) for metric in self.names if row[metric]})

    def contract(self, without: str | None = None) -> ContractDraft:
        """The contract, one of its thresholds perhaps switched off."""
        name, direction = self.said["optimise"]
        thresholded = [
            {
                "name": metric,
                "direction": "maximise" if sign == ">=" else "minimise",
                "threshold": threshold,
                "enabled": metric != without,
                "reason": "as expected",
            }
            for metric, sign, threshold in self.said["constraints"]
        ]
        optimised = {"name": name, "direction": DIRECTIONS[direction]}
        return ContractDraft.model_validate(
            {"optimised": optimised, "thresholded": thresholded, "reason": "as expected"}
        )

    def agreed(self, without: str | None = None) -> Contract:
        return Contract(**dict(self.contract(without)), version=1, recorded_at=NOW, recorded_by="Mara")

    @property
    def runs(self) -> list[Run]:
        return [
            Run(**dict(draft), id=number, recorded_at=NOW, recorded_by="Mara")
            for number, draft in enumerate(self.drafts, 1)
        ]


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, shared_dir: Path) -> Case:
    return Case(shared_dir / "data" / "runs", request.param)


def test_feasible_runs_winners_and_pareto_members(case: Case) -> None:
    expected, verdict = case.expected, judge(case.agreed(), case.runs)
    assert verdict.evaluable == expected["evaluable"]
    assert verdict.not_evaluable == expected["not_evaluable"]
    assert verdict.qualified == expected["feasible"]
    assert list(verdict.winners) == [winner["run"] for winner in expected["winners"]]
    assert (len(verdict.winners) > 1) == expected["tie"]
    assert verdict.best == expected["winners"][0][case.names[0]]
    assert sorted(verdict.pareto) == sorted(expected["pareto_feasible"])
    assert len(verdict.pareto) == expected["pareto_feasible_count"]
    assert verdict.nearest == ()


def test_each_threshold_alone_and_all_but_each(case: Case) -> None:
    expected = case.expected
    judged = judge(case.agreed(), case.runs)
    evaluable = [run for run in judged.runs if run.status != "not_evaluable"]
    for position, (name, sign, threshold) in enumerate(case.said["constraints"], 1):
        rule = f"{name} {sign} {threshold}"
        assert (
            sum(run.metrics[position].status == "met" for run in evaluable)
            == (expected["passing_each_constraint_alone"][rule])
        )
        # A run that lacks a metric of the contract stays out even where its threshold is off.
        kept = {run.name for run in evaluable}
        relaxed = judge(case.agreed(without=name), [run for run in case.runs if run.name in kept])
        assert relaxed.qualified == expected["feasible_if_one_constraint_is_dropped"][rule]


def test_what_each_threshold_costs_is_what_was_counted(case: Case) -> None:
    judgement = judge_table(case.contract(), run_table(case.runs, case.names))
    expected = case.expected
    for effect, (name, sign, threshold) in zip(threshold_effects(judgement), case.said["constraints"], strict=True):
        rule = f"{name} {sign} {threshold}"
        assert effect.met == expected["passing_each_constraint_alone"][rule]
        assert effect.qualified_without == expected["feasible_if_one_constraint_is_dropped"][rule]
        assert effect.relaxed is None  # some run qualifies


def test_a_threshold_beyond_all_runs_is_relaxed_to_the_first_that_meets_the_others(case: Case) -> None:
    """The first threshold, moved out of everybody's reach: the best value among those that meet all the others."""
    name, sign, _ = case.said["constraints"][0]
    best = max if sign == ">=" else min
    others = judge(case.agreed(without=name), case.runs)
    whole = [run for run in others.runs if run.status == "qualified" and run.metrics[1].value is not None]
    reached = best(run.metrics[1].value for run in whole if run.metrics[1].value is not None)
    contract = case.contract()
    first, *rest = contract.thresholded
    out_of_reach = first.model_copy(update={"threshold": 1e6 if sign == ">=" else -1e6})
    judgement = judge_table(
        contract.model_copy(update={"thresholded": (out_of_reach, *rest)}), run_table(case.runs, case.names)
    )
    effects = threshold_effects(judgement)
    assert effects[0].relaxed == reached
    assert first_to_relax(effects) == effects[0]


def test_the_chart_of_all_runs_stays_small_and_says_what_it_shows(case: Case) -> None:
    environment_of = environment(templates_dir())
    judgement = judge_table(case.contract(), run_table(case.runs, case.names))
    for metric in case.contract().thresholded:
        tradeoff = build_tradeoff(judgement, metric)
        assert tradeoff is not None
        assert tradeoff.qualified == case.expected["feasible"]
        assert sum(cell.count for cell in tradeoff.cells) == tradeoff.qualified + tradeoff.others
        assert case.expected["winners"][0]["run"] in {mark.name for mark in tradeoff.marks if mark.role == "winner"}
        for size in SIZES:
            svg = tradeoff_svg(environment_of, tradeoff, size)
            assert len(svg) < 100_000
            ET.fromstring(svg)


def test_who_comes_next_when_the_winners_are_taken_away(case: Case) -> None:
    left = case.runs
    verdict = judge(case.agreed(), left)
    for runner_up in case.expected["runner_up"]:
        left = [run for run in left if run.name not in verdict.winners]
        verdict = judge(case.agreed(), left)
        assert verdict.winners == (runner_up["run"],)
        assert verdict.best == runner_up[case.names[0]]


def test_the_pareto_front_of_all_evaluable_runs(case: Case) -> None:
    whole = [run for run in case.runs if all(name in run.metrics for name in case.names)]
    assert len(whole) == case.expected["evaluable"]
    signs = np.array([-1.0 if direction == "max" else 1.0 for _, direction in case.expected["pareto_directions"]])
    columns = [name for name, _ in case.expected["pareto_directions"]]
    costs = np.array([[run.metrics[name] for name in columns] for run in whole]) * signs
    front = pareto_front(costs)
    assert len(front) == case.expected["pareto_all_evaluable_count"]
    if "pareto_all_evaluable" in case.expected:
        assert sorted(whole[index].name for index in front) == sorted(case.expected["pareto_all_evaluable"])


def test_through_the_services_it_is_the_same(any_ws: Workspace, case: Case) -> None:
    add_portfolio(any_ws)
    add_project(any_ws, stage="training")
    metrics.set_contract(any_ws, "LAB-1", case.contract())
    metrics_runs.record_runs(any_ws, "LAB-1", case.drafts)
    found = metrics.find_verdict(any_ws, "LAB-1")
    assert found is not None
    direct = judge(case.agreed(), case.runs)
    assert found.model_dump(exclude={"runs"}) == direct.model_dump(exclude={"runs"})
    assert [run.model_dump(exclude={"run"}) for run in found.runs] == [
        run.model_dump(exclude={"run"}) for run in direct.runs
    ]
    assert len(metrics_runs.list_runs(any_ws, "LAB-1")) == case.expected["rows_after_filter"]
    assert projects.get_project(any_ws, "LAB-1").version == 3
