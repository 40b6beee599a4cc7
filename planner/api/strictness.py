"""What a request must be like before its route sees it, so that a slip is told and never guessed at."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from planner.domain.errors import FieldError, Invalid, TooLarge, Unreadable
from planner.readers.strict_json import parse_json

JSON, MULTIPART = "application/json", "multipart/form-data"
NOT_TEXT = "The address is not UTF-8 text; write each byte of a letter outside ASCII as %XX."


class StrictRequest(Request):
    """A request whose JSON is well formed and says each thing once."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            try:
                self._json = parse_json(await self.body(), "The body")
            except (TooLarge, Unreadable) as error:  # FastAPI lets only its own errors through
                raise HTTPException(413 if isinstance(error, TooLarge) else 400, str(error)) from None
        return self._json


def parameters_of(route: APIRoute) -> frozenset[str]:
    """The names of the query parameters that a route declares, one by one or as a model.

    A name that ends in a dot stands for all that begin with it: a model lists those as its `families`.
    """
    names = {entry["name"] for entry in (route.openapi_extra or {}).get("parameters", ())}  # read by the route itself
    for field in route.dependant.query_params:
        model_fields = getattr(field.field_info.annotation, "model_fields", None)
        names.update((field.alias,) if model_fields is None else model_fields)
        names.update(getattr(field.field_info.annotation, "families", ()))
    return frozenset(names)


def content_type_of(route: APIRoute) -> str | None:
    """The kind of body that a route takes; None when it takes none."""
    if route.body_field is None:
        return None
    return MULTIPART if isinstance(route.body_field.field_info, Form) else JSON


def check_address(request: Request, parameters: frozenset[str]) -> None:
    """Raises for an address that is not UTF-8, and for query parameters that are unknown or stand twice."""
    if "\ufffd" in request.scope["path"]:  # what the server puts in the place of bytes that are no letter
        raise HTTPException(400, NOT_TEXT)
    text = request.scope["query_string"].decode("latin-1")
    if not text:
        return
    try:
        names = [name for name, _ in parse_qsl(text, keep_blank_values=True, errors="strict")]
    except UnicodeDecodeError:
        raise HTTPException(400, NOT_TEXT) from None
    if len(set(names)) == len(names) and parameters.issuperset(names):
        return
    families = tuple(name for name in parameters if name.endswith("."))
    unknown = [name for name in names if name not in parameters and not name.startswith(families)]
    known = f"not a parameter here; there are: {', '.join(sorted(parameters)) or 'none'}"
    problems = {name: "stands twice" for name, times in Counter(names).items() if times > 1}
    problems |= dict.fromkeys(unknown, known)
    if not problems:
        return
    raise Invalid([FieldError(field=name[:60], message=message) for name, message in problems.items()])


def check_content_type(request: Request, wanted: str | None) -> None:
    """Raises 415 for a body of another kind than the route takes; a body that is missing is the route's to tell."""
    headers = request.headers
    if wanted is None or (headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers):
        return
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted and not (wanted == JSON and given.startswith("application/") and given.endswith("+json")):
        raise HTTPException(415, f"Send the body as {wanted} and say so in the header Content-Type.")
