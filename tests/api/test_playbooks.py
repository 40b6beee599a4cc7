from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from planner.domain.playbook import Playbook
from tests.api.reading import API, good, problem
from tests.support.factories import fsdl


def test_the_whole_methodology_is_data(client: TestClient) -> None:
    assert Playbook.model_validate(good(client.get(f"{API}/playbooks/fsdl"))) == fsdl()


@pytest.mark.parametrize("name", ["other", "FSDL", "..%2ffsdl", "%00", "x" * 60, "fsdl.yaml"])
def test_another_playbook_is_404_with_those_there_are(client: TestClient, name: str) -> None:
    problem(client.get(f"{API}/playbooks/{name}"), 404)


def test_an_id_that_is_too_long_is_refused(client: TestClient) -> None:
    problem(client.get(f"{API}/playbooks/{'x' * 61}"), 422)
