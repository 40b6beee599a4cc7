"""Every error of the REST interface as application/problem+json (RFC 9457), short, and never echoing what was sent.

A message may quote an unknown word, of which it shows no more than sixty characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
# What the framework says in two words, and what helps.
_BARE = {
    404: "There is nothing at this address; /api/v1/openapi.json lists every address there is.",
    405: "This address does not take this method; the header Allow lists those that it takes.",
}
CREATED: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"description": "Where the new thing is.", "schema": {"type": "string"}}}}
}
UNCHANGED = {"description": "What you have is still true."}
MOST_DETAIL = 500  # characters
MOST_FIELDS = 1_200  # bytes of JSON, so that an answer stays below 2 KB whatever was sent


class ProblemField(BaseModel):
    """One field that is wrong, and its cure."""

    field: str = Field(description="Where it is, such as `answers.ml_strength.level`; empty for the body as a whole.")
    message: str = Field(description="What would cure it.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(default="about:blank", description="`about:blank`: the status says what kind it is.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong, and what would cure it.")
    errors: list[ProblemField] = Field(
        default=[], description="The fields that are wrong, the first ones if they are many; empty when none is."
    )


def status_of(error: Exception) -> int:
    """The HTTP status of an error."""
    if isinstance(error, RequestValidationError):
        return 422
    if isinstance(error, HTTPException):
        return error.status_code
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)


def fields_of(error: Exception) -> list[errors.FieldError]:
    """The fields that are wrong."""
    if isinstance(error, errors.Invalid):
        return error.errors
    if isinstance(error, RequestValidationError):
        return [found for item in error.errors() for found in _fields(item)]
    return []


def _fields(item: dict[str, Any]) -> Iterator[errors.FieldError]:
    # The location begins with where the value was: body, query, path or header.
    problems = item.get("ctx", {}).get("problems")  # what a whole document's validator has found, each at its place
    where = ".".join(str(part)[:60] for part in item["loc"][1:])
    for path, message in problems or [(where, errors.plain_message(item))]:
        yield errors.FieldError(field=path, message=message)


def detail_of(error: Exception) -> str:
    """What went wrong in a sentence that a person can act on."""
    if isinstance(error, HTTPException):
        return _BARE.get(error.status_code, error.detail)
    if isinstance(error, errors.PlannerError) and "\n" not in str(error):
        return str(error)
    if isinstance(error, (RequestValidationError, errors.Invalid)):
        return "Some fields need correcting."
    return "Something went wrong inside planner; the log has the details. Nothing was half-written."


def problem_response(error: Exception) -> Response:
    """The answer to a request that failed."""
    status, found = status_of(error), fields_of(error)
    listed = list(_listed(found))
    more = f" {len(found) - len(listed)} more are not listed." if len(listed) < len(found) else ""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail_of(error)[:MOST_DETAIL] + more,
        "errors": listed,
    }
    headers = dict(getattr(error, "headers", None) or {})
    if status == 503:
        headers["Retry-After"] = "2"
    return Response(orjson.dumps(body), status, headers, media_type="application/problem+json")


def _listed(found: Sequence[errors.FieldError]) -> Iterator[dict[str, str]]:
    """As many of the fields as there is room for, at least the first."""
    room = MOST_FIELDS
    for item in found:
        shown = {"field": item.field[:200], "message": item.message[:400]}
        room -= len(orjson.dumps(shown))
        if room < 0 and item is not found[0]:
            return
        yield shown


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of what a route can answer beside its good answer; `schema` adds what any route can."""
    return {status: UNCHANGED if status == 304 else problem(status) for status in sorted(statuses)}


def problem(status: int) -> dict[str, Any]:
    """The OpenAPI entry of an error."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}
