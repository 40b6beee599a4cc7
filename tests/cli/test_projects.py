from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from tests.cli.conftest import Planner

Write = Callable[[str, str], Path]


def test_a_project_is_added_with_all_its_fields(shop: Planner) -> None:
    project = shop.json(
        "add",
        "Route planning",
        *("--stage", "data", "--summary", "Shorter trips.", "--organisation", "Port", "--unit", "Yard"),
        *("--owner", "Elke", "--archetype", "autonomous", "--problem-type", "forecasting", "--status", "active"),
        *("--tag", "yard", "--tag", "fuel", "--effort", "12.5", "--cost", "3000", "--need", "gpu_hours=400"),
        *("--link", "Wiki=https://example.org/?a=b", "--link", "https://example.org/c", "--risks", "Few data."),
        *("--attribute", "sponsor=COO", "--portfolio", "shop"),
    )
    assert project["key"] == "SHOP-2"
    assert (project["stage"], project["tags"], project["effort"]) == ("data", ["yard", "fuel"], 12.5)
    assert project["needs"] == {"gpu_hours": 400}
    assert project["attributes"] == {"sponsor": "COO"}
    assert project["links"] == [
        {"title": "Wiki", "url": "https://example.org/?a=b"},
        {"title": "", "url": "https://example.org/c"},
    ]
    assert shop.json("show", "SHOP-2") == project
    assert shop.json("show", str(project["id"])) == project


def test_a_project_comes_from_a_file_and_options_win(shop: Planner, write: Write) -> None:
    source = write("project.yaml", "name: From a file\nowner: Otto\nneeds: {gpu_hours: 3}\ntags: [a]\n")
    project = shop.json("add", "--from", source, "--owner", "Elke")
    assert (project["name"], project["owner"], project["tags"]) == ("From a file", "Elke", ["a"])
    printed = shop.ok("show", "SHOP-2", "--json")
    fields = write("again.json", printed)
    assert "is not a field here" in shop.refused("add", "--from", fields)


def test_an_edit_changes_what_is_named_and_an_empty_value_unstates(shop: Planner) -> None:
    shop.ok("edit", "SHOP-1", "--tag", "a", "--need", "gpu_hours=3", "--attribute", "x=1", "--attribute", "y=2")
    project = shop.json("edit", "SHOP-1", "--name", "Churn", "--owner", "", "--attribute", "x=", "--need", "staff=2")
    assert (project["name"], project["owner"], project["tags"]) == ("Churn", None, ["a"])
    assert (project["attributes"], project["needs"]) == ({"y": "2"}, {"gpu_hours": 3, "staff": 2})
    assert shop.json("edit", "SHOP-1", "--tag", "")["tags"] == []
    assert "nothing was changed" in shop.ok("edit", "SHOP-1", "--name", "Churn")
    assert shop.refused("edit", "SHOP-1") == "planner: name at least one field to change"


def test_bad_fields_are_refused_by_name(shop: Planner, write: Write) -> None:
    assert shop.refused("add", "X", "--archetype", "magic").startswith(
        "planner: archetype: 'magic' is not in the playbook"
    )
    assert shop.refused("add", "X", "--need", "gpu") == "planner: --need: write it as NAME=VALUE, not 'gpu'"
    assert (
        shop.refused("add", "X", "--attribute", "a=1", "--attribute", "a=2") == "planner: --attribute: 'a' stands twice"
    )
    assert shop.refused("add", "X", "--effort", "much").startswith("planner: effort: a number is needed")
    assert shop.refused("add", "X", "--link", "ftp://x").startswith("planner: links.0.url: a web address")
    assert shop.refused("add") == "planner: name: is missing"
    assert shop.refused("add", "--from", write("list.yaml", "- a\n")).startswith("planner: --from: fields with their")
    assert shop.refused("show", "SHOP-9") == "planner: There is no project 'SHOP-9'."


def test_files_that_cannot_be_read_are_named_with_the_line(shop: Planner, write: Write, tmp_path: Path) -> None:
    twice = write("twice.yaml", "name: a\nname: b\n")
    assert shop.refused("add", "--from", twice) == f"planner: {twice}, line 2, name: stands twice, first on line 1"
    broken = write("broken.json", '{"name":\n')
    assert shop.refused("add", "--from", broken).startswith(f"planner: {broken}, line 2: not JSON")
    assert shop.refused("add", "--from", tmp_path / "none.yaml").endswith("none.yaml: no such file or directory")
    assert shop.refused("add", "--from", "-", stdin="a: 1\na: 2\n").startswith("planner: standard input, line 2, a:")


