"""A portfolio as a document: nothing is lost, nothing that does not hang together gets in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.domain.errors import Invalid
from planner.domain.exchange import PortfolioDocument, check_document, rekeyed
from planner.playbooks import Playbooks

PLAYBOOK = Playbooks.shipped().get("fsdl")
AT = "2026-05-04T09:00:00.123456Z"
RECORDED = {"recorded_at": AT, "recorded_by": "Mara"}


def project(**changes: Any) -> dict[str, Any]:
    return {
        "key": "LAB-1",
        "external_id": "us-fed-ai-2024 | dhs | alpha",
        "name": "Alpha",
        "summary": "Two\n\nparagraphs",
        "archetype": "autonomous",
        "stage": "training",
        "status": "active",
        "tags": ["a", "b;c"],
        "effort": 0.1,
        "needs": {"gpu_hours": 400.0},
        "links": [{"title": "Board", "url": "https://example.org"}],
        "attributes": {"text": "12", "whole": 12, "part": 12.5, "truth": False},
        "created_at": AT,
        "updated_at": AT,
        "version": 7,
        "deleted_at": AT,
        "answers": [
            {
                "criterion": "data_availability",
                "assessor": "Jo",
                "level": 4,
                "low": 3,
                "high": 5,
                "confidence": "informed",
                "rationale": "Seen.",
                "playbook": "fsdl",
                "playbook_version": 1,
                **RECORDED,
            },
            {
                "criterion": "data_availability",
                "assessor": "Jo",
                "withdrawn": True,
                "playbook": "fsdl",
                "playbook_version": 1,
                **RECORDED,
            },
        ],
        "contracts": [
            {
                "version": 1,
                "optimised": {"name": "recall", "direction": "maximise", "baseline": 0.71},
                "thresholded": [{"name": "latency", "direction": "minimise", "threshold": 100, "unit": "ms"}],
                **RECORDED,
            }
        ],
        "runs": [{"name": "a", "metrics": {"recall": "NaN", "latency": 84.0, "x": "-Infinity"}, **RECORDED}],
        "transitions": [
            {
                "start": "planning",
                "to": "data",
                "kind": "forward",
                "reason": None,
                "note": "",
                "open_points": ["No owner"],
                **RECORDED,
            }
        ],
        "task_marks": [{"task": PLAYBOOK.stages[0].tasks[0].id, "done": True, "note": "", **RECORDED}],
        "checklist": [{"component": "data.sources", "status": "in_place", "tool": "x", **RECORDED}],
        "forecasts": [
            {"forecaster": "Jo", "probability": 0.7, "success": "In use.", "horizon": "2030-06-30", **RECORDED},
            {"forecaster": "Jo", "probability": 1.0, "success": "In use.", "rationale": "Seen.", **RECORDED},
        ],
        "outcomes": [{"outcome": "success", "ended_on": "2026-05-03", "actual_effort": 3.5, **RECORDED}],
        "import_payload": {"columns": {"name": "Alpha", "tags": ["a"], "attributes.n": 1}},
        **changes,
    }


def document(*projects: dict[str, Any], **portfolio: Any) -> dict[str, Any]:
    return {
        "exported_at": AT,
        "portfolio": {
            "slug": "lab",
            "name": "Lab",
            "summary": "",
            "key_prefix": "LAB",
            "priority_impact_share": None,
            "capacity": 5,
            "playbook": "fsdl",
            "playbook_version": 1,
            "created_at": AT,
            "updated_at": AT,
            "next_number": 9,
            **portfolio,
        },
        "projects": list(projects),
        "events": [
            {"at": AT, "actor": "Mara", "action": "portfolio.created", "project": None, "changes": []},
            {
                "at": AT,
                "actor": "Mara",
                "action": "project.updated",
                "project": projects[0]["key"] if projects else None,
                "changes": [{"field": "name", "old": None, "new": "Alpha"}],
            },
        ],
    }


def problems(content: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        PortfolioDocument.model_validate(content)
    [error] = caught.value.errors()
    return [path for path, _ in error["ctx"]["problems"]]


def test_a_document_comes_back_the_same_to_the_letter() -> None:
    found = PortfolioDocument.model_validate(document(project()))
    text = found.model_dump_json()
    again = PortfolioDocument.model_validate_json(text)
    assert again.model_dump_json() == text
    assert json.loads(text)["format"] == "planner/1"
    attributes = again.projects[0].attributes
    assert {name: type(value) for name, value in attributes.items()} == {
        "text": str,
        "whole": int,
        "part": float,
        "truth": bool,
    }
    assert again.projects[0].deleted_at == datetime(2026, 5, 4, 9, 0, 0, 123456, tzinfo=UTC)


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=20)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(names, texts.map(str.strip) | st.booleans() | numbers, max_size=5))
def test_attributes_of_any_kind_come_back(attributes: dict[str, Any]) -> None:
    found = PortfolioDocument.model_validate(document(project(attributes=attributes, runs=[])))
    again = PortfolioDocument.model_validate_json(found.model_dump_json())
    assert again == found
    assert again.projects[0].attributes == attributes


def test_keys_are_unique_begin_with_the_prefix_and_are_below_the_next() -> None:
    content = document(project(), project(external_id=None), project(key="OTHER-2", external_id=None))
    content["projects"].append(project(key="LAB-9"))
    assert problems(content) == [
        "projects.1.key",
        "projects.3.external_id",
        "projects.2.key",
        "projects.3.key",
    ]


def test_events_name_projects_of_the_document() -> None:
    content = document(project())
    content["events"][1]["project"] = "LAB-2"
    assert problems(content) == ["events.1.project"]


def test_runs_and_contracts_are_unique_and_times_have_zones() -> None:
    content = project()
    content["runs"] *= 2
    content["contracts"] *= 2
    content["answers"][0]["recorded_at"] = "2026-05-04T09:00:00"
    assert problems(document(content)) == [
        "projects.0.contracts.1.version",
        "projects.0.runs.1.name",
        "projects.0.answers.0.recorded_at",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"created_at": "2026-05-04T09:00:00"},
        {"key": "lab-1"},
        {"version": 0},
        {"colour": "red"},
        {"name": ""},
        {"status": "done"},
        {"checklist": [{"component": "data.sources", "status": "present", **RECORDED}]},
    ],
)
def test_broken_fields_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PortfolioDocument.model_validate(document(project(**change)))


def test_words_must_be_those_of_the_playbook() -> None:
    check_document(PortfolioDocument.model_validate(document(project())), PLAYBOOK)
    broken = project(stage="later")
    broken["answers"][0] |= {"criterion": "charm", "confidence": "sure"}
    broken["transitions"][0] |= {"start": "before", "to": "after"}
    broken["task_marks"][0]["task"] = "rest"
    broken["checklist"][0]["component"] = "data.magic"
    with pytest.raises(Invalid) as caught:
        check_document(PortfolioDocument.model_validate(document(broken)), PLAYBOOK)
    assert [error.field.removeprefix("projects.0.") for error in caught.value.errors] == [
        "stage",
        "answers.0.criterion",
        "answers.0.confidence",
        "transitions.0.to",
        "transitions.0.start",
        "task_marks.0.task",
        "checklist.0.component",
    ]


def test_a_copy_may_stand_beside_its_original() -> None:
    found = PortfolioDocument.model_validate(document(project(runs=[])))
    copy = rekeyed(found, "lab-2", "LABB")
    assert (copy.portfolio.slug, copy.portfolio.key_prefix) == ("lab-2", "LABB")
    assert copy.projects[0].key == "LABB-1"
    assert [event.project for event in copy.events] == [None, "LABB-1"]
    assert PortfolioDocument.model_validate_json(copy.model_dump_json()) == copy
    assert rekeyed(copy, "lab", "LAB") == found
