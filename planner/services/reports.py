"""The planning reports of a project and of a portfolio."""

from __future__ import annotations

from math import isfinite

from planner.domain.advice import build_advice
from planner.domain.advice_facts import AdviceQuery
from planner.domain.errors import Invalid, NotFound
from planner.domain.infrastructure_plan import BuildQuery
from planner.domain.lifecycle import moves
from planner.domain.matrix import build_matrix
from planner.domain.metrics import Contract
from planner.domain.metrics_judging import judge_table
from planner.domain.metrics_runs import in_production
from planner.domain.metrics_verdict import Verdict
from planner.domain.project_readiness import build_project_readiness
from planner.domain.projects import OPEN, Filters
from planner.domain.report import (
    ContractEntry,
    Decisions,
    PortfolioRecord,
    PortfolioReport,
    ProjectRecord,
    ProjectReport,
    build_portfolio_report,
    build_project_report,
    report_as_of,
)
from planner.domain.selection_plan import Plan
from planner.render.report import MEDIA_TYPES, Format, report_bytes
from planner.services.agenda import load_agenda
from planner.services.agreement import load_agreement_report
from planner.services.baselines import load_decomposition, load_project_baselines
from planner.services.changes import load_changes
from planner.services.filters import check_words
from planner.services.flow import load_flow
from planner.services.forecasts import load_portfolio_forecasts
from planner.services.infrastructure import load_checklist, load_component_counts, load_overview, load_shared
from planner.services.kept import kept
from planner.services.lifecycle import load_facts, load_tasks
from planner.services.matrix import points_of
from planner.services.metrics import load_verdict
from planner.services.metrics_seen import load_charts
from planner.services.ranking import load_ranking
from planner.services.readiness import load_portfolio_readiness
from planner.services.selection import get_roadmap
from planner.services.sizing import load_sizing
from planner.services.workspace import Reading, Workspace, reading, reading_project
from planner.store import history, lifecycle, metrics, project_lists

LATEST_EVENTS = 50
BUILT = 3  # components that a report says to build next, at most
RUNS_LISTED = 12  # in the report of a project

__all__ = [
    "MEDIA_TYPES",
    "Format",
    "get_portfolio_report",
    "get_project_report",
    "render_portfolio_report",
    "render_project_report",
]


def get_project_report(ws: Workspace, ref: str) -> ProjectReport:
    """The plan of one project as of now, placed in the matrix of its whole portfolio."""
    with reading_project(ws, ref) as (found, project):
        facts = load_facts(found, project)
        tasks = load_tasks(found, project)
        everyone = project_lists.load_points(found.connection, found.portfolio.id, Filters())
        contract, verdict = load_verdict(found, project, listed=RUNS_LISTED)
        held = load_project_baselines(found, project)
        tradeoff, progress = load_charts(found, project)
        checklist = load_checklist(found, project)
        statuses = {line.component: line.status for line in checklist.lines}
        record = ProjectRecord.model_construct(
            portfolio=found.portfolio,
            project=project,
            answers=facts.answers,
            contract=contract,
            verdict=verdict,
            not_finite=_not_finite(found, verdict),
            baselines=held.items,
            gap=held.gap,
            decomposition=load_decomposition(found, project),
            readiness=build_project_readiness(facts.assessments, project.archetype, statuses, found.playbook),
            advice=build_advice(AdviceQuery(), project, contract, checklist, found.playbook),
            sizing=load_sizing(found, project),
            tradeoff=tradeoff,
            progress=progress,
            tasks=tasks,
            moves=moves(project.stage, tasks, found.playbook),
            checklist=checklist,
            transitions=lifecycle.load_transitions(found.connection, project.id),
            events=history.load_project_events(found.connection, project.id),
            matrix=build_matrix(everyone, found.playbook),
        )
        return build_project_report(record, found.playbook, ws.clock())


def get_portfolio_report(ws: Workspace, slug: str, filters: Filters) -> PortfolioReport:
    """The plan of the projects that the filters find, as of now."""
    roadmap = None if set(filters.active) - {"sort"} else _roadmap(ws, slug)
    with reading(ws, slug) as found:
        check_words(found, filters)
        decisions = _decisions(ws, found, filters).model_copy(update={"roadmap": roadmap})

        def build() -> PortfolioReport:
            return build_portfolio_report(_record(found, filters, decisions), found.playbook, ws.clock())

        # All but the decisions follows from the portfolio alone: what has changed of late depends on the day, too.
        report = kept(ws, found.portfolio, ("report", filters), build)
        return report_as_of(report, decisions, found.playbook, ws.clock())


