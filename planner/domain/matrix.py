"""The matrix: each scored project at (impact, feasibility), with what the answers leave open, in four quadrants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_scoring import CutOffs
from planner.domain.scoring import Interval, Standing


class ProjectPoint(Model):
    """What the matrix needs of a project."""

    id: int
    key: str
    name: str
    archetype: str | None = Field(description="Id of an archetype of the playbook; null when not stated.")
    status: str | None = Field(default=None, description="Null when not stated.")
    standing: Standing


class QuadrantCount(Model):
    """A corner of the matrix, what to do with the projects there, and how many scored projects lie in it."""

    id: str
    name: str
    advice: str
    impact: Literal["low", "high"]
    feasibility: Literal["low", "high"]
    count: int


class ArchetypeCount(Model):
    """How many projects are of an archetype. The one with the null id counts those that state none."""

    id: str | None
    name: str
    count: int


class Stack(Model):
    """Scored projects at exactly the same position."""

    impact: float
    feasibility: float
    keys: tuple[str, ...] = Field(description="Keys of the tied projects, highest priority first.")


class Unscored(Model):
    """The projects nobody has answered a question about. They share one position, which only the priors make."""

    count: int
    impact: Interval | None = Field(description="Null when every project is scored.")
    feasibility: Interval | None


class Matrix(Model):
    """The matrix of some projects. `points` are the scored ones; the unscored are counted and lie in no quadrant."""

    impact_name: str
    feasibility_name: str
    cut_offs: CutOffs
    quadrants: tuple[QuadrantCount, ...]
    archetypes: tuple[ArchetypeCount, ...] = Field(description="In the playbook's order, those not stated last.")
    points: tuple[ProjectPoint, ...] = Field(description="Scored projects, highest priority first.")
    stacks: tuple[Stack, ...] = Field(description="Positions that several scored projects share, largest first.")
    unscored: Unscored

    @property
    def scored(self) -> int:
        """How many projects have a place of their own."""
        return len(self.points)

    @property
    def total(self) -> int:
        """How many projects the matrix is about."""
        return len(self.points) + self.unscored.count


def build_matrix(points: Sequence[ProjectPoint], playbook: Playbook) -> Matrix:
    """The matrix of the projects, in no particular order given.

    A project is scored once one criterion is answered. Ties are exact: the same expected impact and feasibility.
    """
    scored = sorted(
        (point for point in points if point.standing.answered),
        key=lambda point: (-point.standing.priority.expected, point.id),
    )
    in_quadrant = {quadrant.id: 0 for quadrant in playbook.quadrants}
    places: dict[tuple[float, float], list[str]] = {}
    for point in scored:
        if point.standing.quadrant in in_quadrant:
            in_quadrant[point.standing.quadrant] += 1
        places.setdefault(place_of(point.standing), []).append(point.key)
    ties = sorted(((place, keys) for place, keys in places.items() if len(keys) > 1), key=lambda tie: -len(tie[1]))
    of_archetype = {archetype.id: 0 for archetype in playbook.archetypes}
    for point in points:
        if point.archetype in of_archetype:
            of_archetype[point.archetype] += 1
    named = [ArchetypeCount(id=a.id, name=a.name, count=of_archetype[a.id]) for a in playbook.archetypes]
    without = len(points) - sum(of_archetype.values())
    first_unscored = next((point.standing for point in points if not point.standing.answered), None)
    return Matrix(
        impact_name=playbook.impact.name,
        feasibility_name=playbook.feasibility.name,
        cut_offs=playbook.cut_offs,
        quadrants=tuple(
            QuadrantCount(
                id=quadrant.id,
                name=quadrant.name,
                advice=quadrant.advice,
                impact=quadrant.impact,
                feasibility=quadrant.feasibility,
                count=in_quadrant[quadrant.id],
            )
            for quadrant in playbook.quadrants
        ),
        archetypes=(*named, ArchetypeCount(id=None, name="Not stated", count=without)),
        points=tuple(scored),
        stacks=tuple(Stack(impact=place[0], feasibility=place[1], keys=tuple(keys)) for place, keys in ties),
        unscored=Unscored(
            count=len(points) - len(scored),
            impact=first_unscored.impact if first_unscored else None,
            feasibility=first_unscored.feasibility if first_unscored else None,
        ),
    )


def place_of(standing: Standing) -> tuple[float, float]:
    """Where a project lies: (expected impact, expected feasibility), to the precision a standing is kept in."""
    return round(standing.impact.expected, 6), round(standing.feasibility.expected, 6)
