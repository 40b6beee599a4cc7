from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

from starlette.testclient import TestClient

from tests.web.reading import alert, by_id, error, headline, links, read, value, words

RANKING = "/portfolios/example/ranking"
WEIGHTS = "weight.data_availability=0.1&weight.accuracy_requirement=0.1&weight.problem_difficulty=0.8"


def rows(root: Element) -> list[str]:
    table = next(element for element in root.iter("table"))
    return [words(row) for row in table.iter("tr") if row.find("td") is not None]


def test_the_page_ranks_by_bands_and_states_its_error(example_client: TestClient) -> None:
    root = read(example_client.get(RANKING))
    found = example_client.get("/api/v1/portfolios/example/ranking").json()
    assert headline(root) == "Ranking"
    assert len(rows(root)) == 24
    assert found["items"][0]["name"] in rows(root)[0]
    bands = [element for element in root.iter("th") if (element.get("id") or "").startswith("band-")]
    assert len(bands) == found["bands"]
    assert words(bands[0]).startswith("Band 1: ")
    text = words(root.find(".//main"))
    assert "10,000 samples, seed 1: a chance may be wrong by 1.0 points at most" in text
    assert "nothing is stored." not in words(by_id(root, "found")).split("What if Try")[0]


def test_a_what_if_lives_in_the_address_and_names_who_enters_and_leaves(example_client: TestClient) -> None:
    before = example_client.get("/api/v1/portfolios/example").json()["revision"]
    root = read(example_client.get(f"{RANKING}?impact_share=0.9&top=5&{WEIGHTS}"))
    text = words(by_id(root, "found"))
    assert "What if; nothing is stored." in text
    assert "The best 5 instead of 8." in text
    assert "λ 0.90 instead of 0.50." in text
    assert "Enter the best 5:" in text
    assert "Leave:" in text
    assert (value(root, "top"), value(root, "impact_share"), value(root, "weight.problem_difficulty")) == (
        "5",
        "0.9",
        "0.8",
    )
    assert RANKING in links(root)
    assert example_client.get("/api/v1/portfolios/example").json()["revision"] == before
    (data,) = [a for a in links(root) if a.startswith("/api/v1/portfolios/example/ranking")]
    assert example_client.get(data).json()["impact_share"] == 0.9


def test_an_address_is_made_lean_and_keeps_filters(example_client: TestClient) -> None:
    answer = example_client.get(f"{RANKING}?top=5&impact_share=&stage=&archetype=autonomous")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RANKING}?archetype=autonomous&top=5")
    root = read(example_client.get(f"{RANKING}?archetype=autonomous&impact_share=0.2"))
    (chip,) = [a.get("href", "") for a in root.iter("a") if a.get("class") == "chip"]
    assert parse_qs(urlsplit(chip).query) == {"impact_share": ["0.2"]}
    assert value(root, "impact_share") == "0.2"


def test_what_cannot_be_tried_is_told_beside_its_field(example_client: TestClient) -> None:
    root = read(example_client.get(f"{RANKING}?top=99&impact_share=2"), 422)
    assert "This cannot be tried" in alert(root)
    assert "at most 1" in error(root, "impact_share")
    assert "1 to 24" in error(read(example_client.get(f"{RANKING}?top=99"), 422), "top")
    assert len(rows(root)) == 24
    for weights in ("weight.data_availability=x", "weight.colour=1", WEIGHTS.replace("0.8", "-1")):
        read(example_client.get(f"{RANKING}?{weights}"), 422)
    read(example_client.get(f"{RANKING}?samples=1000000000"), 422)


def test_without_an_answer_nothing_distinguishes_the_projects(client: TestClient) -> None:
    client.post("/api/v1/portfolios", json={"slug": "lab", "name": "Lab"})
    empty = read(client.get("/portfolios/lab/ranking"))
    assert "No projects yet" in words(empty.find(".//main"))
    for number in range(130):
        client.post("/api/v1/portfolios/lab/projects", json={"name": f"Idea <b>{number}</b>"})
    root = read(client.get("/portfolios/lab/ranking"))
    assert "Nothing distinguishes these projects" in words(root.find(".//main"))
    assert "/portfolios/lab/agenda?status=open" in links(root)
    said = {"answers": {"data_availability": {"level": 5, "confidence": "measured"}}}
    client.put("/api/v1/projects/LAB-9/answers/Mara", json=said)
    root = read(client.get("/portfolios/lab/ranking"))
    assert len(rows(root)) == 100
    assert "Idea <b>8</b>" in rows(root)[0]
    assert rows(root)[1].startswith("= 2 ")
    (more,) = [a for a in root.iter("a") if a.get("rel") == "next"]
    assert len(rows(read(client.get(f"/portfolios/lab/ranking{more.get('href', '').partition('ranking')[2]}")))) == 30
    assert len(rows(read(client.get("/portfolios/lab/ranking?page=99")))) == 30


