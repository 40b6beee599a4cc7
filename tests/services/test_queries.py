"""How many statements an action takes does not depend on how many projects there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from planner.domain.advice_facts import AdviceQuery
from planner.domain.baselines import BaselineDraft
from planner.domain.error_analysis import ErrorAnalysisDraft
from planner.domain.forecasts import ForecastDraft, OutcomeDraft
from planner.domain.infrastructure import ChecklistDraft
from planner.domain.metrics_runs import RunDraft
from planner.domain.portfolios import PortfolioPatch
from planner.domain.projects import Filters, ProjectPatch
from planner.domain.ranking import RankingQuery
from planner.domain.rounds import RoundDraft
from planner.domain.selection import ItemPlan
from planner.domain.sizing_inputs import SizingDraft
from planner.domain.what_if_draft import WhatIfDraft
from planner.services import (
    advice,
    agenda,
    agreement,
    as_of,
    baselines,
    changes,
    comparisons,
    exports,
    flow,
    forecasts,
    history,
    infrastructure,
    lifecycle,
    matrix,
    metrics,
    metrics_agreeing,
    metrics_runs,
    metrics_seen,
    own_tools,
    portfolios,
    projects,
    ranking,
    readiness,
    reports,
    rounds,
    scoring,
    selection,
    sizing,
    snapshots,
    what_if,
)
from planner.services.workspace import Workspace
from planner.store.database import Database
from tests.support.database import copied, workspace_of
from tests.support.factories import (
    SLUG,
    add_portfolio,
    add_project,
    all_ethics,
    all_levels,
    contract_draft,
    levels,
    roadmap_settings,
)

FEW, MANY = 5, 200
EVERYTHING = Filters(q="churn", sort="name")
FEW_SAMPLES = RankingQuery(samples=200)
LOOP = WhatIfDraft(levers=("data_loop",))

ACTIONS: dict[str, tuple[Callable[[Workspace], object], int]] = {
    # What is done, and the most statements it may take, those that begin and end the transaction included.
    "revision": (lambda ws: portfolios.get_revision(ws, SLUG), 3),
    "portfolio": (lambda ws: portfolios.get_portfolio(ws, SLUG), 4),
    "portfolios": (portfolios.list_portfolios, 3),
    "overview": (lambda ws: portfolios.get_overview(ws, SLUG, EVERYTHING), 5),
    "list": (lambda ws: projects.list_projects(ws, SLUG, EVERYTHING), 6),
    "list as bytes": (lambda ws: projects.list_projects_json(ws, SLUG, EVERYTHING), 6),
    "facets": (lambda ws: projects.list_facets(ws, SLUG), 13),
    "bin": (lambda ws: projects.list_bin(ws, SLUG), 5),
    "matrix": (lambda ws: matrix.get_matrix(ws, SLUG, EVERYTHING), 5),
    "ranking": (lambda ws: ranking.get_ranking(ws, SLUG, Filters(), FEW_SAMPLES), 7),
    "ranking of then": (lambda ws: ranking.get_ranking(ws, SLUG, Filters(), FEW_SAMPLES, "2026-05-04"), 8),
    "rank of a project": (lambda ws: ranking.find_rank(ws, "LAB-3"), 9),
    "comparison": (lambda ws: ranking.compare_projects(ws, SLUG, "LAB-3", "LAB-4", FEW_SAMPLES), 9),
    "sensitivity": (lambda ws: ranking.get_sensitivity(ws, SLUG, Filters(), FEW_SAMPLES), 8),
    "agenda": (lambda ws: agenda.get_agenda(ws, SLUG, Filters()), 9),
    "next question": (lambda ws: agenda.next_question(ws, SLUG, "Ben", Filters()), 10),
    "changes": (lambda ws: changes.get_changes(ws, SLUG, "2020-01-01"), 7),
    "matrix of then": (lambda ws: matrix.get_matrix(ws, SLUG, EVERYTHING, "2020-01-01"), 8),
    "standing of then": (lambda ws: scoring.get_standing(ws, "LAB-3", "2026-05-04"), 8),
    "snapshots": (lambda ws: snapshots.list_snapshots(ws, SLUG), 5),
    "course": (lambda ws: as_of.get_course(ws, "LAB-3"), 6),
    "comparisons": (lambda ws: comparisons.get_comparisons(ws, SLUG, EVERYTHING), 6),
    "board": (lambda ws: lifecycle.get_board(ws, SLUG, EVERYTHING), 9),
    "components": (lambda ws: infrastructure.list_component_counts(ws, SLUG), 6),
    "infrastructure": (lambda ws: infrastructure.get_overview(ws, SLUG), 9),
    "own tools": (lambda ws: own_tools.list_tools(ws, SLUG), 4),
    "flow": (lambda ws: flow.get_flow(ws, SLUG, Filters(tag="a")), 28),
    "flow of a project": (lambda ws: flow.get_project_flow(ws, "LAB-3"), 10),
    "portfolio readiness": (lambda ws: readiness.get_portfolio_readiness(ws, SLUG), 5),
    "readiness": (lambda ws: readiness.get_readiness(ws, "LAB-3"), 8),
    "agreement": (lambda ws: agreement.get_agreement(ws, SLUG, top=3), 8),
    "assessors": (lambda ws: agreement.list_assessors(ws, SLUG), 8),
    "rounds": (lambda ws: rounds.list_rounds(ws, SLUG), 8),
    "owed": (lambda ws: rounds.list_owed(ws, SLUG, 1), 8),
    "score sheet": (lambda ws: rounds.get_score_sheet(ws, "LAB-3", "Ben"), 8),
    "roadmap": (lambda ws: selection.get_roadmap(ws, SLUG), 8),
    "roadmap settings": (lambda ws: selection.find_settings(ws, SLUG), 5),
    "portfolio events": (lambda ws: history.list_portfolio_events(ws, SLUG), 5),
    "portfolio report": (lambda ws: reports.get_portfolio_report(ws, SLUG, Filters()), 56),
    "export": (lambda ws: exports.export_document(ws, SLUG), 27),
    "forecasts": (lambda ws: forecasts.get_portfolio_forecasts(ws, SLUG), 7),
    "project forecasts": (lambda ws: forecasts.get_forecasts(ws, "LAB-3"), 10),
    "project": (lambda ws: projects.get_project(ws, "LAB-3"), 5),
    "answers": (lambda ws: scoring.list_answers(ws, "LAB-3"), 5),
    "place": (lambda ws: matrix.locate(ws, "LAB-3"), 5),
    "checklist": (lambda ws: infrastructure.get_checklist(ws, "LAB-3"), 8),
    "tasks": (lambda ws: lifecycle.list_tasks(ws, "LAB-3"), 14),
    "advice": (lambda ws: advice.get_advice(ws, "LAB-3", AdviceQuery()), 9),
    "baselines": (lambda ws: baselines.get_baselines(ws, "LAB-3"), 9),
    "error analysis": (lambda ws: baselines.get_error_analyses(ws, "LAB-3"), 6),
    "sizing": (lambda ws: sizing.get_sizing(ws, "LAB-3"), 6),
    "verdict": (lambda ws: metrics.find_verdict(ws, "LAB-3"), 8),
    "version change": (lambda ws: metrics_agreeing.find_version_change(ws, "LAB-3"), 8),
    "contract preview": (lambda ws: metrics_agreeing.preview_contract(ws, "LAB-3", contract_draft("maximise f1")), 11),
    "proposal": (lambda ws: metrics_agreeing.start_proposal(ws, "LAB-3"), 6),
    "runs": (lambda ws: metrics_seen.look_at_runs(ws, "LAB-3", metrics_seen.RunsQuery()), 12),
    "relaxations": (lambda ws: metrics_seen.get_relaxations(ws, "LAB-3"), 8),
    "what if": (lambda ws: what_if.get_what_if(ws, "LAB-3", LOOP), 9),
    "project events": (lambda ws: history.list_project_events(ws, "LAB-3"), 5),
    "project report": (lambda ws: reports.get_project_report(ws, "LAB-3"), 40),
    "create": (lambda ws: add_project(ws, "churn"), 6),
    "change": (lambda ws: projects.update_project(ws, "LAB-4", ProjectPatch(owner="Ben"), None), 9),
    "answer": (lambda ws: scoring.record_answers(ws, "LAB-4", "Mara", levels(ml_strength=5, inspiration=1)), 10),
    "apply what if": (lambda ws: what_if.apply_what_if(ws, "LAB-5", LOOP), 13),
    "share": (lambda ws: portfolios.update_portfolio(ws, SLUG, PortfolioPatch(priority_impact_share=0.3)), 12),
}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collects the statements that are sent while the block runs; one executemany is one."""
    seen: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", listen)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", listen)


