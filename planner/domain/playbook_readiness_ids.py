"""Whether the readiness tests, the ethics questions and the risk rules of a playbook name what exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.domain.playbook_problems import Problem, ids_at, twice, unknown

if TYPE_CHECKING:
    from planner.domain.playbook import Playbook
    from planner.domain.playbook_readiness import RiskRules


def readiness_problems(playbook: Playbook) -> Iterator[Problem]:
    """Each id that stands twice and each name that nothing bears; each check that has nothing to look at."""
    yield from _scheme_problems(playbook)
    yield from _check_problems(playbook)


def _scheme_problems(playbook: Playbook) -> Iterator[Problem]:
    components = {component.id for component in playbook.components}
    if playbook.readiness is not None:
        sections = playbook.readiness.sections
        yield from twice([ids_at("readiness.sections", sections)])
        yield from twice(ids_at(f"readiness.sections.{n}.tests", one.tests) for n, one in enumerate(sections))
        for n, section in enumerate(sections):
            for m, test in enumerate(section.tests):
                if test.component is not None and test.component not in components:
                    path = f"readiness.sections.{n}.tests.{m}.component"
                    yield path, unknown("component", test.component, components)
    if playbook.ethics is not None:
        groups = playbook.ethics.sections
        yield from twice([ids_at("ethics.sections", groups)])
        yield from twice(ids_at(f"ethics.sections.{n}.questions", one.questions) for n, one in enumerate(groups))
    yield from twice([ids_at("risk_rules", playbook.risk_rules)])
    for index, rules in enumerate(playbook.risk_rules):
        yield from _risk_problems(f"risk_rules.{index}", rules)


def _risk_problems(path: str, rules: RiskRules) -> Iterator[Problem]:
    questions = (ids_at(f"{path}.groups.{n}.questions", group.questions) for n, group in enumerate(rules.groups))
    # A condition names questions and groups alike, so no two of them may be called the same.
    yield from twice([ids_at(f"{path}.groups", rules.groups), *questions])
    yield from twice([ids_at(f"{path}.tiers", rules.tiers)])
    yield from twice([ids_at(f"{path}.remarks", rules.remarks)])
    tiers = {tier.id for tier in rules.tiers}
    known = {question.id for question in rules.questions} | {group.id for group in rules.groups}
    for n, rule in enumerate(rules.rules):
        if rule.tier not in tiers:
            yield f"{path}.rules.{n}.tier", unknown("tier", rule.tier, tiers)
    for n, remark in enumerate(rules.remarks):
        strange = (name for name in remark.tiers if name not in tiers)
        yield from ((f"{path}.remarks.{n}.tiers", unknown("tier", name, tiers)) for name in strange)
    for kind in ("rules", "remarks"):
        for n, condition in enumerate(getattr(rules, kind)):
            wrong = ((field, name) for field, name in condition.names if name not in known)
            yield from (
                (f"{path}.{kind}.{n}.{field}", unknown("question or group", name, known)) for field, name in wrong
            )
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
