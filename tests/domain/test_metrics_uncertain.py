"""Verdicts on values that are uncertain, that hold per slice, or that are compared with the run in production."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.metrics import ContractDraft
from planner.domain.metrics_certainty import chance_at_least, chance_met, chance_of_difference, student_t
from planner.domain.metrics_judging import Judgement, judge, judge_table
from planner.domain.metrics_runs import Run, RunDraft, Uncertainty, run_table
from tests.support.factories import NOW, contract, contract_draft, metric, runs

LANGUAGES = ("de", "fr", "it")


def run(name: str, number: int, **said: Any) -> Run:
    return Run(id=number, name=name, recorded_at=NOW, recorded_by="Mara", **said)


def judged(draft: ContractDraft, *listed: Run, **asked: Any) -> Judgement:
    return judge_table(draft, run_table(listed, draft.columns), **asked)


# ── how sure ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("k", "n", "expected"), [(186, 200, 0.926872), (45, 50, 0.474319)])
def test_the_chance_that_a_share_reaches_its_threshold(k: int, n: int, expected: float) -> None:
    # Jeffreys P(p ≥ 0.9 | k of n); scipy.stats.beta(k + ½, n − k + ½).sf(0.9) gives the same.
    assert chance_at_least(k / n, Uncertainty(n=n), 0.9) == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("t", "degrees", "expected"),
    # Student's table: one-sided 95 % and 97.5 % points.
    [(6.314, 1, 0.95), (2.132, 4, 0.95), (2.571, 5, 0.975), (1.812, 10, 0.95), (0.0, 3, 0.5), (-2.132, 4, 0.05)],
)
def test_students_t(t: float, degrees: int, expected: float) -> None:
    assert student_t(t, degrees) == pytest.approx(expected, abs=5e-5)


def test_a_standard_error_is_normal_and_no_spread_decides_by_the_value() -> None:
    assert chance_at_least(0.93, Uncertainty(standard_error=0.01), 0.9) == pytest.approx(0.998650, abs=1e-6)
    assert chance_at_least(0.9, Uncertainty(standard_error=0.0), 0.9) == 1.0
    assert chance_met("minimise", 90.0, Uncertainty(standard_error=10.0), 100.0) == pytest.approx(0.841345, abs=1e-6)
    assert chance_met("minimise", 100.0, Uncertainty(repeats=(100.0, 100.0)), 100.0) == 1.0


def test_seeds_state_the_value_by_their_mean() -> None:
    draft = RunDraft.model_validate({"name": "a", "metrics": {}, "uncertainty": {"f1": {"repeats": [0.5, 0.7]}}})
    assert draft.metrics == {"f1": pytest.approx(0.6)}
    assert draft.uncertainty["f1"].error == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"uncertainty": {"f1": {"n": 10}}, "metrics": {"f1": 60}}, "must be from 0 to 1"),
        ({"uncertainty": {"f1": {"n": 10}}, "metrics": {}}, "no value of it"),
        ({"uncertainty": {"f1": {"n": 10, "standard_error": 0.1}}, "metrics": {"f1": 0.5}}, "give one of"),
        ({"uncertainty": {"f1": {}}, "metrics": {"f1": 0.5}}, "give one of"),
        ({"uncertainty": {"f1": {"repeats": [1]}}, "metrics": {}}, "at least 2"),
    ],
)
def test_an_uncertainty_that_makes_no_sense_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RunDraft.model_validate({"name": "a", **said})


def test_a_threshold_met_by_chance_is_unproven() -> None:
    agreed = contract_draft("maximise recall", metric("precision >= 0.9", confidence=0.9))
    sure = run("sure", 1, metrics={"recall": 0.5, "precision": 0.93}, uncertainty={"precision": {"n": 200}})
    few = run("few", 2, metrics={"recall": 0.8, "precision": 0.93}, uncertainty={"precision": {"n": 20}})
    silent = run("silent", 3, metrics={"recall": 0.9, "precision": 0.99})
    low = run("low", 4, metrics={"recall": 0.9, "precision": 0.5})
    verdict = judged(agreed, sure, few, silent, low).verdict(1)
    assert verdict.winners == ("sure",)
    assert [one.status for one in verdict.runs] == ["qualified", "disqualified", "not_evaluable", "disqualified"]
    assert [one.metrics[1].status for one in verdict.runs] == ["met", "unproven", "unproven", "breached"]
    assert [one.metrics[1].probability for one in verdict.runs][2:] == [None, None]
    assert verdict.runs[0].metrics[1].probability == pytest.approx(0.926872, abs=5e-7)
    # The caller may ask for more than the contract does.
    assert judged(agreed, sure, confidence=0.95).verdict(1).winners == ()


def test_runs_that_cannot_be_told_apart_are_named_beside_the_winner() -> None:
    values = {"a": 0.90, "b": 0.89, "c": 0.70}
    listed = [
        run(name, number, metrics={"recall": value}, uncertainty={"recall": {"n": 500}})
        for number, (name, value) in enumerate(values.items())
    ]
    verdict = judged(contract_draft("maximise recall"), *listed).verdict(1)
    assert (verdict.winners, verdict.indistinguishable) == (("a",), ("b",))
    assert (
        judge(contract("maximise recall"), runs({n: {"recall": v} for n, v in values.items()})).indistinguishable == ()
    )
    assert chance_of_difference(0.0, 0.0, 0.0) == 0.5


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(0, 1e3))
def test_a_chance_is_a_probability_and_rises_with_the_value(value: float, bound: float, error: float) -> None:
    said = Uncertainty(standard_error=error)
    chance = chance_at_least(value, said, bound)
    assert 0.0 <= chance <= 1.0
    assert chance <= chance_at_least(value + 1.0, said, bound)


# ── slices ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_slices_the_worst_counts_and_is_named() -> None:
    agreed = contract_draft("maximise f1", metric("recall >= 0.8", slices=LANGUAGES))
    even = run("even", 1, metrics={"f1": 0.7, "recall/de": 0.85, "recall/fr": 0.82, "recall/it": 0.81})
    odd = run("odd", 2, metrics={"f1": 0.9, "recall": 0.9, "recall/de": 0.95, "recall/fr": 0.95, "recall/it": 0.6})
    lacks = run("lacks", 3, metrics={"f1": 0.9, "recall": 0.99, "recall/de": 0.95, "recall/fr": 0.95})
    verdict = judged(agreed, even, odd, lacks).verdict(1)
    assert verdict.winners == ("even",)
    found = [one.metrics[1] for one in verdict.runs]
    assert [(one.slice, one.value, one.status) for one in found] == [
        ("it", 0.81, "met"),
        ("it", 0.6, "breached"),
        (None, None, "missing"),
    ]
    assert verdict.runs[2].status == "not_evaluable"


def test_of_slices_to_be_optimised_the_worst_one_is_driven() -> None:
    agreed = contract("minimise error", baseline=None)
    draft = agreed.model_copy(update={"optimised": agreed.optimised.model_copy(update={"slices": ("a", "b")})})
    listed = runs({"x": {"error/a": 1, "error/b": 9}, "y": {"error/a": 4, "error/b": 5}})
    verdict = judge_table(draft, run_table(listed, draft.columns)).verdict(1)
    assert (verdict.winners, verdict.best) == (("y",), 5)
    assert verdict.runs[0].metrics[0].slice == "b"


def test_each_slice_must_be_as_probable_as_is_asked() -> None:
    agreed = contract_draft("maximise f1", metric("recall >= 0.8", slices=("de", "fr"), confidence=0.9))
    values = {"f1": 0.7, "recall/de": 0.85, "recall/fr": 0.9}
    few = {"recall/de": {"standard_error": 0.001}, "recall/fr": {"standard_error": 0.5}}
    many = {"recall/de": {"standard_error": 0.001}, "recall/fr": {"standard_error": 0.01}}
    verdict = judged(
        agreed, run("few", 1, metrics=values, uncertainty=few), run("many", 2, metrics=values, uncertainty=many)
    ).verdict(1)
    assert verdict.winners == ("many",)
    assert verdict.runs[0].metrics[1].probability == pytest.approx(0.579, abs=1e-3)


# ── production ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_worse_than_production() -> None:
    floor = metric("recall >= 0.01", against="production")
    agreed = contract_draft("maximise recall", "latency <= 100", floor)
    present = run("v1", 1, metrics={"recall": 0.80, "latency": 120})
    close = run("close", 2, metrics={"recall": 0.79, "latency": 90})
    worse = run("worse", 3, metrics={"recall": 0.78, "latency": 50})
    verdict = judged(agreed, present, close, worse, production=0).verdict(1)
    assert (verdict.production, verdict.winners) == ("v1", ("close",))
    assert [one.status for one in verdict.runs] == ["disqualified", "qualified", "disqualified"]
    found = verdict.runs[2].metrics[2]
    assert (found.against, found.status) == ("production", "breached")
    assert found.threshold == pytest.approx(0.79)
    assert found.margin == pytest.approx(-0.01)


def test_without_a_run_in_production_nothing_compared_with_it_is_evaluable() -> None:
    agreed = contract_draft("maximise recall", metric("latency <= 5", against="production"))
    listed = runs({"a": {"recall": 0.9, "latency": 1}, "b": {"recall": 0.9}})
    for production in (None, 1):
        found = judge_table(agreed, run_table(listed, agreed.columns), production).verdict(1)
        assert {one.status for one in found.runs} == {"not_evaluable"}
        assert found.runs[0].metrics[1].status == "missing"


def test_a_metric_may_be_held_to_production_beside_its_role_and_not_twice() -> None:
    floor = metric("recall >= 0", against="production")
    assert contract_draft("maximise recall", floor).columns == ("recall",)
    with pytest.raises(ValidationError, match="stands more than once"):
        contract_draft("maximise f1", floor, floor)
    with pytest.raises(ValidationError, match="0 or more"):
        metric("recall >= -1", against="production")


# ── how a run ended ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["failed", "running"])
def test_a_run_that_did_not_finish_is_never_evaluated(status: str) -> None:
    unfinished = run("best", 1, metrics={"recall": 0.99}, status=status)
    verdict = judged(contract_draft("maximise recall"), unfinished, run("done", 2, metrics={"recall": 0.5})).verdict(1)
    assert verdict.winners == ("done",)
    assert (verdict.runs[0].status, verdict.runs[0].finished) == ("not_evaluable", False)


def test_the_order_puts_the_best_first() -> None:
    listed = runs({"missing": {"b": 1}, "far": {"a": 9, "b": 9}, "good": {"a": 1, "b": 1}, "near": {"a": 9, "b": 4}})
    draft = contract_draft("maximise a", "b <= 3")
    found = judge_table(draft, run_table([*listed, run("best", 9, metrics={"a": 2, "b": 3})], draft.columns))
    assert [found.table.names[row] for row in found.order] == ["best", "good", "near", "far", "missing"]


@pytest.mark.parametrize("repeats", [[1.7e308, 1.7e308], [1.7e308, -1.7e308], [10**400, 1], [float("inf"), 1.0]])
def test_repeats_beyond_all_numbers_are_refused(repeats: list[float]) -> None:
    with pytest.raises(ValidationError):
        RunDraft.model_validate({"name": "a", "metrics": {}, "uncertainty": {"recall": {"repeats": repeats}}})
