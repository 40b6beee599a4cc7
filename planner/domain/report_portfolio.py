"""The report of a portfolio. It stays a few pages long however many projects there are: what is left out is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from planner.domain.infrastructure_words import infrastructure_sentences
from planner.domain.known import not_known
from planner.domain.playbook import Playbook
from planner.domain.projects import CLOSED, NOT_STATED, STATUSES, Filters, ProjectSummary
from planner.domain.report_decisions import decision_sections
from planner.domain.report_models import (
    ContractLine,
    ContractsPart,
    Fact,
    MethodPart,
    NotScoredPart,
    PortfolioReport,
    QuadrantList,
    StageRow,
    StageTable,
    StandingLine,
)
from planner.domain.report_records import ContractEntry, Decisions, PortfolioRecord
from planner.domain.report_words import aggregation_words, newest_first, portfolio_sentences
from planner.domain.wording import spaced

TOP, IN_QUADRANT, UNSCORED, CONTRACTS, EVENTS = 20, 8, 20, 20, 12  # the most of each that a report lists


def build_portfolio_report(record: PortfolioRecord, playbook: Playbook, now: datetime) -> PortfolioReport:
    """The report of the projects that the filters find, as of `now`."""
    scored = sorted(
        (project for project in record.projects if project.standing.answered),
        key=lambda project: (-project.standing.priority.expected, project.id),
    )
    to_decide = [project for project in scored if project.status not in CLOSED]
    unscored = sorted((p for p in record.projects if not p.standing.answered), key=lambda project: project.id)
    contracts = _contracts(record.contracts, len(record.projects))
    portfolio, words = record.portfolio, _Names(playbook)
    return PortfolioReport(
        title=portfolio.name,
        portfolio=portfolio.name,
        generated_at=now,
        playbook=playbook.name,
        playbook_version=playbook.version,
        sentences=portfolio_sentences(len(scored), to_decide, len(record.projects), contracts),
        matrix=record.matrix,
        slug=portfolio.slug,
        summary=portfolio.summary,
        filtered_by=_filtered_by(record.filters, playbook),
        figures=_figures(record, len(scored), contracts),
        projects=len(record.projects),
        top=tuple(words.line(project) for project in to_decide[:TOP]),
        top_not_listed=max(0, len(to_decide) - TOP),
        quadrants=_quadrants(scored, words, playbook),
        not_scored=NotScoredPart(
            count=len(unscored),
            lines=tuple(Fact(name=project.key, value=project.name) for project in unscored[:UNSCORED]),
            not_listed=max(0, len(unscored) - UNSCORED),
            partly=sum(project.standing.answered < project.standing.of for project in scored),
            of=len(playbook.criteria),
        ),
        decisions=decision_sections(record.decisions, playbook),
        stages=_stages(record.projects, playbook),
        components=record.components,
        infrastructure=() if record.demand is None else infrastructure_sentences(*record.demand),
        contracts=contracts,
        events=newest_first(record.events, EVENTS, playbook),
        method=MethodPart(
            impact_name=playbook.impact.name,
            feasibility_name=playbook.feasibility.name,
            impact_share=_impact_share(record, playbook),
            cut_offs=playbook.cut_offs,
            aggregations=tuple(Fact(name=d.name, value=aggregation_words(d)) for d in playbook.dimensions),
            source=playbook.source,
        ),
    )


def report_as_of(report: PortfolioReport, decisions: Decisions, playbook: Playbook, now: datetime) -> PortfolioReport:
    """The report of a portfolio that has not changed since it was built, at another time with its decisions."""
    return report.model_copy(update={"generated_at": now, "decisions": decision_sections(decisions, playbook)})


class _Names:
    """The names of a playbook's ids, looked up once for many projects."""

    def __init__(self, playbook: Playbook) -> None:
        self.archetypes = {entry.id: entry.name for entry in playbook.archetypes}
        self.stages = {entry.id: entry.name for entry in playbook.stages}
        self.quadrants = {entry.id: entry.name for entry in playbook.quadrants}
        self.playbook = playbook

    def line(self, project: ProjectSummary) -> StandingLine:
        return StandingLine(
            key=project.key,
            name=project.name,
            organisation=project.organisation,
            owner=project.owner,
            archetype=self.archetypes.get(project.archetype or "", project.archetype),
            stage=self.stages.get(project.stage or "", project.stage),
            status=spaced(project.status) if project.status else None,
            quadrant=not_known(project.standing, self.playbook) or self.quadrants.get(project.standing.quadrant or ""),
            standing=project.standing,
        )


