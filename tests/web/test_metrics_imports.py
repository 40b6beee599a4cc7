"""The page that imports runs."""

from __future__ import annotations

from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.reading import read

PAGE = "/projects/EX-2/runs/import"
TABLE = b"name,val\nnew-a,0.5\nnew-b,<b>\n"


def send(client: TestClient, content: bytes = TABLE, **form: str) -> Response:
    return client.post(
        PAGE, files={"file": ("runs.csv", content)}, data=form, headers={"Sec-Fetch-Site": "same-origin"}
    )


def test_a_file_is_looked_at_and_then_taken(example_client: TestClient) -> None:
    assert "What is understood" in example_client.get(PAGE).text
    looked = send(example_client, action="check", columns="val_x = val")
    assert looked.status_code == 200
    read(looked)
    assert "Add 1 run" in looked.text
    assert "&lt;b&gt;" in looked.text
    done = send(example_client, action="import", columns="val_x = val")
    assert "See the runs" in done.text
    assert "nothing to add" in send(example_client, action="check", columns="val_x = val").text


def test_what_is_wrong_is_told_beside_the_form(example_client: TestClient) -> None:
    assert send(example_client, b"<html>").status_code == 400
    wrong = send(example_client, columns="recall")
    assert wrong.status_code == 422
    assert "Write it as recall = val_recall" in wrong.text
    assert send(example_client, columns="recall = none").status_code == 422
    none = example_client.post(PAGE, data={"action": "check"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert (none.status_code, "Choose a file" in none.text) == (422, True)
    part = example_client.post(PAGE, data={}, headers={"HX-Request-Type": "partial", "Sec-Fetch-Site": "same-origin"})
    assert (part.status_code, "<html" in part.text) == (422, False)
    assert example_client.get("/projects/NONE-1/runs/import").status_code == 404
