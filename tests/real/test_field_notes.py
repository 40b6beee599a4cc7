"""The notes of the course: every statement is covered, and none is carried over in its own words."""

from __future__ import annotations

import re
from pathlib import Path

from planner.domain.field_notes import uncovered
from tests.support.factories import fsdl

COPIED = 8  # so many words in a row are a sentence of somebody else's


def test_every_statement_is_covered_by_a_note(shared_dir: Path) -> None:
    references = (shared_dir / "seeds" / "references.txt").read_text(encoding="utf-8").split()
    assert list(fsdl().field_note_references) == references
    assert uncovered(fsdl().field_notes, references) == ()
    assert [note.reference for note in fsdl().field_notes] == references


def test_no_statement_is_carried_over_in_its_own_words(shared_dir: Path) -> None:
    (source,) = (shared_dir / "seeds").glob("000_*.txt")
    theirs = passages(source.read_text(encoding="utf-8"))
    for note in fsdl().field_notes:
        correction = note.correction
        ours = " ".join((note.name, note.text, note.use, correction.said if correction else ""))
        assert not passages(ours) & theirs, note.reference


def passages(text: str) -> set[tuple[str, ...]]:
    """All runs of so many words."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[start : start + COPIED]) for start in range(len(words) - COPIED + 1)}


def test_each_correction_says_why_and_cites_a_source() -> None:
    corrected = [note for note in fsdl().field_notes if note.correction]
    assert {"lecture-4/1", "lab-1/3", "lecture-1/4.2", "lecture-4/4", "lecture-5/1"} <= {n.reference for n in corrected}
    assert all(note.correction and note.correction.source for note in corrected)
