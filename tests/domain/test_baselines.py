"""Baselines and the gap to the best run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.baseline_gap import RUNG_LIMIT, BaselineGap, build_gap
from planner.domain.baselines import Baseline, BaselineDraft, check_kind, current_baselines, stated_value
from planner.domain.errors import Invalid
from planner.domain.metrics import Contract, OptimisedMetric
from planner.domain.metrics_judging import judge_table
from planner.domain.metrics_runs import run_table
from planner.domain.playbook import Playbook
from tests.support.factories import NOW, contract, fsdl, metric, runs


def baseline(name: str, kind: str = "domain_experts", **said: Any) -> Baseline:
    return Baseline.model_validate(
        {"name": name, "kind": kind, "metrics": {"recall": 0.9}, "recorded_at": NOW, "recorded_by": "Mara", **said}
    )


def gap(
    agreed: Contract, measured: dict[str, dict[str, float]], *known: Baseline, playbook: Playbook | None = None
) -> BaselineGap:
    judgement = judge_table(agreed, run_table(runs(measured), agreed.columns))
    return build_gap(agreed, judgement, known, playbook or fsdl())


def test_the_last_record_of_a_name_counts_and_a_withdrawn_one_no_more() -> None:
    history = [baseline("a"), baseline("b"), baseline("a", metrics={"recall": 0.8}), baseline("b", withdrawn=True)]
    assert [(one.name, one.metrics["recall"]) for one in current_baselines(history)] == [("a", 0.8)]
    assert [one.name for one in current_baselines([*history, baseline("b")])] == ["a", "b"]


def test_the_ladder_of_the_lecture_is_in_the_playbook_as_data() -> None:
    # FSDL 2021, lecture 5: external before internal; people by quality.
    kinds = fsdl().baseline_kinds
    assert [kind.id for kind in kinds] == [
        "requirement",
        "published",
        "scripted",
        "simple_model",
        "random_people",
        "random_people_ensemble",
        "domain_experts",
        "deep_domain_experts",
        "expert_mixture",
    ]
    assert [kind.id for kind in kinds if kind.family == "external"] == ["requirement", "published"]
    assert [kind.id for kind in kinds if not kind.reached] == ["requirement"]


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    draft = BaselineDraft(kind="oracle", name="x", metrics={"recall": 1.0})
    for playbook, cure in ((fsdl(), "expert_mixture"), (fsdl().model_copy(update={"baseline_kinds": ()}), "no kinds")):
        with pytest.raises(Invalid) as caught:
            check_kind(draft, playbook)
        (error,) = caught.value.errors
        assert error.field == "kind"
        assert cure in error.message


@pytest.mark.parametrize(
    "wrong",
    [
        {"metrics": {}},
        {"metrics": {"recall": float("nan")}},
        {"metrics": {"recall": True}},
        {"metrics": {str(n): 1 for n in range(101)}},
        {"name": ""},
        {"name": "x" * 301},
        {"fair": "maybe"},
        {"url": "javascript:alert(1)"},
    ],
)
def test_what_is_no_baseline_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BaselineDraft.model_validate({"kind": "scripted", "name": "x", "metrics": {"recall": 0.4}, **wrong})


def test_of_slices_the_worst_is_stated_and_all_are_needed() -> None:
    sliced = OptimisedMetric(name="recall", direction="maximise", slices=("de", "fr"))
    assert stated_value(baseline("a", metrics={"recall/de": 0.9, "recall/fr": 0.7}), sliced) == 0.7
    assert stated_value(baseline("a", metrics={"recall/de": 0.9}), sliced) is None
    assert stated_value(baseline("a", metrics={"recall": 0.8, "recall/de": 0.9}), sliced) == 0.8
    fewer = sliced.model_copy(update={"direction": "minimise"})
    assert stated_value(baseline("a", metrics={"recall/de": 0.9, "recall/fr": 0.7}), fewer) == 0.9


def test_the_gap_of_a_metric_to_maximise_and_of_one_to_minimise() -> None:
    found = gap(
        contract("maximise recall", metric("latency <= 100", unit="ms"), baseline=0.6),
        {"a": {"recall": 0.8, "latency": 90}, "b": {"recall": 0.95, "latency": 300}},
        baseline("Rule", "scripted", metrics={"recall": 0.5, "latency": 20}),
        baseline("Doctors", "domain_experts", metrics={"recall": 0.85}),
    )
    assert (found.run, found.run_status) == ("a", "qualified")
    recall, latency = found.metrics
    assert [rung.name for rung in recall.rungs] == ["Doctors", "Today", "Rule"]
    assert recall.best is not None
    assert recall.best.name == "Doctors"
    assert recall.gap == pytest.approx(-0.05)
    assert (recall.passed, recall.following) == ("Script or rule", "Domain experts")
    assert (latency.gap, latency.threshold, latency.role) == (-70, 100, "thresholded")
    assert (latency.passed, latency.following) == (None, "Script or rule")


def test_without_a_qualified_run_the_best_evaluable_one_is_held_against_them() -> None:
    agreed = contract("maximise recall", "latency <= 10")
    found = gap(agreed, {"a": {"recall": 0.8, "latency": 90}, "b": {"recall": 0.9}}, baseline("Doctors"))
    assert (found.run, found.run_status) == ("a", "disqualified")
    none = gap(agreed, {"b": {"recall": 0.9}}, baseline("Doctors"))
    assert (none.run, none.metrics[0].gap, none.metrics[0].passed) == (None, None, None)
    assert none.metrics[0].rungs[0].passed is None


def test_a_wish_and_an_unfair_comparison_are_told_and_do_not_count() -> None:
    found = gap(
        contract("maximise recall"),
        {"a": {"recall": 0.8}},
        baseline("Asked for", "requirement", metrics={"recall": 0.99}),
        baseline("Brochure", "published", metrics={"recall": 0.97}, fair="no"),
        baseline("Rule", "scripted", metrics={"recall": 0.8}),
    ).metrics[0]
    assert [(rung.name, rung.reference) for rung in found.rungs] == [
        ("Asked for", False),
        ("Brochure", False),
        ("Rule", True),
    ]
    assert found.gap == 0
    assert (found.passed, found.following) == ("Script or rule", None)


def test_no_contract_no_gap_and_two_entries_of_a_metric_are_one() -> None:
    assert build_gap(None, None, [baseline("a")], fsdl()).metrics == ()
    agreed = contract("maximise recall", metric("recall >= 0", against="production"))
    assert [one.metric for one in gap(agreed, {}).metrics] == ["recall"]


def test_many_baselines_are_told_up_to_a_limit() -> None:
    found = gap(contract("maximise recall"), {}, *(baseline(f"b{n}") for n in range(RUNG_LIMIT + 5))).metrics[0]
    assert (len(found.rungs), found.not_told) == (RUNG_LIMIT, 5)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8), st.floats(-1e6, 1e6))
def test_the_sign_of_a_gap_says_who_is_better(values: list[float], reached: float) -> None:
    kinds = [kind.id for kind in fsdl().baseline_kinds if kind.reached]
    known = [baseline(f"b{n}", kinds[n % len(kinds)], metrics={"recall": value}) for n, value in enumerate(values)]
    for direction, best in (("maximise", max(values)), ("minimise", min(values))):
        found = gap(contract(f"{direction} recall"), {"a": {"recall": reached}}, *known).metrics[0]
        assert found.best is not None
        assert found.gap is not None
        assert found.best.value == best
        assert (found.gap >= 0) == (reached >= best if direction == "maximise" else reached <= best)
