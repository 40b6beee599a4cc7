from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import by_id, error, links, part, read, value, words

PAGE = "/projects/EX-20/lifecycle"  # in planning, its gate open


def stage(client: TestClient, ref: str = "EX-20") -> str | None:
    found: str | None = client.get(f"/api/v1/projects/{ref}").json()["stage"]
    return found


def test_the_gate_is_shown_before_the_move_and_passing_it_open_needs_a_note(example_client: TestClient) -> None:
    text = words(read(example_client.get(PAGE)).find(".//main"))
    assert "of the gate are not met yet" in text
    root = read(example_client.post(PAGE, data={"to": "data", "note": ""}), 422)
    assert "points of the gate are not met" in error(root, "data.note").lower()
    assert stage(example_client) == "planning"
    answer = example_client.post(PAGE, data={"to": "data", "note": "The benchmark <b> is wanted first"})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert stage(example_client) == "data"
    assert "The benchmark <b> is wanted first" in words(read(example_client.get(PAGE)).find(".//main"))


def test_going_back_needs_one_of_the_reasons(example_client: TestClient) -> None:
    page = "/projects/EX-2/lifecycle"
    root = read(example_client.post(page, data={"to": "training", "reason": "", "note": "typed"}), 422)
    assert "say why it goes back" in error(root, "training.reason").lower()
    assert "typed" in {field.text.strip() for field in root.iter("textarea") if field.text}
    reason = next(
        option.get("value") for option in by_id(root, "f-training.reason").iter("option") if option.get("value")
    )
    assert reason
    assert example_client.post(page, data={"to": "training", "reason": reason}).status_code == 303
    assert stage(example_client, "EX-2") == "training"


def test_a_project_without_a_stage_is_placed_anywhere(example_client: TestClient) -> None:
    page = "/projects/EX-24/lifecycle"
    assert "Place it in a stage" in words(read(example_client.get(page)).find(".//main"))
    assert example_client.post(page, data={"to": "training"}).status_code == 303
    assert stage(example_client, "EX-24") == "training"
    read(example_client.post(page, data={"to": "moon"}), 422)


def test_a_task_is_ticked_and_unticked_by_one_button(example_client: TestClient) -> None:
    root = read(example_client.get(PAGE))
    forms = [form.get("action", "") for form in root.iter("form") if "/tasks/" in form.get("action", "")]
    answer = example_client.post(forms[0], data={"done": "1", "note": "seen"})
    task = forms[0].rpartition("/")[2]
    assert answer.headers["location"] == f"{PAGE}#t-{task}"
    line = by_id(read(example_client.get(PAGE)), f"t-{task}")
    assert "is-done" in (line.get("class") or "")
    assert "seen" in words(line)
    partial = example_client.post(forms[0], data={"done": "", "note": "seen"}, headers={"HX-Request-Type": "partial"})
    parsed = part(partial)
    assert [li.get("class") for li in parsed.iter("li")] == ["task"]


def test_what_the_data_decide_cannot_be_ticked(example_client: TestClient) -> None:
    root = read(example_client.get("/projects/EX-24/lifecycle"))
    computed = next(li for li in root.iter("li") if "Found in the data" in words(li))
    assert computed.find(".//form") is None
    task = (computed.get("id") or "").removeprefix("t-")
    answer = example_client.post(f"/projects/EX-24/tasks/{task}", data={"done": "1"})
    assert answer.status_code == 409


def test_the_board_has_a_column_for_each_stage(example_client: TestClient) -> None:
    root = read(example_client.get("/portfolios/example/board"))
    heads = [words(head) for head in root.iter("h2")]
    assert heads == ["Planning 4", "Data 5", "Training 5", "Deployment 7", "Not stated 3"]
    assert "/projects/EX-24" in links(root)


def test_a_full_column_says_where_the_others_are(client: TestClient) -> None:
    client.post("/portfolios", data={"name": "Lab"})
    for number in range(32):
        client.post("/portfolios/lab/projects", data={"name": f"P{number}", "stage": "data", "tags": "a b"})
    root = read(client.get("/portfolios/lab/board?tag=a+b"))
    assert "2 more" in words(root.find(".//main"))
    assert "/portfolios/lab/projects?stage=data&tag=a+b" in links(root)
    assert value(by_id(root, "filters"), "tag") == "a b"
