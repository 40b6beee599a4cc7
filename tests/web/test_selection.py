from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from starlette.testclient import TestClient

from planner.domain.errors import Invalid
from planner.domain.selection import CapacityPlanDraft
from planner.web.selection_lines import read_lines, write_lines
from tests.support.factories import roadmap_settings
from tests.web.reading import SVG, alert, by_id, headline, read, value, words

ROADMAP = "/portfolios/example/roadmap"
SETTINGS = f"{ROADMAP}/settings"


def form(root: Element) -> dict[str, str]:
    """What a browser would send of the settings' form as it stands."""
    names = {element.get("name", "") for element in by_id(root, "main").iter() if element.get("name")}
    return {name: value(root, name) for name in names if name not in ("action", "")}


def main(client: TestClient, path: str, status: int = 200) -> str:
    return words(read(client.get(path), status).find(".//main"))


def test_the_page_says_what_to_do_when_and_what_stays_out(example_client: TestClient) -> None:
    root = read(example_client.get(ROADMAP))
    assert headline(root) == "Roadmap"
    text = words(root.find(".//main"))
    assert "proven: no plan is worth more" in text
    assert "live, retired or stopped stay out" in text
    assert "It must not be done." in text
    assert "EX-18 is done instead." in text or "EX-19 is done instead." in text
    assert len(list(root.iter(f"{SVG}svg"))) + len([s for s in root.iter("svg") if s.get("role") == "img"]) >= 2
    assert all(table.find("caption") is not None for table in root.iter("table"))


def test_the_what_if_lives_in_the_address(example_client: TestClient) -> None:
    text = main(example_client, f"{ROADMAP}?more.data_engineers=6")
    assert "in worth:" in text
    root = read(example_client.get(f"{ROADMAP}?more.data_engineers=6"))
    assert value(root, "more.data_engineers") == "6"
    assert "Nothing is gained" in main(example_client, f"{ROADMAP}?more.gpu_hours=0.5")


@pytest.mark.parametrize("amount", ["much", "-1", "nan", "1e99", "1,5"])
def test_a_wrong_what_if_shows_the_plan_and_says_what_is_wrong(example_client: TestClient, amount: str) -> None:
    root = read(example_client.get(ROADMAP, params={"more.money": amount}), 422)
    assert value(root, "more.money") == amount
    assert "What to do when" in words(root.find(".//main"))
    read(example_client.get(ROADMAP, params={"more.gold": "<b>"}), 422)


def test_doubt_is_told_in_three_columns(example_client: TestClient) -> None:
    assert "The plan is solved 60 times" in main(example_client, ROADMAP)
    text = words(by_id(read(example_client.get(f"{ROADMAP}?robust=1")), "robust"))
    for part in ("In every plan", "In some", "In none"):
        assert part in text
    assert text.index("Urgent chest X-rays first") < text.index("In some")


def test_a_plan_is_kept_on_request(example_client: TestClient) -> None:
    answer = example_client.post(ROADMAP)
    assert (answer.status_code, answer.headers["location"]) == (303, ROADMAP)
    assert "it shows until a value, a need or a setting changes" in main(example_client, ROADMAP)


def test_the_settings_come_back_as_they_were_and_change_with_a_reason(example_client: TestClient) -> None:
    before = example_client.get("/api/v1/portfolios/example/selection/settings").json()
    fields = form(read(example_client.get(SETTINGS)))
    same = example_client.post(SETTINGS, data={**fields, "action": "save"})
    assert same.status_code == 303, alert(read(same, 422))
    assert example_client.get("/api/v1/portfolios/example/selection/settings").json() == before
    changed = {**fields, "discount": "0.9", "action": "save"}
    root = read(example_client.post(SETTINGS, data=changed), 422)
    assert "Say why the settings change" in words(root.find(".//main"))
    assert value(root, "discount") == "0.9"
    assert example_client.post(SETTINGS, data={**changed, "reason": "Money is dear."}).status_code == 303
    assert "Money is dear." in main(example_client, SETTINGS)
    after = example_client.get("/api/v1/portfolios/example/selection/settings").json()
    assert (after["version"], after["discount"]) == (2, 0.9)