@pytest.fixture(scope="module")
def sizes(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Workspace]]:
    """A small portfolio and a large one, every project of which has facts of each kind."""
    with (
        copied(template_db, tmp_path_factory.mktemp("few")) as few,
        copied(template_db, tmp_path_factory.mktemp("many")) as many,
    ):
        spaces = workspace_of(few), workspace_of(many)
        for ws, size in zip(spaces, (FEW, MANY), strict=True):
            add_portfolio(ws)
            for number in range(1, size + 1):
                add_project(ws, f"churn {number}", stage="training", tags=["a"])
                key = f"LAB-{number}"
                scoring.record_answers(ws, key, "Mara", all_levels(1 + number % 5))
                metrics.set_contract(ws, key, contract_draft("maximise recall"))
                metrics_runs.record_runs(ws, key, [RunDraft(name="r", metrics={"recall": 0.5})])
                baselines.record_baseline(ws, key, BaselineDraft(kind="scripted", name="Rule", metrics={"recall": 0.4}))
                baselines.record_error_analysis(ws, key, ErrorAnalysisDraft(train=0.9, test=0.7))
                sizing.record_sizing(ws, key, SizingDraft(parameters=7e9, tokens=1e9))
                infrastructure.record_component(ws, key, "data.sources", ChecklistDraft(status="planned"))
                readiness.record_readiness(ws, key, all_ethics())
                forecasts.record_forecast(ws, key, "Mara", ForecastDraft(probability=0.7))
                if number % 2:
                    forecasts.record_outcome(ws, key, OutcomeDraft(outcome="success", actual_effort=2))
            rounds.open_round(ws, SLUG, RoundDraft(name="Autumn", assessors=("Mara", "Ben")))
            selection.set_settings(ws, SLUG, roadmap_settings(projects={"LAB-1": ItemPlan(needs={"people": 2.0})}))
        yield spaces


@pytest.mark.parametrize("name", ACTIONS)
def test_the_number_of_statements_is_constant(sizes: tuple[Workspace, Workspace], name: str) -> None:
    act, most = ACTIONS[name]
    counts = []
    for ws in sizes:
        with statements(ws.database) as seen:
            act(ws)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert 0 < counts[0] <= most, "\n".join(seen)
