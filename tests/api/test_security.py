"""What every answer carries, and what no route ever sees. A new route is tested as soon as it is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from planner.app import create_app
from planner.settings import Settings
from planner.web.security import HEADERS, POLICY, SAFE
from tests.api.reading import API, LAB, PROJECT, good, problem
from tests.api.routes import Served, served
from tests.support.web import settings_for

OWN = "http://127.0.0.1"
JSON = {"content-type": "application/json"}


def service(template_db: Path, folder: Path, **settings: object) -> FastAPI:
    """The service on a database that holds the portfolio lab and the project LAB-1."""
    shutil.copyfile(template_db, folder / "planner.db")
    app = create_app(settings_for(folder / "planner.db").model_copy(update=settings))
    with TestClient(app, base_url=OWN) as client:
        client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
        client.post(f"{LAB}/projects", json={"name": "Churn early warning"})
    return app


@pytest.fixture(scope="module")
def app(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return service(template_db, tmp_path_factory.mktemp("security"))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=OWN, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def unsafe(app: FastAPI) -> list[Served]:
    found = [route for route in served(app) if route.method not in SAFE]
    assert len(found) > 25
    return found


def removes(route: Served) -> bool:
    return route.method == "DELETE" or route.template.endswith("/delete")


def armed(response: Response) -> Response:
    """The answer; fails when one of the headers is missing, doubled or weakened."""
    for name, value in HEADERS.items():
        assert response.headers.get_list(name) == [value], (response.request.url, name)
    return response


def test_the_policy_lets_nothing_in_that_is_not_ours() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'self'"
    assert (rules["object-src"], rules["base-uri"], rules["frame-ancestors"]) == ("'none'", "'none'", "'none'")
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "script-src" not in rules  # which is then as narrow as the default


def test_every_answer_carries_the_headers(client: TestClient, app: FastAPI) -> None:
    statuses = set()
    for route in served(app):
        if not removes(route):
            statuses.add(armed(client.request(route.method, route.path)).status_code)
        statuses.add(armed(client.request("TRACE", route.path)).status_code)
    etag = client.get(f"{LAB}/projects").headers["etag"]
    for answer in (
        client.get(f"{LAB}/projects", headers={"if-none-match": etag}),
        client.head("/"),
        client.get("/nothing"),
        client.get(f"{API}/nothing"),
        client.get("/static/app.css"),
        client.get("/static/nothing.css"),
        client.get("/portfolios/none"),
        client.get("/", headers={"host": "evil.example"}),
        client.post("/portfolios", headers={"sec-fetch-site": "cross-site"}),
        client.post(f"{API}/portfolios", content=b"x"),
        client.post(f"{API}/portfolios", content=b"x" * 6_000_000),
        client.post("/portfolios", content=b"x" * 6_000_000),
        client.delete(PROJECT, headers={"if-match": '"0"'}),
    ):
        statuses.add(armed(answer).status_code)
    assert statuses >= {200, 304, 403, 404, 405, 412, 413, 415, 421, 422, 428}


def test_nothing_that_is_asked_is_kept_by_caches_without_asking_again(client: TestClient, app: FastAPI) -> None:
    for route in served(app):
        if route.method == "GET":
            answer = client.get(route.path)
            if "etag" in answer.headers and not route.template.startswith("/static"):
                assert answer.headers["cache-control"] == "private, no-cache", route


FOREIGN: dict[str, dict[str, str]] = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a sister site": {"sec-fetch-site": "same-site"},
    "a word of no meaning": {"sec-fetch-site": "SAME-ORIGIN "},
    "nothing said": {"sec-fetch-site": ""},
    "another site, with our origin": {"sec-fetch-site": "cross-site", "origin": OWN},
    "another origin": {"origin": "https://evil.example"},
    "another port": {"origin": f"{OWN}:8001"},
    "our name in theirs": {"origin": "http://127.0.0.1.evil.example"},
    "our name before theirs": {"origin": "http://127.0.0.1@evil.example"},
    "no origin to speak of": {"origin": "null"},
    "an empty origin": {"origin": ""},
    "another form": {"origin": "https://evil.example", "content-type": "application/x-www-form-urlencoded"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_no_write_comes_from_another_site(client: TestClient, app: FastAPI, headers: dict[str, str]) -> None:
    before = good(client.get(f"{API}/portfolios"))
    for route in unsafe(app):
        answer = client.request(route.method, route.path, headers=headers)
        assert answer.status_code == 403, route
        if route.template.startswith(API):
            problem(answer, 403)
        else:
            assert "another site" in answer.text
    assert good(client.get(f"{API}/portfolios")) == before


OURS: dict[str, dict[str, str]] = {
    "our page": {"sec-fetch-site": "same-origin", "origin": OWN},
    "typed by hand": {"sec-fetch-site": "none"},
    "an older browser": {"origin": OWN},
    "a program": {},
}


@pytest.mark.parametrize("headers", OURS.values(), ids=OURS)
def test_our_own_pages_and_programs_may_write(client: TestClient, app: FastAPI, headers: dict[str, str]) -> None:
    for route in unsafe(app):
        if not removes(route):
            assert client.request(route.method, route.path, headers=headers).status_code not in (403, 500), route


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_looking_is_open_to_links_from_anywhere(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/", headers=headers).status_code < 400
    assert client.head(f"{LAB}/projects", headers=headers).status_code == 200


def test_behind_a_proxy_its_address_is_ours_too(template_db: Path, tmp_path: Path) -> None:
    hosts = ("127.0.0.1", "plan.example.org")
    app = service(template_db, tmp_path, base_url="https://plan.example.org", allowed_hosts=hosts)
    with TestClient(app, base_url=OWN) as client:
        draft = {"name": "Fleet routing"}
        good(client.post(f"{LAB}/projects", json=draft, headers={"origin": "https://plan.example.org"}), 201)
        problem(client.post(f"{LAB}/projects", json=draft, headers={"origin": "https://other.example.org"}), 403)


HOSTS = [
    "127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:8000", "[::1]", "[::1]:8000", "a.example.org",
    "b.a.example.org:1",
]  # fmt: skip
OTHERS = [
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:127", "example.org",
    "xexample.org", "a.example.org.evil.example", "127.0.0.1@evil.example", "evil.example/127.0.0.1",
    "127.0.0.1, evil.example", "[::1].evil.example", "127.0.0.1:x", "127.0.0.1:999999", "[::2]", "", " ", "*",
    "*.example.org", "127.0.0.1\x00", "\xe4.example.org", "0.0.0.0", "2130706433",
]  # fmt: skip


@pytest.fixture(scope="module")
def named(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    hosts = (*Settings.model_fields["allowed_hosts"].default, "*.example.org")
    app = service(template_db, tmp_path_factory.mktemp("hosts"), allowed_hosts=hosts)
    with TestClient(app, base_url=OWN, follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("host", HOSTS)
def test_the_server_answers_to_its_names(named: TestClient, host: str) -> None:
    assert named.get(LAB, headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", OTHERS, ids=repr)
def test_the_server_answers_to_no_other_name(named: TestClient, host: str) -> None:
    for path in (LAB, "/", "/healthz", "/static/app.css", "/nothing"):
        answer = named.get(path, headers=[(b"host", host.encode("latin-1"))])
        assert answer.status_code == 421
        assert "PLANNER_ALLOWED_HOSTS" in answer.text
    problem(named.post(f"{LAB}/projects", json={"name": "x"}, headers=[(b"host", host.encode("latin-1"))]), 421)


def test_two_names_are_no_name(named: TestClient) -> None:
    assert named.get(LAB, headers=[("host", "127.0.0.1"), ("host", "evil.example")]).status_code == 421


def test_a_bug_shows_no_traceback_and_is_armed(
    template_db: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("secret-of-the-database")

    app = service(template_db, tmp_path)
    for path in (f"{API}/bug", "/bug"):
        app.add_api_route(path, fail)
    with TestClient(app, base_url=OWN, raise_server_exceptions=False) as client:
        assert "log" in problem(armed(client.get(f"{API}/bug")), 500).detail
        page = armed(client.get("/bug"))
        assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
        assert "secret-of-the-database" not in page.text
        assert "Traceback" not in page.text
    assert "secret-of-the-database" in caplog.text


def test_secrets_in_refused_input_are_told_to_nobody(client: TestClient, capfd: pytest.CaptureFixture[str]) -> None:
    secret = "hunter2-hunter2-hunter2"
    body = {"name": [secret], "owner": {"password": secret}, "effort": secret, "links": [{"url": secret}]}
    problem(client.post(f"{LAB}/projects", json=body), 422)
    for answer in (
        client.post(f"{LAB}/projects", json=body),
        client.post(f"{LAB}/projects", content=f'{{"name": "{secret}'.encode(), headers=JSON),
        client.put(f"{PROJECT}/metrics", json={"optimised": secret}),
        client.get(f"{LAB}/projects?limit={secret}"),
        client.get(f"{LAB}/projects", headers={"if-none-match": secret}),
        client.patch(PROJECT, json={"owner": "x"}, headers={"if-match": secret}),
    ):
        assert secret not in answer.text
    assert secret not in "".join(capfd.readouterr())


def test_only_one_cookie_exists_and_scripts_cannot_read_it(client: TestClient) -> None:
    answer = client.post("/portfolios", data={"slug": "cookie", "name": "Cookie"})
    assert answer.status_code == 303
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("notice=")
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
