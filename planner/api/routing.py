"""How every route answers: an unchanged portfolio with 304, a POST that was done already with its first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from planner import __version__
from planner.api.strictness import StrictRequest, check_address, check_content_type, content_type_of, parameters_of
from planner.domain.errors import Invalid, PlannerError
from planner.services import idempotency, portfolios
from planner.services.workspace import Workspace

NO_CACHE = "private, no-cache"  # caches may keep it, and must ask each time whether it is still true
MAX_KEY = 200
KEPT = ("content-type", "location", "etag")  # the headers that a repeated answer has again
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def revision_tag(slug: str, revision: int) -> str:
    """The ETag of everything that is derived from a portfolio at this revision."""
    return f'W/"{slug}-{revision}-{__version__}"'


def matches(request: Request, etag: str) -> bool:
    """Whether the caller has this version already."""
    given = request.headers.get("if-none-match")
    return given is not None and (given == etag or etag in [tag.strip() for tag in given.split(",")])


def not_modified(etag: str) -> Response:
    """The answer to a caller who has this version already."""
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": NO_CACHE})


async def read(ws: Workspace, function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a short read: SQLite answers in less time than a hop to a thread takes; PostgreSQL keeps one waiting."""
    if ws.database.is_sqlite:
        return function(*arguments)
    return await run_in_threadpool(function, *arguments)


class Route(APIRoute):
    """A route that asks for the revision before it parses anything, and that honours an Idempotency-Key."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        parameters, content_type = parameters_of(self), content_type_of(self)

        async def answer(request: Request) -> Response:
            if request.method == "GET" and "if-none-match" in request.headers and "portfolio" in request.path_params:
                ws, slug = request.app.state.workspace(request), request.path_params["portfolio"]
                etag = revision_tag(slug, await read(ws, portfolios.get_revision, ws, slug))
                if matches(request, etag):
                    return not_modified(etag)
            check_address(request, parameters)
            if request.method == "GET":
                return await handle(request)
            check_content_type(request, content_type)
            request = StrictRequest(request.scope, request.receive)
            if request.method == "POST" and "idempotency-key" in request.headers:
                return await _once(request, handle)
            return await handle(request)

        return answer


async def _once(request: Request, handle: Handler) -> Response:
    """Does a POST's work unless it was done under this key before; then gives the answer it got."""
    key = request.headers["idempotency-key"]
    if not key.isprintable() or not 1 <= len(key) <= MAX_KEY:
        raise Invalid.one("Idempotency-Key", f"1 to {MAX_KEY} printable characters")
    ws = request.app.state.workspace(request)
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await request.body()
    given = await run_in_threadpool(idempotency.begin, ws, key, hashlib.sha256(asked).hexdigest())
    if given is not None:
        status, answer = given
        head, _, body = answer.partition("\n\n")
        headers = dict(line.split(": ", 1) for line in head.splitlines())
        return Response(body, status, headers | {"Idempotency-Replayed": "true"})
    try:
        response = await handle(request)
    except (PlannerError, RequestValidationError, HTTPException):
        # Refused, so nothing was written. After anything else nobody knows, and the key stays taken.
        await run_in_threadpool(idempotency.abandon, ws, key)
        raise
    head = "\n".join(f"{name}: {response.headers[name]}" for name in KEPT if name in response.headers)
    answer = f"{head}\n\n{bytes(response.body).decode()}"
    await run_in_threadpool(idempotency.complete, ws, key, response.status_code, answer)
    return response
