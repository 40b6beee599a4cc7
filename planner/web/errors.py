"""Errors as pages: what went wrong in words, what would cure it, and a way on. Never a traceback."""

from __future__ import annotations

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from planner.domain import errors
from planner.web.pages import FRAME, is_partial, partial

# The status of each error that a person can cause, or wait out, and the headline of its page.
_KINDS: dict[type[Exception], tuple[int, str]] = {
    errors.NotFound: (404, "Nothing is here"),
    errors.Conflict: (409, "That does not go together"),
    errors.Stale: (412, "Somebody else was quicker"),
    errors.Forbidden: (403, "You may not do this"),
    errors.TooLarge: (413, "That is too large"),
    errors.Unreadable: (400, "That cannot be read"),
    errors.Invalid: (422, "Something needs correcting"),
    errors.StorageFull: (507, "The disk is full"),
    errors.Unavailable: (503, "The database is busy"),
}
_HTTP: dict[int, tuple[str, str]] = {
    400: ("That cannot be read", "The browser sent something that is not a form."),
    403: ("You may not do this", ""),
    404: ("Nothing is here", "There is no page at this address. It may have been typed wrongly, or never have been."),
    405: ("That cannot be done here", "This page does not take what was sent to it."),
    413: ("That is too large", "What was sent is larger than this server takes."),
}
_FAILURE = "Something failed inside planner; the log has the details. Nothing was half-written."


def error_page(request: Request, error: Exception) -> Response:
    """The page of an error; when htmx asked for a part, a message above the content instead.

    The page asks nothing of the database: whatever failed may fail again.
    """
    status, title, detail, fields = _told(error)
    context: dict[str, object] = {"title": title, "detail": detail, "errors": fields}
    if is_partial(request):
        response = partial(request, "_problem.html", status, **context)
        response.headers.update({"HX-Retarget": "#main", "HX-Reswap": "afterbegin"})
    else:
        response = partial(request, "error.html", status, **FRAME, **context)
    response.headers.update(getattr(error, "headers", None) or {})
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def status_of(error: errors.PlannerError) -> int:
    """The status that a page shows an error with."""
    return _told(error)[0]


def _told(error: Exception) -> tuple[int, str, str, list[errors.FieldError]]:
    """Status, headline, text and wrong fields of an error."""
    for kind, (status, title) in _KINDS.items():
        if isinstance(error, kind):
            return status, title, str(error), error.errors if isinstance(error, errors.Invalid) else []
    if isinstance(error, RequestValidationError):
        fields = [
            errors.FieldError(field=".".join(str(part) for part in item["loc"][1:])[:200], message=item["msg"][:300])
            for item in error.errors()[:50]
        ]
        return 422, "Something needs correcting", "The address or the form is not understood.", fields
    if isinstance(error, HTTPException):
        title, detail = _HTTP.get(error.status_code, ("That did not work", ""))
        return error.status_code, title, detail or error.detail, []
    return 500, "That is our fault", _FAILURE, []
