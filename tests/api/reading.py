"""Answers of the REST interface as tests read them: an error has one shape, is short and shows no traceback."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from httpx2 import Response

from planner.api.errors import Problem

API = "/api/v1"
LAB = f"{API}/portfolios/lab"
PROJECT = f"{API}/projects/LAB-1"


def good(response: Response, status: int = 200) -> Any:
    """The JSON of an answer that is no error."""
    assert response.status_code == status, response.text[:2000]
    assert response.headers["content-type"] == "application/json"
    return response.json()


def problem(response: Response, status: int) -> Problem:
    """The problem that an answer tells; fails when it is not in the shape that every error has."""
    assert response.status_code == status, response.text[:2000]
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) < 2000
    assert b"Traceback" not in response.content
    found = Problem.model_validate_json(response.content)
    assert (found.type, found.status, found.title) == ("about:blank", status, HTTPStatus(status).phrase)
    assert found.detail
    return found


def fields(response: Response) -> list[str]:
    """The fields that an answer names as wrong."""
    return [error.field for error in problem(response, 422).errors]
