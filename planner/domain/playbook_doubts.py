"""What a playbook may say but hardly means: it works, and somebody should look at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.domain.playbook_problems import Problem
from planner.domain.playbook_scoring import WeightedMean

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook


def playbook_doubts(playbook: Playbook) -> Iterator[Problem]:
    """Each doubt with the path of what it is about; empty for a playbook that says nothing odd."""
    yield from _scoring_doubts(playbook)
    yield from _stage_doubts(playbook)
    yield from _component_doubts(playbook)


def _scoring_doubts(playbook: Playbook) -> Iterator[Problem]:
    for name in ("impact", "feasibility"):
        dimension = getattr(playbook, name)
        if isinstance(dimension.aggregation, WeightedMean):
            for criterion, weight in zip(dimension.criteria, dimension.weights, strict=True):
                if weight == 0:
                    yield f"{name}.aggregation.weights.{criterion.id}", "weighs 0: its answers change nothing"
        for index, criterion in enumerate(dimension.criteria):
            path = f"{name}.criteria.{index}"
            if max(criterion.prior) == 1:
                yield f"{path}.prior", "leaves no doubt about a project of which nothing is known"
            labels = [level.label.casefold() for level in criterion.levels]
            if twice := next((label for label in labels if labels.count(label) > 1), None):
                yield f"{path}.levels", f"two levels are called '{twice}': nobody can tell them apart"
        if getattr(playbook.cut_offs, name) in (1, 5):
            yield f"cut_offs.{name}", "no project, or every one, is high from an end of the scale on"
    if min(confidence.spread for confidence in playbook.confidences) == 4:
        yield "confidences", "none of them leaves less than the whole scale open: answers would say nothing"


def _stage_doubts(playbook: Playbook) -> Iterator[Problem]:
    if len(playbook.stages) > 1:
        for index, stage in enumerate(playbook.stages):
            if index and all(edge.end != stage.id for edge in playbook.edges):
                yield f"stages.{index}", f"no edge reaches '{stage.id}': no project can move there"
            if index < len(playbook.stages) - 1 and all(edge.start != stage.id for edge in playbook.edges):
                yield f"stages.{index}", f"no edge leaves '{stage.id}', and it is not the last stage"


def _component_doubts(playbook: Playbook) -> Iterator[Problem]:
    used = {component.area for component in playbook.components}
    for index, area in enumerate(playbook.areas):
        if area.id not in used:
            yield f"areas.{index}", f"no component is in the area '{area.id}'"
    for index, component in enumerate(playbook.components):
        if component.requirement == "required" and component.condition:
            yield f"components.{index}.condition", "is never shown: the component is required in any case"
        if component.labels_only and all(kind.labels == "not_needed" for kind in playbook.problem_types):
            yield f"components.{index}.labels_only", "no problem type needs labels, so no project needs this"
