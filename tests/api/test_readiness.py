from __future__ import annotations

from starlette.testclient import TestClient

from planner.domain.project_readiness import ProjectReadiness
from planner.domain.readiness_counts import PortfolioReadiness
from tests.api.reading import LAB, PROJECT, fields, good, problem

READINESS = f"{PROJECT}/readiness"


def test_nothing_stated_is_null_and_not_zero(lab: TestClient) -> None:
    body = good(lab.get(READINESS))
    assert (body["score"]["score"], body["score"]["stated"], body["score"]["of"]) == (None, 0, 28)
    assert [one["tier"] for one in body["risk"]] == [None, None]
    ProjectReadiness.model_validate(body)


def test_what_is_put_is_kept_and_null_takes_it_back(lab: TestClient) -> None:
    said = {
        "tests": {"data.schema": {"score": "automated", "evidence": "https://ci.example"}},
        "ethics": {"collection.consent": {"answer": "no", "note": "not asked"}},
        "risk": {"eu_ai_act": {"in_union": {"answer": "no"}}},
    }
    body = good(lab.put(READINESS, json=said))
    assert body == good(lab.get(READINESS))
    assert body["score"]["sections"][0]["score"] == 1
    assert body["ethics"]["no"] == 1
    assert body["risk"][0]["tier"] == "out_of_scope"
    counts = PortfolioReadiness.model_validate(good(lab.get(f"{LAB}/readiness")))
    assert (counts.floor_cannot_tell, counts.ethics_begun) == (1, 1)
    body = good(lab.put(READINESS, json={"tests": {"data.schema": None}}))
    assert body["score"]["stated"] == 0
    assert body["ethics"]["answered"] == 1  # what is not named stays


def test_wrong_statements_are_refused_by_field(lab: TestClient) -> None:
    found = lab.put(READINESS, json={"tests": {"data.schema": {"score": 0.5}}})
    assert fields(found) == ["tests.data.schema.score"]
    found = lab.put(READINESS, json={"tests": {"data.magic": {"score": "none"}}})
    assert fields(found) == ["tests.data.magic"]
    found = lab.put(READINESS, json={"risk": {"eu_ai_act": {"credit": {"answer": "80 %"}}}})
    assert fields(found) == ["risk.eu_ai_act.credit.answer"]


def test_the_version_that_was_read_can_be_asked_for(lab: TestClient) -> None:
    etag = lab.get(READINESS).headers["etag"]
    assert lab.get(READINESS, headers={"if-none-match": etag}).status_code == 304
    said = {"ethics": {"collection.consent": {"answer": "yes"}}}
    good(lab.put(READINESS, json=said, headers={"if-match": etag}))
    problem(lab.put(READINESS, json=said, headers={"if-match": etag}), 412)
