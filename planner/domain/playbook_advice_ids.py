"""Whether the techniques and the rules of advice of a playbook name what exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.domain.playbook_problems import Problem, ids_at, twice, unknown

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.playbook_advice import GeneralRule, Rule, Technique


def advice_problems(playbook: Playbook) -> Iterator[Problem]:
    """Each id that stands twice and each name that nothing bears."""
    guides = playbook.techniques
    yield from twice([[(f"techniques.{i}.problem_type", guide.problem_type) for i, guide in enumerate(guides)]])
    for index, guide in enumerate(guides):
        yield from twice([[(f"techniques.{index}.{path}.id", entry.id) for path, entry in guide.entries]])
    yield from twice([[(f"advice_rules.{index}.id", rule.id) for index, rule in enumerate(playbook.advice_rules)]])
    yield from twice([ids_at("advice_constraints", playbook.advice_constraints)])
    known = {
        "problem type": {entry.id for entry in playbook.problem_types},
        "archetype": {entry.id for entry in playbook.archetypes},
        "stage": {entry.id for entry in playbook.stages},
        "component": {entry.id for entry in playbook.components},
        "field note": {note.reference for note in playbook.field_notes},
    }
    for path, kind, names in _named_by_advice(playbook):
        yield from ((path, unknown(kind, name, known[kind])) for name in names if name not in known[kind])


def _named_by_advice(playbook: Playbook) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What the advice refers to: path, kind of thing, ids."""
    rules: list[tuple[str, GeneralRule | Rule | Technique]] = [
        (f"advice_rules.{index}", rule) for index, rule in enumerate(playbook.advice_rules)
    ]
    for index, guide in enumerate(playbook.techniques):
        yield f"techniques.{index}.problem_type", "problem type", (guide.problem_type,)
        rules += [(f"techniques.{index}.{path}", entry) for path, entry in guide.entries]
    for path, rule in rules:
        for field in ("problem_type", "archetype", "stage"):
            yield f"{path}.when.{field}", field.replace("_", " "), getattr(rule.when, field)
        yield f"{path}.components", "component", rule.components
        yield f"{path}.notes", "field note", rule.notes
    for index, constraint in enumerate(playbook.advice_constraints):
        if constraint.component is not None:
            yield f"advice_constraints.{index}.component", "component", (constraint.component,)
