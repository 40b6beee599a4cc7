"""Bad input of every kind at every route: a clear 4xx, nothing lost or half-written, no traceback."""

from __future__ import annotations

import asyncio
import copy
import json
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient
from starlette.types import Message

from planner.app import create_app
from tests.api.reading import API, LAB, PROJECT, fields, good, problem
from tests.api.routes import Served, served
from tests.support.web import settings_for

JSON = {"content-type": "application/json"}
MIB = 1024 * 1024
TIME = "2026-05-04T09:00:00Z"
ROADMAP: dict[str, Any] = {
    "periods": ["2027-Q1", "2027-Q2"],
    "resources": [
        {"id": "ml_engineers", "name": "ML engineers", "unit": "weeks", "source": "effort"},
        {"id": "money", "name": "Money"},
    ],
    "capacity": {"ml_engineers": [4, 3.5], "money": [1000]},
    "duration": 1,
    "projects": {"LAB-1": {"duration": 2, "needs": {"money": 10}, "per_period": {"ml_engineers": [1, 2]}, "value": 3}},
    "shared": [
        {"id": "labels", "name": "Labels", "duration": 1, "needs": {"money": 5}, "per_period": {"ml_engineers": [1]}},
        {"id": "store", "name": "Store"},
    ],
    "dependencies": [{"before": "labels", "after": "store"}],
    "either_or": [["LAB-1", "store"]],
    "must": ["labels"],
    "must_not": ["store"],
    "discount": 0.95,
}
# A body that each write takes.
BODIES: dict[str, Any] = {
    "POST /portfolios": {
        "slug": "new",
        "name": "New",
        "summary": "A *plan*.",
        "key_prefix": "NEW",
        "priority_impact_share": 0.4,
        "capacity": 3,
        "weights": {"data_availability": 3, "accuracy_requirement": 2, "problem_difficulty": 1},
        "playbook": "fsdl",
    },
    "POST /projects/{project}/what-if": {
        "classify": {"automated_today": True},
        "flywheel": {"labels_return": {"answer": "no", "evidence": "Nothing comes back."}},
        "assessor": "Mara",
    },
    "PUT /projects/{project}/readiness": {
        "tests": {"data.schema": {"score": "automated", "evidence": "https://ci.example", "note": "Nightly."}},
        "ethics": {"collection.consent": {"answer": "no", "note": "Not asked."}},
        "risk": {"eu_ai_act": {"in_union": {"answer": "no", "note": "Not sold there."}}},
    },
    "POST /portfolios/{portfolio}/migration": {
        "playbook": "fsdl",
        "playbook_version": 1,
        "criteria": {},
        "stages": {},
        "reason": "To try it",
        "dry_run": False,
    },
    "PATCH /portfolios/{portfolio}": {
        "name": "Lab",
        "summary": "",
        "priority_impact_share": 0.4,
        "capacity": 3,
        "weights": {"data_availability": 3, "accuracy_requirement": 2, "problem_difficulty": 1},
    },
    "POST /portfolios/{portfolio}/projects": {
        "name": "Leak detection",
        "summary": "Finds leaks.",
        "organisation": "Works",
        "unit": "Network",
        "owner": "Jo",
        "archetype": "autonomous",
        "problem_type": "object_detection",
        "stage": "data",
        "status": "active",
        "tags": ["vision"],
        "effort": 12.5,
        "cost": 1000,
        "needs": {"gpu_hours": 400},
        "links": [{"title": "Brief", "url": "https://example.org"}],
        "risks": "None yet.",
        "attributes": {"budget": "12", "critical": True, "sites": 3, "share": 0.5},
    },
    "PATCH /projects/{project}": {"name": "Churn", "owner": "Jo", "effort": 3, "tags": ["nlp"], "attributes": {"a": 1}},
    "PUT /projects/{project}/answers/{assessor}": {
        "answers": {
            "data_availability": {
                "level": 4,
                "low": 3,
                "high": 5,
                "confidence": "informed",
                "not_applicable": False,
                "rationale": "Counted.",
                "evidence": "https://example.org",
            }
        }
    },
    "POST /portfolios/{portfolio}/rounds": {
        "name": "Autumn",
        "assessors": ["Mara", "Ben"],
        "projects": ["LAB-1"],
        "scope": "all",
        "criteria": ["data_availability"],
        "due": "2026-06-01",
    },
    "PATCH /portfolios/{portfolio}/rounds/{number}": {
        "name": "Late autumn",
        "assessors": ["Mara"],
        "due": "2026-07-01",
        "closed": False,
    },
    "PUT /projects/{project}/metrics": {
        "optimised": {"name": "recall", "direction": "maximise", "unit": "", "baseline": 0.7},
        "thresholded": [
            {
                "name": "latency",
                "direction": "minimise",
                "threshold": 100,
                "unit": "ms",
                "baseline": 90,
                "enabled": True,
            }
        ],
        "reason": "Agreed.",
    },
    "POST /projects/{project}/production": {"run": None, "note": "rolled back"},
    "POST /projects/{project}/metrics/proposal": {
        "metrics": [
            {
                "name": "angle",
                "direction": "minimise",
                "unit": "°",
                "needed": 5,
                "reached": 60.5,
                "around": False,
                "sensitivity": "much",
                "importance": "fully",
                "note": "A grasp fails.",
            }
        ]
    },
    "POST /projects/{project}/metrics/preview": {
        "optimised": {"name": "recall", "direction": "maximise", "unit": "", "baseline": 0.7, "slices": ["de"]},
        "thresholded": [
            {
                "name": "latency",
                "direction": "minimise",
                "threshold": 100,
                "against": "production",
                "confidence": 0.9,
                "enabled": False,
                "reason": "not yet",
            }
        ],
        "reason": "",
    },
    "POST /projects/{project}/runs": {
        "name": "resnet",
        "metrics": {"recall": 0.8, "latency": 84.5},
        "params": {"depth": 50, "frozen": True},
        "url": "https://example.org",
        "measured_at": TIME,
    },
    "POST /projects/{project}/baselines": {
        "kind": "domain_experts",
        "name": "Three planners",
        "metrics": {"recall": 0.88},
        "note": "60 cases each.",
        "url": "https://example.org",
        "fair": "yes",
    },
    "POST /projects/{project}/baselines/withdraw": {"name": "Three planners", "note": "They saw the answers."},
    "POST /projects/{project}/sizing": {"parameters": 7e9, "tokens": 1e9, "gpu": "h100", "note": "A start."},
    "POST /projects/{project}/error-analysis": {
        "metric": "recall",
        "scale": "share",
        "unit": "",
        "human": 0.9,
        "train": 0.95,
        "validation": 0.9,
        "train_validation": 0.93,
        "test_validation": 0.85,
        "test": 0.8,
        "note": "Measured twice.",
    },
    "POST /projects/{project}/transitions": {"to": "data", "note": "Now."},
    "PATCH /projects/{project}/tasks/{task}": {"done": True, "note": "In the brief."},
    "PUT /projects/{project}/checklist/{component}": {
        "status": "planned",
        "tool": "dvc",
        "shared": "data.sources",
        "note": "Soon.",
    },
    "PUT /portfolios/{portfolio}/infrastructure/{component}": {
        "name": "Second",
        "status": "planned",
        "owner": "Ben",
        "tool": "dvc",
        "cost": 12000.5,
        "cost_per_month": 40,
        "effort": 6,
        "note": "Soon.",
    },
    "PUT /portfolios/{portfolio}/tools/{tool}": {
        "components": ["data.sources"],
        "standard_for": ["data.versioning"],
        "licence": "MIT",
        "note": "Ask first.",
        "url": "https://example.org",
        "as_of": "2026-11",
    },
    "PUT /projects/{project}/forecasts/{forecaster}": {
        "probability": 0.7,
        "success": "In use.",
        "horizon": "2099-12-31",
        "rationale": "Seen.",
    },
    "PUT /projects/{project}/outcome": {
        "outcome": "success",
        "ended_on": "2020-05-31",
        "note": "Used.",
        "actual_effort": 12.5,
        "estimated_effort": 10,
    },
    "POST /portfolios/{portfolio}/snapshots": {"name": "Spring board", "note": "Decided.", "at": None},
    "POST /portfolios/{portfolio}/selection": {
        **ROADMAP,
        "more": {"ml_engineers": 1},
        "robust": {"samples": 2, "seed": 3},
        "time_limit": 2,
        "gap": 0.01,
        "keep": False,
    },
    "PUT /portfolios/{portfolio}/selection/settings": {**ROADMAP, "reason": "Agreed."},
    "POST /imports": {
        "format": "planner/1",
        "exported_at": TIME,
        "portfolio": {
            "slug": "other",
            "name": "Other",
            "summary": "",
            "key_prefix": "OTHER",
            "priority_impact_share": None,
            "capacity": None,
            "playbook": "fsdl",
            "playbook_version": 1,
            "created_at": TIME,
            "updated_at": TIME,
            "next_number": 2,
        },
        "projects": [
            {
                "key": "OTHER-1",
                "name": "One",
                "stage": None,
                "created_at": TIME,
                "updated_at": TIME,
                "version": 1,
                "import_payload": {"name": "One"},
            }
        ],
        "events": [{"at": TIME, "actor": "Mara", "action": "project.created", "project": "OTHER-1", "changes": []}],
        "snapshots": [
            {
                "number": 1,
                "name": "Spring board",
                "note": "",
                "at": TIME,
                "revision": 2,
                "recorded_at": TIME,
                "recorded_by": "Mara",
                "deleted_at": None,
            }
        ],
    },
}
WRITES = pytest.mark.parametrize("write", BODIES)
# What no field of any model takes, or takes only as the text, number or fact that it is.
HOSTILE: tuple[Any, ...] = (
    "\ud800",
    "nul\x00nul",
    "x" * 30_000,
    "<script>alert('canary-7f3a')</script>" * 30,
    10**400,
    -(10**18),
    float("nan"),
    float("-inf"),
    1e308,
    True,
    [],
    {},
    [[["canary-7f3a"]]],
    {"canary-7f3a": {"\ud800": 1}},
    "=cmd|' /C calc'!A0",
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+23:59",
)


