"""Every page once, as it is served: valid, light, and with nothing inline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from tests.web.reading import headline, links, read

PORTFOLIO = [
    "",
    "/projects",
    "/matrix",
    "/board",
    "/flow",
    "/infrastructure",
    "/infrastructure/needs",
    "/infrastructure/next",
    "/infrastructure/tools",
    "/import",
    "/export",
    "/bin",
    "/history",
]
PORTFOLIO += ["/changes", "/changes?since=2025-09-30&until=2025-12-31"]
PORTFOLIO += [
    "/settings",
    "/playbook",
    "/playbook?to=fsdl@1",
    "/projects/new",
    "/projects?stage=data",
    "/matrix?quadrant=do_first",
    "/board?status=live",
]
PROJECT = [
    "",
    "/edit",
    "/score",
    "/advice",
    "/advice?problem_type=object_detection&labels=none&edge=yes&licence=permissive",
    "/contract",
    "/runs",
    "/runs/import",
    "/baselines",
    "/what-if",
    "/sizing?preset=lora_7b",
    "/lifecycle",
    "/checklist",
    "/readiness",
    "/history",
]
GENERAL = [
    "/portfolios",
    "/help",
    "/playbooks",
    "/playbooks/fsdl",
    "/playbooks/fsdl/diff",
    "/playbooks/fsdl/notes",
    "/playbooks/fsdl/tools",
]
PAGES = [*GENERAL, *(f"/portfolios/example{end}" for end in PORTFOLIO), *(f"/projects/EX-2{end}" for end in PROJECT)]
REPORTS = ["/projects/EX-2/report", "/projects/EX-24/report", "/portfolios/example/report"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_light_and_says_what_it_is(example_client: TestClient, path: str) -> None:
    answer = example_client.get(path)
    root = read(answer)
    title = root.find(".//title")
    assert title is not None
    assert title.text
    assert headline(root)
    assert len(answer.content) < 200_000
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert root.find(".//main[@id='main']") is not None
    assert root.find(".//a[@class='skip']") is not None


@pytest.mark.parametrize("path", [f"/projects/EX-24{end}" for end in PROJECT])
def test_a_project_of_which_little_is_known_has_every_page_too(example_client: TestClient, path: str) -> None:
    assert headline(read(example_client.get(path))) == "Dredging need from echo soundings"


@pytest.mark.parametrize("path", REPORTS)
def test_a_report_is_a_page_with_a_way_back_and_its_other_forms(example_client: TestClient, path: str) -> None:
    answer = example_client.get(path)
    found = links(read(answer))
    assert path.removesuffix("/report") in found
    assert {f"/api/v1{path}.{kind}" for kind in ("pdf", "docx", "md")} <= found
    assert "<style" not in answer.text


def test_the_front_page_opens_the_only_portfolio(example_client: TestClient) -> None:
    answer = example_client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/portfolios/example")


def test_the_front_page_offers_a_first_portfolio_when_there_is_none(client: TestClient) -> None:
    assert headline(read(client.get("/"))) == "Portfolios"


def test_every_link_of_the_frame_and_the_pages_leads_somewhere(example_client: TestClient) -> None:
    seen: set[str] = set()
    for page in [
        "/portfolios/example",
        "/projects/EX-2",
        "/projects/EX-2/lifecycle",
        "/help",
        "/portfolios/example/import",
    ]:
        seen |= {link.partition("#")[0] for link in links(read(example_client.get(page)))}
    local = {link for link in seen if link.startswith("/") and not link.startswith("/api/")}
    broken = [link for link in sorted(local) if example_client.get(link).status_code not in (200, 303)]
    assert broken == []


@contextmanager
def statements(app: FastAPI) -> Iterator[list[str]]:
    """The SQL that the application runs meanwhile."""
    engine = app.state.workspace(None).database.engine
    heard: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            heard.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


@pytest.mark.parametrize(
    ("few", "many"),
    [
        ("/portfolios/example/projects?archetype=autonomous", "/portfolios/example/projects"),
        ("/portfolios/example/matrix?archetype=autonomous", "/portfolios/example/matrix"),
        ("/projects/EX-1", "/projects/EX-2"),
        ("/projects/EX-1/contract", "/projects/EX-2/contract"),
    ],
)
def test_the_number_of_queries_does_not_depend_on_what_is_found(
    example_client: TestClient, few: str, many: str
) -> None:
    app = example_client.app
    assert isinstance(app, FastAPI)
    example_client.get("/api/v1/portfolios/example/facets")  # what stands beside filters is kept for all pages
    counts = []
    for path in (few, many):
        with statements(app) as heard:
            read(example_client.get(path))
        counts.append(len(heard))
    assert counts[0] == counts[1]
    assert counts[0] < 40
