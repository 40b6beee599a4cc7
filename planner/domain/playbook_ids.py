"""Whether the ids of a playbook are unique and name what exists, with the path of each that does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.domain.playbook_advice_ids import advice_problems
from planner.domain.playbook_moves_ids import move_problems
from planner.domain.playbook_problems import Problem, ids_at, twice, unknown
from planner.domain.playbook_readiness_ids import readiness_problems
from planner.domain.sizing_facts import facts_problems

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook


def id_problems(playbook: Playbook) -> Iterator[Problem]:
    """Each id that stands twice and each name that nothing bears; empty for a sound playbook."""
    yield from _repeated(playbook)
    if len({(quadrant.impact, quadrant.feasibility) for quadrant in playbook.quadrants}) != 4:
        yield "quadrants", "each of the four corners needs exactly one entry"
    yield from _edge_problems(playbook)
    yield from _component_problems(playbook)
    yield from _template_problems(playbook)
    yield from _note_problems(playbook)
    yield from _tool_problems(playbook)
    yield from readiness_problems(playbook)
    yield from move_problems(playbook)
    yield from advice_problems(playbook)
    yield from _sizing_problems(playbook)


def _repeated(playbook: Playbook) -> Iterator[Problem]:
    criteria = [ids_at(f"{name}.criteria", getattr(playbook, name).criteria) for name in ("impact", "feasibility")]
    yield from twice(criteria)
    for field in (
        "confidences",
        "quadrants",
        "archetypes",
        "stages",
        "areas",
        "components",
        "problem_types",
        "metric_hints",
        "classifier",
        "levers",
    ):
        yield from twice([ids_at(field, getattr(playbook, field))])
    yield from twice([ids_at("baseline_kinds", playbook.baseline_kinds)])
    if playbook.error_advice is not None:
        yield from twice([ids_at("error_advice.parts", playbook.error_advice.parts)])
    if playbook.flywheel is not None:
        yield from twice([ids_at("flywheel.questions", playbook.flywheel.questions)])
    # Tasks and exit criteria are ticked by id alone, whatever stage they belong to.
    yield from twice(
        ids_at(f"stages.{index}.{kind}", getattr(stage, kind))
        for index, stage in enumerate(playbook.stages)
        for kind in ("tasks", "exit_criteria")
    )
    for index, edge in enumerate(playbook.edges):
        yield from twice([ids_at(f"edges.{index}.reasons", edge.reasons)])
    yield from twice([[(f"edges.{i}", f"{edge.start} → {edge.end}") for i, edge in enumerate(playbook.edges)]])


def _edge_problems(playbook: Playbook) -> Iterator[Problem]:
    stages = [stage.id for stage in playbook.stages]
    criteria = {criterion.id for criterion in playbook.criteria}
    for index, edge in enumerate(playbook.edges):
        for number, reason in enumerate(edge.reasons):
            path = f"edges.{index}.reasons.{number}.doubts"
            yield from ((path, unknown("criterion", name, criteria)) for name in reason.doubts if name not in criteria)
        wrong = [(end, name) for end, name in (("start", edge.start), ("end", edge.end)) if name not in stages]
        yield from ((f"edges.{index}.{end}", unknown("stage", name, stages)) for end, name in wrong)
        if edge.start == edge.end:
            yield f"edges.{index}.end", "a move leads to another stage"
        elif not wrong and stages.index(edge.end) < stages.index(edge.start) and not edge.reasons:
            yield f"edges.{index}.reasons", f"{edge.start} → {edge.end} goes back and needs reasons"


def _component_problems(playbook: Playbook) -> Iterator[Problem]:
    areas = {area.id for area in playbook.areas}
    stages = {stage.id for stage in playbook.stages}
    archetypes = {archetype.id for archetype in playbook.archetypes}
    for index, component in enumerate(playbook.components):
        for field, names, known, what in (
            ("area", (component.area,), areas, "area"),
            ("stages", component.stages, stages, "stage"),
            ("required_for", component.required_for, archetypes, "archetype"),
            ("archetype_notes", tuple(component.archetype_notes), archetypes, "archetype"),
        ):
            path = f"components.{index}.{field}"
            yield from ((path, unknown(what, name, known)) for name in names if name not in known)
        for number, advice in enumerate(component.advice):
            path = f"components.{index}.advice.{number}"
            for field, names, known, what in (
                ("stages", advice.stages, stages, "stage"),
                ("archetypes", advice.archetypes, archetypes, "archetype"),
            ):
                yield from ((f"{path}.{field}", unknown(what, name, known)) for name in names if name not in known)


def _template_problems(playbook: Playbook) -> Iterator[Problem]:
    kinds = {kind.id for kind in playbook.problem_types}
    hints = {hint.id for hint in playbook.metric_hints}
    yield from twice(
        [
            [
                (f"metric_templates.{i}.problem_type", entry.problem_type)
                for i, entry in enumerate(playbook.metric_templates)
            ]
        ]
    )
    for index, template in enumerate(playbook.metric_templates):
        path = f"metric_templates.{index}"
        if template.problem_type not in kinds:
            yield f"{path}.problem_type", unknown("problem type", template.problem_type, kinds)
        yield from twice([[(f"{path}.metrics.{i}.metric", line.metric) for i, line in enumerate(template.metrics)]])
        for number, line in enumerate(template.metrics):
            if line.metric not in hints:
                yield f"{path}.metrics.{number}.metric", unknown("metric", line.metric, hints)


def _note_problems(playbook: Playbook) -> Iterator[Problem]:
    places = [(f"field_notes.{index}.reference", note.reference) for index, note in enumerate(playbook.field_notes)]
    yield from twice([places])
    yield from twice([[(f"field_note_references.{i}", name) for i, name in enumerate(playbook.field_note_references)]])
    listed = set(playbook.field_note_references)
    yield from ((path, f"'{name}' is not among field_note_references") for path, name in places if name not in listed)
    known = {
        kind: {entry.id for entry in getattr(playbook, kind)}
        for kind in ("problem_types", "components", "stages", "archetypes")
    }
    known["criteria"] = {entry.id for name in ("impact", "feasibility") for entry in getattr(playbook, name).criteria}
    for index, note in enumerate(playbook.field_notes):
        for kind, ids in known.items():
            what = kind.removesuffix("s").replace("_", " ").replace("criteria", "criterion")
            path = f"field_notes.{index}.{kind}"
            yield from ((path, unknown(what, name, ids)) for name in getattr(note, kind) if name not in ids)


def _tool_problems(playbook: Playbook) -> Iterator[Problem]:
    yield from twice([[(f"tools.{index}.id", tool.id) for index, tool in enumerate(playbook.tools)]])
    components = {component.id for component in playbook.components}
    for index, tool in enumerate(playbook.tools):
        path = f"tools.{index}.components"
        yield from (
            (path, unknown("component", name, components)) for name in tool.components if name not in components
        )


def _sizing_problems(playbook: Playbook) -> Iterator[Problem]:
    if (facts := playbook.sizing) is None:
        return
    for field in ("families", "gpus", "precisions", "optimisers", "utilisations", "label_kinds", "presets"):
        yield from twice([ids_at(f"sizing.{field}", getattr(facts, field))])
    yield from ((f"sizing.{path}", message) for path, message in facts_problems(facts))
