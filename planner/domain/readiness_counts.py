"""How the projects of a portfolio stand by readiness, ethics and risk: counts, and no mean of anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import Field

from planner.domain.assessments import Assessment, current_assessments
from planner.domain.ethics import build_ethics
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.readiness import build_readiness
from planner.domain.risk_triage import triage

ProjectFacts = tuple[str | None, Sequence[Assessment]]  # the archetype, and all that was stated


class NamedCount(Model):
    """How many projects are in a band or a tier."""

    id: str | None = Field(description="Id of the tier; a band has none.")
    name: str
    count: int


class TierCounts(Model):
    """The projects by tier of one set of rules, those left open and those nobody began with apart."""

    rules: str = Field(description="Id of the set of rules.")
    name: str
    counts: tuple[NamedCount, ...] = Field(description="Projects by tier.")
    cannot_tell: int = Field(description="Begun, but the tier hangs on questions that are not answered.")
    not_begun: int = Field(description="Projects without an answer to these rules.")


class PortfolioReadiness(Model):
    """A portfolio by band, floor, ethics and tier."""

    projects: int = Field(description="Projects outside the bin.")
    bands: tuple[NamedCount, ...] = Field(description="By the band of what is stated.")
    not_stated: int = Field(description="Projects of which no test is stated.")
    complete: int = Field(description="Projects with every test stated; the others are in their band at least.")
    floor_met: int = Field(description="Projects that reach the floor of their archetype.")
    floor_not_met: int = Field(description="Projects that cannot reach it as stated.")
    floor_cannot_tell: int = Field(description="Among those of which anything is stated.")
    ethics_complete: int = Field(description="Projects with every question on ethics answered.")
    ethics_begun: int = Field(description="Projects with some of them answered.")
    ethics_with_no: int = Field(description="Projects with a no to at least one question.")
    risk: tuple[TierCounts, ...] = Field(description="Projects by tier, for each set of rules.")


def count_readiness(projects: Iterable[ProjectFacts], playbook: Playbook) -> PortfolioReadiness:
    """The counts over the projects."""
    bands: Counter[str | None] = Counter()
    seen: Counter[str] = Counter()
    tiers: Counter[tuple[str, str | None]] = Counter()
    begun: Counter[str] = Counter()
    for archetype, history in projects:
        seen["projects"] += 1
        if not history:
            continue
        present = current_assessments(history)
        if playbook.readiness is not None:
            score = build_readiness(playbook.readiness, present, playbook.archetype(archetype), {})
            bands[score.band] += 1
            seen["complete"] += score.complete
            if score.band is not None:
                seen[score.floor.state] += 1
        if playbook.ethics is not None:
            ethics = build_ethics(playbook.ethics, present)
            seen["ethics_complete"] += ethics.answered == ethics.of
            seen["ethics_begun"] += 0 < ethics.answered < ethics.of
            seen["ethics_no"] += ethics.no > 0
        for rules in playbook.risk_rules:
            found = triage(rules, present)
            if found.answered:
                begun[rules.id] += 1
                tiers[rules.id, found.tier] += 1
    named = playbook.readiness.bands if playbook.readiness else ()
    return PortfolioReadiness.model_construct(
        projects=seen["projects"],
        bands=tuple(NamedCount(id=None, name=band.name, count=bands[band.name]) for band in named),
        not_stated=seen["projects"] - sum(bands[band.name] for band in named),
        complete=seen["complete"],
        floor_met=seen["met"],
        floor_not_met=seen["not_met"],
        floor_cannot_tell=seen["cannot_tell"],
        ethics_complete=seen["ethics_complete"],
        ethics_begun=seen["ethics_begun"],
        ethics_with_no=seen["ethics_no"],
        risk=tuple(
            TierCounts(
                rules=rules.id,
                name=rules.name,
                counts=tuple(
                    NamedCount(id=tier.id, name=tier.name, count=tiers[rules.id, tier.id]) for tier in rules.tiers
                ),
                cannot_tell=tiers[rules.id, None],
                not_begun=seen["projects"] - begun[rules.id],
            )
            for rules in playbook.risk_rules
        ),
    )
