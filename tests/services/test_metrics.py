"""Contracts are versioned with a reason, runs are facts, and the verdict follows from both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from math import inf, isnan, nan

import pytest

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.metrics_runs import RunDraft
from planner.services import metrics, metrics_runs, projects
from planner.services.workspace import Workspace
from tests.support.factories import add_portfolio, add_project, contract_draft, metric


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio with one project."""
    add_portfolio(any_ws)
    add_project(any_ws)
    return any_ws


def test_without_a_contract_there_is_no_verdict(lab: Workspace) -> None:
    assert metrics.find_contract(lab, "LAB-1") is None
    assert metrics.list_contracts(lab, "LAB-1") == ()
    metrics_runs.record_runs(lab, "LAB-1", [RunDraft(name="r", metrics={"recall": 1})])
    assert metrics.find_verdict(lab, "LAB-1") is None


def test_a_contract_is_kept_version_by_version(lab: Workspace) -> None:
    off = metric("size <= 10", unit="MB", enabled=False, reason="not measured yet", baseline=12.0)
    first = metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", "latency <= 0.1", off, baseline=0.7))
    second = metrics.set_contract(
        lab.as_actor("Ben"), "LAB-1", contract_draft("maximise recall", "latency <= 0.2", reason="0.1 was out of reach")
    )
    assert metrics.list_contracts(lab, "LAB-1") == (first, second)
    assert metrics.find_contract(lab, "LAB-1") == second
    assert (first.version, second.version, second.recorded_by) == (1, 2, "Ben")
    assert first.thresholded[1] == off


def test_a_contract_equal_to_the_present_one_is_no_new_version(lab: Workspace) -> None:
    first = metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", "latency <= 100"))
    before = projects.get_project(lab, "LAB-1")
    assert metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", "latency <= 100", reason="x")) == first
    assert projects.get_project(lab, "LAB-1") == before


def test_a_changed_contract_says_why(lab: Workspace) -> None:
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall"))
    with pytest.raises(Invalid) as refused:
        metrics.set_contract(lab, "LAB-1", contract_draft("maximise precision"))
    assert refused.value.errors[0].field == "reason"
    assert len(metrics.list_contracts(lab, "LAB-1")) == 1


def test_a_run_is_kept_as_it_was_measured(lab: Workspace) -> None:
    measured_at = datetime(2026, 5, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    draft = RunDraft(
        name="resnet 50 “a”",
        metrics={"recall": 0.1 + 0.2, "tiny": 5e-324, "huge": 1.7e308, "lost": nan, "up": inf, "down": -inf},
        params={"lr": 1e-3, "layers": 50, "pretrained": True, "schedule": "cosine"},
        url="https://mlflow.example.org/#/experiments/1",
        measured_at=measured_at,
    )
    (returned,) = metrics_runs.record_runs(lab, "LAB-1", [draft])
    (kept,) = metrics_runs.list_runs(lab, "LAB-1")
    for run in (returned, kept):
        assert {name: value for name, value in run.metrics.items() if name != "lost"} == {
            name: value for name, value in draft.metrics.items() if name != "lost"
        }
        assert isnan(run.metrics["lost"])
        assert run.params == draft.params
        assert (run.name, run.url, run.measured_at) == (draft.name, draft.url, measured_at)
    assert kept.measured_at is not None
    assert kept.measured_at.utcoffset() == UTC.utcoffset(None)


def test_runs_are_appended_all_or_none(lab: Workspace) -> None:
    def run(name: str) -> RunDraft:
        return RunDraft(name=name, metrics={"recall": 0.5})

    recorded = metrics_runs.record_runs(lab, "LAB-1", [run("a"), run("b")])
    assert [one.name for one in recorded] == ["a", "b"]
    before = projects.get_project(lab, "LAB-1")
    with pytest.raises(Conflict, match="b"):
        metrics_runs.record_runs(lab, "LAB-1", [run("c"), run("b")])
    with pytest.raises(Invalid) as refused:
        metrics_runs.record_runs(lab, "LAB-1", [run("c"), run("d"), run("c")])
    assert "'c'" in refused.value.errors[0].message
    with pytest.raises(Invalid):
        metrics_runs.record_runs(lab, "LAB-1", [])
    with pytest.raises(Invalid):
        metrics_runs.record_runs(lab, "LAB-1", [run("x")] * 10_001)
    assert [one.name for one in metrics_runs.list_runs(lab, "LAB-1")] == ["a", "b"]
    assert projects.get_project(lab, "LAB-1") == before
    add_project(lab)
    assert [one.name for one in metrics_runs.record_runs(lab, "LAB-2", [run("b")])] == ["b"]  # another project's own


def test_a_verdict_follows_the_present_contract(lab: Workspace) -> None:
    metrics_runs.record_runs(
        lab,
        "LAB-1",
        [
            RunDraft(name="a", metrics={"recall": 0.8, "latency": 90}),
            RunDraft(name="b", metrics={"recall": 0.9, "latency": 150}),
            RunDraft(name="c", metrics={"recall": 0.95, "latency": nan}),
        ],
    )
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", "latency <= 100"))
    verdict = metrics.find_verdict(lab, "LAB-1")
    assert verdict is not None
    assert (verdict.winners, verdict.qualified, verdict.not_evaluable) == (("a",), 1, 1)
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", "latency <= 200", reason="batch use"))
    verdict = metrics.find_verdict(lab, "LAB-1")
    assert verdict is not None
    assert (verdict.contract_version, verdict.winners, verdict.qualified) == (2, ("b",), 2)


def test_a_project_that_is_not_there_has_neither(lab: Workspace) -> None:
    for ask in (metrics.find_contract, metrics_runs.list_runs, metrics.find_verdict):
        with pytest.raises(NotFound):
            ask(lab, "LAB-9")
