"""Portfolio documents from JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planner.domain.errors import Invalid, TooLarge, Unreadable
from planner.readers import documents
from planner.readers.documents import read_document

AT = "2026-05-04T09:00:00Z"
SOUND: dict[str, Any] = {
    "format": "planner/1",
    "exported_at": AT,
    "portfolio": {
        "slug": "lab",
        "name": "Lab",
        "summary": "",
        "key_prefix": "LAB",
        "priority_impact_share": None,
        "capacity": None,
        "playbook": "fsdl",
        "playbook_version": 1,
        "created_at": AT,
        "updated_at": AT,
        "next_number": 2,
    },
    "projects": [{"key": "LAB-1", "name": "Alpha", "stage": None, "created_at": AT, "updated_at": AT, "version": 1}],
}


def test_a_sound_document() -> None:
    found = read_document(json.dumps(SOUND).encode(), "plan.json")
    assert [project.key for project in found.projects] == ["LAB-1"]


@pytest.mark.parametrize(
    "content",
    [b"", b"name,summary\n", b"{", b"[" * 100_000, b"\xff\xfe{}", b"PK\x03\x04"],
    ids=lambda content: content[:9],
)
def test_what_is_no_json_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"plan\.json is not JSON: "):
        read_document(content, "plan.json")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "planner/2"}, "format"),
        ({"projects": [{"name": "Alpha"}]}, "projects.0.key"),
        ({"projects": SOUND["projects"] * 2}, "projects.1.key"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_is_wrong_is_placed(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_document(json.dumps({**SOUND, **change}).encode(), "plan.json")
    assert caught.value.errors[0].field == field
    assert "plan.json" in str(caught.value)


def test_another_kind_of_json_is_not_listed_without_end() -> None:
    with pytest.raises(Invalid) as caught:
        read_document(json.dumps({**SOUND, "projects": [{}] * 500}).encode(), "plan.json")
    assert {error.field.split(".")[1] for error in caught.value.errors} == {"0"}  # the first one says what all lack


def test_too_large_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        read_document(json.dumps(SOUND).encode(), "plan.json")