def test_standard_input_may_be_json_or_yaml(shop: Planner) -> None:
    shop.ok("add", "--from", "-", stdin='{"name": "One"}')
    shop.ok("add", "--from", "-", stdin="name: Two\n")
    assert [item["name"] for item in shop.json("list", "--sort", "key")["items"]][1:] == ["One", "Two"]


def test_the_bin(shop: Planner) -> None:
    assert "planner restore SHOP-1" in shop.ok("delete", "SHOP-1")
    assert shop.json("list")["total"] == 0
    assert [item["key"] for item in shop.json("bin")["items"]] == ["SHOP-1"]
    assert "SHOP-1" in shop.ok("bin")
    assert shop.json("restore", "SHOP-1")["deleted_at"] is None
    assert shop.refused("restore", "SHOP-1") == "planner: SHOP-1 is not in the bin."


def test_a_list_is_filtered_sorted_and_cut(example: Planner) -> None:
    found = example.json("list", "--stage", "training", "--status", "active", "--sort", "-impact,name")["items"]
    assert {(item["stage"], item["status"]) for item in found} == {("training", "active")}
    assert found == sorted(found, key=lambda item: -item["standing"]["impact"]["expected"])
    page = example.json("list", "--limit", "5")
    assert (len(page["items"]), page["total"]) == (5, 24)
    assert page["next"]
    everything = example.json("list", "--all")
    assert (len(everything["items"]), everything["next"]) == (24, None)
    assert everything["items"][:5] == page["items"]
    assert "No project is found by these filters." in example("list", "--search", "zzzz").stderr
    assert example.refused("list", "--sort", "beauty").startswith("planner: sort: 'beauty' is not one of key, name")


def test_a_list_in_a_pipe_is_tab_separated_and_leaves_the_unknown_empty(example: Planner) -> None:
    lines = [line.split("\t") for line in example.ok("list", "--all").splitlines()]
    assert lines[0] == ["key", "name", "stage", "status", "impact", "feasibility", "priority", "quadrant", "answered"]
    assert {len(line) for line in lines} == {9}
    assert next(line for line in lines if line[-1] == "0/7")[4:8] == ["", "", "", ""]
    assert len(lines) == 25


def test_a_long_list_is_fetched_page_by_page(planner: Planner, write: Write) -> None:
    rows = "".join(f"Project {number}\n" for number in range(450))
    planner.ok("import", write("many.csv", f"name\n{rows}"), "--portfolio", "many")
    assert len(planner.json("list", "--all")["items"]) == 450
    page = planner.json("list", "--limit", "205")
    assert len(page["items"]) == 205
    assert len({item["key"] for item in page["items"]}) == 205
    assert planner("list", "--limit", "205").stderr == "205 of 450 projects; --all shows every one.\n"


def test_json_has_the_shapes_of_the_rest_interface(example: Planner, example_client: TestClient) -> None:
    def rest(path: str) -> object:
        return json.loads(re.sub(r"\.000000Z", "Z", example_client.get(f"/api/v1{path}").text))

    assert example.json("portfolios") == rest("/portfolios")
    assert example.json("list") == rest("/portfolios/example/projects")
    assert example.json("show", "EX-1") == rest("/projects/EX-1")
    assert example.json("answers", "EX-1", "--history") == rest("/projects/EX-1/answers?history=true")
    assert example.json("metrics", "show", "EX-1") == rest("/projects/EX-1/metrics")
    assert example.json("metrics", "history", "EX-1") == rest("/projects/EX-1/metrics/history")
    assert example.json("runs", "list", "EX-1") == rest("/projects/EX-1/runs")
    assert example.json("gate", "EX-1") == rest("/projects/EX-1/verdict")
    assert example.json("tasks", "EX-1") == rest("/projects/EX-1/tasks")
    assert example.json("checklist", "EX-1") == rest("/projects/EX-1/checklist")
    assert example.json("history", "EX-1") == rest("/projects/EX-1/history")
    assert example.json("history") == rest("/portfolios/example/history")
    assert example.json("matrix", "--stage", "data") == rest("/portfolios/example/matrix?stage=data")
    assert example.json("board") == rest("/portfolios/example/board")
    assert example.json("bin") == rest("/portfolios/example/bin")
    assert example.json("playbook", "show") == rest("/playbooks/fsdl")
    assert example.json("portfolio", "show")["overview"] == rest("/portfolios/example/overview")
    assert example.json("infrastructure") == rest("/portfolios/example/infrastructure")
