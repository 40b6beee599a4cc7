"""What two versions of a contract differ in, and what that does to the runs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.metrics import ContractDraft, ThresholdedMetric
from planner.domain.metrics_changes import VerdictChanges, verdict_changes
from planner.domain.metrics_diff import MetricChange, contract_changes
from planner.domain.metrics_judging import judge_table
from planner.domain.metrics_runs import Run, run_table
from planner.domain.metrics_words import requirement
from tests.support.factories import contract_draft, metric, runs

RECALL = "maximise recall"


def told(before: ContractDraft | None, after: ContractDraft) -> list[str]:
    return [change.text for change in contract_changes(before, after)]


@pytest.mark.parametrize(
    ("rule", "said", "words"),
    [
        ("latency <= 100", {"unit": "ms"}, "at most 100 ms"),
        ("recall >= 0.01", {"against": "production"}, "no worse than production by more than 0.01"),
        ("recall >= 0", {"against": "production"}, "no worse than production"),
        ("recall >= 0.8", {"confidence": 0.95}, "at least 0.8, with 95 % probability"),
        ("recall >= 0.8", {"confidence": 0.975}, "at least 0.8, with 97.5 % probability"),
        ("recall >= 0.8", {"slices": ("de", "fr")}, "at least 0.8, worst of de, fr"),
    ],
)
def test_what_is_asked_is_said_in_plain_words(rule: str, said: dict[str, Any], words: str) -> None:
    assert requirement(metric(rule, **said)) == words


def test_equal_contracts_differ_in_nothing() -> None:
    assert contract_changes(contract_draft(RECALL, "a <= 1"), contract_draft(RECALL, "a <= 1", reason="x")) == ()


def test_everything_is_new_in_the_first_version() -> None:
    first = contract_draft(RECALL, metric("latency <= 100", unit="ms"))
    assert told(None, first) == [
        "recall is new: optimised, to maximise.",
        "latency is new: thresholded, at most 100 ms.",
    ]


CASES: dict[str, tuple[ThresholdedMetric | None, ThresholdedMetric | None, str, str]] = {
    "stricter": (metric("a <= 9"), metric("a <= 7"), "threshold", "a: at most 9 → at most 7 (stricter)."),
    "looser": (metric("a >= 9"), metric("a >= 7"), "threshold", "a: at least 9 → at least 7 (looser)."),
    "other unit": (
        metric("a >= 9", unit="%"),
        metric("a >= 0.9"),
        "unit",
        "a: unit % → none.",
    ),
    "off": (metric("a <= 9"), metric("a <= 9", enabled=False, reason="later"), "off", "a is off: later"),
    "on": (metric("a <= 9", enabled=False, reason="x"), metric("a <= 9"), "on", "a is in force again: at most 9."),
    "surer": (
        metric("a <= 9"),
        metric("a <= 9", confidence=0.9),
        "confidence",
        "a: must be met with 90 % probability; before, the measured value decided.",
    ),
    "less sure": (
        metric("a <= 9", confidence=0.9),
        metric("a <= 9"),
        "confidence",
        "a: the measured value decides; before, it had to be met with 90 % probability.",
    ),
    "sliced": (
        metric("a <= 9"),
        metric("a <= 9", slices=("de", "fr")),
        "slices",
        "a: counted by the worst of de, fr; before, as one value.",
    ),
    "to production": (
        metric("a <= 9"),
        metric("a <= 1", against="production"),
        "against",
        "a: at most 9 → no worse than production by more than 1.",
    ),
    "gone": (metric("a <= 9"), None, "removed", "a is no longer in the contract; it was thresholded, at most 9."),
    "baseline": (metric("a <= 9"), metric("a <= 9", baseline=12.0), "baseline", "a: baseline not stated → 12."),
    "turned": (metric("a <= 9"), metric("a >= 9"), "direction", "a: now to maximise, before to minimise."),
    "reason": (metric("a <= 9"), metric("a <= 9", reason="so"), "reason", "a: another reason is given."),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_a_sentence(case: str) -> None:
    was, now, kind, text = CASES[case]
    before, after = (contract_draft(RECALL, *([one] if one else [])) for one in (was, now))
    changes = contract_changes(before, after)
    assert (changes[0].kind, changes[0].text) == (kind, text)
    # A threshold whose unit or direction changed is told too, but not called stricter or looser.
    for other in changes[1:]:
        assert (other.kind, other.stricter) == ("threshold", None)


def test_a_metric_that_changes_its_role_is_one_change() -> None:
    assert told(contract_draft("maximise a", "b <= 3"), contract_draft("minimise b", "a >= 2")) == [
        "b is optimised, to minimise; it was thresholded, at most 3.",
        "a is thresholded, at least 2; it was optimised, to maximise.",
    ]


def test_a_floor_beside_a_role_is_a_change_of_its_own() -> None:
    floor = metric("recall >= 0.01", against="production")
    assert told(contract_draft(RECALL), contract_draft(RECALL, floor)) == [
        "recall is new: thresholded, no worse than production by more than 0.01."
    ]


metrics = st.builds(
    ThresholdedMetric,
    name=st.sampled_from("abc"),
    direction=st.sampled_from(["maximise", "minimise"]),
    threshold=st.sampled_from([0.0, 1.0, 2.0]),
    against=st.sampled_from(["value", "production"]),
    confidence=st.sampled_from([None, 0.9]),
    slices=st.sampled_from([(), ("x",), ("x", "y")]),
    enabled=st.booleans(),
    reason=st.sampled_from(["r", "s"]),
    baseline=st.sampled_from([None, 1.0]),
)
drafts = st.lists(metrics, max_size=5, unique_by=lambda one: (one.name, one.against)).map(
    lambda listed: contract_draft(RECALL, *listed)
)


@given(drafts, drafts)
@settings(max_examples=200, deadline=None)
def test_two_contracts_differ_in_nothing_only_when_they_ask_the_same(one: ContractDraft, other: ContractDraft) -> None:
    changes = contract_changes(one, other)
    assert contract_changes(one, one) == ()

    def asks(draft: ContractDraft) -> set[str]:
        return {metric.model_dump_json() for metric in draft.metrics}

    assert (asks(one) == asks(other)) == (changes == ())
    mirrored = {"added": "removed", "removed": "added", "on": "off", "off": "on"}
    back = contract_changes(other, one)
    assert sorted(_key(change, mirrored) for change in back) == sorted(_key(change, {}) for change in changes)


def _key(change: MetricChange, renamed: dict[str, str]) -> tuple[str, str]:
    return change.metric, renamed.get(change.kind, change.kind)


def compared(before: ContractDraft, after: ContractDraft, measured: list[Run], most: int = 100) -> VerdictChanges:
    table = run_table(measured, (*before.columns, *after.columns))
    return verdict_changes(judge_table(before, table), judge_table(after, table), (1, 2), most)


def test_the_runs_that_enter_and_leave_are_named_with_the_reason() -> None:
    measured = runs(
        {
            "fast": {"recall": 0.7, "latency": 50, "cost": 9},
            "good": {"recall": 0.9, "latency": 150, "cost": 2},
            "bare": {"recall": 0.8, "latency": 90},
        }
    )
    changes = compared(
        contract_draft(RECALL, metric("latency <= 100", unit="ms")),
        contract_draft(RECALL, metric("latency <= 200", unit="ms"), metric("cost <= 5", unit="EUR")),
        measured,
    )
    assert (changes.qualified_before, changes.qualified_after) == (2, 1)
    assert (changes.now_qualify, changes.no_longer_qualify, changes.changed) == (1, 2, 3)
    assert (changes.evaluable_before, changes.evaluable_after) == (3, 2)
    assert (changes.winners_before, changes.winners_after) == (("bare",), ("good",))
    assert [(run.name, run.before, run.after, run.because) for run in changes.runs] == [
        ("good", "disqualified", "qualified", ("latency: at most 100 ms",)),
        ("fast", "qualified", "disqualified", ("cost: at most 5 EUR",)),
        ("bare", "qualified", "not_evaluable", ("cost: at most 5 EUR",)),
    ]


def test_no_more_runs_are_named_than_asked_for() -> None:
    measured = runs({str(n): {"recall": n, "a": n} for n in range(10)})
    changes = compared(contract_draft(RECALL, "a >= 5"), contract_draft(RECALL, "a >= 0"), measured, most=2)
    assert (changes.changed, changes.now_qualify) == (5, 5)
    assert [run.name for run in changes.runs] == ["4", "3"]


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(0, 9), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_the_counts_hang_together(values: list[int], one: int, other: int) -> None:
    measured = runs({str(n): {"recall": value, "a": value} for n, value in enumerate(values)})
    changes = compared(contract_draft(RECALL, f"a >= {one}"), contract_draft(RECALL, f"a >= {other}"), measured)
    assert changes.qualified_before + changes.now_qualify - changes.no_longer_qualify == changes.qualified_after
    assert len(changes.runs) == changes.changed == changes.now_qualify + changes.no_longer_qualify
    assert not (changes.now_qualify and changes.no_longer_qualify)
