"""What reports say of readiness, ethics and risk: of one project, and counted over a portfolio."""

from __future__ import annotations

from planner.domain.playbook import Playbook
from planner.domain.project_readiness import ProjectReadiness
from planner.domain.readiness import ReadinessScore, score_words
from planner.domain.readiness_counts import PortfolioReadiness
from planner.domain.report_models import Section
from planner.domain.risk_triage import RiskTriage
from planner.domain.wording import NOTHING, listed, measure, plural

NOES = 8  # answers of no that a report lists


def readiness_sections(found: ProjectReadiness | None, playbook: Playbook) -> tuple[Section, ...]:
    """The sections of a project's report; none of what nobody has stated."""
    if found is None:
        return ()
    sections = []
    if found.score is not None and found.score.stated and playbook.readiness is not None:
        sections.append(_score(found.score, playbook.readiness.name, playbook.readiness.source))
    if found.ethics is not None and found.ethics.answered and playbook.ethics is not None:
        noes = [line for line in found.ethics.lines if line.answer == "no"]
        one = found.ethics
        said = f"{one.answered} of {one.of} questions answered: {one.yes} yes, {one.no} no, {one.not_applicable} n/a."
        sections.append(
            Section(
                title=playbook.ethics.name,
                sentences=(said, f"{playbook.ethics.source}. {playbook.ethics.licence}"),
                columns=("Answered with no", "Note") if noes else (),
                numbers=(False, False) if noes else (),
                rows=tuple((line.name, line.note or NOTHING) for line in noes[:NOES]),
                not_listed=max(0, len(noes) - NOES),
                kind="questions are",
            )
        )
    begun = [one for one in found.risk if one.answered]
    if begun:
        sections.append(_risk(begun))
    return tuple(sections)


def _score(score: ReadinessScore, name: str, source: str) -> Section:
    band = f", {score.band}" if score.band else ""
    lowest = [section.name for section in score.sections if section.section in score.lowest]
    said = f"The score is {score_words(score)}{band}, lowest in {listed(lowest)}; sections are never averaged."
    floor = {"met": "The floor is reached", "not_met": "The floor is not reached"}
    told = floor.get(score.floor.state, "Whether the floor is reached cannot be told")
    return Section(
        title=name,
        sentences=(said, f"{told}: {score.floor.why}.", f"Source: {source}."),
        columns=("Section", "Score", "Of", "Tests stated", "Do not apply"),
        numbers=(False, True, True, True, True),
        rows=tuple(
            (
                section.name,
                measure(section.score) if section.stated else "not stated",
                measure(section.most),
                f"{section.stated} of {section.of}",
                f"{section.not_applicable}",
            )
            for section in score.sections
        ),
        not_listed=0,
        kind="sections are",
    )


def _risk(begun: list[RiskTriage]) -> Section:
    return Section(
        title="Risk",
        sentences=tuple(dict.fromkeys(one.disclaimer for one in begun)),
        columns=("Rules", "Tier", "Taken from", "From when"),
        numbers=(False, False, False, False),
        rows=tuple(
            (
                f"{one.name}, version {one.version} as of {one.as_of}",
                one.tier_name or f"cannot be told yet: {listed(list(one.possible))}",
                one.because or NOTHING,
                one.applies or NOTHING,
            )
            for one in begun
        ),
        not_listed=0,
        kind="rules are",
    )


def portfolio_readiness_section(counts: PortfolioReadiness) -> Section | None:
    """The counts over a portfolio; None while nobody has stated anything."""
    begun = [rules for rules in counts.risk if rules.not_begun < counts.projects]
    stated = counts.projects - counts.not_stated
    if not stated and not begun and not counts.ethics_complete and not counts.ethics_begun:
        return None
    rows = [("ML tests", band.name, f"{band.count:,}") for band in counts.bands if band.count]
    rows.append(("ML tests", "not stated", f"{counts.not_stated:,}"))
    rows += [("Ethics", "all answered", f"{counts.ethics_complete:,}"), ("Ethics", "begun", f"{counts.ethics_begun:,}")]
    for rules in begun:
        rows += [(rules.name, tier.name, f"{tier.count:,}") for tier in rules.counts if tier.count]
        rows.append((rules.name, "cannot tell yet", f"{rules.cannot_tell:,}"))
        rows.append((rules.name, "not begun", f"{rules.not_begun:,}"))
    said = (
        f"Of {plural(stated, 'project')} with stated tests {counts.floor_met:,} reach the floor of their archetype, "
        f"{counts.floor_not_met:,} do not, and of {counts.floor_cannot_tell:,} it cannot be told. "
        f"{plural(counts.ethics_with_no, 'project')} answered no to a question on ethics. The tiers are triage, not "
        "legal advice."
    )
    return Section(
        title="Readiness, ethics and risk",
        sentences=(said,),
        columns=("What", "Stands at", "Projects"),
        numbers=(False, False, True),
        rows=tuple(rows),
        not_listed=0,
        kind="rows are",
    )
