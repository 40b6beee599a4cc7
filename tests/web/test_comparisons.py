from __future__ import annotations

from starlette.testclient import TestClient

from tests.api.reading import API
from tests.web.reading import by_id, links, read, value, words

PAGE = "/portfolios/example/comparisons"


def test_the_page_says_what_each_method_does_and_that_none_decides(example_client: TestClient) -> None:
    text = words(read(example_client.get(PAGE)))
    for said in ("decide nothing", "23 scored projects compared", "1 project without an answer left out"):
        assert said in text
    for method in ("Weighted sum", "TOPSIS", "VIKOR", "PROMETHEE II", "Pareto layer", "Impact per effort"):
        assert method in text
    assert text.count("Why it does not decide.") == 6
    assert "of the top 8 are in its top 8 too" in text


def test_gaps_are_said_in_words_and_lead_to_the_project(example_client: TestClient) -> None:
    root = read(example_client.get(PAGE))
    assert " lower" in words(root)
    assert " higher" in words(root)
    assert "/projects/EX-8" in links(root)


def test_filters_and_normalisation_live_in_the_address(example_client: TestClient) -> None:
    root = read(example_client.get(f"{PAGE}?archetype=autonomous&normalisation=range"))
    assert value(root, "archetype") == "autonomous"
    assert value(root, "normalisation") == "range"
    found = links(root)
    assert f"{PAGE}?archetype=autonomous&normalisation=scale#m-topsis" in found
    assert f"{PAGE}?archetype=autonomous#m-topsis" in found
    assert "/api/v1/portfolios/example/comparisons?archetype=autonomous&normalisation=range" in found


def test_what_is_not_understood_is_said_and_left_out(example_client: TestClient) -> None:
    said = words(by_id(read(example_client.get(f"{PAGE}?normalisation=log&colour=red")), "found"))
    assert "“log” cannot be used for normalisation, so it is left out here." in said
    assert "“colour” is not a filter" in said


def test_empty_fields_of_the_form_leave_the_address(example_client: TestClient) -> None:
    answer = example_client.get(f"{PAGE}?q=&stage=data&normalisation=range")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?stage=data&normalisation=range")


def test_without_scores_there_is_nothing_to_compare(client: TestClient) -> None:
    client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
    client.post(f"{API}/portfolios/lab/projects", json={"name": "Churn early warning"})
    address = "/portfolios/lab/comparisons"
    assert "Nothing to compare yet" in words(read(client.get(address)))
    assert "No project is like that" in words(read(client.get(f"{address}?q=zzz")))
    client.put(f"{API}/projects/LAB-1/answers/Mara", json={"answers": {"data_availability": {"level": 5}}})
    assert "Too few projects to compare." in words(read(client.get(address)))


def test_a_portfolio_without_projects_has_the_page(client: TestClient) -> None:
    client.post(f"{API}/portfolios", json={"slug": "empty", "name": "Empty"})
    assert "No projects yet" in words(read(client.get("/portfolios/empty/comparisons")))
    assert client.get("/portfolios/none/comparisons").status_code == 404
