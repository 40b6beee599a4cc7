"""What is agreed and how a run stands, in words."""

from __future__ import annotations

from typing import Any

import pytest

from planner.domain.metrics_gate import Gate, gate_of_drafts
from planner.domain.metrics_gate_words import gate_sentences
from planner.domain.metrics_runs import RunDraft
from planner.domain.metrics_words import (
    bound_words,
    cell_words,
    contract_words,
    metric_words,
    miss_words,
    requirement,
    run_words,
    share,
)
from tests.support.factories import contract_draft, metric

FLOOR = metric("recall >= 0.01", against="production")


@pytest.mark.parametrize(
    ("rule", "said", "words"),
    [
        ("latency <= 100", {"unit": "ms"}, "at most 100 ms"),
        ("recall >= 0.8", {"slices": ("de", "fr", "it")}, "at least 0.8, worst of de, fr, it"),
        ("precision >= 0.9", {"confidence": 0.95}, "at least 0.9, with 95 % probability"),
        ("precision >= 0.9", {"confidence": 0.999}, "at least 0.9, with 99.9 % probability"),
        ("recall >= 0.01", {"against": "production"}, "no worse than production by more than 0.01"),
        ("recall >= 0", {"against": "production"}, "no worse than production"),
        ("recall >= 1", {"against": "production", "unit": "%"}, "no worse than production by more than 1 points"),
        (
            "recall >= 0.01",
            {"against": "production", "slices": ("a", "b"), "confidence": 0.9},
            "no worse than production by more than 0.01, worst of a, b, with 90 % probability",
        ),
        ("f1 >= 0.5", {"slices": tuple("abcdefg")}, "at least 0.5, worst of a, b, c, d, e and 2 more"),
    ],
)
def test_what_a_threshold_asks(rule: str, said: dict[str, Any], words: str) -> None:
    assert requirement(metric(rule, **said)) == words


def test_a_contract_in_a_line() -> None:
    off = metric("cost <= 5", unit="EUR", enabled=False, reason="not now")
    draft = contract_draft("maximise recall", "latency <= 100", FLOOR, off)
    assert contract_words(draft) == (
        "maximise recall; latency at most 100; recall no worse than production by more than 0.01; "
        "cost at most 5 EUR (off)"
    )
    assert bound_words(FLOOR) == "no worse than production by more than 0.01"


@pytest.mark.parametrize(
    ("value", "words"), [(0.95, "95 %"), (0.995, "99.5 %"), (0.99999, "> 99.9 %"), (1.0, "100 %"), (1e-9, "< 0.1 %")]
)
def test_a_probability_is_never_rounded_to_certainty(value: float, words: str) -> None:
    assert share(value) == words


def judged(*drafts: dict[str, Any], production: int | None = None, **asked: Any) -> Gate:
    agreed = contract_draft(
        "maximise recall", metric("f1 >= 0.7", slices=("de", "fr")), metric("precision >= 0.9", confidence=0.9), FLOOR
    )
    runs = [RunDraft.model_validate(draft) for draft in drafts]
    return gate_of_drafts(
        agreed, "contract", runs, production=None if production is None else runs[production], **asked
    )


def run(name: str, recall: float = 0.8, fr: float = 0.8, n: int = 1000, **more: Any) -> dict[str, Any]:
    measured = {"recall": recall, "f1/de": 0.9, "f1/fr": fr, "precision": 0.93}
    return {"name": name, "metrics": measured, "uncertainty": {"precision": {"n": n}}, **more}


def test_how_a_run_stands() -> None:
    gate = judged(
        run("good"), run("low", fr=0.65), run("few", n=20), run("worse", recall=0.7), run("dead", status="failed"),
        production=0,
    )  # fmt: skip
    told = {one.name: one for one in gate.verdict.runs}
    assert [run_words(one) for one in gate.verdict.runs] == [
        "qualified", "disqualified", "disqualified", "disqualified", "did not finish",
    ]  # fmt: skip
    assert miss_words(told["good"], gate.contract) == ""
    assert miss_words(told["low"], gate.contract) == "f1 missed by 0.05 in fr"
    assert miss_words(told["few"], gate.contract).startswith("precision not proven, ")
    assert miss_words(told["worse"], gate.contract) == "recall missed by 0.09"
    assert miss_words(told["dead"], gate.contract) == "it did not finish"
    assert [cell_words(found) for found in told["low"].metrics] == ["", "missed in fr", "met", "met"]
    assert metric_words(told["good"].metrics[1]) == "met in fr"


def test_what_is_not_known_is_told_as_unknown() -> None:
    silent = {**run("silent"), "uncertainty": {}}
    gate = judged(silent, run("gone", fr=float("nan")))
    told = {one.name: one for one in gate.verdict.runs}
    assert "precision not proven, nothing says how sure" in miss_words(told["silent"], gate.contract)
    assert "recall production unknown" in miss_words(told["silent"], gate.contract)
    assert "f1 not finite" in miss_words(told["gone"], gate.contract, gate.not_finite_of("gone"))
    assert gate_sentences(gate)[-1] == "No run in production is known, so nothing can be shown to be no worse than it."


def test_the_sentences_of_an_open_gate() -> None:
    gate = judged(run("old"), run("new", recall=0.85), production=0)
    assert gate_sentences(gate) == [
        "Qualified: 2 of 2 (contract).",
        "Best recall: 0.85, 0.05 better than production (old).",
        "Winner: new.",
    ]
    assert gate_sentences(judged(run("old"), run("few", n=20), production=0, asked="few"))[0].startswith(
        "few is disqualified: precision not proven, "
    )
