"""The summary of one project: every topic in brief, each with a way to its own page."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from planner.domain.known import not_known, place_of
from planner.domain.lifecycle import open_points
from planner.services import history, infrastructure, lifecycle, metrics, portfolios, projects
from planner.services.workspace import Workspace
from planner.web.charts import little_matrix
from planner.web.pages import page


def show_summary(request: Request, ws: Workspace, ref: str) -> Response:
    """The page `/projects/{ref}`."""
    project = projects.get_project(ws, ref)
    playbook = portfolios.get_playbook(ws, project.portfolio)
    tasks = lifecycle.list_tasks(ws, ref)
    checklist = infrastructure.get_checklist(ws, ref)
    required = sum(area.required for area in checklist.progress)
    return page(
        request,
        "projects/show.html",
        slug=project.portfolio,
        section="Projects",
        tab="Summary",
        project=project,
        playbook=playbook,
        standing=project.standing,
        quadrant=place_of(project.standing, playbook),
        not_known=not_known(project.standing, playbook),
        archetype=playbook.archetype(project.archetype),
        problem_type=playbook.problem_type(project.problem_type),
        stage=playbook.stage(project.stage),
        chart=little_matrix(request, project, project.standing, playbook),
        contract=metrics.find_contract(ws, ref),
        verdict=metrics.find_verdict(ws, ref, most=0),
        open_points=open_points(tasks, project.stage),
        gate=[line for line in tasks if line.stage == project.stage and line.kind == "exit_criterion"],
        progress=checklist.progress,
        required=required,
        in_place=sum(area.in_place for area in checklist.progress),
        events=history.list_project_events(ws, ref)[:5],
    )
