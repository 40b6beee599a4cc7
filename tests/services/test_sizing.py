"""Sizings as facts: recorded, in the history, in the export and in the report."""

from __future__ import annotations

import pytest

from planner.domain.errors import Invalid
from planner.domain.exchange import PortfolioDocument
from planner.domain.sizing_inputs import SizingDraft
from planner.services import exports, history, reports, sizing
from planner.services.workspace import Workspace
from tests.support.factories import SLUG, add_portfolio, add_project

SAID = SizingDraft.model_validate(
    {"parameters": 1e9, "tokens": 1e10, "optimiser": "adamw", "precision": "mixed", "label_kind": "box", "items": 100}
)


@pytest.fixture
def lab(ws: Workspace) -> Workspace:
    add_portfolio(ws)
    add_project(ws, stage="planning")
    return ws


def test_asking_stores_nothing_and_recording_the_same_again_neither(lab: Workspace) -> None:
    assert sizing.get_sizing(lab, "LAB-1").answer is None
    asked = sizing.get_sizing(lab, "LAB-1", SAID)
    assert asked.answer is not None
    assert sizing.get_sizing(lab, "LAB-1").items == ()
    for said in (SAID, SAID, SAID.model_copy(update={"note": "Later"})):
        recorded = sizing.record_sizing(lab, "LAB-1", said)
    assert len(recorded.items) == 2
    assert sizing.get_sizing(lab, "LAB-1") == recorded
    assert [event.action for event in history.list_project_events(lab, "LAB-1")].count("sizing.recorded") == 2


def test_nothing_and_nonsense_are_not_recorded(lab: Workspace) -> None:
    for said in ({}, {"note": "x"}, {"parameters": 1, "gpu": "abacus"}):
        with pytest.raises(Invalid):
            sizing.record_sizing(lab, "LAB-1", SizingDraft.model_validate(said))


def test_it_goes_out_and_comes_back_and_an_unknown_gpu_is_refused(lab: Workspace) -> None:
    sizing.record_sizing(lab, "LAB-1", SAID.model_copy(update={"gpu": "h100"}))
    document = exports.export_document(lab, SLUG).model_dump_json()
    copy = exports.import_document(lab, PortfolioDocument.model_validate_json(document), "copy")
    assert sizing.get_sizing(lab, f"{copy.key_prefix}-1") == sizing.get_sizing(lab, "LAB-1")
    with pytest.raises(Invalid) as caught:
        wrong = PortfolioDocument.model_validate_json(document.replace('"gpu":"h100"', '"gpu":"abacus"'))
        exports.import_document(lab, wrong, "other")
    assert [error.field for error in caught.value.errors] == ["projects.0.sizings.0.inputs.gpu"]


def test_the_report_tells_it_once_it_is_recorded(lab: Workspace) -> None:
    assert reports.get_project_report(lab, "LAB-1").sizing == ()
    sizing.record_sizing(lab, "LAB-1", SAID)
    (section,) = reports.get_project_report(lab, "LAB-1").sizing
    assert any(sentence.startswith("Labelling takes") for sentence in section.sentences)
    assert section.rows
    for kind in ("html", "md", "pdf"):
        assert reports.render_project_report(lab, "LAB-1", kind)
    assert b"Labelling takes" in reports.render_project_report(lab, "LAB-1", "md")
