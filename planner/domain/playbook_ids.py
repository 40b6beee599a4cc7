"""Whether the ids of a playbook are unique and name what exists, with the path of each that does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from planner.domain.sizing_facts import facts_problems

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.playbook_entry import Entry

Problem = tuple[str, str]  # field path such as components.3.area, and what is wrong there


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
    yield from _sizing_problems(playbook)


def _repeated(playbook: Playbook) -> Iterator[Problem]:
    criteria = [_ids(f"{name}.criteria", getattr(playbook, name).criteria) for name in ("impact", "feasibility")]
    yield from _twice(criteria)
    for field in (
        "confidences",
        "quadrants",
        "archetypes",
        "stages",
        "areas",
        "components",
        "problem_types",
        "metric_hints",
    ):
        yield from _twice([_ids(field, getattr(playbook, field))])
    yield from _twice([_ids("baseline_kinds", playbook.baseline_kinds)])
    if playbook.error_advice is not None:
        yield from _twice([_ids("error_advice.parts", playbook.error_advice.parts)])
    # Tasks and exit criteria are ticked by id alone, whatever stage they belong to.
    yield from _twice(
        _ids(f"stages.{index}.{kind}", getattr(stage, kind))
        for index, stage in enumerate(playbook.stages)
        for kind in ("tasks", "exit_criteria")
    )
    for index, edge in enumerate(playbook.edges):
        yield from _twice([_ids(f"edges.{index}.reasons", edge.reasons)])
    yield from _twice([[(f"edges.{i}", f"{edge.start} → {edge.end}") for i, edge in enumerate(playbook.edges)]])


def _ids(path: str, entries: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(f"{path}.{index}.id", entry.id) for index, entry in enumerate(entries)]


def _twice(groups: Iterable[Iterable[tuple[str, str]]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, name in (placed for group in groups for placed in group):
        if name in first:
            yield path, f"'{name}' stands at {first[name]} already"
        first.setdefault(name, path)


def _edge_problems(playbook: Playbook) -> Iterator[Problem]:
    stages = [stage.id for stage in playbook.stages]
    for index, edge in enumerate(playbook.edges):
        unknown = [(end, name) for end, name in (("start", edge.start), ("end", edge.end)) if name not in stages]
        yield from ((f"edges.{index}.{end}", f"unknown stage '{name}'") for end, name in unknown)
        if edge.start == edge.end:
            yield f"edges.{index}.end", "a move leads to another stage"
        elif not unknown and stages.index(edge.end) < stages.index(edge.start) and not edge.reasons:
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
            yield from ((path, f"unknown {what} '{name}'") for name in names if name not in known)


def _template_problems(playbook: Playbook) -> Iterator[Problem]:
    kinds = {kind.id for kind in playbook.problem_types}
    hints = {hint.id for hint in playbook.metric_hints}
    yield from _twice(
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
            yield f"{path}.problem_type", f"unknown problem type '{template.problem_type}'"
        yield from _twice([[(f"{path}.metrics.{i}.metric", line.metric) for i, line in enumerate(template.metrics)]])
        for number, line in enumerate(template.metrics):
            if line.metric not in hints:
                yield f"{path}.metrics.{number}.metric", f"unknown metric '{line.metric}'"


def _note_problems(playbook: Playbook) -> Iterator[Problem]:
    places = [(f"field_notes.{index}.reference", note.reference) for index, note in enumerate(playbook.field_notes)]
    yield from _twice([places])
    yield from _twice([[(f"field_note_references.{i}", name) for i, name in enumerate(playbook.field_note_references)]])
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
            yield from ((path, f"unknown {what} '{name}'") for name in getattr(note, kind) if name not in ids)


def _tool_problems(playbook: Playbook) -> Iterator[Problem]:
    yield from _twice([[(f"tools.{index}.id", tool.id) for index, tool in enumerate(playbook.tools)]])
    components = {component.id for component in playbook.components}
    for index, tool in enumerate(playbook.tools):
        path = f"tools.{index}.components"
        yield from ((path, f"unknown component '{name}'") for name in tool.components if name not in components)


def _sizing_problems(playbook: Playbook) -> Iterator[Problem]:
    if (facts := playbook.sizing) is None:
        return
    for field in ("families", "gpus", "precisions", "optimisers", "utilisations", "label_kinds", "presets"):
        yield from _twice([_ids(f"sizing.{field}", getattr(facts, field))])
    yield from ((f"sizing.{path}", message) for path, message in facts_problems(facts))
