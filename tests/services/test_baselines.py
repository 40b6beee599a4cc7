"""Baselines and analyses of errors as facts: corrected, withdrawn, in the history, in the export and in the gate."""

from __future__ import annotations

import pytest

from planner.domain.baselines import MAX_BASELINES, BaselineDraft
from planner.domain.error_analysis import ErrorAnalysisDraft
from planner.domain.errors import Conflict, Invalid
from planner.domain.exchange import PortfolioDocument
from planner.domain.metrics_runs import RunDraft
from planner.services import baselines, exports, history, lifecycle, metrics, metrics_runs, reports
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project, contract_draft

RULE = BaselineDraft(kind="scripted", name="Rule", metrics={"recall": 0.4})
DOCTORS = BaselineDraft(kind="domain_experts", name="Doctors", metrics={"recall": 0.9})


@pytest.fixture
def lab(ws: Workspace) -> Workspace:
    add_portfolio(ws)
    add_project(ws, stage="planning")
    return ws


def actions(ws: Workspace) -> list[str]:
    return [event.action for event in history.list_project_events(ws, "LAB-1")]


def test_a_correction_is_a_new_record_and_saying_the_same_again_is_none(lab: Workspace) -> None:
    baselines.record_baseline(lab, "LAB-1", RULE)
    baselines.record_baseline(lab, "LAB-1", RULE)
    baselines.record_baseline(lab, "LAB-1", RULE.model_copy(update={"metrics": {"recall": 0.45}}))
    found = baselines.get_baselines(lab, "LAB-1")
    assert [one.metrics["recall"] for one in found.items] == [0.45]
    assert [one.metrics["recall"] for one in found.history] == [0.4, 0.45]
    assert actions(lab)[:2] == ["baseline.recorded", "baseline.recorded"]
    assert {one.recorded_by for one in found.history} == {lab.actor}


def test_a_withdrawn_baseline_counts_no_more_and_stays_in_the_history(lab: Workspace) -> None:
    baselines.record_baseline(lab, "LAB-1", RULE)
    baselines.withdraw_baseline(lab, "LAB-1", "Rule", "The data were others.")
    found = baselines.get_baselines(lab, "LAB-1")
    assert found.items == ()
    assert [(one.withdrawn, one.note) for one in found.history] == [(False, ""), (True, "The data were others.")]
    with pytest.raises(Invalid):
        baselines.withdraw_baseline(lab, "LAB-1", "Rule")
    assert baselines.record_baseline(lab, "LAB-1", RULE).withdrawn is False
    assert len(baselines.get_baselines(lab, "LAB-1").items) == 1


def test_kinds_and_numbers_of_baselines_are_bounded(lab: Workspace) -> None:
    with pytest.raises(Invalid):
        baselines.record_baseline(lab, "LAB-1", RULE.model_copy(update={"kind": "oracle"}))
    for number in range(MAX_BASELINES):
        baselines.record_baseline(lab, "LAB-1", RULE.model_copy(update={"name": f"Rule {number}"}))
    with pytest.raises(Conflict, match="withdraw"):
        baselines.record_baseline(lab, "LAB-1", RULE)


def test_a_recorded_baseline_of_the_optimised_metric_meets_the_gate(lab: Workspace) -> None:
    def point() -> tuple[bool, str]:
        (line,) = [line for line in lifecycle.list_tasks(lab, "LAB-1") if "baseline" in line.why]
        return line.done, line.why

    baselines.record_baseline(lab, "LAB-1", DOCTORS.model_copy(update={"metrics": {"precision": 0.9}}))
    assert point() == (False, "no baseline of the optimised metric")
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall"))
    assert point() == (False, "no baseline of the optimised metric")
    baselines.record_baseline(lab, "LAB-1", DOCTORS)
    assert point() == (True, "baseline 0.9: Doctors")
    baselines.withdraw_baseline(lab, "LAB-1", "Doctors")
    assert not point()[0]


