"""Towards a new version: what is proposed and previewed is never stored, and versions are compared with their runs."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid, NotFound
from planner.domain.metrics_proposal import MetricNeed, ProposalRequest
from planner.domain.metrics_runs import RunDraft
from planner.services import metrics, metrics_agreeing, metrics_runs, projects, reports
from planner.services.workspace import Workspace
from tests.support.factories import add_portfolio, add_project, contract_draft, metric


@pytest.fixture
def lab(any_ws: Workspace) -> Workspace:
    """A portfolio with one project and two runs."""
    add_portfolio(any_ws)
    add_project(any_ws, problem_type="object_pose")
    fast, good = {"recall": 0.7, "latency": 50}, {"recall": 0.9, "latency": 150}
    metrics_runs.record_runs(
        any_ws, "LAB-1", [RunDraft(name="fast", metrics=fast), RunDraft(name="good", metrics=good)]
    )
    return any_ws


def test_without_a_contract_the_template_of_the_problem_type_is_the_start(lab: Workspace) -> None:
    start = metrics_agreeing.start_proposal(lab, "LAB-1")
    assert (start.origin, start.problem_type) == ("template", "object_pose")
    add_project(lab)
    assert metrics_agreeing.start_proposal(lab, "LAB-2").origin == "nothing"
    assert metrics_agreeing.start_proposal(lab, "LAB-2", "ocr").problem_type == "ocr"
    with pytest.raises(Invalid) as refused:
        metrics_agreeing.start_proposal(lab, "LAB-2", "magic")
    assert refused.value.errors[0].field == "problem_type"
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall"))
    assert metrics_agreeing.start_proposal(lab, "LAB-1").origin == "contract"


def test_neither_a_proposal_nor_a_preview_stores_anything(lab: Workspace) -> None:
    before = projects.get_project(lab, "LAB-1")
    request = ProposalRequest(metrics=(MetricNeed(name="recall", direction="maximise"),))
    draft = metrics_agreeing.propose_contract(lab, "LAB-1", request).contract
    assert draft is not None
    preview = metrics_agreeing.preview_contract(lab, "LAB-1", draft)
    assert preview.verdicts is None
    assert [change.kind for change in preview.diff.changes] == ["added"]
    assert metrics.find_contract(lab, "LAB-1") is None
    assert projects.get_project(lab, "LAB-1") == before


def test_a_preview_is_what_the_new_version_then_does(lab: Workspace) -> None:
    assert metrics_agreeing.find_version_change(lab, "LAB-1") is None
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", "latency <= 100"))
    looser = contract_draft("maximise recall", "latency <= 200", reason="batch use")
    preview = metrics_agreeing.preview_contract(lab, "LAB-1", looser)
    assert preview.verdicts is not None
    assert (preview.verdicts.winners_before, preview.verdicts.winners_after) == (("fast",), ("good",))
    metrics.set_contract(lab, "LAB-1", looser)
    found = metrics_agreeing.find_version_change(lab, "LAB-1")
    assert found is not None
    assert found.diff == preview.diff.model_copy(update={"to_version": 2})
    assert found.verdicts == preview.verdicts.model_copy(update={"to_version": 2})
    assert metrics_agreeing.find_contract_diff(lab, "LAB-1", 1, 2) == found.diff
    assert metrics_agreeing.find_verdict_changes(lab, "LAB-1", 1, 2) == found.verdicts


def test_versions_are_compared_in_either_direction_and_must_be_there(lab: Workspace) -> None:
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", metric("latency <= 100")))
    first = metrics_agreeing.find_version_change(lab, "LAB-1")
    assert first is not None
    assert (first.diff.from_version, first.diff.to_version, first.verdicts) == (None, 1, None)
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall", reason="no limit"))
    back = metrics_agreeing.find_verdict_changes(lab, "LAB-1", 2, 1)
    assert back is not None
    assert (back.now_qualify, back.no_longer_qualify) == (0, 1)
    for first_version, second in ((1, 9), (9, 1), (9, None)):
        with pytest.raises(NotFound, match="no version 9"):
            metrics_agreeing.find_version_change(lab, "LAB-1", first_version, second)


def test_reports_say_in_words_what_a_threshold_asks_and_under_which_version(lab: Workspace) -> None:
    floor = metric("recall >= 0.01", against="production")
    draft = contract_draft("maximise recall", metric("latency <= 200", unit="ms", confidence=0.95), floor)
    metrics.set_contract(lab, "LAB-1", draft)
    kinds: tuple[reports.Format, ...] = ("md", "html")
    for kind in kinds:
        text = reports.render_project_report(lab, "LAB-1", kind).decode()
        assert "at most 200 ms, with 95 % probability" in text
        assert "no worse than production by more than 0.01" in text
        assert "0 of 2 qualify under version 1 of the contract" in text
        assert "not proven" in text  # the runs say nothing of how sure their values are
    assert reports.render_project_report(lab, "LAB-1", "pdf").startswith(b"%PDF")
