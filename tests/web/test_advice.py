"""The page of techniques."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import alert, links, read, value, words

PAGE = "/projects/EX-10/advice"
OTHER = "/projects/EX-5/advice"


def main(client: TestClient, path: str = PAGE) -> str:
    return words(read(client.get(path)).find(".//main"))


def test_the_page_tells_the_path_with_its_grounds(example_client: TestClient) -> None:
    root = read(example_client.get(PAGE))
    text = words(root.find(".//main"))
    assert "Object detection: the path" in text
    assert "Because runs on a device: yes" in text  # the checklist says so
    assert "Rule object_detection.small_on_device" in text
    assert "Not known yet" in text
    assert "/projects/EX-10/contract/propose?template=object_detection" in links(root)
    nav = root.find(".//nav[@aria-label='Advice']")
    assert nav is not None
    assert [link.get("href") for link in nav.iter("a")] == [PAGE, "/projects/EX-10/what-if", "/projects/EX-10/sizing"]
    assert words(root.find(".//nav[@aria-label='Project']//a[@aria-current='page']")) == "Advice"


def test_what_is_tried_stands_in_the_address(example_client: TestClient) -> None:
    sent = example_client.get(PAGE, params={"problem_type": "tabular", "labels": "", "latency_ms": " 15 "})
    assert sent.status_code == 303
    assert sent.headers["location"] == f"{PAGE}?problem_type=tabular&latency_ms=15"
    root = read(example_client.get(sent.headers["location"]))
    assert (value(root, "problem_type"), value(root, "latency_ms")) == ("tabular", "15")
    assert "Only tried: the project says Object detection" in words(root.find(".//main"))


def test_what_cannot_be_tried_is_named_and_kept(example_client: TestClient) -> None:
    root = read(example_client.get(f"{PAGE}?latency_ms=1,5&labels=some&problem_type=magic"), 422)
    assert "Ambiguous" in alert(root)
    assert value(root, "latency_ms") == "1,5"
    assert "Object detection: the path" in words(root.find(".//main"))
    root = read(example_client.get(f"{PAGE}?problem_type=magic"), 422)
    assert "One of: image_classification" in alert(root)


def test_a_project_without_a_problem_type_says_what_to_do(example_client: TestClient) -> None:
    made = example_client.post("/api/v1/portfolios/example/projects", json={"name": "A new one"}).json()
    page = f"/projects/{made['key']}"
    root = read(example_client.get(f"{page}/advice"))
    assert "none is stated. Choose one beside to try it" in words(root.find(".//main"))
    assert f"{page}/edit#f-problem_type" in links(root)
    assert "the project states none" in main(example_client, f"{page}/advice?problem_type=forecasting")


def test_what_it_needs_goes_on_the_checklist(example_client: TestClient) -> None:
    typed = {"problem_type": "anomaly_detection", "labels": "none"}
    for said in ("are planned on the checklist now", "has all of it stated on the checklist already"):
        answer = example_client.post(f"{OTHER}/checklist", data=typed)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"{OTHER}?problem_type=anomaly_detection&labels=none",
        )
        assert said in words(read(example_client.get(answer.headers["location"])))
    read(example_client.post(f"{OTHER}/checklist", data={"labels": "some"}), 422)
