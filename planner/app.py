"""create_app: wires settings, database, playbooks, templates and both front doors of the web together."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner import __version__
from planner.api import ROUTERS as API_ROUTERS
from planner.api.errors import problem_response
from planner.api.schema import complete
from planner.domain.errors import PlannerError
from planner.logs import configure_logs
from planner.paths import templates_dir
from planner.playbooks import Playbooks
from planner.render.templates import environment
from planner.services import maintenance
from planner.services.workspace import Workspace
from planner.settings import MIB, Settings
from planner.store.database import Database
from planner.web import ROUTERS as WEB_ROUTERS
from planner.web.assets import Assets
from planner.web.errors import error_page
from planner.web.security import BodyLimit, KnownHosts, SameOriginWrites, SecurityHeaders
from planner.web.telemetry import Measure, Telemetry

log = structlog.get_logger()
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Service(FastAPI):
    """FastAPI with what must surround even its own error handling, and a schema that is complete."""

    def build_middleware_stack(self) -> ASGIApp:
        return SecurityHeaders(_HeadAsGet(super().build_middleware_stack()))

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole service. The database is upgraded when it starts and closed when it stops."""
    settings = settings or Settings()
    configure_logs(settings)
    database = Database(settings.database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if maintenance.upgrade(database):
            log.info("database upgraded")
        # What is loaded by now stays for good. Left to the collector, walking over it again and again makes every
        # tenth page of thousands of projects twice as slow as the others.
        gc.collect()
        gc.freeze()
        yield
        database.close()

    telemetry = Telemetry() if settings.metrics else None
    limits = (settings.max_body_bytes, settings.import_max_bytes + MIB)  # a form around a file takes some room
    app = Service(
        title="planner",
        version=__version__,
        summary="Plan machine-learning projects: which to do, what each must achieve, what it still lacks.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            *([Middleware(Measure, telemetry)] if telemetry else []),
            Middleware(KnownHosts, _answer_error, settings.allowed_hosts),
            Middleware(SameOriginWrites, _answer_error, settings.base_url),
            Middleware(BodyLimit, _answer_error, *limits),
        ],
    )
    workspace = Workspace(database, Playbooks.at_hand(settings.playbooks), settings.actor)
    app.state.settings = settings
    app.state.workspace = lambda _request: workspace
    app.state.templates = environment(templates_dir())
    # Each by itself: an address is searched for anew on every level of routers within routers.
    for router in API_ROUTERS:
        app.include_router(router, prefix="/api/v1")
    for router in WEB_ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", Assets())
    _add_probes(app, database)
    if telemetry:
        app.add_route("/metrics", telemetry.show, include_in_schema=False)
    for kind in (PlannerError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer_error)
    return app


async def _answer_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        if error.status_code == 304:
            return Response(status_code=304, headers=error.headers)
        if error.status_code == 405:
            error.headers = {"Allow": ", ".join(_allowed(request) or METHODS[:2])}  # static files are under no route
    elif not isinstance(error, (PlannerError, RequestValidationError)):
        log.error("unexpected error", path=request.url.path, method=request.method, exc_info=error)
    if request.url.path.startswith("/api/"):
        return problem_response(error)
    return error_page(request, error)


def _allowed(request: Request) -> list[str]:
    """The methods that an address takes; the router names only those of the first route that has its path."""
    routes = request.app.routes
    return [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": "GET" if method == "HEAD" else method})[0] is Match.FULL
            for route in routes
        )
    ]


class _HeadAsGet:
    """Answers HEAD with the head of what GET would answer, which HTTP asks of every server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_head)


def _add_probes(app: FastAPI, database: Database) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """The process answers."""
        return PlainTextResponse("ok")

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        """The database answers too."""
        with database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        return PlainTextResponse("ready")
