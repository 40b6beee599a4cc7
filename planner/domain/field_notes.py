"""Field notes: what a source of the method states, in the playbook's own words, and where it helps a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from planner.domain.model import Model, Name, Text

Reference = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z0-9]+)*/[0-9]+(\.[0-9]+)?$", max_length=60)]
Ids = Annotated[tuple[str, ...], Field(max_length=100)]
BEARS_ON = ("problem_types", "components", "criteria", "stages", "archetypes")


class Correction(Model):
    """Where the source errs: what it says, why that is wrong, and who says better."""

    said: Text = Field(min_length=1, description="What the source states, in brief.")
    why: Text = Field(min_length=1, description="Why it is wrong or too short.")
    source: Text = Field(min_length=1)


class FieldNote(Model):
    """One statement of a source: what holds, what it is worth to a plan, and what it bears on."""

    reference: Reference = Field(description="The place in the source: lecture or chapter, number, sub-point.")
    name: Name
    text: Text = Field(min_length=1, description="The statement, corrected.")
    use: Text = Field(min_length=1, description="What it is worth to a plan.")
    correction: Correction | None = Field(default=None, description="Where the source errs; null where it does not.")
    problem_types: Ids = Field(default=(), description="Ids of the problem types that it bears on.")
    components: Ids = Field(default=(), description="Ids of the components that it bears on.")
    criteria: Ids = Field(default=(), description="Ids of the criteria that it bears on.")
    stages: Ids = Field(default=(), description="Ids of the stages that it bears on.")
    archetypes: Ids = Field(default=(), description="Ids of the archetypes that it bears on.")
    source: Text = Field(min_length=1)

    @property
    def words(self) -> str:
        """All that a search looks at, folded."""
        said = (self.correction.said, self.correction.why, self.correction.source) if self.correction else ()
        return " ".join((self.reference, self.name, self.text, self.use, self.source, *said)).casefold()


def matching_notes(
    notes: Iterable[FieldNote], q: str = "", bears_on: str | None = None, corrected: bool = False
) -> tuple[FieldNote, ...]:
    """The notes that hold every word of `q`; of those, the ones that bear on an entry, or that correct their source."""
    words = q.casefold().split()
    return tuple(
        note
        for note in notes
        if (bears_on is None or any(bears_on in getattr(note, kind) for kind in BEARS_ON))
        and (note.correction is not None or not corrected)
        and all(word in note.words for word in words)
    )


def uncovered(notes: Iterable[FieldNote], references: Sequence[str]) -> tuple[str, ...]:
    """The references for which there is no note, in their order."""
    told = {note.reference for note in notes}
    return tuple(reference for reference in references if reference not in told)
