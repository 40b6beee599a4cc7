"""Contracts and verdicts: worked cases of the literature, and what must hold of every verdict."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.metrics import Contract, ContractDraft, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_judging import gain, judge
from planner.domain.metrics_runs import RunDraft
from tests.support.factories import contract, contract_draft, metric, runs

OFF = metric("b <= 3", enabled=False, reason="not measured yet")


def test_the_optimizing_and_satisficing_table_of_ng_picks_b() -> None:
    # Machine Learning Yearning, chapter 9.
    verdict = judge(
        contract("maximise accuracy", "running_time <= 100"),
        runs(
            {
                "A": {"accuracy": 90, "running_time": 80},
                "B": {"accuracy": 92, "running_time": 95},
                "C": {"accuracy": 95, "running_time": 1500},
            }
        ),
    )
    assert verdict.winners == ("B",)
    assert (verdict.best, verdict.qualified, verdict.evaluable, verdict.not_evaluable) == (92, 2, 3, 0)
    assert [run.status for run in verdict.runs] == ["qualified", "qualified", "disqualified"]
    assert verdict.runs[2].shortfall == 14.0
    assert verdict.pareto == ("A", "B")


def test_the_wake_word_minimises_misses_under_one_false_alarm_a_day() -> None:
    agreed = contract("minimise missed", "false_alarms_per_day <= 1", baseline=0.10)
    verdict = judge(
        agreed,
        runs(
            {
                "eager": {"missed": 0.01, "false_alarms_per_day": 7},
                "balanced": {"missed": 0.04, "false_alarms_per_day": 1},
                "deaf": {"missed": 0.30, "false_alarms_per_day": 0},
            }
        ),
    )
    assert verdict.winners == ("balanced",)
    assert verdict.over_baseline == pytest.approx(0.06)
    margins = [run.metrics[1].margin for run in verdict.runs]
    assert margins == [-6, 0, 1]


def test_pose_estimation_optimises_the_angle_and_leaves_the_run_time_for_now() -> None:
    slow = metric("run_time <= 100", unit="ms", enabled=False, reason="revisit as the numbers improve")
    agreed = contract("minimise angle", "position <= 1", slow)
    measured = runs(
        {
            "first": {"position": 0.75, "angle": 60, "run_time": 300},
            "second": {"position": 1.25, "angle": 45, "run_time": 300},
            "third": {"position": 0.95, "angle": 50},
        }
    )
    verdict = judge(agreed, measured)
    assert verdict.winners == ("third",)
    assert [found.status for found in verdict.runs[0].metrics] == ["measured", "met", "off"]
    assert verdict.runs[0].metrics[2].margin == -200
    switched_on = contract("minimise angle", "position <= 1", "run_time <= 100")
    assert judge(switched_on, measured).winners == ()


def test_a_tie_is_reported_and_not_broken() -> None:
    verdict = judge(contract("maximise a"), runs({"x": {"a": 1}, "y": {"a": 2}, "z": {"a": 2.0}}))
    assert verdict.winners == ("y", "z")
    assert verdict.pareto == ("y", "z")


@pytest.mark.parametrize("value", [None, nan, inf, -inf, "NaN", "inf", "-Infinity"], ids=repr)
def test_a_metric_without_a_finite_value_makes_a_run_not_evaluable(value: Any) -> None:
    agreed = contract("maximise a", "b <= 3", "c >= 1")
    for missing in ("a", "b"):
        verdict = judge(agreed, runs({"x": {"a": 1, "b": 1, "c": 1, missing: value}}))
        found = verdict.runs[0]
        assert found.status == "not_evaluable"
        assert (verdict.qualified, verdict.evaluable, verdict.not_evaluable) == (0, 0, 1)
        assert (verdict.winners, verdict.nearest, verdict.best) == ((), (), None)
        by_name = {one.name: one for one in found.metrics}
        assert (by_name[missing].value, by_name[missing].status) == (None, "missing")


def test_a_breached_run_with_a_missing_metric_is_not_evaluable_and_not_nearest() -> None:
    agreed = contract("maximise a", "b <= 3", "c >= 1")
    verdict = judge(agreed, runs({"unknown": {"a": 1, "b": 3.01}, "known": {"a": 1, "b": 9, "c": 1}}))
    assert [run.status for run in verdict.runs] == ["not_evaluable", "disqualified"]
    assert verdict.nearest == ("known",)


def test_a_threshold_that_is_off_neither_disqualifies_nor_needs_a_value() -> None:
    verdict = judge(contract("maximise a", OFF), runs({"x": {"a": 1, "b": 99}, "y": {"a": 2}, "z": {"a": 0, "b": nan}}))
    assert verdict.qualified == 3
    assert verdict.winners == ("y",)
    assert verdict.pareto == ("y",)


@pytest.mark.parametrize(
    ("rule", "value", "status", "margin"),
    [
        ("b <= 3", 3.0, "met", 0.0),
        ("b <= 3", 3.0000000001, "breached", -1e-10),
        ("b >= 3", 3.0, "met", 0.0),
        ("b >= 3", 2.5, "breached", -0.5),
        ("b <= 0", 0.0, "met", 0.0),
        ("b >= -2", -1.5, "met", 0.5),
    ],
)
def test_a_threshold_includes_its_own_value(rule: str, value: float, status: str, margin: float) -> None:
    found = judge(contract("maximise a", rule), runs({"x": {"a": 1, "b": value}})).runs[0]
    assert found.metrics[1].status == status
    assert found.metrics[1].margin == pytest.approx(margin, rel=1e-5)


def test_nearest_is_the_smallest_sum_of_relative_misses() -> None:
    agreed = contract("maximise a", "latency <= 100", "size <= 10")
    verdict = judge(
        agreed,
        runs(
            {
                "slow": {"a": 9, "latency": 130, "size": 9},
                "large": {"a": 1, "latency": 50, "size": 12},
                "both": {"a": 9, "latency": 110, "size": 11},
                "unknown": {"a": 9, "latency": 101},
            }
        ),
    )
    assert verdict.nearest == ("large", "both")
    assert [run.shortfall for run in verdict.runs] == pytest.approx([0.3, 0.2, 0.2, None])


def test_a_threshold_of_nought_counts_its_miss_as_it_is() -> None:
    found = judge(contract("maximise a", "b <= 0"), runs({"x": {"a": 1, "b": 0.25}})).runs[0]
    assert found.shortfall == 0.25


def test_no_runs_and_no_qualified_runs_have_no_winner() -> None:
    agreed = contract("maximise a", "b <= 3", baseline=1)
    for verdict in (judge(agreed, []), judge(agreed, runs({"x": {"a": 5, "b": 4}}))):
        assert (verdict.winners, verdict.best, verdict.over_baseline, verdict.pareto) == ((), None, None, ())
    assert judge(agreed, []).nearest == ()


def test_the_baseline_is_beaten_or_not_in_the_direction_of_the_metric() -> None:
    higher = judge(contract("maximise a", baseline=3), runs({"x": {"a": 2}}))
    lower = judge(contract("minimise a", baseline=3), runs({"x": {"a": 2}}))
    assert (higher.over_baseline, lower.over_baseline) == (-1, 1)
    assert judge(contract("maximise a"), runs({"x": {"a": 2}})).over_baseline is None


def test_values_at_the_end_of_the_number_range_still_get_a_verdict() -> None:
    agreed = contract("maximise a", "b <= -1e308", "c <= 1e-320", baseline=-1.5e308)
    verdict = judge(agreed, runs({"x": {"a": 1.5e308, "b": 1.5e308, "c": 1e300}}))
    assert verdict.runs[0].status == "disqualified"
    assert verdict.nearest == ("x",)
    assert all(isfinite(one.margin or 0) and isfinite(one.over_baseline or 0) for one in verdict.runs[0].metrics)
    many = runs({str(n): {"a": 1.7e308 - n * 1e300, "b": -1.7e308, "c": 0} for n in range(3)})
    assert judge(agreed, many).winners == ("0",)
    assert judge(contract("minimise a", "b >= -1.7e308"), many).pareto == ("2",)


def test_a_name_that_only_looks_like_a_metric_is_another_one() -> None:
    verdict = judge(contract("maximise recall"), runs({"x": {"Recall": 1}, "y": {"recall ": 0.5}}))
    assert [run.status for run in verdict.runs] == ["not_evaluable", "qualified"]


# ── contracts ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ({"optimised": None}, "optimised"),
        ({"optimised": [{"name": "a", "direction": "maximise"}] * 2}, "optimised"),
        ({"optimised": {"name": "a", "direction": "up"}}, "'maximise' or 'minimise'"),
        ({"optimised": {"name": "", "direction": "maximise"}}, "at least 1 character"),
        ({"optimised": {"name": "a", "direction": "maximise", "baseline": nan}}, "finite number"),
        ({"optimised": {"name": "a", "direction": "maximise", "threshold": 3}}, "Extra inputs"),
        ({"thresholded": [{"name": "b", "direction": "maximise"}]}, "Field required"),
        ({"thresholded": [{"name": "b", "direction": "maximise", "threshold": inf}]}, "finite number"),
        ({"thresholded": [{"name": "b", "direction": "maximise", "threshold": 1, "enabled": False}]}, "needs a reason"),
        ({"thresholded": [{"name": "a", "direction": "maximise", "threshold": 1}]}, "stands more than once"),
        ({"thresholded": [{"name": " a ", "direction": "maximise", "threshold": 1}]}, "stands more than once"),
        (
            {"thresholded": [{"name": f"m{n}", "direction": "maximise", "threshold": 1} for n in range(51)]},
            "at most 50",
        ),
    ],
)
def test_a_contract_that_is_not_one_is_refused(change: dict[str, object], cure: str) -> None:
    whole = {"optimised": {"name": "a", "direction": "maximise"}, **change}
    with pytest.raises(ValidationError, match=cure):
        ContractDraft.model_validate(whole)


def test_a_contract_may_have_no_threshold_at_all() -> None:
    draft = contract_draft("maximise a")
    assert draft.binding == ()
    assert contract_draft("maximise a", OFF, "c >= 1").binding == (metric("c >= 1"),)


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ({"name": "", "metrics": {}}, "at least 1 character"),
        ({"name": "x"}, "Field required"),
        ({"name": "x", "metrics": {"": 1}}, "at least 1 character"),
        ({"name": "x", "metrics": {"a": True}}, "not true or false"),
        ({"name": "x", "metrics": {"a": "high"}}, "valid number"),
        ({"name": "x", "metrics": {"a": [1]}}, "valid number"),
        ({"name": "x", "metrics": {f"m{n}": 1 for n in range(501)}}, "at most 500"),
        ({"name": "x", "metrics": {}, "url": "javascript:alert(1)"}, "http"),
        ({"name": "x", "metrics": {}, "measured_at": "2026-05-01T12:00:00"}, "time zone"),
        ({"name": "x", "metrics": {}, "measured_at": "0001-01-01T00:00:00+14:00"}, "1970"),
        ({"name": "x", "metrics": {}, "measured_at": "9999-12-31T23:59:59-14:00"}, "1970"),
        ({"name": "x", "metrics": {}, "params": {"seed": 10**30}}, "64 bits"),
        ({"name": "x", "metrics": {}, "params": {"note": "a\x00b"}}, "without NUL"),
        ({"name": "x", "metrics": {}, "colour": "red"}, "Extra inputs"),
    ],
)
def test_a_run_that_cannot_be_kept_is_refused(said: dict[str, object], cure: str) -> None:
    with pytest.raises(ValidationError, match=cure):
        RunDraft.model_validate(said)


def test_a_run_may_hold_words_for_what_json_cannot_say() -> None:
    run = RunDraft.model_validate({"name": "x", "metrics": {"a": "NaN", "b": "-Infinity", "c": None, "d": "0.5"}})
    assert run.metrics["a"] != run.metrics["a"]
    assert run.metrics["b"] == -inf
    assert run.metrics["c"] != run.metrics["c"]
    assert run.metrics["d"] == 0.5
    assert RunDraft(name="x", metrics={}, params={"depth": inf}).params == {"depth": "inf"}
    assert RunDraft.model_validate_json(run.model_dump_json()).metrics["b"] == -inf


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = ("a", "b", "c", "d")
# Few different values, so that ties, duplicates and values at their threshold are common.
values = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0, 1e9]) | st.floats(-5, 5) | st.sampled_from([nan, inf, -inf])
measurements = st.dictionaries(st.sampled_from(NAMES), values, max_size=4)
directions = st.sampled_from(["maximise", "minimise"])


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, 4))]
    thresholded = tuple(
        ThresholdedMetric(
            name=name,
            direction=draw(directions),
            threshold=draw(st.sampled_from([-1.0, 0.0, 0.5, 1.0])),
            enabled=draw(st.booleans()),
            reason="as drawn",
        )
        for name in names[1:]
    )
    draft = ContractDraft(
        optimised=OptimisedMetric(name=names[0], direction=draw(directions), baseline=draw(st.none() | st.just(0.5))),
        thresholded=thresholded,
    )
    return contract("maximise a").model_copy(update=dict(draft))


def passes(agreed: Contract, metrics: dict[str, float]) -> bool | None:
    """The slow way to see whether a run qualifies; None when it cannot be seen."""
    looked_at = [agreed.optimised.name, *(one.name for one in agreed.binding)]
    if any(not isfinite(metrics.get(name, nan)) for name in looked_at):
        return None
    return all(
        metrics[one.name] >= one.threshold if one.direction == "maximise" else metrics[one.name] <= one.threshold
        for one in agreed.binding
    )


@settings(max_examples=150, deadline=None)
@given(contracts(), st.lists(measurements, max_size=12))
def test_a_verdict_is_what_the_rule_says_run_by_run(agreed: Contract, measured: list[dict[str, float]]) -> None:
    given_runs = runs({f"r{number}": metrics for number, metrics in enumerate(measured)})
    verdict = judge(agreed, given_runs)
    expected = [passes(agreed, metrics) for metrics in measured]
    words = {True: "qualified", False: "disqualified", None: "not_evaluable"}
    assert [run.status for run in verdict.runs] == [words[one] for one in expected]
    assert verdict.qualified == expected.count(True)
    assert verdict.not_evaluable == expected.count(None)
    assert verdict.evaluable == len(measured) - verdict.not_evaluable
    good = {f"r{n}": measured[n][agreed.optimised.name] for n, one in enumerate(expected) if one}
    best = (max if agreed.optimised.direction == "maximise" else min)(good.values(), default=None)
    assert verdict.best == best
    assert verdict.winners == tuple(name for name, value in good.items() if value == best)
    assert (verdict.nearest == ()) == (bool(good) or False not in expected)
    for run in verdict.runs:
        assert (run.shortfall is None) == (run.status != "disqualified")
        assert run.shortfall is None or run.shortfall > 0


@settings(max_examples=60, deadline=None)
@given(contracts(), st.lists(measurements, max_size=8), measurements)
def test_another_run_never_changes_how_one_stands(
    agreed: Contract, measured: list[dict[str, float]], further: dict[str, float]
) -> None:
    given_runs = runs({f"r{number}": metrics for number, metrics in enumerate([*measured, further])})
    assert judge(agreed, given_runs).runs[:-1] == judge(agreed, given_runs[:-1]).runs


@settings(max_examples=60, deadline=None)
@given(contracts(), st.lists(measurements, min_size=1, max_size=8))
def test_every_winner_qualifies_and_shares_its_value_with_a_pareto_run(
    agreed: Contract, measured: list[dict[str, float]]
) -> None:
    verdict = judge(agreed, runs({f"r{number}": metrics for number, metrics in enumerate(measured)}))
    assert set(verdict.winners) <= {run.name for run in verdict.runs if run.status == "qualified"}
    assert bool(verdict.winners) == bool(verdict.qualified) == bool(verdict.pareto)
    if verdict.winners:
        assert set(verdict.winners) & set(verdict.pareto)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["maximise", "minimise"]), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_gain_turns_round_with_its_direction(direction: Any, value: float, reference: float) -> None:
    other: Any = "minimise" if direction == "maximise" else "maximise"
    assert gain(direction, value, reference) == -gain(other, value, reference)
    assert (gain("maximise", value, reference) >= 0) == (value >= reference)
