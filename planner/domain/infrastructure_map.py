"""Components × projects as a map that stays readable at thousands of projects.

Projects stand by stage, then by falling priority, those without an answer last. Where there are more than fit as
columns, neighbours of the same stage share one, and a cell tells which share of them lacks the component.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from pydantic import Field

from planner.domain.infrastructure_needs import Needs
from planner.domain.model import Model
from planner.domain.playbook import Playbook

COLUMNS = 120  # that can be told apart across a page


class MapColumn(Model):
    """One project, or several neighbours of a stage."""

    stage: str | None
    projects: int = Field(description="How many projects it stands for.")
    first: str = Field(description="Key of its first project.")
    last: str = Field(description="Key of its last project.")


class MapCell(Model):
    """How many of a column's projects require the component and lack it."""

    required: int = Field(description="Projects that require the component.")
    lacking: int = Field(description="Those of them that lack it.")


class MapRow(Model):
    """A component across the columns."""

    component: str
    area: str
    name: str
    cells: tuple[MapCell, ...] = Field(description="A cell for each column, or for each stage.")


class StageNeeds(Model):
    """A stage and its projects, beside each other in the map."""

    stage: str | None = Field(description="Id of the stage; null for the projects of which none is stated.")
    name: str
    projects: int = Field(description="Open projects in it.")
    columns: int = Field(description="How many columns of the map they fill.")


class NeedsMap(Model):
    """The map, and the same by whole stages."""

    stages: tuple[StageNeeds, ...] = Field(description="The stages in their order.")
    columns: tuple[MapColumn, ...] = Field(description="The columns, stage by stage.")
    rows: tuple[MapRow, ...] = Field(description="A row for each component.")
    by_stage: tuple[MapRow, ...] = Field(description="With a cell for each of the stages.")


def build_needs_map(needs: Needs, playbook: Playbook, columns: int = COLUMNS) -> NeedsMap:
    """The map in at most so many columns, where there are no more stages than that."""
    places = {stage.id: index for index, stage in enumerate(playbook.stages)}
    names = {stage.id: stage.name for stage in playbook.stages}
    stage_of = [places.get(one.stage or "", len(places)) for one in needs.subjects]
    order = sorted(
        range(len(needs.subjects)),
        key=lambda row: (
            stage_of[row],
            not needs.subjects[row].answered,
            -needs.subjects[row].priority if needs.subjects[row].answered else 0.0,
            needs.subjects[row].id,
        ),
    )
    counts = np.bincount(np.array(stage_of, dtype=np.int64), minlength=len(places) + 1)
    shares = _shared_out(counts, columns)
    stages, starts, listed, start = [], [], [], 0
    for place, (count, share) in enumerate(zip(counts, shares, strict=True)):
        if count == 0:
            continue
        stage = playbook.stages[place].id if place < len(places) else None
        name = names.get(stage or "", "Stage not stated")
        stages.append(StageNeeds(stage=stage, name=name, projects=int(count), columns=int(share)))
        edges = start + (np.arange(share + 1) * int(count)) // share
        for begin, end in pairwise(edges.tolist()):
            first, last = needs.subjects[order[begin]], needs.subjects[order[end - 1]]
            listed.append(MapColumn(stage=stage, projects=int(end - begin), first=first.key, last=last.key))
            starts.append(int(begin))
        start += int(count)
    first_of_stage = np.cumsum([0, *(stage.projects for stage in stages[:-1])]) if stages else np.zeros(0, dtype=int)
    return NeedsMap(
        stages=tuple(stages),
        columns=tuple(listed),
        rows=_rows(needs, order, np.array(starts, dtype=np.int64)),
        by_stage=_rows(needs, order, first_of_stage.astype(np.int64)),
    )


def _shared_out(counts: np.ndarray, columns: int) -> list[int]:
    """How many columns each stage gets: one for each project where they fit, else by share and at least one."""
    total = int(counts.sum())
    if total <= columns:
        return [int(count) for count in counts]
    rest = max(0, columns - int((counts > 0).sum()))
    return [0 if count == 0 else min(int(count), 1 + int(count) * rest // total) for count in counts]


def _rows(needs: Needs, order: list[int], starts: np.ndarray) -> tuple[MapRow, ...]:
    if not len(starts):
        return ()
    required = np.add.reduceat(needs.required[order].astype(np.int64), starts, axis=0)
    lacking = np.add.reduceat(needs.lacks[order].astype(np.int64), starts, axis=0)
    return tuple(
        MapRow.model_construct(
            component=component.id,
            area=component.area,
            name=component.name,
            cells=tuple(
                MapCell.model_construct(required=int(of), lacking=int(some))
                for of, some in zip(required[:, index], lacking[:, index], strict=True)
            ),
        )
        for index, component in enumerate(needs.components)
    )