def test_two_that_are_ticked_are_compared(example_client: TestClient) -> None:
    compare = f"{RANKING}/compare"
    answer = example_client.get(f"{compare}?project=EX-10&project=EX-2&impact_share=0.4")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{compare}?a=EX-10&b=EX-2&impact_share=0.4"
    root = read(example_client.get(answer.headers["location"]))
    text = words(root.find(".//main"))
    assert "What if; nothing is stored." in text
    assert "Why, question by question" in text
    assert "Together" in text
    assert "Tick two projects" in alert(read(example_client.get(f"{compare}?project=EX-1"), 422))
    assert "two different" in alert(read(example_client.get(f"{compare}?a=EX-1&b=EX-1"), 422))
    assert "by its key" in alert(read(example_client.get(f"{compare}?a=EX-1"), 422))
    assert headline(read(example_client.get(compare))) == "Compare two projects"
    assert headline(read(example_client.get(f"{compare}?a=EX-1&b=EX-999"), 404)) != ""


def test_what_the_best_hang_on(example_client: TestClient) -> None:
    root = read(example_client.get("/portfolios/example/sensitivity"))
    text = words(root.find(".//main"))
    assert "points decide" in text
    assert "Data availability" in text
    assert "could turn it" in text
    assert "Nothing to choose" in words(read(example_client.get("/portfolios/example/sensitivity?top=24")))
    assert "cannot be tried" in alert(read(example_client.get("/portfolios/example/sensitivity?top=25"), 422))
    assert "No project to rank" in words(read(example_client.get("/portfolios/example/sensitivity?q=zzz")))


def test_a_project_tells_its_rank_and_leads_to_its_row(example_client: TestClient) -> None:
    found = example_client.get("/api/v1/portfolios/example/ranking?status=open").json()
    third = found["items"][2]
    address = f"/projects/{third['key']}/rank"
    assert address in links(read(example_client.get(f"/projects/{third['key']}")))
    answer = example_client.get(address, follow_redirects=False)
    place = f"/portfolios/example/ranking?status=open#{third['key']}"
    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    assert third["name"] in words(by_id(read(example_client.get(place)), third["key"]))
    part = example_client.get(address, headers={"HX-Request-Type": "partial"}).text
    assert f'href="{place}"' in part
    interval = f'<span class="num">{third["rank_low"]}</span> to <span class="num">{third["rank_high"]}</span>'
    assert interval in part


def test_what_nobody_has_scored_has_no_rank_and_no_link_to_one(example_client: TestClient) -> None:
    items = example_client.get("/api/v1/portfolios/example/projects?sort=answered").json()["items"]
    key = items[0]["key"]
    assert items[0]["standing"]["answered"] == 0
    assert f"/projects/{key}/rank" not in links(read(example_client.get(f"/projects/{key}")))
    assert example_client.get(f"/projects/{key}/rank").status_code == 404


def test_the_overview_and_the_matrix_lead_to_the_ranking(example_client: TestClient) -> None:
    overview = read(example_client.get("/portfolios/example")).find(".//main")
    assert overview is not None
    assert "/portfolios/example/ranking?status=open" in links(overview)
    matrix = read(example_client.get("/portfolios/example/matrix?status=active"))
    assert "/portfolios/example/ranking?status=active" in links(matrix)


def test_the_weights_that_the_form_shows_count_as_not_given(example_client: TestClient) -> None:
    root = read(example_client.get(RANKING))
    form = next(f for f in root.iter("form") if f.get("aria-labelledby") == "what-if-title")
    boxes = {i.get("name", ""): i.get("value", "") for i in form.iter("input")}
    assert any(name.startswith("weight.") for name in boxes)
    tried = example_client.get(RANKING, params={**boxes, "impact_share": "0.7"})
    assert "weight" not in str(tried.url) or "weight" not in tried.headers.get("location", "weight")
    final = example_client.get(tried.headers["location"]) if tried.status_code == 303 else tried
    text = words(read(final).find(".//main"))
    assert "weights that keep the playbook’s order" in text
    assert "Weights of your own" not in text
