from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import API, PROJECT, fields, good, problem

WHAT_IF = f"{PROJECT}/what-if"
LEVELS = {name: {"level": 3} for name in ("data_availability", "accuracy_requirement", "product_need")}


@pytest.fixture
def scored(lab: TestClient) -> TestClient:
    good(lab.put(f"{PROJECT}/answers/Mara", json={"answers": LEVELS}))
    good(lab.patch(PROJECT, json={"archetype": "autonomous"}, headers={"if-match": "*"}))
    return lab


def test_before_and_after_with_rules_and_nothing_stored(scored: TestClient) -> None:
    before = scored.get(PROJECT).json()
    found = good(scored.get(f"{WHAT_IF}?levers=guardrails,human_approval&accuracy_from=99.9&accuracy_to=90"))
    assert [move["id"] for move in found["moves"]] == ["human_approval", "guardrails"]
    assert all(move["rule"] and move["source"] for move in found["moves"])
    assert found["after"]["feasibility"]["expected"] > found["before"]["feasibility"]["expected"]
    assert (found["archetype"], found["archetype_after"]) == ("autonomous", "human_in_the_loop")
    assert found["accuracy"]["factor"] == pytest.approx(1 / 16)
    assert found["recording"]["left_out"] == ["cheap_prediction"]
    assert scored.get(PROJECT).json() == before


def test_applying_gives_what_was_listed_and_a_stale_version_is_refused(scored: TestClient) -> None:
    listed = good(scored.get(f"{WHAT_IF}?levers=guardrails&assessor=Ben"))
    body = {"levers": ["guardrails"], "assessor": "Ben"}
    stale = scored.post(WHAT_IF, json=body, headers={"if-match": f'"{listed["version"] - 1}"'})
    problem(stale, 412)
    made = scored.post(WHAT_IF, json=body, headers={"if-match": f'"{listed["version"]}"'})
    assert (made.status_code, made.json()) == (201, listed["recording"])
    given = good(scored.get(f"{PROJECT}/answers"))["items"]
    assert [one["criterion"] for one in given if one["assessor"] == "Ben"] == ["accuracy_requirement"]


def test_the_flywheel_needs_every_yes(scored: TestClient) -> None:
    two = "labels_return:yes,data_improve_model:yes"
    assert good(scored.get(f"{WHAT_IF}?flywheel={two}"))["flywheel"]["missing"] == ["model_improves_use"]
    found = good(scored.get(f"{WHAT_IF}?flywheel={two},model_improves_use:yes"))
    assert [move["id"] for move in found["moves"]] == ["flywheel"]


def test_the_classifier_leads_to_an_archetype(scored: TestClient) -> None:
    path = f"{API}/playbooks/fsdl/classifier"
    assert good(scored.get(path))["next"]["id"] == "automated_today"
    assert good(scored.get(f"{path}?classify=automated_today:no"))["next"]["id"] == "approved_each"
    found = good(scored.get(f"{path}?classify=automated_today:no,approved_each:no"))
    assert (found["archetype"], found["next"]) == ("autonomous", None)
    assert fields(scored.get(f"{path}?classify=magic:yes")) == ["classify.magic"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("levers=magic", "levers.0"),
        ("levers=product_design", "levers.0"),
        ("levers=relax_accuracy", "accuracy_from"),
        ("classify=automated_today:perhaps", "classify"),
        ("classify=automated_today", "classify"),
        ("flywheel=labels_return:perhaps", "flywheel.labels_return.answer"),
        ("flywheel=labels_return:yes,labels_return:no", "flywheel"),
        ("accuracy_from=100", "accuracy_from"),
        ("cost_per_nine=1", "cost_per_nine"),
    ],
)
def test_what_is_wrong_is_refused_by_field(scored: TestClient, query: str, field: str) -> None:
    assert field in fields(scored.get(f"{WHAT_IF}?{query}"))
