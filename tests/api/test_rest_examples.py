"""docs/rest.md: every path is told, and every example answers as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from planner.app import create_app
from tests.api.reading import API
from tests.support.web import settings_for

PAGE = Path(__file__).parents[2] / "docs" / "rest.md"
TEXT = PAGE.read_text(encoding="utf-8")


class Message(NamedTuple):
    """A request or an answer: its first line, its headers, its body."""

    first: str
    headers: dict[str, str]
    body: str

    @classmethod
    def parse(cls, text: str) -> Message:
        head, _, body = text.strip("\n").partition("\n\n")
        first, *headers = head.split("\n")
        return cls(first, {name.lower(): value for name, _, value in (line.partition(": ") for line in headers)}, body)


def examples() -> list[tuple[Message, Message]]:
    blocks = re.findall(r"^```http\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return [
        (Message.parse(a), Message.parse(f"HTTP/1.1 {b}"))
        for a, b in (re.split(r"\nHTTP/1\.1 ", x, maxsplit=1) for x in blocks)
    ]


def shown(part: Any, whole: Any) -> bool:
    """Whether a part, as the page shows it, is in the answer: some of the fields, the first of the entries."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and shown(value, whole[name]) for name, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) >= len(part) and all(map(shown, part, whole))
    return bool(part == whole)


def test_every_example_answers_as_it_says(example_client: TestClient) -> None:
    found = examples()
    assert len(found) > 40
    for asked, told in found:
        method, _, path = asked.first.partition(" ")
        body = asked.body.replace("\n", "\r\n") if "multipart" in asked.headers.get("content-type", "") else asked.body
        answer = example_client.request(method, path, content=body.encode(), headers=asked.headers)
        assert str(answer.status_code) == told.first.split()[1], (asked.first, answer.text[:500])
        for name, value in told.headers.items():
            assert answer.headers[name] == value, (asked.first, name)
        if told.body:
            assert shown(json.loads(told.body), answer.json()), (asked.first, answer.text[:2000])


@pytest.fixture(scope="module")
def paths(template_db: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = create_app(settings_for(template_db)).openapi()["paths"]
    return found


def test_every_path_is_told_with_its_methods_and_an_example(paths: dict[str, dict[str, Any]]) -> None:
    told = {path: methods.split(", ") for methods, path in re.findall(r"`([A-Z, ]+) (/api/v1/[^`]*)`", TEXT)}
    assert told == {path: [method.upper() for method in item] for path, item in paths.items()}
    asked = [asked.first for asked, _ in examples()]
    for path, item in paths.items():
        pattern = re.sub(r"\\{\w+\\}", r"[^/ ?]+", re.escape(path))
        for method in item:
            assert any(re.fullmatch(rf"{method.upper()} {pattern}(\?\S*)?", line) for line in asked), (method, path)


def test_every_parameter_of_a_list_and_every_status_is_told(paths: dict[str, dict[str, Any]]) -> None:
    conventions = TEXT.partition("## Conventions")[2].partition("\n## ")[0]
    parameters = paths[f"{API}/portfolios/{{portfolio}}/projects"]["get"]["parameters"]
    for parameter in (entry for entry in parameters if entry["in"] == "query"):
        assert f"`{parameter['name']}`" in conventions, parameter["name"]
    statuses = {status for item in paths.values() for operation in item.values() for status in operation["responses"]}
    for status in statuses - {"200", "201", "204"}:
        assert re.search(rf"\b{status}\b", conventions), status


def test_its_own_links_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        file, _, anchor = target.partition("#")
        assert not file or (PAGE.parent / file).exists(), target
        assert not anchor or file or anchor in anchors, target
