"""Whether the ids of a playbook are unique and name what exists, with the path of each that does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.playbook_entry import Entry
    from planner.domain.playbook_readiness import RiskRules

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
    yield from _readiness_problems(playbook)
    yield from _check_problems(playbook)


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


def _readiness_problems(playbook: Playbook) -> Iterator[Problem]:
    components = {component.id for component in playbook.components}
    if playbook.readiness is not None:
        sections = playbook.readiness.sections
        yield from _twice([_ids("readiness.sections", sections)])
        yield from _twice(_ids(f"readiness.sections.{n}.tests", one.tests) for n, one in enumerate(sections))
        for n, section in enumerate(sections):
            for m, test in enumerate(section.tests):
                if test.component is not None and test.component not in components:
                    path = f"readiness.sections.{n}.tests.{m}.component"
                    yield path, f"unknown component '{test.component}'"
    if playbook.ethics is not None:
        groups = playbook.ethics.sections
        yield from _twice([_ids("ethics.sections", groups)])
        yield from _twice(_ids(f"ethics.sections.{n}.questions", one.questions) for n, one in enumerate(groups))
    yield from _twice([_ids("risk_rules", playbook.risk_rules)])
    for index, rules in enumerate(playbook.risk_rules):
        yield from _risk_problems(f"risk_rules.{index}", rules)


def _risk_problems(path: str, rules: RiskRules) -> Iterator[Problem]:
    questions = (_ids(f"{path}.groups.{n}.questions", group.questions) for n, group in enumerate(rules.groups))
    # A condition names questions and groups alike, so no two of them may be called the same.
    yield from _twice([_ids(f"{path}.groups", rules.groups), *questions])
    yield from _twice([_ids(f"{path}.tiers", rules.tiers)])
    yield from _twice([_ids(f"{path}.remarks", rules.remarks)])
    tiers = {tier.id for tier in rules.tiers}
    known = {question.id for question in rules.questions} | {group.id for group in rules.groups}
    for n, rule in enumerate(rules.rules):
        if rule.tier not in tiers:
            yield f"{path}.rules.{n}.tier", f"unknown tier '{rule.tier}'"
    for n, remark in enumerate(rules.remarks):
        yield from (
            (f"{path}.remarks.{n}.tiers", f"unknown tier '{name}'") for name in remark.tiers if name not in tiers
        )
    for kind in ("rules", "remarks"):
        for n, condition in enumerate(getattr(rules, kind)):
            wrong = ((field, name) for field, name in condition.names if name not in known)
            yield from ((f"{path}.{kind}.{n}.{field}", f"unknown question or group '{name}'") for field, name in wrong)
    if any(rules.rules[-1].names):
        yield f"{path}.rules.{len(rules.rules) - 1}", "the last rule must hold whatever is answered, without conditions"


def _check_problems(playbook: Playbook) -> Iterator[Problem]:
    needs = {
        "ethics_answered": (playbook.ethics is not None, "ethics"),
        "risk_triaged": (bool(playbook.risk_rules), "risk_rules"),
        "readiness_floor_met": (playbook.readiness is not None, "readiness"),
    }
    for index, stage in enumerate(playbook.stages):
        for number, point in enumerate(stage.exit_criteria):
            there, field = needs.get(point.check or "", (True, ""))
            if not there:
                yield f"stages.{index}.exit_criteria.{number}.check", f"needs {field}, of which this playbook has none"
