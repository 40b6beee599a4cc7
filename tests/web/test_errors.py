from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import alert, headline, read, words

NOT_THERE = ["/nowhere", "/portfolios/none", "/portfolios/none/projects", "/portfolios/none/import", "/projects/NO-1"]
NOT_THERE += ["/projects/NO-1/score", "/projects/99999999999999999999", "/playbooks/other", "/portfolios/none/report"]


def test_what_is_not_there_is_said_on_a_page(client: TestClient) -> None:
    for path in NOT_THERE:
        assert headline(read(client.get(path), 404)) == "Nothing is here", path


def test_strange_addresses_are_no_failure(client: TestClient) -> None:
    for path in (
        "/portfolios/%00",
        "/projects/%00%ff",
        "/projects/" + "9" * 3000,
        "/portfolios/..%2f..%2fetc/projects",
    ):
        assert client.get(path).status_code in (404, 422), path


def test_a_method_that_a_page_does_not_take(client: TestClient) -> None:
    assert headline(read(client.post("/help"), 405)) == "That cannot be done here"


def test_a_form_that_is_none(client: TestClient) -> None:
    broken = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/portfolios", content=b"--x\r\nnonsense", headers=broken)
    assert answer.status_code in (400, 422)
    assert "Traceback" not in answer.text


def test_a_write_from_another_site_is_refused(example_client: TestClient) -> None:
    answer = example_client.post("/projects/EX-2/delete", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert example_client.get("/projects/EX-2").status_code == 200


def test_a_failed_part_is_put_above_the_content(example_client: TestClient) -> None:
    answer = example_client.post("/projects/EX-2/tasks/nothing", headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 404
    assert answer.headers["HX-Retarget"] == "#main"
    assert answer.headers["HX-Reswap"] == "afterbegin"
    assert "<main" not in answer.text


def test_a_conflict_is_told_in_words(example_client: TestClient) -> None:
    root = read(example_client.post("/projects/EX-2/lifecycle", data={"to": "deployment"}), 409)
    assert "already" in alert(root)


def test_the_error_page_shows_what_was_asked_for_as_text(client: TestClient) -> None:
    answer = client.get("/portfolios/<script>alert(1)</script>")
    root = read(answer, 404)
    assert "<script>alert" not in answer.text
    assert words(root.find(".//main"))
