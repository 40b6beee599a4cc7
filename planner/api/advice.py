"""Routes of /projects/{project}/advice."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from planner.api.dependencies import ProjectRef, Space, tag_project
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.advice_facts import AdviceQuery
from planner.domain.advice_models import Advice
from planner.services import advice
from planner.services.advice import PlannedComponents

router = APIRouter(tags=["advice"], route_class=Route)
Asked = Annotated[AdviceQuery, Query()]


@router.get("/projects/{project}/advice", responses=responses(304, 404))
def get_advice(request: Request, response: Response, ws: Space, project: ProjectRef, query: Asked) -> Advice:
    """Which techniques to use, in which order, with the ground of each line; the same plan gives the same advice."""
    tag_project(request, response, ws, project)
    return advice.get_advice(ws, project, query)


@router.post("/projects/{project}/advice/checklist", responses=responses(404))
def plan_components(ws: Space, project: ProjectRef, query: Asked) -> PlannedComponents:
    """Put the components that the advice calls for on the checklist as planned, where nothing is stated of them."""
    return advice.plan_components(ws, project, query)
