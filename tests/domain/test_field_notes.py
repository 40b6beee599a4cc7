"""Field notes: searching them, and what is still to be told."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.domain.field_notes import Correction, FieldNote, matching_notes, uncovered
from planner.domain.playbook import Playbook
from tests.support.factories import fsdl


def note(reference: str, text: str, **said: object) -> FieldNote:
    return FieldNote.model_validate(
        {"reference": reference, "name": "A note", "text": text, "use": "None.", "source": "Somebody 2020", **said}
    )


ONE = note("lecture-1/1", "Depth helps.", stages=("training",))
WRONG = Correction(said="Less.", why="It is more.", source="Else 2021")
TWO = note("lecture-1/2", "Width helps more.", correction=WRONG)
ALL = (ONE, TWO)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", ALL),
        ("HELPS", ALL),
        ("helps width", (TWO,)),
        ("lecture-1/1", (ONE,)),
        ("else 2021", (TWO,)),
        ("nothing", ()),
    ],
)
def test_a_note_holds_every_word(q: str, found: tuple[FieldNote, ...]) -> None:
    assert matching_notes(ALL, q) == found


def test_notes_are_narrowed_to_an_entry_or_to_corrections() -> None:
    assert matching_notes(ALL, bears_on="training") == (ONE,)
    assert matching_notes(ALL, bears_on="planning") == ()
    assert matching_notes(ALL, corrected=True) == (TWO,)
    assert fsdl().notes_on(None) == ()


def test_what_has_no_note_is_uncovered() -> None:
    assert uncovered(ALL, ("lecture-1/1", "lecture-2/1", "lecture-1/2")) == ("lecture-2/1",)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"field_notes": (ONE, ONE)}, "stands at field_notes.0.reference already"),
        ({"field_notes": (note("lecture-9/1", "New."),)}, "not among field_note_references"),
        ({"field_notes": (note("lecture-1/1", "x", components=("data.lake",)),)}, "unknown component 'data.lake'"),
        ({"field_notes": (note("lecture-1/1", "x", criteria=("beauty",)),)}, "unknown criterion 'beauty'"),
        ({"field_note_references": ("lecture-1/1", "lecture-1/1")}, "stands at field_note_references.0 already"),
    ],
)
def test_notes_that_name_nothing_are_refused(change: dict[str, object], problem: str) -> None:
    fields = {name: getattr(fsdl(), name) for name in Playbook.model_fields}
    with pytest.raises(ValidationError, match=problem):
        Playbook.model_validate({**fields, "field_notes": (), **change})
