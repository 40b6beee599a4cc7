"""What gates ask of ethics, risk and readiness: whether it is met, and the finding in words."""

from __future__ import annotations

from typing import Literal

from planner.domain.assessments import Current
from planner.domain.ethics import build_ethics
from planner.domain.playbook import Playbook
from planner.domain.readiness import build_readiness
from planner.domain.risk_triage import triage
from planner.domain.wording import listed, plural


def judge_readiness_check(
    check: Literal["ethics_answered", "risk_triaged", "readiness_floor_met"],
    present: Current,
    archetype: str | None,
    playbook: Playbook,
) -> tuple[bool, str]:
    """Whether a point of a gate is met, and the finding in words."""
    match check:
        case "ethics_answered":
            return _ethics_answered(present, playbook)
        case "risk_triaged":
            return _risk_triaged(present, playbook)
        case "readiness_floor_met":
            return _readiness_floor_met(present, archetype, playbook)


def _ethics_answered(present: Current, playbook: Playbook) -> tuple[bool, str]:
    """Whether every question of the checklist is answered, favourably or not."""
    if playbook.ethics is None:
        return False, "the playbook has no ethics checklist"
    found = build_ethics(playbook.ethics, present)
    doubts = f", {found.no} of them with no" if found.no else ""
    return found.answered == found.of, f"{found.answered} of {found.of} ethics questions answered{doubts}"


def _risk_triaged(present: Current, playbook: Playbook) -> tuple[bool, str]:
    """Whether some rules give a tier, and none of those that were begun leaves it open."""
    begun = [one for one in (triage(rules, present) for rules in playbook.risk_rules) if one.answered]
    if not begun:
        return False, "no question about risk is answered"
    told = [f"{one.name}: {one.tier_name or 'cannot be told yet'}" for one in begun]
    return all(one.tier is not None for one in begun), "; ".join(told)


def _readiness_floor_met(present: Current, archetype: str | None, playbook: Playbook) -> tuple[bool, str]:
    """Whether the score reaches the floor of the archetype for sure."""
    if playbook.readiness is None:
        return False, "the playbook has no score of readiness"
    found = build_readiness(playbook.readiness, present, playbook.archetype(archetype), {})
    why = found.floor.why
    if found.score is not None:
        names = {section.section: section.name for section in found.sections}
        why += f"; lowest in {listed([names[section] for section in found.lowest])}"
    if found.stated and not found.complete:
        why += f"; {found.stated} of {plural(found.of, 'test')} stated"
    return found.floor.state == "met", why