def _impact_share(record: PortfolioRecord, playbook: Playbook) -> float:
    own = record.portfolio.priority_impact_share
    return playbook.priority_impact_share if own is None else own


def _filtered_by(filters: Filters, playbook: Playbook) -> tuple[Fact, ...]:
    """The filters that narrow the report, in words; the order of a list makes no difference to it."""
    known = {
        entry.id: entry.name
        for entries in (playbook.stages, playbook.archetypes, playbook.quadrants, playbook.problem_types)
        for entry in entries
    }
    return tuple(
        Fact(
            name="Words" if name == "q" else spaced(name).capitalize(),
            value="not stated" if value == NOT_STATED else known.get(value, value),
        )
        for name, value in filters.active.items()
        if name != "sort"
    )


def _figures(record: PortfolioRecord, scored: int, contracts: ContractsPart) -> tuple[Fact, ...]:
    at_work = sum(project.status in ("active", "live") for project in record.projects)
    agreed = contracts.no_runs + contracts.none_qualified + contracts.qualified
    figures = {"Projects": len(record.projects), "Scored": scored}
    figures |= {quadrant.name: quadrant.count for quadrant in record.matrix.quadrants if quadrant.impact == "high"}
    figures |= {"Active or live": at_work, "Metric contracts": agreed}
    return tuple(Fact(name=name, value=f"{count:,}") for name, count in figures.items())


def _quadrants(scored: Sequence[ProjectSummary], words: _Names, playbook: Playbook) -> tuple[QuadrantList, ...]:
    lists = []
    placed = [project for project in scored if not not_known(project.standing, playbook)]
    for quadrant in playbook.quadrants:
        inside = [project for project in placed if project.standing.quadrant == quadrant.id]
        lists.append(
            QuadrantList(
                name=quadrant.name,
                advice=quadrant.advice,
                count=len(inside),
                lines=tuple(words.line(project) for project in inside[:IN_QUADRANT]),
                not_listed=max(0, len(inside) - IN_QUADRANT),
            )
        )
    return tuple(lists)


def _stages(projects: Sequence[ProjectSummary], playbook: Playbook) -> StageTable:
    stages: list[tuple[str | None, str]] = [
        *((stage.id, stage.name) for stage in playbook.stages),
        (None, "Not stated"),
    ]
    known = {stage_id for stage_id, _ in stages}
    statuses: tuple[str | None, ...] = (*STATUSES, None)
    counts = Counter((p.stage if p.stage in known else None, p.status) for p in projects)
    rows = []
    for stage_id, name in stages:
        row = tuple(counts[stage_id, status] for status in statuses)
        rows.append(StageRow(name=name, counts=row, total=sum(row)))
    return StageTable(
        statuses=tuple(spaced(status).capitalize() if status else "Not stated" for status in statuses),
        rows=tuple(rows),
        totals=tuple(sum(row.counts[index] for row in rows) for index in range(len(statuses))),
    )


def _contracts(entries: Sequence[ContractEntry], projects: int) -> ContractsPart:
    """Projects with a run that qualifies first, then those whose runs fall short, then those without a run."""
    lines = [_contract_line(entry) for entry in entries]
    lines.sort(key=lambda line: 0 if line.qualified else 1 if line.runs else 2)
    return ContractsPart(
        without=projects - len(lines),
        no_runs=sum(not line.runs for line in lines),
        none_qualified=sum(line.runs > 0 and not line.qualified for line in lines),
        qualified=sum(line.qualified > 0 for line in lines),
        lines=tuple(lines[:CONTRACTS]),
        not_listed=max(0, len(lines) - CONTRACTS),
    )


def _contract_line(entry: ContractEntry) -> ContractLine:
    verdict = entry.verdict
    return ContractLine(
        key=entry.key,
        name=entry.name,
        version=entry.contract.version,
        optimised=entry.contract.optimised,
        thresholds=len(entry.contract.binding),
        runs=verdict.total if verdict else 0,
        qualified=verdict.qualified if verdict else 0,
        winners=verdict.winners if verdict else (),
        best=verdict.best if verdict else None,
        over_baseline=verdict.over_baseline if verdict else None,
    )
