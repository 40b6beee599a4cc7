"""create_app: wires settings, database, playbooks, templates and both front doors of the web together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, Response

from planner import __version__
from planner.api import router as api_router
from planner.api.errors import Problem, problem_response
from planner.domain.errors import PlannerError
from planner.logs import configure_logs
from planner.paths import templates_dir
from planner.playbooks import Playbooks
from planner.render.templates import environment
from planner.services import maintenance
from planner.services.workspace import Workspace
from planner.settings import Settings
from planner.store.database import Database
from planner.web import router as web_router
from planner.web.assets import Assets
from planner.web.errors import error_page
from planner.web.security import SameOriginWrites, SecurityHeaders

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole service. The database is upgraded when it starts and closed when it stops."""
    settings = settings or Settings()
    configure_logs(settings.log_level, settings.log_format)
    database = Database(settings.database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if maintenance.upgrade(database):
            log.info("database upgraded")
        yield
        database.close()

    app = FastAPI(
        title="planner",
        version=__version__,
        summary="Plan machine-learning projects: which to do, what each must achieve, what it still lacks.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=max(settings.max_body_bytes, settings.import_max_bytes + 1024 * 1024),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False),
            Middleware(SameOriginWrites, base_url=settings.base_url),
        ],
    )
    workspace = Workspace(database, Playbooks.shipped(), settings.actor)
    app.state.settings = settings
    app.state.workspace = lambda _request: workspace
    app.state.templates = environment(templates_dir())
    app.include_router(api_router, prefix="/api/v1")
    app.include_router(web_router, include_in_schema=False)
    app.mount("/static", Assets())
    _add_probes(app, database)
    for kind in (PlannerError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer_error)
    _complete_schema(app)
    return app


async def _answer_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 304:
        return Response(status_code=304, headers=error.headers)
    if not isinstance(error, (PlannerError, RequestValidationError, HTTPException)):
        log.error("unexpected error", path=request.url.path, method=request.method, exc_info=error)
    if request.url.path.startswith("/api/"):
        return problem_response(error)
    return error_page(request, error)


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


def _complete_schema(app: FastAPI) -> None:
    """Documents the errors that any route can answer, once, in the OpenAPI schema."""
    build = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = build()
            schemas = schema["components"]["schemas"]
            schemas.setdefault("Problem", Problem.model_json_schema(ref_template="#/components/schemas/{model}"))
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            for path in schema["paths"].values():
                for operation in path.values():
                    for status, description in (("400", "Malformed"), ("422", "Some fields need correcting")):
                        operation["responses"][status] = {"description": description, "content": problem}
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
