"""/projects: list, create, read, change, delete, restore."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, ValidationError

from planner.api.dependencies import (
    IfMatch,
    Portfolio,
    ProjectRef,
    RequiredIfMatch,
    Space,
    query_parameters,
    tag,
    tag_portfolio,
    versioned,
)
from planner.api.errors import CREATED, responses
from planner.api.routing import Route
from planner.domain.errors import Invalid
from planner.domain.model import Line
from planner.domain.portfolios import Facets
from planner.domain.projects import Filters, Page, Project, ProjectDraft, ProjectPatch, ProjectSummary
from planner.services import projects

router = APIRouter(tags=["projects"], route_class=Route)


class ListQuery(Filters):
    """The filters of a list, and which page of it."""

    limit: int = Field(default=50, ge=1, le=projects.MAX_PAGE, description="How many to a page.")
    cursor: Line | None = Field(default=None, description="`next` of the page before.")


async def _list_query(request: Request) -> ListQuery:
    """The query of a list. FastAPI would take longer to collect its fifteen fields than the database to answer them."""
    try:
        return ListQuery.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise Invalid.from_pydantic(error) from None


@router.get(
    "/portfolios/{portfolio}/projects",
    response_model=Page[ProjectSummary],
    responses=responses(304, 404),
    openapi_extra={"parameters": query_parameters(ListQuery)},
)
async def list_projects(ws: Space, portfolio: Portfolio, query: Annotated[ListQuery, Depends(_list_query)]) -> Response:
    """The projects that the filters find, a page at a time; an unchanged list answers 304 to its ETag."""
    build = partial(projects.list_projects_json, ws, portfolio, query, query.limit, query.cursor)
    return await versioned(ws, portfolio, build)


@router.get("/portfolios/{portfolio}/facets", responses=responses(304, 404))
def list_facets(response: Response, ws: Space, portfolio: Portfolio) -> Facets:
    """The values that each filter can take, with counts."""
    tag_portfolio(response, ws, portfolio)
    return projects.list_facets(ws, portfolio)


@router.get("/portfolios/{portfolio}/bin", responses=responses(304, 404))
def list_bin(response: Response, ws: Space, portfolio: Portfolio) -> Page[ProjectSummary]:
    """The deleted projects, which can be restored, the last deleted first."""
    tag_portfolio(response, ws, portfolio)
    items = projects.list_bin(ws, portfolio)
    return Page[ProjectSummary].model_construct(items=items, next=None, total=len(items))


@router.post("/portfolios/{portfolio}/projects", status_code=201, responses=CREATED | responses(404, 409))
def create_project(ws: Space, portfolio: Portfolio, draft: ProjectDraft, response: Response) -> Project:
    """Add a project."""
    project = projects.create_project(ws, portfolio, draft)
    response.headers["Location"] = f"/api/v1/projects/{project.key}"
    response.headers["ETag"] = f'"{project.version}"'
    return project


@router.get("/projects/{project}", responses=responses(304, 404))
def get_project(request: Request, response: Response, ws: Space, project: ProjectRef) -> Project:
    """One project with its standing."""
    found = projects.get_project(ws, project)
    tag(request, response, found.version)
    return found


@router.patch("/projects/{project}", responses=responses(404, 412, 428))
def update_project(
    request: Request, response: Response, ws: Space, project: ProjectRef, patch: ProjectPatch, version: RequiredIfMatch
) -> Project:
    """Change the fields that are named; null empties one. Needs If-Match."""
    changed = projects.update_project(ws, project, patch, version)
    tag(request, response, changed.version)
    return changed


@router.delete("/projects/{project}", responses=responses(404, 412))
def delete_project(ws: Space, project: ProjectRef, version: IfMatch) -> Project:
    """Move a project to the bin."""
    return projects.delete_project(ws, project, version)


@router.post("/projects/{project}/restore", responses=responses(404, 409))
def restore_project(ws: Space, project: ProjectRef) -> Project:
    """Take a project out of the bin."""
    return projects.restore_project(ws, project)