def test_the_gap_moves_with_the_runs(lab: Workspace) -> None:
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall"))
    baselines.record_baseline(lab, "LAB-1", DOCTORS)
    assert baselines.get_baselines(lab, "LAB-1").gap.metrics[0].gap is None
    metrics_runs.record_runs(lab, "LAB-1", [RunDraft(name="a", metrics={"recall": 0.95})])
    gap = baselines.get_baselines(lab, "LAB-1").gap
    assert (gap.run, gap.metrics[0].passed) == ("a", "Domain experts")


def test_an_analysis_takes_what_is_left_out_from_contract_and_baselines(lab: Workspace) -> None:
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall"))
    said = ErrorAnalysisDraft(train=0.95, validation=0.9, test=0.88)
    found = baselines.record_error_analysis(lab, "LAB-1", said).decomposition
    assert found is not None
    assert (found.metric, found.scale, found.reference) == ("recall", "share", None)
    baselines.record_baseline(lab, "LAB-1", DOCTORS)
    later = baselines.get_error_analyses(lab, "LAB-1").decomposition
    assert later is not None
    assert (later.reference, later.parts[0].value) == ("Doctors", 0.1)
    assert len(baselines.record_error_analysis(lab, "LAB-1", said).items) == 1
    assert len(baselines.record_error_analysis(lab, "LAB-1", said.model_copy(update={"test": 0.9})).items) == 2
    assert actions(lab).count("errors.analysed") == 2
    with pytest.raises(Invalid):
        baselines.record_error_analysis(lab, "LAB-1", said.model_copy(update={"run": "none"}))


def test_all_of_it_goes_out_and_comes_back(lab: Workspace) -> None:
    for draft in (RULE, DOCTORS, RULE.model_copy(update={"fair": "yes"})):
        baselines.record_baseline(lab, "LAB-1", draft)
    baselines.withdraw_baseline(lab, "LAB-1", "Doctors")
    baselines.record_error_analysis(lab, "LAB-1", ErrorAnalysisDraft(human=1, train=20, validation=27, test=28))
    document = exports.export_document(lab, SLUG)
    copy = exports.import_document(lab, type(document).model_validate_json(document.model_dump_json()), "copy")
    key = f"{copy.key_prefix}-1"
    assert baselines.get_baselines(lab, key) == baselines.get_baselines(lab, "LAB-1")
    assert baselines.get_error_analyses(lab, key) == baselines.get_error_analyses(lab, "LAB-1")


def test_a_document_with_an_unknown_kind_is_refused(lab: Workspace) -> None:
    baselines.record_baseline(lab, "LAB-1", RULE)
    document = exports.export_document(lab, SLUG).model_dump_json().replace('"kind":"scripted"', '"kind":"oracle"')
    with pytest.raises(Invalid) as caught:
        exports.import_document(lab, PortfolioDocument.model_validate_json(document), "copy")
    assert [error.field for error in caught.value.errors] == ["projects.0.baselines.0.kind"]


def test_the_report_tells_it_in_three_sections_and_in_none_without_facts(lab: Workspace) -> None:
    assert reports.get_project_report(lab, "LAB-1").baselines == ()
    metrics.set_contract(lab, "LAB-1", contract_draft("maximise recall"))
    for number in range(40):
        baselines.record_baseline(lab, "LAB-1", DOCTORS.model_copy(update={"name": f"Doctor {number}"}))
    baselines.record_error_analysis(lab, "LAB-1", ErrorAnalysisDraft(train=0.8, validation=0.7, test=0.7))
    told, gap, errors = reports.get_project_report(lab, "LAB-1").baselines
    assert (len(told.rows), told.not_listed) == (12, 28)
    assert gap.rows[0][0] == "recall"
    assert [row[0] for row in errors.rows][-1] == "Test error"
    assert any(sentence.startswith("Next: ") for sentence in errors.sentences)
    for kind in ("html", "md"):
        assert b"Where the test error comes from" in reports.render_project_report(lab, "LAB-1", kind)
