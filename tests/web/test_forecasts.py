from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, error, headline, links, read, value, words

OPEN, ENDED = "/projects/EX-16", "/projects/EX-7"
PORTFOLIO = "/portfolios/example/forecasts"


def main(client: TestClient, path: str) -> str:
    return words(read(client.get(path)).find(".//main"))


def test_the_base_rate_stands_before_the_question_and_others_are_hidden(example_client: TestClient) -> None:
    text = main(example_client, f"{OPEN}/forecast")
    assert text.index("4 of 7") < text.index("Then: your forecast")
    assert "2 people have made a forecast" in text
    assert "Tomás" not in text
    assert "Tomás Okafor" in main(example_client, f"{OPEN}/forecast?reveal=1")
    own = main(example_client, f"{OPEN}/forecast?forecaster=Priya+Nandakumar")
    assert "Tomás Okafor" in own
    assert "You said 45 %" in own


def test_a_forecast_is_recorded_in_per_cent_and_shows_the_others(example_client: TestClient) -> None:
    typed = {"forecaster": "Mara <b>", "probability": "62.5 %", "success": "Used.", "rationale": "<script>"}
    answer = example_client.post(f"{OPEN}/forecast", data=typed)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{OPEN}/forecast?forecaster=Mara%20%3Cb%3E"
    root = read(example_client.get(answer.headers["location"]))
    assert value(root, "probability") == "62.5"
    assert "Mara <b>" in words(root.find(".//main"))
    assert "Tomás Okafor" in words(root.find(".//main"))


def test_a_wrong_forecast_comes_back_as_it_was_typed(example_client: TestClient) -> None:
    for wrong in ("", "120", "-1", "nan", "much"):
        root = read(example_client.post(f"{OPEN}/forecast", data={"forecaster": "Mara", "probability": wrong}), 422)
        assert "from 0 to 100" in error(root, "probability")
        assert value(root, "probability") == wrong
    root = read(
        example_client.post(f"{OPEN}/forecast", data={"forecaster": "", "probability": "1,5", "horizon": "2001-01-01"}),
        422,
    )
    assert "Ambiguous" in error(root, "probability")
    closed = example_client.post(f"{ENDED}/forecast", data={"forecaster": "Mara", "probability": "50"})
    assert closed.status_code == 409


def test_an_ended_project_shows_outcome_and_scores_and_can_be_corrected(example_client: TestClient) -> None:
    text = main(example_client, f"{ENDED}/forecast")
    assert "Failed" in text
    assert "Tomás Okafor" in text
    assert "your forecast" not in text
    assert value(read(example_client.get(f"{ENDED}/forecast")), "outcome") == "failure"
    answer = example_client.post(f"{ENDED}/outcome", data={"outcome": "reopened"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ENDED}/forecast")
    assert "Reopened" in main(example_client, f"{ENDED}/forecast")
    root = read(example_client.post(f"{ENDED}/outcome", data={"outcome": "", "actual_effort": "x"}), 422)
    assert "Say how it ended." in alert(root)
    assert "A number is needed" in error(root, "actual_effort")
    future = read(example_client.post(f"{ENDED}/outcome", data={"outcome": "success", "ended_on": "2199-01-01"}), 422)
    assert "future" in error(future, "ended_on")


def test_the_portfolio_shows_curve_scores_open_ended_and_missing(example_client: TestClient) -> None:
    root = read(example_client.get(PORTFOLIO))
    assert headline(root) == "Forecasts"
    text = words(root.find(".//main"))
    assert "1 project has ended, outcome not recorded" in text
    assert "Heat demand of the next day" in text
    assert "7 scored forecasts so far" in text
    assert "hidden until you forecast" in text
    assert f"{PORTFOLIO}?forecaster=Tom%C3%A1s%20Okafor#curve" in links(root)
    curve = by_id(root, "curve")
    assert any("Calibration curve" in (element.get("aria-label") or "") for element in curve.iter())
    shown = main(example_client, f"{PORTFOLIO}?forecaster=Tom%C3%A1s+Okafor&reveal=1")
    assert "When Tomás Okafor said 70 %" in shown
    assert "hidden until you forecast" not in shown


def test_without_a_forecast_it_says_so(client: TestClient) -> None:
    client.post("/api/v1/portfolios", json={"slug": "lab", "name": "Lab"})
    client.post("/api/v1/portfolios/lab/projects", json={"name": "Churn"})
    assert "No forecast yet" in main(client, "/portfolios/lab/forecasts")
    text = main(client, "/projects/LAB-1/forecast")
    assert "no base rate yet" in text
    assert "None is borrowed from outside" in text
