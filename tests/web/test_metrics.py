from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.reading import alert, error, read, value, words

CONTRACT = "/projects/LAB-1/contract"
AGREED = {
    "optimised.name": "recall",
    "optimised.direction": "maximise",
    "optimised.unit": "",
    "optimised.baseline": "0.71",
    "thresholded.0.name": "latency_p95",
    "thresholded.0.direction": "minimise",
    "thresholded.0.threshold": "100",
    "thresholded.0.unit": "ms",
    "thresholded.0.baseline": "",
    "thresholded.0.enabled": "on",
    "thresholded.0.reason": "the line waits",
    "reason": "",
    "action": "save",
}


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    """A client of a portfolio with one project."""
    client.post("/portfolios", data={"name": "Lab"})
    client.post("/portfolios/lab/projects", data={"name": "Idea"})
    return client


def test_a_contract_is_agreed_and_shown_again(lab: TestClient) -> None:
    assert lab.post(CONTRACT, data=AGREED).headers["location"] == CONTRACT
    stored = lab.get("/api/v1/projects/LAB-1/metrics").json()
    assert stored["optimised"] == {
        "name": "recall",
        "direction": "maximise",
        "unit": "",
        "baseline": 0.71,
        "slices": [],
    }
    assert stored["thresholded"][0]["threshold"] == 100
    root = read(lab.get(CONTRACT))
    for name, typed in AGREED.items():
        if name != "action":
            assert value(root, name) == typed, name
    assert "latency_p95 ≤ 100 ms" in words(root.find(".//main"))


def test_a_threshold_is_added_and_taken_away_without_storing(lab: TestClient) -> None:
    root = read(lab.post(CONTRACT, data={**AGREED, "action": "add"}))
    assert value(root, "thresholded.0.name") == "latency_p95"
    assert value(root, "thresholded.1.enabled") == "on"
    off = {k: v for k, v in AGREED.items() if k != "thresholded.0.enabled"}
    assert value(read(lab.post(CONTRACT, data={**off, "action": "add"})), "thresholded.0.enabled") == ""
    root = read(lab.post(CONTRACT, data={**AGREED, "action": "remove.0"}))
    assert all(not (element.get("name") or "").startswith("thresholded.") for element in root.iter())
    assert value(root, "optimised.name") == "recall"
    assert lab.get("/api/v1/projects/LAB-1/metrics").status_code == 404


def test_an_empty_row_is_no_metric(lab: TestClient) -> None:
    empty = {"thresholded.3.name": "", "thresholded.3.direction": "maximise", "thresholded.3.enabled": "on"}
    assert lab.post(CONTRACT, data={**AGREED, **empty}).status_code == 303
    assert len(lab.get("/api/v1/projects/LAB-1/metrics").json()["thresholded"]) == 1


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"optimised.name": ""}, "optimised.name", "This is needed."),
        (
            {"optimised.baseline": "much"},
            "optimised.baseline",
            "A number is needed: write 12.5 with a point, without separators.",
        ),
        ({"optimised.baseline": "nan"}, "optimised.baseline", "A finite number is needed"),
        (
            {"thresholded.0.threshold": "fast"},
            "thresholded.0.threshold",
            "A number is needed: write 12.5 with a point, without separators.",
        ),
        (
            {"thresholded.0.threshold": ""},
            "thresholded.0.threshold",
            "A number is needed: write 12.5 with a point, without separators.",
        ),
        ({"thresholded.0.enabled": "", "thresholded.0.reason": ""}, "thresholded.0.reason", "needs a reason"),
    ],
)
def test_a_wrong_contract_names_the_field(lab: TestClient, typed: dict[str, str], field: str, message: str) -> None:
    shifted = {name.replace("thresholded.0", "thresholded.7"): text for name, text in {**AGREED, **typed}.items()}
    root = read(lab.post(CONTRACT, data=shifted), 422)
    assert message in error(root, field.replace("thresholded.0", "thresholded.7"))
    assert value(root, "thresholded.7.unit") == "ms"


def test_a_metric_has_one_role_and_a_change_needs_a_reason(lab: TestClient) -> None:
    root = read(lab.post(CONTRACT, data={**AGREED, "thresholded.0.name": "recall"}), 422)
    assert "stands more than once" in alert(root)
    lab.post(CONTRACT, data=AGREED)
    changed = {**AGREED, "optimised.baseline": "0.72"}
    assert "say why" in error(read(lab.post(CONTRACT, data=changed), 422), "reason").lower()
    assert lab.post(CONTRACT, data={**changed, "reason": "measured anew"}).status_code == 303
    assert "Version 2" in words(read(lab.get(CONTRACT)).find(".//main"))
