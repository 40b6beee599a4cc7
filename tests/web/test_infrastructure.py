from __future__ import annotations

from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, part, read, value, words

PAGE = "/projects/EX-20/checklist"
LINE = f"{PAGE}/data.versioning"


def test_a_project_is_told_what_it_needs_and_why(example_client: TestClient) -> None:
    root = read(example_client.get(PAGE))
    line = words(by_id(root, "c-data.exploration"))
    assert "Required" in line
    assert "Every project needs it from the stage Planning" in line
    assert "not asked for yet" in words(root.find(".//main"))


def test_a_status_is_stated_with_tool_and_note(example_client: TestClient) -> None:
    typed = {"status": "partial", "tool": "DVC <2>", "note": "Only images"}
    answer = example_client.post(LINE, data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#c-data.versioning")
    line = by_id(read(example_client.get(PAGE)), "c-data.versioning")
    assert {name: value(line, name) for name in typed} == typed
    assert "Mara" in words(line)


def test_with_a_script_only_the_line_is_put_anew(example_client: TestClient) -> None:
    answer = example_client.post(LINE, data={"status": "in_place"}, headers={"HX-Request-Type": "partial"})
    parsed = part(answer)
    assert value(parsed, "status") == "in_place"
    assert "Saved" in words(parsed)


def test_a_line_without_a_status_comes_back_with_what_was_typed(example_client: TestClient) -> None:
    root = read(example_client.post(LINE, data={"status": "", "tool": "DVC", "note": "n"}), 422)
    assert "Say how it stands." in alert(root)
    line = by_id(root, "c-data.versioning")
    assert value(line, "tool") == "DVC"
    assert value(line, "note") == "n"
    partial = example_client.post(LINE, data={"status": "odd"}, headers={"HX-Request-Type": "partial"})
    assert partial.status_code == 422
    assert partial.text.strip().startswith("<li")
    assert example_client.post(f"{PAGE}/data.magic", data={"status": "planned"}).status_code == 404


def test_the_portfolio_counts_components_by_status(example_client: TestClient) -> None:
    root = read(example_client.get("/portfolios/example/infrastructure"))
    counts = root.find(".//table")
    assert counts is not None
    rows = {words(row).split(" ")[0]: row for row in counts.iter("tr")}
    assert len([row for row in counts.iter("tr") if row.find("td") is not None]) == 17
    versioning = next(row for row in root.iter("tr") if words(row).startswith("Data versioning"))
    assert sum(int(words(cell)) for cell in versioning.iter("td") if words(cell) != "·") == 24
    assert rows
