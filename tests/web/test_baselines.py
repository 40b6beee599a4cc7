from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import alert, error, read, value, words

PAGE = "/projects/EX-10/baselines"


def main(client: TestClient, path: str = PAGE) -> str:
    return words(read(client.get(path)).find(".//main"))


def test_the_page_tells_gap_errors_and_baselines(example_client: TestClient) -> None:
    text = main(example_client)
    assert "detr-night is held against the baselines" in text
    assert "worse than the best baseline, Two surveyors who agree" in text
    assert "On the ladder it has passed Domain experts" in text
    assert "next comes Specialists, combined." in text
    assert "Next: Distribution shift" in text
    assert "collect training data like them" in text
    assert "Not fair" in text
    root = read(example_client.get(PAGE))
    assert "Baselines" in words(root.find(".//nav[@aria-label='Project']"))


def test_a_project_without_contract_or_facts_says_what_to_do(example_client: TestClient) -> None:
    text = main(example_client, "/projects/EX-24/baselines")
    assert "No metric contract is agreed yet" in text
    assert "None is stated yet" in text
    assert "Nothing is measured yet" in text


def test_a_baseline_is_recorded_corrected_and_withdrawn(example_client: TestClient) -> None:
    typed = {
        "name": "<b>Night shift</b>",
        "kind": "domain_experts",
        "metric.0": "recall",
        "value.0": "0.7",
        "metric.1": "precision",
        "value.1": "",
        "other": "speed",
        "other_value": "12",
        "note": "<script>",
    }
    answer = example_client.post(PAGE, data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "<b>Night shift</b>" in main(example_client)
    root = read(example_client.get(f"{PAGE}?correct=%3Cb%3ENight%20shift%3C/b%3E"))
    assert value(root, "name") == "<b>Night shift</b>"
    assert value(root, "value.0") == "0.7"
    assert "Correct a baseline" in words(root.find(".//main"))
    for _ in range(2):  # the second comes too late, and finds what it wants
        gone = example_client.post(f"{PAGE}/withdraw", data={"name": "<b>Night shift</b>"})
        assert (gone.status_code, gone.headers["location"]) == (303, PAGE)
    assert "<b>Night shift</b>: withdrawn" in main(example_client)


def test_a_wrong_baseline_comes_back_as_it_was_typed(example_client: TestClient) -> None:
    typed = {"name": "", "kind": "", "metric.0": "recall", "value.0": "1,5"}
    root = read(example_client.post(PAGE, data=typed), 422)
    assert "Ambiguous" in error(root, "value.0")
    assert error(root, "name")
    assert value(root, "value.0") == "1,5"
    root = read(example_client.post(PAGE, data={"name": "x", "kind": "scripted"}), 422)
    assert "one metric at least" in alert(root)


def test_errors_are_recorded_and_wrong_ones_come_back(example_client: TestClient) -> None:
    page = "/projects/EX-24"
    numbers = {"human": "1", "train": "20", "validation": "27", "test": "28", "unit": "%"}
    answer = example_client.post(f"{page}/error-analysis", data=numbers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}/baselines#errors")
    assert "Next: Avoidable bias (underfitting) 70 % of what could be gained" in main(
        example_client, f"{page}/baselines"
    )
    root = read(example_client.post(f"{page}/error-analysis", data={"train": "much", "unit": "%"}), 422)
    assert "A number is needed" in error(root, "train")
    assert value(root, "train") == "much"
    root = read(example_client.post(f"{page}/error-analysis", data={}), 422)
    assert "at least one of train" in alert(root)