def test_rows_come_and_go_without_storing(example_client: TestClient) -> None:
    fields = form(read(example_client.get(SETTINGS)))
    root = read(example_client.post(SETTINGS, data={**fields, "action": "add"}))
    assert value(root, "resource.5.id") == ""
    root = read(example_client.post(SETTINGS, data={**fields, "action": "remove.0"}))
    assert "resource.0.id" not in form(root)
    root = read(example_client.post(SETTINGS, data={**fields, "periods": "A\nB", "action": "grid"}))
    assert {name for name in form(root) if name.startswith("capacity.1.")} == {"capacity.1.0", "capacity.1.1"}


def test_wrong_settings_come_back_as_they_were_typed(example_client: TestClient) -> None:
    fields = form(read(example_client.get(SETTINGS)))
    wrong = {
        "projects": "EX-6: soon\nEX-99: 1 period",
        "dependencies": "EX-6\nEX-7 > <b>",
        "capacity.0.0": "1,5",
        "must": "EX-404",
    }
    for name, text in wrong.items():
        answer = example_client.post(SETTINGS, data={**fields, name: text, "reason": "x", "action": "save"})
        root = read(answer, 422)
        assert value(root, name).strip() == text
        assert alert(root) is not None


def test_wishes_that_conflict_take_the_place_of_the_plan(example_client: TestClient) -> None:
    fields = form(read(example_client.get(SETTINGS)))
    wrong = {**fields, "must": "EX-18, EX-19", "reason": "both", "action": "save"}
    assert example_client.post(SETTINGS, data=wrong).status_code == 303
    text = main(example_client, ROADMAP, 422)
    assert "No plan can keep all of this at once" in text
    assert "Only one can be done of EX-18 and EX-19" in text
    read(example_client.post(ROADMAP), 422)


def test_a_portfolio_without_settings_is_asked_for_them(client: TestClient) -> None:
    client.post("/api/v1/portfolios", json={"slug": "lab", "name": "Lab"})
    client.post("/api/v1/portfolios/lab/projects", json={"name": "Churn"})
    assert "Nothing to plan with yet" in main(client, "/portfolios/lab/roadmap")
    fields = form(read(client.get("/portfolios/lab/roadmap/settings")))
    assert fields["periods"].split() == ["Q1", "Q2", "Q3", "Q4"]
    amounts = {f"capacity.0.{at}": "5" for at in range(4)}
    saved = client.post("/portfolios/lab/roadmap/settings", data={**fields, **amounts, "action": "save"})
    assert saved.status_code == 303
    assert "cannot be planned" in main(client, "/portfolios/lab/roadmap")


LINES = {
    "projects": ["LAB-1: 3 periods, people 36, gpu 400/200/0.5, value 4", "LAB-2:"],
    "shared": ["store, Feature store: 1 period, people 12", "tool: people 1"],
    "dependencies": ["store > LAB-1 > LAB-2"],
    "either_or": ["LAB-1, LAB-2"],
    "must": ["LAB-1"],
    "must_not": ["LAB-2"],
}


def test_lines_are_read_and_written_without_loss() -> None:
    plain = dict(roadmap_settings())
    draft = CapacityPlanDraft.model_validate({**plain, **read_lines(LINES)})
    assert draft.projects["LAB-1"].per_period == {"gpu": (400, 200, 0.5)}
    assert [link.after for link in draft.dependencies] == ["LAB-1", "LAB-2"]
    written = {name: text.splitlines() for name, text in write_lines(draft).items()}
    assert CapacityPlanDraft.model_validate({**plain, **read_lines(written)}) == draft


def test_each_line_that_cannot_be_read_is_named() -> None:
    wrong = {
        **LINES,
        "projects": ["LAB-1: 3", "LAB-1: people 1,5", "LAB-2: people"],
        "shared": ["a: value 3"],
        "dependencies": ["a", "a > > b"],
    }
    with pytest.raises(Invalid) as found:
        read_lines(wrong)
    told = [(error.field, error.message.partition(":")[0]) for error in found.value.errors]
    assert ("projects", "line 1") in told
    assert ("projects", "line 2") in told
    assert ("projects", "line 3") in told
    assert ("shared", "line 1") in told
    assert [where for field, where in told if field == "dependencies"] == ["line 1", "line 2"]
