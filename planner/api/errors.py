"""Every error of the REST interface as application/problem+json (RFC 9457), never echoing the input."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from planner.domain import errors

STATUSES: dict[type[Exception], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.Forbidden: 403,
    errors.TooLarge: 413,
    errors.Unreadable: 400,
    errors.Invalid: 422,
    errors.StorageFull: 507,
    errors.Unavailable: 503,
}


class ProblemField(BaseModel):
    """One field that is wrong, and its cure."""

    field: str = Field(description="Where it is, such as `answers.ml_strength.level`.")
    message: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(default="about:blank", description="`about:blank`: the status says what kind it is.")
    title: str
    status: int
    detail: str
    errors: list[ProblemField] = Field(default=[], description="The fields that are wrong; empty when none is.")


def status_of(error: Exception) -> int:
    """The HTTP status of an error."""
    if isinstance(error, RequestValidationError):
        return 400 if any(item["type"] == "json_invalid" for item in error.errors()) else 422
    if isinstance(error, HTTPException):
        return error.status_code
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)


def fields_of(error: Exception) -> list[errors.FieldError]:
    """The fields that are wrong."""
    if isinstance(error, errors.Invalid):
        return error.errors
    if isinstance(error, RequestValidationError):
        return [
            errors.FieldError(
                field=".".join(str(part) for part in item["loc"] if part not in ("body", "query", "path"))[:200],
                message=str(item["msg"]).removeprefix("Value error, ")[:300],
            )
            for item in error.errors()[:50]
        ]
    return []


def detail_of(error: Exception) -> str:
    """What went wrong in a sentence that a person can act on."""
    if isinstance(error, RequestValidationError):
        return "The body is not valid JSON." if status_of(error) == 400 else "Some fields need correcting."
    if isinstance(error, HTTPException):
        return str(error.detail)
    if isinstance(error, errors.PlannerError):
        return str(error)
    return "Something went wrong inside planner; the log has the details. Nothing was half-written."


def problem_response(error: Exception) -> Response:
    """The answer to a request that failed."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail_of(error),
        "errors": [dict(item) for item in fields_of(error)],
    }
    headers = dict(getattr(error, "headers", None) or {})
    if status == 503:
        headers["Retry-After"] = "2"
    return Response(orjson.dumps(body), status, headers, media_type="application/problem+json")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of the errors that a route can answer, beside those that every route can."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*statuses, 400, 422})
    }
