"""The OpenAPI schema, completed with what holds for every route, so that no route has to say it."""

from __future__ import annotations

from typing import Any

from planner.api.errors import Problem, problem
from planner.api.routing import MAX_KEY
from planner.api.words import MODELS, PARTS, WORDS

ETAG = {"description": "The version; send it as If-None-Match or If-Match.", "schema": {"type": "string"}}
NONE_MATCH = "The ETag that you have: 304 without a body while it is still true."
IDEMPOTENCY = "A word of your own for this request. Sent again under the same word, its work is not done twice."


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with every error that any route can answer, every header, and a description of every field."""
    schemas = schema["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schemas["Problem"].pop("$defs")
    for name, model in schemas.items():
        model.setdefault("description", MODELS.get(name, ""))
        if name.startswith("Body_"):  # a form, which takes no other fields either
            model["additionalProperties"] = False
        for field, entry in model.get("properties", {}).items():
            entry.setdefault("description", PARTS.get(f"{name}.{field}") or WORDS.get(field, ""))
    for path in schema["paths"].values():
        for method, operation in path.items():
            _complete_operation(method, operation)
    return schema


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    answers, parameters = operation["responses"], operation.setdefault("parameters", [])
    answers.pop("422", None)  # the framework's own shape of it
    statuses = {400, 422, 503}
    if method == "get":
        if "304" in answers:
            answers["200"].setdefault("headers", {})["ETag"] = ETAG
            parameters.append(_header("If-None-Match", NONE_MATCH))
    else:
        statuses |= {403, 507}
    if method == "post":
        statuses |= {409}
        parameters.append(_header("Idempotency-Key", IDEMPOTENCY, pattern="^[ -~]+$", minLength=1, maxLength=MAX_KEY))
    if "428" in answers:
        next(entry for entry in parameters if entry["name"] == "if-match")["required"] = True
    if "requestBody" in operation:
        statuses |= {413, 415}
    for status in statuses:
        answers.setdefault(str(status), problem(status))
    operation["responses"] = dict(sorted(answers.items()))


def _header(name: str, description: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", **more},
    }
