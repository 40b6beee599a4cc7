"""The schema is complete, and the service does what it says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks
from starlette.testclient import TestClient

from planner.api.words import MODELS, PARTS, WORDS
from planner.app import create_app
from tests.api.reading import API, LAB, good
from tests.api.routes import Served, served
from tests.support.web import settings_for

# What stands outside: others build on these, so they may be added to and not taken away.
INTERFACE = """
GET,POST /portfolios
GET,PATCH,DELETE /portfolios/{}
GET,POST /portfolios/{}/projects
GET,PATCH,DELETE /projects/{}
GET /projects/{}/answers
PUT /projects/{}/answers/{}
GET /projects/{}/standing
GET,PUT /projects/{}/metrics
GET /projects/{}/metrics/history
GET,POST /projects/{}/metrics/proposal
POST /projects/{}/metrics/preview
GET /projects/{}/metrics/diff
GET /projects/{}/verdict/changes
GET,POST /projects/{}/runs
GET /projects/{}/verdict
GET,POST /projects/{}/transitions
GET /projects/{}/tasks
PATCH /projects/{}/tasks/{}
GET /projects/{}/checklist
PUT /projects/{}/checklist/{}
GET /projects/{}/history
GET /projects/{}/report.{}
GET /portfolios/{}/report.{}
GET /portfolios/{}/matrix
GET /portfolios/{}/matrix.svg
GET /portfolios/{}/ranking
GET /portfolios/{}/ranking/comparison
GET /portfolios/{}/sensitivity
GET /portfolios/{}/infrastructure
GET /portfolios/{}/agreement
GET /portfolios/{}/assessors
GET,POST /portfolios/{}/rounds
GET,PATCH /portfolios/{}/rounds/{}
GET /portfolios/{}/rounds/{}/owed
GET,POST /portfolios/{}/selection
GET,PUT /portfolios/{}/selection/settings
POST /portfolios/{}/imports
GET /portfolios/{}/export.{}
GET /playbooks
GET /playbooks/{}
GET /playbooks/{}/diff
POST /portfolios/{}/migration
GET /projects/{}/forecasts
PUT /projects/{}/forecasts/{}
GET,PUT /projects/{}/outcome
GET /portfolios/{}/forecasts
GET /portfolios/{}/calibration
GET /portfolios/{}/changes
GET /portfolios/{}/comparisons
GET,POST /portfolios/{}/snapshots
DELETE /portfolios/{}/snapshots/{}
GET,POST /projects/{}/baselines
GET,POST /projects/{}/what-if
GET /playbooks/{}/classifier
POST /projects/{}/baselines/withdraw
GET /projects/{}/advice
POST /projects/{}/advice/checklist
GET,POST /projects/{}/error-analysis
GET,POST /projects/{}/sizing
"""
TAGS = (
    *("portfolios", "projects", "scoring", "matrix", "metrics", "lifecycle", "infrastructure", "selection"),
    *("history", "imports"),
    *("exports", "reports", "playbooks"),
    *("agreement", "rounds"),
    "forecasts",
    *("ranking", "agenda"),
    *("changes", "snapshots"),
    "comparisons",
    "baselines",
    "what-if",
    "advice",
    "readiness",
    "sizing",
)


@pytest.fixture(scope="module")
def app(template_db: Path) -> FastAPI:
    return create_app(settings_for(template_db))


@pytest.fixture(scope="module")
def schema(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_the_schema_is_served_as_it_is(client: TestClient, schema: dict[str, Any]) -> None:
    assert good(client.get(f"{API}/openapi.json")) == schema
    draft = "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate({"$schema": draft, "$defs": schema["components"]["schemas"]})


def test_it_holds_every_route_and_every_path_that_was_promised(app: FastAPI, schema: dict[str, Any]) -> None:
    told = {name for name, _ in operations(schema)}
    routes = {f"{route.method} {route.template}" for route in served(app) if route.template.startswith(API)}
    assert told == routes - {f"GET {API}/openapi.json", f"HEAD {API}/openapi.json"}
    shapes = {re.sub(r"\{\w+\}", "{}", name) for name in told}
    for line in INTERFACE.split("\n"):
        methods, _, path = line.partition(" ")
        assert not path or {f"{method} {API}{path}" for method in methods.split(",")} <= shapes, line


def test_every_operation_parameter_and_field_is_described(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        assert operation["summary"], name
        assert operation["description"].endswith("."), name
        assert set(operation["tags"]) <= set(TAGS), name
        for parameter in operation["parameters"]:
            assert parameter.get("description"), (name, parameter["name"])
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
    for name, model in schema["components"]["schemas"].items():
        assert model["description"], name
        for field, entry in model.get("properties", {}).items():
            assert entry["description"], f"{name}.{field}"


def test_no_word_is_left_over(schema: dict[str, Any]) -> None:
    models = schema["components"]["schemas"]
    fields = {
        f"{name}.{field}": entry
        for name, model in models.items()
        for field, entry in model.get("properties", {}).items()
    }
    texts = {entry["description"] for entry in fields.values()}
    assert [word for word, text in WORDS.items() if text not in texts] == []
    assert [part for part, text in PARTS.items() if part not in fields or fields[part]["description"] != text] == []
    assert [name for name in MODELS if name not in models] == []


def test_every_error_has_the_one_shape(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        answers = operation["responses"]
        assert {"400", "422", "503"} <= answers.keys(), name
        for status, answer in answers.items():
            assert HTTPStatus(int(status))
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
                assert answer["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
        if not name.startswith("GET"):
            assert {"403", "507"} <= answers.keys(), name
        if "requestBody" in operation:
            assert {"413", "415"} <= answers.keys(), name
        if "304" in answers:
            assert "ETag" in answers["200"]["headers"], name
        headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
        assert ("412" in answers) == ("if-match" in headers), name
        assert ("304" in answers) == ("If-None-Match" in headers), name
        assert name.startswith("POST") == ("Idempotency-Key" in headers), name


def test_every_example_is_valid(schema: dict[str, Any]) -> None:
    found = list(_examples(schema))
    assert len(found) > 10
    for where, part, example in found:
        rule = {**part, "components": schema["components"]}
        assert jsonschema_rs.validator_for(rule).is_valid(example), (where, example)


def _examples(part: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any], Any]]:
    """(place, schema, example) of every example in the schema."""
    if isinstance(part, dict):
        rule = part.get("schema", part) if "in" in part else part
        if isinstance(part.get("examples"), list):
            yield from ((where, rule, example) for example in part["examples"])
        if "example" in part and "properties" not in where[-11:]:
            yield where, rule, part["example"]
        for name, value in part.items():
            yield from _examples(value, f"{where}/{name}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _examples(value, f"{where}/{index}")


CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
FUZZ = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.mark.parametrize("tag", TAGS)
def test_the_service_does_what_its_schema_says(
    template_db: Path, tmp_path: Path, schema: dict[str, Any], tag: str
) -> None:
    asked = 0
    for found in schemathesis.openapi.from_dict(schema).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        # The client cannot send a form whose file is a number; test_imports sends what can be sent.
        if tag not in (operation.tags or ()) or operation.label.endswith(("{portfolio}/imports", "/runs/imports")):
            continue
        for mode in MODES:
            shutil.copyfile(template_db, tmp_path / "planner.db")
            with TestClient(create_app(settings_for(tmp_path / "planner.db")), base_url="http://127.0.0.1") as client:
                client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
                client.post(f"{LAB}/projects", json={"name": "Churn early warning"})
                _fuzz(client, operation, mode)
                asked += 1
    assert asked or tag == "imports"


def _fuzz(client: TestClient, operation: Any, mode: schemathesis.GenerationMode) -> None:
    """Sends what the schema allows, or what it forbids, to addresses of any kind and to one that is there."""
    there = Served("", operation.path).parameters

    @FUZZ
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def ask(case: schemathesis.Case[Any], known: bool) -> None:
        if known and case.path_parameters:
            case.path_parameters = there
        arguments = case.as_transport_kwargs(base_url="http://127.0.0.1")
        arguments.pop("cookies", None)
        if isinstance(arguments.get("data"), (bytes, str)):
            arguments["content"] = arguments.pop("data")
        answer = client.request(**arguments)
        if answer.status_code != 304:  # an ETag that happens to be true
            # An If-Match that is not true any more comes before everything else that may be wrong.
            more = [checks.negative_data_rejection] if answer.status_code != 412 else []
            case.validate_response(answer, checks=[*CHECKS, *more])

    with suppress(Unsatisfiable):  # nothing can be wrong about an operation without parameters
        ask()
