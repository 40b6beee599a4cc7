from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from planner.domain.agenda import AgendaPage
from tests.api.reading import API, fields, good, problem

EXAMPLE = f"{API}/portfolios/example"


def test_the_questions_come_by_their_gain(example_client: TestClient) -> None:
    found = AgendaPage.model_validate(good(example_client.get(f"{EXAMPLE}/agenda?limit=200")))
    gains = [question.gain for question in found.items]
    assert gains == sorted(gains, reverse=True)
    assert sum(gain > 0 for gain in gains) == found.telling > 0
    assert (found.top, found.projects, found.scored) == (8, 24, 23)
    assert found.total == len(found.items)
    assert found.settling is not None
    assert 0 < found.settling.questions <= found.settling.of


def test_limit_top_and_filters_are_heeded(example_client: TestClient) -> None:
    few = good(example_client.get(f"{EXAMPLE}/agenda?limit=3&top=5"))
    assert (len(few["items"]), few["top"]) == (3, 5)
    some = good(example_client.get(f"{EXAMPLE}/agenda?archetype=autonomous&top=2"))
    listed = good(example_client.get(f"{EXAMPLE}/projects?archetype=autonomous"))["total"]
    assert some["projects"] == listed
    everything = good(example_client.get(f"{EXAMPLE}/agenda?top=24"))
    assert (everything["telling"], everything["settling"], everything["assessors"]) == (0, None, [])
    one = good(example_client.get(f"{EXAMPLE}/agenda?project=EX-10"))
    assert {item["project"] for item in one["items"]} == {"EX-10"}
    for_one = good(example_client.get(f"{EXAMPLE}/agenda?assessor=Priya+Nandakumar"))
    assert all("Priya Nandakumar" in item["assessors"] or not item["assessors"] for item in for_one["items"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("top=0", "top"),
        ("top=25", "top"),
        ("top=1000000000", "top"),
        ("top=NaN", "top"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("stage=dreaming", "stage"),
        ("colour=red", "colour"),
    ],
)
def test_wrong_questions_are_refused_by_name(example_client: TestClient, query: str, field: str) -> None:
    assert fields(example_client.get(f"{EXAMPLE}/agenda?{query}")) == [field]


def test_what_is_not_there_is_404(example_client: TestClient) -> None:
    problem(example_client.get(f"{API}/portfolios/none/agenda"), 404)
    problem(example_client.get(f"{EXAMPLE}/agenda?project=EX-99"), 404)


def test_an_unchanged_agenda_answers_304(example_client: TestClient) -> None:
    etag = example_client.get(f"{EXAMPLE}/agenda").headers["etag"]
    again = example_client.get(f"{EXAMPLE}/agenda", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    example_client.put(f"{API}/projects/EX-10/answers/Mara", json={"answers": {"inspiration": {"level": 2}}})
    assert example_client.get(f"{EXAMPLE}/agenda", headers={"if-none-match": etag}).status_code == 200