def _record(found: Reading, filters: Filters, decisions: Decisions) -> PortfolioRecord:
    summaries = project_lists.load_summaries(found.connection, found.portfolio.id, found.portfolio.slug, filters)
    names = {summary.id: (summary.key, summary.name) for summary in summaries}
    narrowed = bool(set(filters.active) - {"sort"})
    overview = None if narrowed else load_overview(found)
    return PortfolioRecord.model_construct(
        portfolio=found.portfolio,
        filters=filters,
        projects=summaries,
        matrix=build_matrix(points_of(summaries), found.playbook),
        components=overview.items if overview else load_component_counts(found, filters, load_shared(found)),
        contracts=_contracts(found, names),
        demand=(overview.demand, overview.plan(BuildQuery(most=BUILT))) if overview else None,
        decisions=decisions,
        events=history.load_portfolio_events(found.connection, found.portfolio.id, LATEST_EVENTS),
    )


def _roadmap(ws: Workspace, slug: str) -> Plan | None:
    """The roadmap by its settings; None when there are none, or when they cannot all be kept."""
    try:
        return get_roadmap(ws, slug).plan
    except (Invalid, NotFound):
        return None


def _decisions(ws: Workspace, found: Reading, filters: Filters) -> Decisions:
    """What helps to decide. Where only some of the projects are reported, what is told of all of them is left out."""
    only_open = filters.status is None
    asked = filters.model_copy(update={"status": OPEN}) if only_open else filters
    ranking, agenda = load_ranking(ws, found, asked), load_agenda(ws, found, asked)
    if set(filters.active) - {"sort"}:
        return Decisions.model_construct(ranking=ranking, agenda=agenda, only_open=only_open)
    together = load_agreement_report(ws, found)
    return Decisions.model_construct(
        ranking=ranking,
        agenda=agenda,
        only_open=only_open,
        agreement=together.agreement,
        talk=together.talk,
        data=together.data,
        forecasts=load_portfolio_forecasts(ws, found),
        readiness=load_portfolio_readiness(found),
        flow=load_flow(ws, found, Filters()),
        changes=load_changes(ws, found),
    )


def render_project_report(ws: Workspace, ref: str, kind: Format) -> bytes:
    """The report of a project as a file."""
    return report_bytes(get_project_report(ws, ref), kind)


def render_portfolio_report(ws: Workspace, slug: str, filters: Filters, kind: Format) -> bytes:
    """The report of a portfolio as a file."""
    return report_bytes(get_portfolio_report(ws, slug, filters), kind)


def _contracts(found: Reading, names: dict[int, tuple[str, str]]) -> tuple[ContractEntry, ...]:
    verdicts = kept(found.ws, found.portfolio, ("verdicts",), lambda: _verdicts(found))
    return tuple(
        ContractEntry.model_construct(
            key=names[project_id][0], name=names[project_id][1], contract=contract, verdict=verdict
        )
        for project_id, (contract, verdict) in verdicts.items()
        if project_id in names
    )


def _verdicts(found: Reading) -> dict[int, tuple[Contract, Verdict]]:
    """The present contract of each project and its verdict, without single runs."""
    versions = metrics.load_contracts_by_project(found.connection, found.portfolio.id)
    contracts = {project_id: listed[-1] for project_id, listed in versions.items()}
    columns = {project_id: contract.columns for project_id, contract in contracts.items()}
    tables = metrics.load_run_tables(found.connection, found.portfolio.id, columns)
    promoted = metrics.load_promotions_by_project(found.connection, found.portfolio.id)
    verdicts = {}
    for project_id, contract in contracts.items():
        table, present = tables[project_id], in_production(promoted.get(project_id, ()))
        judgement = judge_table(contract, table, None if present is None else table.row(present))
        verdicts[project_id] = contract, judgement.verdict(contract.version, ())
    return verdicts


def _not_finite(found: Reading, verdict: Verdict | None) -> tuple[tuple[str, str], ...]:
    """Run and metric of each value that was measured but is no finite number, of the runs that are listed."""
    doubtful = [run.run for run in verdict.runs if run.status == "not_evaluable"] if verdict else []
    if not doubtful:
        return ()
    runs = metrics.load_runs_by_id(found.connection, doubtful).values()
    return tuple((run.name, name) for run in runs for name, value in run.metrics.items() if not isfinite(value))
