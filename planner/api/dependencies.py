"""What routes take from a request: the workspace, the expected version, entity tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from planner.api.routing import NO_CACHE, matches, read, revision_tag
from planner.domain.errors import Stale
from planner.services import portfolios, projects
from planner.services.workspace import Workspace


async def _workspace(request: Request) -> Workspace:  # async, since FastAPI would send a plain function to a thread
    found: Workspace = request.app.state.workspace(request)
    return found


Space = Annotated[Workspace, Depends(_workspace)]
Portfolio = Annotated[str, Path(description="Slug of the portfolio.", max_length=80, examples=["example"])]
ProjectRef = Annotated[str, Path(description="Id or key of the project.", max_length=40, examples=["EX-1"])]


async def _expected_version(
    if_match: Annotated[
        str | None,
        Header(
            description='The ETag that was read (`"7"`), or `*` for whatever is there; 412 when it is not true now.',
            json_schema_extra={"pattern": r'^(\*|"\d{1,15}")$'},
        ),
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'"(\d{1,15})"', if_match.strip())
    if found is None:
        raise Stale("If-Match does not hold an ETag of this resource; read it again and send the ETag it gives.")
    return int(found[1])


IfMatch = Annotated[int | None, Depends(_expected_version)]


async def _required_version(request: Request, version: IfMatch) -> int | None:
    if "if-match" not in request.headers:
        raise HTTPException(428, "Send If-Match with the ETag that you read, so that nobody's change is overwritten.")
    return version


RequiredIfMatch = Annotated[int | None, Depends(_required_version)]


async def versioned(ws: Workspace, slug: str, build: Callable[[], tuple[int, bytes]]) -> Response:
    """The JSON that `build` gives for a revision of the portfolio, with the ETag by which `Route` answers 304."""
    revision, body = await read(ws, build)
    headers = {"ETag": revision_tag(slug, revision), "Cache-Control": NO_CACHE}
    return Response(body, headers=headers, media_type="application/json")


def portfolio_headers(ws: Workspace, slug: str) -> dict[str, str]:
    """The ETag of what is derived from a portfolio. Asked for before the answer is built, it is never too new."""
    return {"ETag": revision_tag(slug, portfolios.get_revision(ws, slug)), "Cache-Control": NO_CACHE}


def tag_portfolio(response: Response, ws: Workspace, slug: str) -> None:
    """Puts the ETag of a portfolio on an answer that is derived from it."""
    response.headers.update(portfolio_headers(ws, slug))


def tag_project(request: Request, response: Response, ws: Workspace, ref: str) -> None:
    """Puts the version of the project on the answer as its ETag; a caller who has it already gets 304."""
    tag(request, response, projects.get_project(ws, ref).version)


def tag(request: Request, response: Response, version: int) -> None:
    """Puts a version on the answer as its ETag; a caller who has it already gets 304."""
    etag = f'"{version}"'
    headers = {"ETag": etag, "Cache-Control": NO_CACHE}
    if request.method == "GET" and matches(request, etag):
        raise HTTPException(304, headers=headers)
    response.headers.update(headers)


def query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """The fields of a model as OpenAPI query parameters, for a route that reads the query itself."""
    schema = model.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": field.get("description", ""),
            "schema": {key: value for key, value in field.items() if key not in ("description", "default")},
        }
        for name, field in schema["properties"].items()
    ]
