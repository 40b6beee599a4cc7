"""The pages that lead to a contract: a proposal, a preview, and what a version changed."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, error, read, value, words

CONTRACT = "/projects/LAB-1/contract"
PROPOSE = f"{CONTRACT}/propose"
AGREED = {
    "optimised.name": "recall",
    "optimised.direction": "maximise",
    "thresholded.0.name": "latency",
    "thresholded.0.direction": "minimise",
    "thresholded.0.threshold": "100",
    "thresholded.0.unit": "ms",
    "thresholded.0.enabled": "on",
    "reason": "",
    "action": "save",
}
POSE = {
    "metric.0.name": "position",
    "metric.0.direction": "minimise",
    "metric.0.unit": "cm",
    "metric.0.needed": "1",
    "metric.0.reached": "1.25",
    "metric.2.name": "angle",
    "metric.2.direction": "minimise",
    "metric.2.unit": "°",
    "metric.2.needed": "5",
    "metric.2.reached": "60",
    "metric.3.name": "run_time",
    "metric.3.direction": "minimise",
    "metric.3.unit": "ms",
    "metric.3.needed": "100",
    "metric.3.reached": "300",
    "metric.3.importance": "not_yet",
    "metric.3.note": "First the grasp must work.",
    "metric.4.name": "",
    "metric.4.direction": "maximise",
    "action": "propose",
}


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    """A client of a portfolio with one project."""
    client.post("/portfolios", data={"name": "Lab"})
    client.post("/portfolios/lab/projects", data={"name": "Idea", "problem_type": "object_pose"})
    return client


def test_the_template_of_the_problem_type_is_the_start(lab: TestClient) -> None:
    root = read(lab.get(PROPOSE))
    assert [value(root, f"metric.{row}.name") for row in range(3)] == ["angle_error", "position_error", "latency_p95"]
    assert value(root, "template") == "object_pose"
    assert "Usually optimised: in the case study" in words(by_id(root, "needs"))
    other = read(lab.get(PROPOSE, params={"template": "ocr"}))
    assert value(other, "metric.0.name") == "character_error_rate"
    assert "no template of this type" in alert(read(lab.get(PROPOSE, params={"template": "<magic>"}), 422))
    lab.post(CONTRACT, data=AGREED)
    assert value(read(lab.get(PROPOSE)), "metric.1.needed") == "100"


def test_a_proposal_fills_the_contract_form_and_stores_nothing(lab: TestClient) -> None:
    root = read(lab.post(PROPOSE, data=POSE))
    told = words(by_id(root, "proposal"))
    assert "angle Optimise minimise 60 ° 1,100 %" in told
    assert "position Threshold at most 1 cm 1.25 cm 25 %" in told
    assert "run_time Off for now at most 100 ms" in told
    assert "FSDL 2021, lecture 5" in told
    assert value(root, "metric.2.reached") == "60"
    assert lab.get("/api/v1/projects/LAB-1/metrics").status_code == 404
    names = (
        "name",
        "direction",
        "threshold",
        "unit",
        "baseline",
        "slices",
        "confidence",
        "against",
        "enabled",
        "reason",
    )
    fields = {
        f"optimised.{part}": value(root, f"optimised.{part}") for part in ("name", "direction", "unit", "baseline")
    }
    fields |= {f"thresholded.{n}.{part}": value(root, f"thresholded.{n}.{part}") for n in (0, 1) for part in names}
    assert lab.post(CONTRACT, data={**fields, "action": "save"}).status_code == 303
    agreed = lab.get("/api/v1/projects/LAB-1/metrics").json()
    assert (agreed["optimised"]["name"], agreed["optimised"]["baseline"]) == ("angle", 60)
    assert [(m["name"], m["threshold"], m["enabled"]) for m in agreed["thresholded"]] == [
        ("position", 1, True),
        ("run_time", 100, False),
    ]


def test_a_metric_of_which_nothing_is_known_is_open(lab: TestClient) -> None:
    known = {"metric.0.name": "a", "metric.0.direction": "maximise", "metric.1.name": "b"}
    root = read(lab.post(PROPOSE, data={**known, "metric.1.direction": "maximise"}))
    assert "b Open no value yet" in words(by_id(root, "proposal"))
    assert value(root, "thresholded.0.threshold") == ""


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"metric.2.needed": "five"}, "metric.2.needed", "A number is needed"),
        ({"metric.2.needed": "1.500"}, "metric.2.needed", "Ambiguous"),
        ({"metric.2.name": ""}, "metric.2.name", "This is needed."),
        ({"metric.2.direction": "down"}, "metric.2.direction", "One of"),
        ({"metric.3.note": "x" * 3_000}, "metric.3.note", "At most 2,000 characters"),
    ],
)
def test_a_wrong_need_names_the_field(lab: TestClient, typed: dict[str, str], field: str, message: str) -> None:
    root = read(lab.post(PROPOSE, data={**POSE, **typed}), 422)
    assert message in error(root, field)
    assert value(root, "metric.0.unit") == "cm"


def test_what_concerns_all_metrics_is_told_above(lab: TestClient) -> None:
    assert "name at least one metric" in alert(read(lab.post(PROPOSE, data={"action": "propose"}), 422)).lower()
    later = {name: text for name, text in POSE.items() if name.startswith("metric.3")}
    assert "matters now" in alert(read(lab.post(PROPOSE, data=later), 422))
    assert "more than once" in alert(read(lab.post(PROPOSE, data={**POSE, "metric.2.name": "position"}), 422))


def test_rows_are_added_and_taken_away(lab: TestClient) -> None:
    root = read(lab.post(PROPOSE, data={**POSE, "action": "add"}))
    assert value(root, "metric.5.name") == ""
    root = read(lab.post(PROPOSE, data={**POSE, "action": "remove.0"}))
    assert all(not (element.get("name") or "").startswith("metric.0.") for element in root.iter())
    assert value(root, "metric.2.name") == "angle"


def test_slices_confidence_and_production_are_agreed_and_shown_in_words(lab: TestClient) -> None:
    floor = {
        "thresholded.4.name": "recall",
        "thresholded.4.direction": "maximise",
        "thresholded.4.threshold": "0.01",
        "thresholded.4.against": "production",
        "thresholded.4.enabled": "on",
    }
    typed = {**AGREED, **floor, "optimised.slices": "de, fr,", "thresholded.0.confidence": "95 %"}
    assert lab.post(CONTRACT, data=typed).status_code == 303
    stored = lab.get("/api/v1/projects/LAB-1/metrics").json()
    assert stored["optimised"]["slices"] == ["de", "fr"]
    assert [(m["confidence"], m["against"]) for m in stored["thresholded"]] == [(0.95, "value"), (None, "production")]
    root = read(lab.get(CONTRACT))
    shown = words(root.find(".//main"))
    assert "The worst of de and fr counts" in shown
    assert "Must be met with 95 % probability" in shown
    assert "No worse than production by more than 0.01" in shown
    assert value(root, "optimised.slices") == "de, fr"
    assert value(root, "thresholded.0.confidence") == "0.95"
    assert value(root, "thresholded.1.against") == "production"


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"thresholded.0.confidence": "30 %"}, "thresholded.0.confidence", "Must be more than 0.5"),
        ({"thresholded.0.confidence": "sure %"}, "thresholded.0.confidence", "A number is needed"),
        ({"thresholded.0.slices": "de,de"}, "thresholded.0.slices", "stands more than once"),
        ({"thresholded.0.slices": "de/at"}, "thresholded.0.slices", "not allowed"),
        ({"optimised.slices": "de,de"}, "optimised.slices", "stands more than once"),
        ({"thresholded.0.against": "luck"}, "thresholded.0.against", "One of"),
        (
            {"thresholded.0.against": "production", "thresholded.0.threshold": "-1"},
            "thresholded.0.threshold",
            "0 or more",
        ),
        ({"thresholded.0.threshold": "1.500"}, "thresholded.0.threshold", "Ambiguous"),
    ],
)
def test_what_is_folded_away_is_unfolded_with_its_error(
    lab: TestClient, typed: dict[str, str], field: str, message: str
) -> None:
    root = read(lab.post(CONTRACT, data={**AGREED, **typed}), 422)
    assert message in error(root, field)
    assert value(root, "thresholded.0.unit") == "ms"


def test_a_number_of_three_decimals_comes_back_as_it_can_be_typed(lab: TestClient) -> None:
    assert lab.post(CONTRACT, data={**AGREED, "thresholded.0.threshold": "1.2340"}).status_code == 303
    assert lab.get("/api/v1/projects/LAB-1/metrics").json()["thresholded"][0]["threshold"] == 1.234
    assert value(read(lab.get(CONTRACT)), "thresholded.0.threshold") == "1.2340"


def test_rows_with_odd_numbers_are_left_alone(lab: TestClient) -> None:
    odd = {"thresholded.x.name": "a", "thresholded.².name": "b", f"thresholded.{'9' * 5000}.name": "c"}
    assert lab.post(CONTRACT, data={**AGREED, **odd, "action": "add"}).status_code == 200
    assert lab.post(PROPOSE, data={"metric.².name": "b", "action": "add"}).status_code == 200


def with_runs(lab: TestClient) -> None:
    lab.post(CONTRACT, data=AGREED)
    values = (("fast", 0.7, 50), ("good", 0.9, 150), ("<b>", 0.6, 120))
    runs = [{"name": name, "metrics": {"recall": recall, "latency": latency}} for name, recall, latency in values]
    assert lab.post("/api/v1/projects/LAB-1/runs", json=runs).status_code == 201


def test_a_preview_shows_what_it_does_to_the_runs_and_stores_nothing(lab: TestClient) -> None:
    with_runs(lab)
    looser = {**AGREED, "thresholded.0.threshold": "200", "action": "preview"}
    root = read(lab.post(CONTRACT, data=looser))
    shown = words(by_id(root, "preview"))
    assert "What version 2 would change" in shown
    assert "latency: at most 100 ms → at most 200 ms (looser)." in shown
    assert "Qualify 1 → 3 of 3 runs: 2 now, 0 no longer" in shown
    assert "Winner fast → good" in shown
    assert "good Disqualified Qualified latency: at most 100 ms" in shown
    assert value(root, "thresholded.0.threshold") == "200"
    assert lab.get("/api/v1/projects/LAB-1/metrics").json()["version"] == 1
    assert error(read(lab.post(CONTRACT, data={**looser, "optimised.name": ""}), 422), "optimised.name")


def test_the_first_contract_can_be_previewed_too(lab: TestClient) -> None:
    shown = words(by_id(read(lab.post(CONTRACT, data={**AGREED, "action": "preview"})), "preview"))
    assert "recall is new: optimised, to maximise." in shown


def test_versions_are_compared_on_a_page(lab: TestClient) -> None:
    assert lab.get(f"{CONTRACT}/diff").status_code == 404
    with_runs(lab)
    assert "Version 1, the first" in words(read(lab.get(f"{CONTRACT}/diff")).find(".//main"))
    lab.post(CONTRACT, data={**AGREED, "thresholded.0.threshold": "200", "reason": "Nobody waits."})
    page = read(lab.get(f"{CONTRACT}/diff"))
    shown = words(page.find(".//main"))
    assert "From version 1 to version 2" in shown
    assert "Nobody waits." in shown
    assert "Winner fast → good" in shown
    assert (value(page, "from"), value(page, "to")) == ("1", "2")
    assert "(stricter)" in words(read(lab.get(f"{CONTRACT}/diff?from=2&to=1")).find(".//main"))
    assert "Nothing differs." in words(read(lab.get(f"{CONTRACT}/diff?from=2&to=2")).find(".//main"))
    versions = words(read(lab.get(CONTRACT)).find(".//main"))
    assert "What changed in version 2" in versions
    for query in ("from=9", "from=x", "to=²", "from=-1", f"to={'9' * 400}"):
        assert lab.get(f"{CONTRACT}/diff?{query}").status_code == 404, query
