from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import error, read, value, words

PAGE = "/projects/EX-24/sizing"


def main(client: TestClient, query: str = "") -> str:
    return words(read(client.get(PAGE + query)).find(".//main"))


def test_a_preset_fills_the_form_and_is_worked_out(example_client: TestClient) -> None:
    assert "Nothing is sized yet" in main(example_client)
    root = read(example_client.get(f"{PAGE}?preset=lora_7b"))
    assert value(root, "layers") == "32"
    text = words(root.find(".//main"))
    assert "All of it, 15.9–19.1 GB, fits into 24 GB." in text
    assert "Worked out, not recorded" in text
    assert "no price known" in text


def test_the_form_computes_by_its_address_and_records_by_post(example_client: TestClient) -> None:
    text = main(example_client, "?items=100&label_kind=box&wage_low=&gpu=")
    assert "The cost is not known without wage an hour, from" in text
    answer = example_client.post(PAGE, data={"parameters": "7e9", "tokens": "1e9", "precision": "mixed", "note": "<b>"})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    text = main(example_client)
    assert "Recorded by" in text
    assert "<b>" in text


def test_wrong_inputs_come_back_as_they_were_typed(example_client: TestClient) -> None:
    for answer in (
        example_client.get(f"{PAGE}?parameters=much&tokens=5"),
        example_client.post(PAGE, data={"parameters": "much", "tokens": "5"}),
    ):
        root = read(answer, 422)
        assert "A number is needed" in error(root, "parameters")
        assert (value(root, "parameters"), value(root, "tokens")) == ("much", "5")
