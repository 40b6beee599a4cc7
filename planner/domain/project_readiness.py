"""The three looks at whether a project is ready: the score of its tests, ethics, and the triage of its risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import Field

from planner.domain.assessments import Assessment, current_assessments
from planner.domain.ethics import EthicsChecklist, build_ethics
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.readiness import ReadinessScore, build_readiness
from planner.domain.risk_triage import RiskTriage, triage


class ProjectReadiness(Model):
    """What is stated of a project and what follows; null, or empty, where the playbook asks for none."""

    score: ReadinessScore | None = Field(description="The ML Test Score, or what the playbook has in its place.")
    ethics: EthicsChecklist | None = Field(description="The ethics checklist.")
    risk: tuple[RiskTriage, ...] = Field(description="The triage by each set of rules. It is not legal advice.")


def build_project_readiness(
    history: Iterable[Assessment], archetype: str | None, components: Mapping[str, str | None], playbook: Playbook
) -> ProjectReadiness:
    """All three from what was stated; `components` holds the status of each component of the checklist, for hints."""
    present = current_assessments(history)
    kind = playbook.archetype(archetype)
    return ProjectReadiness.model_construct(
        score=build_readiness(playbook.readiness, present, kind, components) if playbook.readiness else None,
        ethics=build_ethics(playbook.ethics, present) if playbook.ethics else None,
        risk=tuple(triage(rules, present) for rules in playbook.risk_rules),
    )
