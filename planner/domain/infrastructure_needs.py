"""What the open projects of a portfolio need and lack, and which missing components hold back the most.

A project needs the components that the playbook requires of it by stage, archetype and problem type. It lacks one that
is neither in place nor stated as not needed, by its own statement or by that of the shared one it uses. What it lacks
holds it back unless the portfolio has the component as a shared one in place: that only waits to be used.

Arrays are of shape (projects, components), the components in the order of the playbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from pydantic import Field

from planner.domain.infrastructure import ComponentStatus, Requirement, requirement_of
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.playbook_lifecycle import Component
from planner.domain.shared_components import SharedComponent, SharedStatus, cheapest_costs, counts_as, shared_statuses


class Subject(NamedTuple):
    """What decides the needs of a project, and what it weighs."""

    id: int
    key: str
    name: str
    stage: str | None
    archetype: str | None
    problem_type: str | None
    priority: float
    answered: int


Statement = tuple[int, str, ComponentStatus, str | None]  # project id, component, status, shared component used


@dataclass(frozen=True)
class Needs:
    """The needs of projects, in the order in which these were given."""

    components: tuple[Component, ...]
    subjects: tuple[Subject, ...]
    required: np.ndarray  # bool
    lacks: np.ndarray  # bool: required, and not there by what is stated
    held_back: np.ndarray  # bool: waits for this component to be built, for itself or as the shared one it is to use
    to_adopt: np.ndarray  # bool: lacks it, while a shared one is in place
    asked: np.ndarray  # bool: only conditional, and stated as missing, planned or partial

    @property
    def scored(self) -> np.ndarray:
        """Whether anything is answered about each project, shape (projects,)."""
        return np.array([one.answered > 0 for one in self.subjects], dtype=bool)

    @property
    def priorities(self) -> np.ndarray:
        """The expected priority of each project, 0 without an answer, shape (projects,)."""
        return np.array([one.priority if one.answered else 0.0 for one in self.subjects], dtype=float)


class DemandLine(Model):
    """How much one component is missed."""

    component: str
    area: str
    name: str
    required_by: int = Field(description="Open projects that require it.")
    held_back: int = Field(description="Those that wait for it: not in place, neither their own nor shared.")
    priority: float = Field(description="The sum of the expected priorities of those held back that have an answer.")
    unscored: int = Field(description="Those held back that have no answer, and so no priority that could be summed.")
    completes: int = Field(description="Those held back that wait for nothing else.")
    completes_priority: float = Field(description="The sum of the expected priorities of these, where answered.")
    to_adopt: int = Field(
        description="Projects that lack it although a shared one is in place: they only need to use it."
    )
    asked: int = Field(
        description="Projects that state it as missing, planned or partial where it is only conditional; counted apart."
    )
    shared_status: SharedStatus | None = Field(description="How the furthest shared one stands; null without one.")
    cost: float | None = Field(
        description="The least stated cost of a shared one that is still to be built; else null."
    )


class Demand(Model):
    """Which components the open projects wait for, the one with the highest sum of priorities first."""

    projects: int = Field(description="Open projects: neither live, retired nor stopped.")
    equipped: int = Field(description="Those for which all that they require is there, their own or shared.")
    unscored: int = Field(description="Those without an answer.")
    lines: tuple[DemandLine, ...] = Field(description="The components that are missed, the most demanded first.")


def build_needs(
    subjects: Sequence[Subject], statements: Iterable[Statement], shared: Iterable[SharedComponent], playbook: Playbook
) -> Needs:
    """What each project requires and lacks; `shared` are the current statements on shared components."""
    offered = shared_statuses(shared)
    columns = {component.id: index for index, component in enumerate(playbook.components)}
    rows = {subject.id: index for index, subject in enumerate(subjects)}
    shape = len(subjects), len(columns)
    required, conditional = _requirements(subjects, playbook, shape)
    there, short = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    provider = np.tile(np.arange(shape[1]), (shape[0], 1))
    known: dict[tuple[ComponentStatus, str | None], ComponentStatus | None] = {}
    for project_id, component, status, uses in statements:
        row, column = rows.get(project_id), columns.get(component)
        if row is None or column is None:
            continue
        said = status, uses
        if said not in known:
            known[said] = counts_as(status, uses, offered)
        there[row, column] = known[said] in ("in_place", "not_needed")
        short[row, column] = not there[row, column]
        if uses in columns:
            provider[row, column] = columns[uses]
    lacks = required & ~there
    stands = np.array([offered.get(component.id) == "in_place" for component in playbook.components], dtype=bool)
    adopted = lacks & stands[provider]
    waiting, held_back = lacks & ~adopted, np.zeros(shape, dtype=bool)
    row_of, column_of = np.nonzero(waiting)
    held_back[row_of, provider[row_of, column_of]] = True
    return Needs(
        components=playbook.components,
        subjects=tuple(subjects),
        required=required,
        lacks=lacks,
        held_back=held_back,
        to_adopt=adopted,
        asked=conditional & short,
    )


def _requirements(
    subjects: Sequence[Subject], playbook: Playbook, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Which components each project requires, and which it may need; looked up once for projects of the same kind."""
    kinds: dict[tuple[str | None, str | None, str | None], list[Requirement]] = {}
    found = []
    for subject in subjects:
        kind = subject.stage, subject.archetype, subject.problem_type
        if kind not in kinds:
            kinds[kind] = [requirement_of(component, *kind, playbook)[0] for component in playbook.components]
        found.append(kinds[kind])
    words = np.array(found, dtype=object).reshape(shape)
    return words == "required", words == "conditional"


def build_demand(needs: Needs, shared: Sequence[SharedComponent]) -> Demand:
    """How many projects each component holds back, and what they weigh together.

    The weight is the sum of the expected priorities (1 to 5) of the projects held back that have at least one answer;
    the others are counted apart, since what nobody has scored has no priority.
    """
    scored, priorities = needs.scored, needs.priorities
    alone = needs.held_back & (needs.held_back.sum(axis=1) == 1)[:, None]
    offered, costs = shared_statuses(shared), cheapest_costs(shared)
    counts: Mapping[str, np.ndarray] = {
        "required_by": needs.required.sum(axis=0),
        "held_back": needs.held_back.sum(axis=0),
        "unscored": (needs.held_back & ~scored[:, None]).sum(axis=0),
        "completes": alone.sum(axis=0),
        "to_adopt": needs.to_adopt.sum(axis=0),
        "asked": needs.asked.sum(axis=0),
    }
    weights, alone_weights = priorities @ needs.held_back, priorities @ alone
    lines = [
        DemandLine(
            component=component.id,
            area=component.area,
            name=component.name,
            priority=round(float(weights[index]), 6),
            completes_priority=round(float(alone_weights[index]), 6),
            shared_status=offered.get(component.id),
            cost=costs.get(component.id),
            **{name: int(column[index]) for name, column in counts.items()},
        )
        for index, component in enumerate(needs.components)
        if counts["held_back"][index] or counts["to_adopt"][index] or counts["asked"][index]
    ]
    lines.sort(key=lambda line: (-line.priority, -line.held_back))
    return Demand(
        projects=len(needs.subjects),
        equipped=int((~needs.held_back.any(axis=1)).sum()),
        unscored=int((~scored).sum()),
        lines=tuple(lines),
    )
