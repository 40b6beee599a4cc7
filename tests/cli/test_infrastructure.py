"""planner checklist and infrastructure."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_a_checklist_is_filled_in_and_keeps_what_is_not_named(shop: Planner) -> None:
    stated = shop.json(
        *("checklist", "SHOP-1", "--set", "data.versioning=in_place", "--tool", "dvc", "--note", "since March")
    )["items"]
    assert [(line["component"], line["status"], line["tool"]) for line in stated] == [
        ("data.versioning", "in_place", "dvc")
    ]
    shop.ok("checklist", "SHOP-1", "--set", "data.versioning=partial", "--set", "data.sources=missing")
    lines = {line["component"]: line for line in shop.json("checklist", "SHOP-1")["lines"]}
    kept = lines["data.versioning"]
    assert (kept["status"], kept["tool"], kept["note"]) == ("partial", "dvc", "since March")
    assert (lines["data.sources"]["status"], lines["data.sources"]["tool"]) == ("missing", "")
    text = shop.ok("checklist", "SHOP-1")
    assert "\ndata.versioning\t" in text
    assert "\nRequired components\n" in text


def test_wrong_statements_are_refused_before_any_is_recorded(shop: Planner) -> None:
    sets = ("checklist", "SHOP-1", "--set", "data.versioning=in_place", "--set")
    assert "'nope' is not a component; one of: data.sources" in shop.refused(*sets, "nope=missing")
    assert "data.sources.status: one of: missing, planned" in shop.refused(*sets, "data.sources=there")
    assert "name the component with --set" in shop.refused("checklist", "SHOP-1", "--tool", "dvc")
    assert {line["status"] for line in shop.json("checklist", "SHOP-1")["lines"]} == {None}


def test_a_portfolio_counts_its_components(example: Planner) -> None:
    counts, _, shared = example.ok("infrastructure").partition("\nShared components\n")
    rows = [line.split("\t") for line in counts.strip().splitlines()]
    assert len(rows) == 1 + 17
    assert {sum(map(int, row[2:])) for row in rows[1:]} == {24}
    assert len(shared.strip().splitlines()) == 1 + 4


def test_a_shared_component_is_stated_and_keeps_what_is_not_named(shop: Planner) -> None:
    monitoring = ("infrastructure", "--set")
    shop.ok(*monitoring, "deployment.monitoring=planned", "--cost", "18000", "--owner", "Ben")
    shop.ok(*monitoring, "deployment.monitoring=partial", "--tool", "evidently")
    (one,) = shop.json("infrastructure")["shared"]
    assert (one["status"], one["cost"], one["owner"], one["tool"]) == ("partial", 18000, "Ben", "evidently")
    assert "\nShared components\n" in shop.ok("infrastructure")
    assert "status: one of: missing" in shop.refused(*monitoring, "deployment.monitoring=not_needed")
    assert "There is no component 'data.magic'" in shop.refused(*monitoring, "data.magic=planned")
    assert "name the shared component with --set" in shop.refused("infrastructure", "--owner", "Ben")
    assert "not both" in shop.refused(*monitoring, "data.sources=planned", "--most", "2")


def test_what_to_build_next_is_told_within_limits(example: Planner) -> None:
    text = example.ok("infrastructure", "--most", "2")
    assert text.index("\nBuild next\n") > text.index("Demand\n") >= 0
    plan = example.json("infrastructure", "--most", "2", "--by", "projects")["build_next"]
    assert (plan["most"], plan["by"], len(plan["steps"])) == (2, "projects", 2)
    left_out = example("infrastructure", "--budget", "10")
    assert "no cost is stated" in left_out.stdout + left_out.stderr
    assert "by: one of: priority" in example.refused("infrastructure", "--by", "luck")
