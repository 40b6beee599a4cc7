"""Routes of /projects/{project}/baselines and /error-analysis."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from planner.api.dependencies import ProjectRef, Space, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.baselines import Baseline, BaselineDraft, BaselineName
from planner.domain.error_analysis import ErrorAnalysisDraft
from planner.domain.model import Model, Text
from planner.services import baselines
from planner.services.baselines import ErrorAnalyses, ProjectBaselines

router = APIRouter(prefix="/projects/{project}", tags=["baselines"], route_class=Route)


class Withdrawal(Model):
    """A baseline that is taken away."""

    name: BaselineName = Field(description="The name of the baseline.", examples=["Three radiologists"])
    note: Text = Field(default="", description="Why; the history keeps it.")


@router.get("/baselines", responses=responses(304, 404))
def get_baselines(request: Request, response: Response, ws: Space, project: ProjectRef) -> ProjectBaselines:
    """The baselines of the project, and the gap between them and its best run by metric of the contract."""
    tag_project(request, response, ws, project)
    return baselines.get_baselines(ws, project)


@router.post("/baselines", status_code=201, responses=responses(404, 409))
def record_baseline(ws: Space, project: ProjectRef, draft: BaselineDraft) -> Baseline:
    """State a baseline, or correct the one that has this name."""
    return baselines.record_baseline(ws, project, draft)


@router.post("/baselines/withdraw", status_code=201, responses=responses(404))
def withdraw_baseline(ws: Space, project: ProjectRef, withdrawal: Withdrawal) -> Baseline:
    """Take a baseline away; what was recorded of it stays in the history."""
    return baselines.withdraw_baseline(ws, project, withdrawal.name, withdrawal.note)


@router.get("/error-analysis", responses=responses(304, 404))
def get_error_analysis(request: Request, response: Response, ws: Space, project: ProjectRef) -> ErrorAnalyses:
    """What was measured on the data sets, and the test error of the latest taken apart, with the next action."""
    tag_project(request, response, ws, project)
    return baselines.get_error_analyses(ws, project)


@router.post("/error-analysis", status_code=201, responses=responses(404))
def record_error_analysis(ws: Space, project: ProjectRef, draft: ErrorAnalysisDraft) -> ErrorAnalyses:
    """Record what a model measures on each data set, and take its test error apart."""
    return baselines.record_error_analysis(ws, project, draft)
