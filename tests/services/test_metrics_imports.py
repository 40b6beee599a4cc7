"""Importing runs: what is new is added, what is here is skipped, and nothing is overwritten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pytest

from planner.domain.errors import NotFound, TooLarge, Unavailable
from planner.domain.metrics_imports import MAX_RUNS, Found, RejectedRun, RunImportReport, RunsFound
from planner.domain.metrics_runs import RunDraft
from planner.services import history, metrics, metrics_imports, metrics_runs, projects
from planner.services.workspace import Workspace
from tests.support.factories import add_portfolio, add_project, contract_draft


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    add_portfolio(any_ws)
    add_project(any_ws)
    return any_ws


def run(name: str, source_id: str | None = None, **said: object) -> RunDraft:
    source = "mlflow" if source_id else ""
    fields = {"name": name, "metrics": {"recall": 0.5}, "source": source, "source_id": source_id, **said}
    return RunDraft.model_validate(fields)


def take(ws: Workspace, *batches: Sequence[Found], dry_run: bool = False) -> RunImportReport:
    report = metrics_imports.import_runs(ws, "LAB-1", RunsFound(batches), dry_run=dry_run)
    assert report.read == report.added + report.skipped + report.left + report.rejected
    return report


def counts(report: RunImportReport) -> tuple[int, int, int, int]:
    return report.added, report.skipped, report.left, report.rejected


def names(ws: Workspace) -> list[str]:
    return [one.name for one in metrics_runs.list_runs(ws, "LAB-1")]


def test_what_is_here_is_skipped_and_changes_nothing(lab: Workspace) -> None:
    batch = [run("a", "1", metrics={"recall": math.nan}), run("b"), run("c", "3", status="running")]
    assert counts(take(lab, batch, dry_run=True)) == (2, 0, 1, 0)
    assert names(lab) == []
    assert counts(take(lab, batch)) == (2, 0, 1, 0)
    version = projects.get_project(lab, "LAB-1").version
    assert counts(take(lab, batch)) == (0, 2, 1, 0)
    assert counts(take(lab, batch, dry_run=True)) == (0, 2, 1, 0)
    assert projects.get_project(lab, "LAB-1").version == version
    assert counts(take(lab, [run("c", "3")])) == (1, 0, 0, 0)  # it has ended meanwhile
    assert names(lab) == ["a", "b", "c"]
    events = [event for event in history.list_project_events(lab, "LAB-1") if event.action == "runs.recorded"]
    assert len(events) == 2


def test_runs_of_one_name_are_told_apart_by_their_ids(lab: Workspace) -> None:
    batch = [run("a", "12345678abc"), run("a", "12345678def"), run("a", "99999999"), run("a")]
    report = take(lab, batch, dry_run=True)
    assert counts(report) == (3, 0, 0, 1)
    assert counts(take(lab, batch[:2], batch[2:])) == (3, 0, 0, 1)
    assert names(lab) == ["a", "a (12345678)", "a (99999999)"]
    assert counts(take(lab, [run("a", "12345678xyz")])) == (1, 0, 0, 0)
    assert names(lab)[-1] == "a (12345678xyz)"
    assert counts(take(lab, [run("b", "7"), run("b", "7")])) == (1, 1, 0, 0)


def test_a_fact_is_not_overwritten(lab: Workspace) -> None:
    take(lab, [run("a", metrics={"recall": 0.5, "loss": math.inf})])
    other = take(lab, [run("a", metrics={"recall": 0.6}), run("b"), run("b"), RejectedRun("record 9", "no name")])
    assert counts(other) == (1, 0, 0, 3)
    assert [(one.run, one.reason.split(";")[0]) for one in other.reasons] == [
        ("record 9", "no name"),
        ("a", "there is another run of this name"),
        ("b", "its name stands more than once"),
    ]
    assert metrics_runs.list_runs(lab, "LAB-1")[0].metrics == {"recall": 0.5, "loss": math.inf}


def test_an_import_that_breaks_off_goes_on_where_it_was(lab: Workspace) -> None:
    def breaking() -> Iterator[list[Found]]:
        yield [run("a", "1"), run("b", "2")]
        raise Unavailable("the server went away")

    with pytest.raises(Unavailable):
        metrics_imports.import_runs(lab, "LAB-1", RunsFound(breaking()))
    assert names(lab) == ["a", "b"]
    assert counts(take(lab, [run("a", "1"), run("b", "2")], [run("c", "3")])) == (1, 2, 0, 0)


def test_too_many_runs_and_a_project_that_is_not_there(lab: Workspace) -> None:
    with pytest.raises(NotFound):
        metrics_imports.import_runs(lab, "LAB-9", RunsFound([]))
    with pytest.raises(TooLarge, match="in parts"):
        take(lab, [RejectedRun("x", "y")] * (MAX_RUNS + 1))


def test_a_file_is_read_by_the_contract(lab: Workspace) -> None:
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", "latency <= 100"))
    content = b"name,recall,latency,note\na,0.5,90,x\nb,0.6,fast,y\nc,0.7,80,3\n"
    report = metrics_imports.import_run_file(lab, "LAB-1", content, "runs.csv")
    assert counts(report) == (2, 0, 0, 1)
    assert report.reasons[0].reason == "column 'latency': 'fast' is not a number"
    assert metrics_runs.list_runs(lab, "LAB-1")[0].params == {"note": "x"}


def test_verdicts_for_a_tracker_name_its_runs_only(lab: Workspace) -> None:
    with pytest.raises(NotFound):
        metrics_imports.list_verdict_tags(lab, "LAB-1", "mlflow")
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall"))
    take(lab, [run("a", "1"), run("b", "2", metrics={"recall": 0.1}), run("c", "3", metrics={}), run("d")])
    told = metrics_imports.list_verdict_tags(lab, "LAB-1", "mlflow")
    # `d`, which comes from nowhere, ties with `a`.
    assert [(ident, tags["planner.verdict"]) for ident, tags in told] == [
        *[("1", "winner"), ("2", "qualified"), ("3", "not_evaluable")]
    ]
    assert told[0][1]["planner.project"] == "LAB-1"
