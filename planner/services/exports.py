"""Taking a portfolio out as a file, and putting one back without loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from planner.domain.errors import Conflict, NotFound
from planner.domain.exchange import (
    EventDocument,
    PortfolioDocument,
    PortfolioFacts,
    ProjectDocument,
    PromotionDocument,
    RunDocument,
    check_document,
    followed_before,
    rekeyed,
)
from planner.domain.metrics_runs import Promotion, Run
from planner.domain.playbook import Playbook
from planner.domain.portfolios import Portfolio, free_key_prefix
from planner.domain.projects import ProjectFields
from planner.domain.scoring import current_answers
from planner.render.project_tables import answer_sheet, project_sheet
from planner.render.tables import write_csv, write_xlsx
from planner.services import access
from planner.services.standings import rewrite_standings, unknown_standing
from planner.services.workspace import Reading, Workspace, reading
from planner.store import (
    baselines,
    forecasts,
    history,
    imports,
    infrastructure,
    lifecycle,
    metrics,
    own_tools,
    portfolios,
    projects,
    readiness,
    rounds,
    scoring,
    selection,
    sizing,
    snapshots,
)
from planner.store.database import Connection

Kind = Literal["json", "csv", "xlsx"]
MEDIA_TYPES: dict[Kind, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_portfolio(ws: Workspace, slug: str, kind: Kind) -> bytes:
    """The portfolio as a file: all of it as JSON, a line for each project as CSV or XLSX."""
    if kind == "json":
        return export_document(ws, slug).model_dump_json(indent=1).encode()
    with reading(ws, slug) as found:
        everyone = projects.load_projects(found.connection, found.portfolio.id)
        items = infrastructure.load_checklist_items_by_project(found.connection, found.portfolio.id)
        statuses = {project_id: {i.component: i.status for i in stated} for project_id, stated in items.items()}
        table = project_sheet(everyone, statuses)
        if kind == "csv":
            return write_csv(table)
        answers = scoring.load_answers_by_project(found.connection, found.portfolio.id)
        current = ((p.key, answer) for p in everyone for answer in current_answers(answers.get(p.id, ())))
        return write_xlsx([table, answer_sheet(current)])


def export_document(ws: Workspace, slug: str) -> PortfolioDocument:
    """Everything there is in a portfolio, the bin and the history included."""
    with reading(ws, slug) as found:
        connection, portfolio_id = found.connection, found.portfolio.id
        facts = {name: getattr(found.portfolio, name) for name in PortfolioFacts.model_fields if name != "next_number"}
        events = reversed(history.load_portfolio_events(connection, portfolio_id, None))
        return PortfolioDocument.model_construct(
            format="planner/1",
            exported_at=ws.clock(),
            portfolio=PortfolioFacts(**facts, next_number=portfolios.get_next_number(connection, portfolio_id)),
            projects=_project_documents(found),
            rounds=rounds.load_rounds(connection, portfolio_id),
            looks=rounds.load_looks(connection, portfolio_id),
            events=tuple(
                EventDocument.model_construct(**{name: getattr(e, name) for name in EventDocument.model_fields})
                for e in events
            ),
            snapshots=snapshots.load_snapshots(connection, portfolio_id, deleted=True),
            shared_components=infrastructure.load_shared(connection, portfolio_id),
            own_tools=own_tools.load_tools(connection, portfolio_id),
            roadmap_settings=selection.load_settings(connection, portfolio_id),
            roadmaps=selection.load_roadmaps(connection, portfolio_id),
        )


def _project_documents(found: Reading) -> tuple[ProjectDocument, ...]:
    connection, portfolio_id = found.connection, found.portfolio.id
    answers = scoring.load_answers_by_project(connection, portfolio_id)
    contracts = metrics.load_contracts_by_project(connection, portfolio_id)
    runs = metrics.load_runs_by_project(connection, portfolio_id)
    promotions = metrics.load_promotions_by_project(connection, portfolio_id)
    lower = baselines.load_baselines_by_project(connection, portfolio_id)
    analyses = baselines.load_analyses_by_project(connection, portfolio_id)
    sizings = sizing.load_sizings_by_project(connection, portfolio_id)
    transitions = lifecycle.load_transitions_by_project(connection, portfolio_id)
    marks = lifecycle.load_task_marks_by_project(connection, portfolio_id)
    items = infrastructure.load_checklist_items_by_project(connection, portfolio_id)
    assessed = readiness.load_assessments_by_project(connection, portfolio_id)
    foreseen = forecasts.load_forecasts_by_project(connection, portfolio_id)
    outcomes = forecasts.load_outcomes_by_project(connection, portfolio_id)
    payloads = imports.load_payloads(connection, portfolio_id)
    external = {i.id: i.external_id for i in projects.list_identities(connection, portfolio_id)}
    own = (*ProjectFields.model_fields, "key", "stage", "created_at", "updated_at", "version", "deleted_at")
    return tuple(
        ProjectDocument.model_construct(
            **{name: getattr(project, name) for name in own},
            external_id=external[project.id],
            answers=answers.get(project.id, ()),
            contracts=contracts.get(project.id, ()),
            runs=tuple(
                RunDocument.model_construct(**{name: getattr(run, name) for name in RunDocument.model_fields})
                for run in runs.get(project.id, ())
            ),
            promotions=_promotion_documents(runs.get(project.id, ()), promotions.get(project.id, ())),
            baselines=lower.get(project.id, ()),
            error_analyses=analyses.get(project.id, ()),
            sizings=sizings.get(project.id, ()),
            transitions=transitions.get(project.id, ()),
            task_marks=marks.get(project.id, ()),
            checklist=items.get(project.id, ()),
            assessments=assessed.get(project.id, ()),
            forecasts=foreseen.get(project.id, ()),
            outcomes=outcomes.get(project.id, ()),
            import_payload=payloads.get(project.id),
        )
        for project in projects.load_projects(connection, portfolio_id, deleted=True)
    )


def _promotion_documents(runs: Sequence[Run], promotions: Sequence[Promotion]) -> tuple[PromotionDocument, ...]:
    names = {run.id: run.name for run in runs}
    return tuple(
        PromotionDocument.model_construct(
            run=None if one.run is None else names[one.run], **one.model_dump(exclude={"run"})
        )
        for one in promotions
    )


def import_document(ws: Workspace, document: PortfolioDocument, slug: str | None = None) -> Portfolio:
    """Creates the portfolio of a document, under another slug if one is given; all or nothing.

    Conflict when the slug is taken. Keys get another prefix when theirs is taken.
    """
    wanted = slug or document.portfolio.slug
    access.check(ws.actor, "write", wanted)
    playbook = ws.playbooks.get(document.portfolio.playbook, document.portfolio.playbook_version)
    check_document(document, playbook, _earlier(ws, document))
    with ws.database.write(alone=True) as connection:
        slugs, prefixes = portfolios.taken_names(connection)
        if wanted in slugs:
            raise Conflict(f"A portfolio '{wanted}' exists already, or did; import under another slug.")
        is_example = document.portfolio.is_example and wanted == document.portfolio.slug  # a copy is somebody's own
        prefix = document.portfolio.key_prefix
        if wanted != document.portfolio.slug or prefix in prefixes:
            document = rekeyed(document, wanted, free_key_prefix(wanted, prefixes) if prefix in prefixes else prefix)
        values = {**dict(document.portfolio), "is_example": is_example, "revision": 1, "deleted_at": None}
        portfolio_id = portfolios.insert_portfolio(connection, values)
        playbook = ws.playbook_of(portfolios.get_state(connection, wanted))  # with the weights of the document
        unknown = unknown_standing(playbook, document.portfolio.priority_impact_share)
        _insert_projects(connection, portfolio_id, document, projects.standing_columns(unknown))
        snapshots.append_snapshots(connection, portfolio_id, document.snapshots)
        infrastructure.append_shared(connection, portfolio_id, document.shared_components)
        own_tools.append_tools(connection, portfolio_id, document.own_tools)
        selection.append_settings(connection, portfolio_id, document.roadmap_settings)
        selection.append_roadmaps(connection, portfolio_id, document.roadmaps)
        rewrite_standings(connection, portfolios.get_state(connection, wanted), playbook)
        return portfolios.get_portfolio(connection, wanted)


def _earlier(ws: Workspace, document: PortfolioDocument) -> list[Playbook] | None:
    """The playbooks that the document followed before; None when one of them is not at hand."""
    try:
        return [ws.playbooks.get(name, version) for name, version in sorted(followed_before(document))]
    except NotFound:
        return None


def _insert_projects(
    connection: Connection, portfolio_id: int, document: PortfolioDocument, standing: dict[str, Any]
) -> None:
    own = ("key", "external_id", "stage", "created_at", "updated_at", "version", "deleted_at")
    rows = [
        {
            **standing,
            **projects.field_columns(project),
            **{name: getattr(project, name) for name in own},
            "portfolio_id": portfolio_id,
            "number": int(project.key.rpartition("-")[2]),
        }
        for project in document.projects
    ]
    projects.insert_projects(connection, rows)
    ids = {identity.key: identity.id for identity in projects.list_identities(connection, portfolio_id)}
    for project in document.projects:
        project_id = ids[project.key]
        scoring.append_answers(connection, project_id, project.answers)
        metrics.append_contracts(connection, project_id, project.contracts)
        metrics.append_runs(connection, project_id, [dict(run) for run in project.runs])
        _append_promotions(connection, project_id, project.promotions)
        baselines.append_baselines(connection, project_id, project.baselines)
        baselines.append_analyses(connection, project_id, project.error_analyses)
        sizing.append_sizings(connection, project_id, project.sizings)
        lifecycle.append_transitions(connection, [(project_id, move) for move in project.transitions])
        lifecycle.append_task_marks(connection, project_id, project.task_marks)
        infrastructure.append_checklist_items(connection, [(project_id, item) for item in project.checklist])
        readiness.append_assessments(connection, project_id, project.assessments)
        forecasts.append_forecasts(connection, [(project_id, one) for one in project.forecasts])
        forecasts.append_outcomes(connection, [(project_id, one) for one in project.outcomes])
        if project.import_payload is not None:
            imports.add_payloads(connection, [(project_id, project.import_payload)], project.updated_at)
    rounds.append_rounds(connection, portfolio_id, document.rounds)
    rounds.append_looks(connection, [(ids[look.project], look) for look in document.looks])
    events = [
        history.event_row(portfolio_id, ids.get(e.project or ""), e.at, e.actor, e.action, e.changes)
        for e in document.events
    ]
    history.append_events(connection, events)


def _append_promotions(connection: Connection, project_id: int, documents: Sequence[PromotionDocument]) -> None:
    if documents:
        ids = metrics.run_ids(connection, project_id)
        runs = [None if one.run is None else ids[one.run] for one in documents]
        promotions = [
            Promotion(run=run, **one.model_dump(exclude={"run"})) for run, one in zip(runs, documents, strict=True)
        ]
        metrics.append_promotions(connection, project_id, promotions)
