"""Routes of the planning reports of projects and portfolios."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from planner.api.dependencies import Portfolio, ProjectRef, Space
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.projects import Filters
from planner.services import reports

router = APIRouter(tags=["reports"], route_class=Route)
Format = Annotated[reports.Format, Path(description="The kind of file.")]
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in reports.MEDIA_TYPES.values()}}}


@router.get("/projects/{project}/report.{format}", response_class=Response, responses=FILE | responses(404))
def get_project_report(ws: Space, project: ProjectRef, format: Format) -> Response:  # noqa: A002 (as in the address)
    """The planning report of a project."""
    return _file(reports.render_project_report(ws, project, format), format, f"{project}-plan")


@router.get("/portfolios/{portfolio}/report.{format}", response_class=Response, responses=FILE | responses(404))
def get_portfolio_report(
    ws: Space,
    portfolio: Portfolio,
    format: Format,  # noqa: A002 (as in the address)
    filters: Annotated[Filters, Query()],
) -> Response:
    """The planning report of a portfolio, of the projects that the filters find."""
    return _file(reports.render_portfolio_report(ws, portfolio, filters, format), format, f"{portfolio}-plan")


def _file(content: bytes, kind: reports.Format, name: str) -> Response:
    # An HTML report carries its own styles, to be handed on as a file; shown from here our policy would block them.
    disposition = "inline" if kind == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{disposition}; filename="{name}.{kind}"'}
    return Response(content, media_type=reports.MEDIA_TYPES[kind], headers=headers)
