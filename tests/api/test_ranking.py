from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import API, fields, good, problem

EXAMPLE = f"{API}/portfolios/example"
WEIGHTS = "weight.data_availability=1&weight.accuracy_requirement=1&weight.problem_difficulty=8"


def test_the_ranking_tells_how_it_came_about(example_client: TestClient) -> None:
    found = good(example_client.get(f"{EXAMPLE}/ranking?samples=1000&seed=7&limit=3"))
    assert (found["top"], found["total"], found["samples"], found["seed"]) == (8, 24, 1000, 7)
    assert len(found["items"]) == 3
    everything = good(example_client.get(f"{EXAMPLE}/ranking?samples=1000"))
    assert sum(item["p_top"] for item in everything["items"]) == pytest.approx(8)
    assert everything["what_if"] is False


def test_weights_in_one_parameter_or_in_one_each(example_client: TestClient) -> None:
    apart = good(example_client.get(f"{EXAMPLE}/ranking?samples=500&{WEIGHTS}"))
    line = "data_availability:1,accuracy_requirement:1,problem_difficulty:8"
    assert good(example_client.get(f"{EXAMPLE}/ranking?samples=500&weights={line}")) == apart
    assert apart["weights"] == {"data_availability": 0.1, "accuracy_requirement": 0.1, "problem_difficulty": 0.8}
    assert (apart["what_if"], apart["weights_drawn"]) == (True, False)
    assert good(example_client.get(f"{EXAMPLE}/sensitivity?{WEIGHTS}"))["intervals"][3]["value"] == 0.8
    pair = good(example_client.get(f"{EXAMPLE}/ranking/comparison?a=EX-10&b=EX-2&{WEIGHTS}"))
    assert sum(part["share"] for part in pair["shares"]) == pytest.approx(pair["difference"], abs=1e-6)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("top=0", "top"),
        ("top=25", "top"),
        ("top=NaN", "top"),
        ("samples=99", "samples"),
        ("samples=1000000000", "samples"),
        ("seed=-1", "seed"),
        ("impact_share=1.5", "impact_share"),
        ("impact_share=NaN", "impact_share"),
        ("weights=nonsense", "weights"),
        ("weights=data_availability:x", "weights"),
        ("weights=data_availability:1,data_availability:2", "weights"),
        ("weights=data_availability:NaN,accuracy_requirement:1,problem_difficulty:1", "weights.data_availability"),
        ("weights=data_availability:-1,accuracy_requirement:1,problem_difficulty:1", "weights.data_availability"),
        ("weights=data_availability:0,accuracy_requirement:0,problem_difficulty:0", "weights"),
        ("weight.colour=1", "weights.colour"),
        ("colour=red", "colour"),
        ("stage=dreaming", "stage"),
        ("as_of=yesterday", "as_of"),
    ],
)
def test_wrong_questions_are_refused_by_name(example_client: TestClient, query: str, field: str) -> None:
    assert field in fields(example_client.get(f"{EXAMPLE}/ranking?{query}"))


def test_two_ways_of_saying_weights_at_once_are_refused(example_client: TestClient) -> None:
    problem(example_client.get(f"{EXAMPLE}/ranking?weights=a:1&weight.a=1"), 422)


def test_an_unchanged_ranking_answers_304_and_the_past_is_there(example_client: TestClient) -> None:
    for path in ("ranking?samples=200", "sensitivity", "ranking/comparison?a=EX-1&b=EX-2"):
        etag = example_client.get(f"{EXAMPLE}/{path}").headers["etag"]
        assert example_client.get(f"{EXAMPLE}/{path}", headers={"if-none-match": etag}).status_code == 304
    past = good(example_client.get(f"{EXAMPLE}/ranking?samples=200&as_of=2025-10-01"))
    assert 0 < past["total"] < 24
    problem(example_client.get(f"{API}/portfolios/none/ranking"), 404)
    problem(example_client.get(f"{EXAMPLE}/ranking/comparison?a=EX-1&b=EX-99"), 404)
    assert fields(example_client.get(f"{EXAMPLE}/ranking/comparison?a=EX-1")) == ["b"]
