from __future__ import annotations

from starlette.testclient import TestClient

from planner.domain.comparisons import Comparisons
from tests.api.reading import API, LAB, PROJECT, fields, good, problem

EXAMPLE = f"{API}/portfolios/example"


def test_the_scored_projects_are_compared_and_the_others_counted(example_client: TestClient) -> None:
    found = Comparisons.model_validate(good(example_client.get(f"{EXAMPLE}/comparisons")))
    assert (len(found.projects), found.unscored) == (23, 1)
    assert [m.id for m in found.methods] == [
        *("weighted_sum", "topsis", "vikor", "promethee", "pareto", "impact_per_effort"),
    ]
    listed = good(example_client.get(f"{EXAMPLE}/projects?sort=-priority&limit=200"))["items"]
    priorities = {item["key"]: item["standing"]["priority"]["expected"] for item in listed}
    for project in found.projects:
        assert project.priority == priorities[project.key]
        assert project.rank == 1 + sum(other.priority > project.priority for other in found.projects)
    for method in found.methods:
        assert method.spearman is not None
        assert -1 <= method.spearman <= 1
        assert (method.top, method.compared) == (8, 23)


def test_the_normalisation_is_chosen_and_matters_to_topsis_alone(example_client: TestClient) -> None:
    by_kind = {
        kind: good(example_client.get(f"{EXAMPLE}/comparisons?normalisation={kind}"))
        for kind in ("vector", "range", "sum", "scale")
    }
    columns = {
        method: {
            tuple(project["places"][method]["score"] for project in found["projects"]) for found in by_kind.values()
        }
        for method in ("topsis", "vikor", "promethee", "weighted_sum")
    }
    assert {method: len(kinds) for method, kinds in columns.items()} == {
        "topsis": 4,
        "vikor": 1,
        "promethee": 1,
        "weighted_sum": 1,
    }


def test_filters_apply(example_client: TestClient) -> None:
    found = good(example_client.get(f"{EXAMPLE}/comparisons?archetype=autonomous&sort=name"))
    listed = good(example_client.get(f"{EXAMPLE}/projects?archetype=autonomous"))
    assert {project["key"] for project in found["projects"]} <= {item["key"] for item in listed["items"]}
    assert len(found["projects"]) + found["unscored"] == listed["total"]
    nothing = good(example_client.get(f"{EXAMPLE}/comparisons?q=zzzzz"))
    assert (nothing["projects"], nothing["methods"], nothing["front"]) == ([], [], None)


def test_numbers_among_the_attributes_become_columns(lab: TestClient) -> None:
    stated = {"Reach": 500, "impact": 3, "confidence": "100 %"}
    lab.patch(PROJECT, json={"attributes": stated, "effort": 2}, headers={"if-match": "*"})
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 5}}})
    found = good(lab.get(f"{LAB}/comparisons"))
    [project] = found["projects"]
    assert project["places"]["rice"]["score"] == 750
    assert "ice" not in {method["id"] for method in found["methods"]}


def test_an_unchanged_comparison_answers_304_and_an_answer_changes_it(lab: TestClient) -> None:
    before = lab.get(f"{LAB}/comparisons")
    again = lab.get(f"{LAB}/comparisons", headers={"if-none-match": before.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    lab.put(f"{PROJECT}/answers/Mara", json={"answers": {"data_availability": {"level": 5}}})
    after = good(lab.get(f"{LAB}/comparisons"))
    assert len(after["projects"]) == len(before.json()["projects"]) + 1


def test_wrong_questions_are_refused(example_client: TestClient) -> None:
    assert fields(example_client.get(f"{EXAMPLE}/comparisons?normalisation=log")) == ["normalisation"]
    assert fields(example_client.get(f"{EXAMPLE}/comparisons?colour=red")) == ["colour"]
    assert fields(example_client.get(f"{EXAMPLE}/comparisons?stage=party")) == ["stage"]
    problem(example_client.get(f"{API}/portfolios/none/comparisons"), 404)