@pytest.fixture(scope="module")
def lab_app(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    database = tmp_path_factory.mktemp("hostile") / "planner.db"
    shutil.copyfile(template_db, database)
    return create_app(settings_for(database))


@pytest.fixture(scope="module")
def lab(lab_app: FastAPI) -> Iterator[TestClient]:
    """One service for all of the module: what is refused leaves it as it was, and what is taken must not harm it."""
    with TestClient(lab_app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
        client.post(f"{LAB}/projects", json={"name": "Churn early warning"})
        client.post(f"{LAB}/rounds", json=BODIES["POST /portfolios/{portfolio}/rounds"])
        yield client
        assert good(client.get(PROJECT))["key"] == "LAB-1"


def send(client: TestClient, write: str, body: Any = None, **more: Any) -> Response:
    """A write with a body, which is given as bytes or as data that may be no JSON."""
    method, _, template = write.partition(" ")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = more.pop("headers", JSON) | {"if-match": "*"}
    return client.request(method, API + Served(method, template).path, content=content, headers=headers, **more)


def name_of(route: Served) -> str:
    """A route of the REST interface as BODIES names it."""
    return f"{route.method} {route.template.removeprefix(API) if route.template.startswith(API) else 'page'}"


def state(client: TestClient) -> Any:
    """What would differ after any write."""
    return good(client.get(f"{API}/portfolios"))


def test_there_is_a_body_for_every_write(lab_app: FastAPI) -> None:
    writes = {name_of(route) for route in served(lab_app) if route.template.startswith(API)}
    bodiless = {"POST /projects/{project}/restore", "POST /portfolios/{portfolio}/imports"}
    bodiless |= {"POST /projects/{project}/runs/imports", "POST /projects/{project}/advice/checklist"}
    assert {write for write in writes if not write.startswith(("GET", "HEAD", "DELETE"))} == {*BODIES, *bodiless}


@WRITES
def test_the_body_is_taken(example_db: Path, tmp_path: Path, template_db: Path, write: str) -> None:
    shutil.copyfile(template_db, tmp_path / "planner.db")
    with TestClient(create_app(settings_for(tmp_path / "planner.db")), base_url="http://127.0.0.1") as client:
        client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
        client.post(f"{LAB}/projects", json={"name": "Churn early warning"})
        if "{number}" in write:
            client.post(f"{LAB}/rounds", json=BODIES["POST /portfolios/{portfolio}/rounds"])
        if "withdraw" in write:
            client.post(f"{PROJECT}/baselines", json=BODIES["POST /projects/{project}/baselines"])
        assert send(client, write, BODIES[write]).status_code in (200, 201)


BROKEN = {
    "no JSON": b"{name: 1}",
    "half": b'{"name": "x',
    "two": b"{} {}",
    "blank": b"   ",
    "not UTF-8": b'{"name": "\xff\xfe\xfd"}',
    "NUL": b"\x00",
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a long number": b'{"name": ' + b"9" * 5_000 + b"}",
    "a key twice": b'{"name": "x", "name": "y"}',
    "a web page": b"<!doctype html>",
    "many names": b"{" + b",".join(b'"n%d":1' % number for number in range(300_000)) + b"}",
    "many names, the last twice": b"{" + b",".join(b'"n%d":1' % number for number in range(300_000)) + b',"n0":1}',
}


@WRITES
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_is_no_sound_json_is_refused(lab: TestClient, write: str, body: bytes) -> None:
    found = problem(send(lab, write, body), 400)
    assert found.detail.startswith("The body")


@WRITES
@pytest.mark.parametrize("body", [None, [], "x", 1, True, [1, 2], {"surprise": 1}], ids=repr)
def test_a_body_of_another_shape_is_refused(lab: TestClient, write: str, body: Any) -> None:
    before = state(lab)
    problem(send(lab, write, body), 422)
    problem(send(lab, write, b""), 422)
    assert state(lab) == before


@WRITES
def test_an_unknown_field_is_named_wherever_it_stands(lab: TestClient, write: str) -> None:
    for place in _places(BODIES[write]):
        body = copy.deepcopy(BODIES[write])
        target = _at(body, place)
        if isinstance(target, dict) and place[-1:] not in (("needs",), ("attributes",), ("import_payload",)):
            target["surprise"] = 1
            if place[-1:] in (("metrics",), ("params",)):  # which hold what a team calls its metrics
                continue
            assert any("surprise" in field for field in fields(send(lab, write, body))), place


def _places(body: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value in a body, the body itself first."""
    yield at
    steps = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, value in steps:
        yield from _places(value, (*at, step))


def _at(body: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        body = body[step]
    return body


@WRITES
def test_a_hostile_value_in_any_field_is_refused_or_kept_as_it_is(lab: TestClient, write: str) -> None:
    for place in list(_places(BODIES[write]))[1:]:
        for value in HOSTILE:
            body = copy.deepcopy(BODIES[write])
            _at(body, place[:-1])[place[-1]] = value
            before = state(lab)
            answer = send(lab, write, body)
            if answer.status_code in (200, 201):
                continue
            assert answer.status_code in (409, 422), (place, repr(value)[:40], answer.text[:300])
            found = problem(answer, answer.status_code)
            assert all(error.message.count("canary-7f3a") <= 2 for error in found.errors), place  # a word may be quoted
            assert "canary-7f3a" not in found.detail
            assert state(lab) == before, (place, repr(value)[:40])


def test_what_was_taken_can_be_read_everywhere(lab: TestClient, lab_app: FastAPI) -> None:
    name = "<script>alert('canary-7f3a')</script>"
    summary = f"{name}\n\n[x](javascript:alert(1))"
    hostile = {"name": name, "summary": summary, "owner": name, "tags": [name], "risks": name}
    good(lab.patch(PROJECT, json=hostile, headers={"if-match": "*"}))
    good(lab.put(f"{PROJECT}/answers/<b>Mara", json=BODIES["PUT /projects/{project}/answers/{assessor}"]))
    for route in served(lab_app):
        if route.method == "GET" and not route.template.startswith("/static"):
            answer = lab.get(route.path)
            # The home leads on to the only portfolio, or shows what other tests have left; a comparison asks of what.
            assert answer.status_code in (200, 303, 304, 308, 404, 422), (route, answer.status_code)
            if "html" in answer.headers.get("content-type", ""):
                assert b"<script>alert" not in answer.content, route
                assert b'href="javascript:' not in answer.content, route


@WRITES
def test_a_body_of_another_kind_is_415(lab: TestClient, write: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "//", ""):
        found = problem(send(lab, write, BODIES[write], headers={"content-type": kind} if kind else {}), 415)
        assert "application/json" in found.detail


def test_a_method_that_an_address_does_not_take_is_405_with_those_it_takes(lab: TestClient, lab_app: FastAPI) -> None:
    takes: dict[str, set[str]] = {}
    for route in served(lab_app):
        takes.setdefault(route.template, set()).add(route.method)
    for template, methods in takes.items():
        path = Served("", template).path
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} - methods:
            answer = lab.request(method, path)
            assert answer.status_code == 405, (method, path)
            allowed = methods | ({"HEAD"} if "GET" in methods else set())
            assert set(answer.headers["allow"].split(", ")) >= allowed, (method, path)
            if path.startswith(API) and template != f"{API}/openapi.json":
                problem(answer, 405)


def test_a_file_is_only_looked_at(lab: TestClient) -> None:
    answer = lab.post("/static/app.css")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_answers_like_get_without_the_body(lab: TestClient, lab_app: FastAPI) -> None:
    for route in served(lab_app):
        if route.method == "GET" and "report" not in route.template:
            head = lab.head(route.path)
            assert (head.status_code, head.content) == (lab.get(route.path).status_code, b""), route


TRICKS = {
    "up": "..%2f..%2f..%2fetc%2fpasswd",
    "up, encoded": "%2e%2e%2f%2e%2e%2f",
    "up, backwards": "..%5c..%5cwindows",
    "NUL": "%00",
    "a line end": "LAB-1%0d%0aSet-Cookie:%20a=b",
    "SQL": "LAB-1'%20OR%20'1'='1",
    "a wildcard": "%25",
    "below zero": "-1",
    "a long number": "9" * 30,
    "foreign digits": "%D9%A3",
    "long": "x" * 3_000,
    "a tag": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "half a pair": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "a template": "%7B%7B7*7%7D%7D",
    "unknown": "none-99",
}


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_trick_in_an_address_finds_nothing(lab: TestClient, lab_app: FastAPI, trick: str) -> None:
    before = state(lab)
    for route in served(lab_app):
        for name in route.parameters:
            if name in ("assessor", "forecaster", "tool"):  # names that may be anything printable; see test_scoring
                continue
            body = BODIES.get(name_of(route))
            path = route.with_parameter(name, trick)
            answer = lab.request(route.method, path, json=body, headers={"if-match": "*"})
            assert answer.status_code in (307, 308, 400, 404, 405, 413, 415, 422), (route, answer.text[:200])
            assert "set-cookie" not in answer.headers or route.path.startswith("/p")
            if route.template.startswith(API) and answer.status_code >= 400:
                problem(answer, answer.status_code)
    assert state(lab) == before


QUERIES = {
    "unknown": ("surprise=1", 422),
    "twice": ("stage=a&stage=b", 422),
    "half a pair": ("q=%ED%A0%80", 400),
    "no UTF-8": ("%FF=1", 400),
    "nothing named": ("=1", 422),
}


@pytest.mark.parametrize(("query", "status"), QUERIES.values(), ids=QUERIES)
def test_a_question_that_is_not_understood_is_refused(
    lab: TestClient, lab_app: FastAPI, query: str, status: int
) -> None:
    for route in served(lab_app):
        if route.template.startswith(API) and route.method in ("GET", "POST") and "openapi" not in route.template:
            body = BODIES.get(name_of(route))
            problem(lab.request(route.method, f"{route.path}?{query}", json=body), status)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=1e2", "limit=", f"limit={'9' * 400}", "cursor=%00", "cursor=AAAA",
        f"cursor={'A' * 301}", "cursor=bnVsbA", "cursor=W10", "answered=101", "answered=x", "sort=", "sort=,",
        "sort=--name,", "sort=id", "q=%00", f"q={'x' * 301}", "tag=a%0Ab",
    ],
)  # fmt: skip
def test_a_wrong_word_in_a_list_is_refused_by_name(lab: TestClient, query: str) -> None:
    assert fields(lab.get(f"{LAB}/projects?{query}")) == [query.partition("=")[0]]


def test_a_search_takes_any_words(lab: TestClient) -> None:
    for words in ('"', "*", "a*b", "NEAR(a b)", "a AND", "(", "'", "\\", "{a b}", "^a", "a:b", "-a", "%", "😀", "%_"):
        good(lab.get(f"{LAB}/projects", params={"q": words}))


@pytest.mark.parametrize("size", [6 * MIB, 50 * MIB])
def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(lab_app: FastAPI, size: int) -> None:
    for route in served(lab_app):
        if route.method in ("POST", "PUT", "PATCH", "DELETE") and not (size < 33 * MIB and "import" in route.template):
            status, read = asyncio.run(_upload(lab_app, route, [], size))
            assert (status, read) == (413, 0), route


def test_a_body_without_a_size_is_read_to_the_limit_and_no_further(lab_app: FastAPI) -> None:
    for route in served(lab_app):
        if name_of(route) in BODIES:
            limit = 33 if "import" in route.template else 5
            status, read = asyncio.run(_upload(lab_app, route, [b" " * MIB] * 50, None))
            assert (status, read) == (413, limit + 1), route


@pytest.mark.parametrize(
    ("write", "body"),
    [
        ("POST /portfolios/{portfolio}/projects", b'{"name": "x", "tags": [' + b"1," * 900_000 + b"1]}"),
        ("POST /portfolios/{portfolio}/projects", b'{"name": "x", "links": [' + b"{}," * 600_000 + b"{}]}"),
        ("PUT /projects/{project}/metrics", b'{"thresholded": [' + b"{}," * 600_000 + b"{}]}"),
        ("POST /projects/{project}/runs", b"[" + b"{}," * 600_000 + b"{}]"),
        ("POST /projects/{project}/runs", b"[" + b'{"metrics":{"a":[],"b":[]}},' * 9_000 + b"{}]"),
        ("POST /imports", b'{"projects": [' + b"{}," * 600_000 + b"{}]}"),
        ("POST /imports", b'{"projects": [{"answers": [' + b"1," * 900_000 + b"1]}]}"),
        ("POST /imports", b'{"events": [' + b"{}," * 600_000 + b"{}]}"),
    ],
)  # fmt: skip
def test_a_million_errors_are_not_collected(lab: TestClient, write: str, body: bytes) -> None:
    started = time.monotonic()
    problem(send(lab, write, body), 422)
    assert time.monotonic() - started < 10  # collected one by one they take more than a minute, and gigabytes


@pytest.mark.parametrize("values", [b"{},", b"[],", b"1,", b'"",'])
def test_a_document_of_more_values_than_memory_is_refused(lab: TestClient, values: bytes) -> None:
    body = b'{"projects": [' + values * (30 * MIB // len(values)) + b"1]}"
    assert "values" in problem(send(lab, "POST /imports", body), 413).detail


async def _upload(app: FastAPI, route: Served, chunks: list[bytes], size: int | None) -> tuple[int, int]:
    """(status, chunks that were asked for) of a request whose body comes in chunks."""
    left, read, status = list(chunks), 0, 0
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"if-match", b"*")]
    headers.append((b"transfer-encoding", b"chunked") if size is None else (b"content-length", str(size).encode()))

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": left.pop(), "more_body": bool(left)}

    async def answer(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "scheme": "http", "server": None, "client": None}
    scope |= {"method": route.method, "path": route.path, "raw_path": route.path.encode(), "root_path": ""}
    await app(scope | {"query_string": b"", "headers": headers}, receive, answer)
    return status, read


def test_a_form_of_any_kind_is_answered(lab: TestClient, lab_app: FastAPI) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    bodies: list[tuple[bytes, dict[str, str]]] = [
        (b"", form),
        (b"%00=%00&name=%FF%FE&%ED%A0%80=1", form),
        (b"&".join(b"name=x" for _ in range(3_000)), form),
        (b"name=" + b"x" * 100_000, form),
        (b"version=-1&name=&level=9&to=heaven&done=maybe&slug=..%2f&answers.x.level=\xff", form),
        (b"{}", JSON),
        (b"garbage", {"content-type": "multipart/form-data; boundary=x"}),
        (b"garbage", {"content-type": "multipart/form-data"}),
        (b"garbage", {"content-type": "//"}),
        (
            b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\x00\r\n--x--\r\n',
            {"content-type": "multipart/form-data; boundary=x"},
        ),
    ]
    for route in served(lab_app):
        if route.method == "POST" and not route.template.startswith(API) and not route.template.endswith("/delete"):
            for body, headers in bodies:
                answer = lab.post(route.path, content=body, headers=headers)
                assert answer.status_code < 500, (route, body[:40])
                assert "Traceback" not in answer.text


def test_over_the_wire(example_server: str) -> None:
    """What a client library would never send."""
    host, port = urlsplit(example_server).hostname or "", urlsplit(example_server).port or 0
    for target, statuses in {
        "/static/../../settings.py": {404},
        "/static/%2e%2e/%2e%2e/settings.py": {404},
        "/static//etc/passwd": {404},
        "/static/..%5c..%5csettings.py": {404},
        "/static/%00": {404},
        "/api/v1/../../healthz": {404},
        "/api/v1//projects/EX-1": {404},
        "//evil.example/api/v1/portfolios": {404, 400},
        "http://evil.example/api/v1/portfolios": {200, 400, 421},
        f"/api/v1/{'x' * 70_000}": {400, 404, 414, 431},
        "/api/v1/projects/%": {404, 400},
        "/\xff": {404, 400},
    }.items():
        status, content = _ask(host, port, f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        assert status in statuses, (target[:40], status)
        assert b"import " not in content
        assert b"Traceback" not in content


def _ask(host: str, port: int, head: str) -> tuple[int, bytes]:
    """(status, everything that came back) of a request as it is written."""
    with socket.create_connection((host, port), timeout=20) as connection:
        connection.sendall(head.encode("latin-1"))
        content = b"".join(iter(lambda: connection.recv(65_536), b""))
    return int(content.split(b" ", 2)[1]), content
