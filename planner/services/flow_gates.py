"""The open points of the gates of several projects at once: a question for each kind of fact, not for each project."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from planner.domain.baselines import current_baselines
from planner.domain.infrastructure import build_checklist
from planner.domain.lifecycle import Facts, open_points, task_lines
from planner.domain.metrics import Contract
from planner.domain.metrics_judging import judge_table
from planner.domain.metrics_runs import in_production
from planner.domain.metrics_verdict import Verdict
from planner.domain.scoring import current_answers
from planner.domain.shared_components import shared_statuses
from planner.services.infrastructure import load_shared
from planner.services.workspace import Reading
from planner.store import baselines, infrastructure, lifecycle, metrics, projects, readiness, scoring


def load_open_points(found: Reading, ids: Collection[int]) -> Mapping[str, tuple[str, ...]]:
    """The names of the points that are not met at the end of each project's present stage, by the project's key."""
    if not ids:
        return {}
    connection, portfolio_id, playbook = found.connection, found.portfolio.id, found.playbook
    answers = scoring.load_answers_by_project(connection, portfolio_id, ids)
    marks = lifecycle.load_task_marks_by_project(connection, portfolio_id, ids)
    items = infrastructure.load_checklist_items_by_project(connection, portfolio_id, ids)
    held = baselines.load_baselines_by_project(connection, portfolio_id, ids)
    stated = readiness.load_assessments_by_project(connection, portfolio_id, ids)
    shared = shared_statuses(load_shared(found))
    judged = _verdicts(found, ids)
    points = {}
    for project in projects.load_projects(connection, portfolio_id, only=ids):
        contract, verdict = judged.get(project.id, (None, None))
        own = items.get(project.id, ())
        facts = Facts(
            project=project,
            answers=tuple(current_answers(answers.get(project.id, ()))),
            contract=contract,
            verdict=verdict,
            checklist=build_checklist(
                project.stage, project.archetype, project.problem_type, own, playbook, shared
            ).lines,
            baselines=current_baselines(held.get(project.id, ())),
            assessments=stated.get(project.id, ()),
        )
        lines = task_lines(playbook.stages, marks.get(project.id, ()), facts, playbook)
        points[project.key] = tuple(line.name for line in open_points(lines, project.stage))
    return points


def _verdicts(found: Reading, ids: Collection[int]) -> dict[int, tuple[Contract, Verdict]]:
    """The present contract of each of the projects that has one, and its verdict, without single runs."""
    versions = metrics.load_contracts_by_project(found.connection, found.portfolio.id, ids)
    contracts = {project_id: listed[-1] for project_id, listed in versions.items()}
    columns = {project_id: contract.columns for project_id, contract in contracts.items()}
    tables = metrics.load_run_tables(found.connection, found.portfolio.id, columns)
    promoted = metrics.load_promotions_by_project(found.connection, found.portfolio.id, ids)
    verdicts = {}
    for project_id, contract in contracts.items():
        present, table = in_production(promoted.get(project_id, ())), tables[project_id]
        judgement = judge_table(contract, table, None if present is None else table.row(present))
        verdicts[project_id] = contract, judgement.verdict(contract.version, ())
    return verdicts
