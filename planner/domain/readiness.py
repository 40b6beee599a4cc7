"""The ML Test Score of a project: four sections, the lowest of which counts.

Source: Breck et al. 2017, The ML Test Score. A test that is not done gives 0, one done by hand and written down 0.5,
one that a machine runs again and again 1; a section is the sum of its tests, and the score is the minimum of the
sections, never a mean. A test that does not apply gives nothing. The scale of the workshop paper of 2016 is another and
is not used. What is not stated is not zero: it leaves the score open, from what is stated up to what could be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from planner.domain.assessments import Current
from planner.domain.model import Model
from planner.domain.playbook_lifecycle import Archetype
from planner.domain.playbook_readiness import ReadinessScheme, ReadinessTest
from planner.domain.wording import measure

FloorState = Literal["met", "not_met", "cannot_tell"]
RAISING = 5  # tests that are named as the first to raise the score


class TestLine(Model):
    """A test as it stands for one project; `score` is null until somebody states it."""

    __test__ = False  # not a test of pytest

    test: str = Field(description="Id of the test.")
    section: str = Field(description="Id of its section.")
    name: str
    help: str
    source: str
    score: str | None = Field(description="How it is done; null until somebody states it.")
    points: float = Field(description="What it gives to its section.")
    evidence: str = Field(default="", description="Where that can be seen.")
    note: str = ""
    component: str | None = Field(description="The component of the checklist that may show it; it never counts.")
    seen: bool = Field(default=False, description="Whether that component is stated to be in place.")
    recorded_at: datetime | None = None
    recorded_by: str | None = None


class SectionScore(Model):
    """A section and the sum over its tests."""

    section: str = Field(description="Id of the section.")
    name: str
    score: float = Field(description="The sum of what is stated.")
    could_be: float = Field(description="The sum if everything that is not stated were run by machine.")
    most: float = Field(description="The highest sum there can be.")
    stated: int = Field(description="How many of its tests are stated.")
    of: int = Field(description="How many tests it has.")
    not_applicable: int = Field(description="How many do not apply; they give nothing.")


class Floor(Model):
    """The least score that the archetype asks for, and whether it is reached."""

    floor: float | None = Field(description="The least score; null when none is known.")
    state: FloorState = Field(description="Whether it is reached for sure, missed for sure, or open.")
    why: str = Field(description="The reason in words.")


class ReadinessScore(Model):
    """The score of a project. It is null while nothing is stated, and at least `score` while not all is."""

    score: float | None = Field(description="The lowest section.")
    could_be: float = Field(description="The lowest section if everything that is not stated were run by machine.")
    complete: bool = Field(description="Whether every test is stated.")
    stated: int = Field(description="How many tests are stated.")
    of: int = Field(description="How many tests there are.")
    band: str | None = Field(description="What the score means; of an incomplete one, what it means at least.")
    band_meaning: str = Field(description="The band in a sentence.")
    without_evidence: int = Field(description="Tests that give points without saying where that can be seen.")
    floor: Floor = Field(description="The floor of the archetype.")
    sections: tuple[SectionScore, ...] = Field(description="The sections, none of which is averaged with another.")
    lowest: tuple[str, ...] = Field(description="The sections with the lowest score; empty while nothing is stated.")
    raise_first: tuple[str, ...] = Field(description="Tests of these sections that would raise the score, by id.")
    tests: tuple[TestLine, ...] = Field(description="Every test, in the order of the playbook.")


def build_readiness(
    scheme: ReadinessScheme, present: Current, archetype: Archetype | None, components: Mapping[str, str | None]
) -> ReadinessScore:
    """The score from what is stated; `components` holds the status of each component, for hints alone."""
    lines = tuple(
        _line(scheme, section.id, test, present, components) for section in scheme.sections for test in section.tests
    )
    sections = tuple(_section(scheme, section.id, section.name, lines) for section in scheme.sections)
    stated = sum(section.stated for section in sections)
    score = min(section.score for section in sections) if stated else None
    could_be = min(section.could_be for section in sections)
    band = None if score is None else scheme.band(score)
    lowest = tuple(section.section for section in sections if section.score == score)
    return ReadinessScore.model_construct(
        score=score,
        could_be=could_be,
        complete=stated == len(lines),
        stated=stated,
        of=len(lines),
        band=band.name if band else None,
        band_meaning=band.meaning if band else "",
        without_evidence=sum(line.points > 0 and not line.evidence for line in lines),
        floor=judge_floor(score, could_be, archetype),
        sections=sections,
        lowest=lowest,
        raise_first=_raising(scheme, lowest, lines),
        tests=lines,
    )


def judge_floor(score: float | None, could_be: float, archetype: Archetype | None) -> Floor:
    """Whether the floor of the archetype is reached, whatever is still to be stated; else that it cannot be told."""
    if archetype is None:
        return Floor(floor=None, state="cannot_tell", why="no archetype is stated, so no floor is known")
    floor = archetype.floor_of_readiness
    if floor is None:
        return Floor(floor=None, state="cannot_tell", why=f"the playbook names no floor for {archetype.name}")
    asked = f"{measure(floor)} is asked of {archetype.name}"
    if score is None:
        return Floor(floor=floor, state="cannot_tell", why=f"no test is stated; {asked}")
    if score >= floor:
        more = "" if score == could_be else "at least "
        return Floor(floor=floor, state="met", why=f"{more}{measure(score)}; {asked}")
    if could_be >= floor:
        return Floor(floor=floor, state="cannot_tell", why=f"{measure(score)} from what is stated so far; {asked}")
    most = "" if score == could_be else " at most"
    return Floor(floor=floor, state="not_met", why=f"{measure(could_be)}{most}; {asked}")


def _line(
    scheme: ReadinessScheme,
    section: str,
    test: ReadinessTest,
    present: Current,
    components: Mapping[str, str | None],
) -> TestLine:
    stated = present.get(("test", "", test.id))
    score = stated.value if stated else None
    return TestLine.model_construct(
        test=test.id,
        section=section,
        name=test.name,
        help=test.help,
        source=test.source,
        score=score,
        points=getattr(scheme.points, score or "", 0.0),
        evidence=stated.evidence if stated else "",
        note=stated.note if stated else "",
        component=test.component,
        seen=test.component is not None and components.get(test.component) == "in_place",
        recorded_at=stated.recorded_at if stated else None,
        recorded_by=stated.recorded_by if stated else None,
    )


def _section(scheme: ReadinessScheme, section: str, name: str, lines: tuple[TestLine, ...]) -> SectionScore:
    own = [line for line in lines if line.section == section]
    score = sum(line.points for line in own)
    best = scheme.points.automated
    return SectionScore.model_construct(
        section=section,
        name=name,
        score=score,
        could_be=score + best * sum(line.score is None for line in own),
        most=best * len(own),
        stated=sum(line.score is not None for line in own),
        of=len(own),
        not_applicable=sum(line.score == "not_applicable" for line in own),
    )


def _raising(scheme: ReadinessScheme, lowest: tuple[str, ...], lines: tuple[TestLine, ...]) -> tuple[str, ...]:
    """What gives most for least first: what the checklist shows already, then what is not done, then by hand."""
    order = {None: 0, "none": 1, "manual": 2}
    open_ = [
        line
        for line in lines
        if line.section in lowest and line.score in order and line.points < scheme.points.automated
    ]
    open_.sort(key=lambda line: (not line.seen, order[line.score]))
    return tuple(line.test for line in open_[:RAISING])


def score_words(score: ReadinessScore) -> str:
    """The score in words: not stated, at least 1.5, or 1.5."""
    if score.score is None:
        return "not stated"
    return measure(score.score) if score.complete else f"at least {measure(score.score)}"
