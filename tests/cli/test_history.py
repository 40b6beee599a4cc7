from __future__ import annotations

from tests.cli.conftest import Planner


def test_who_changed_what_from_what_to_what(shop: Planner) -> None:
    shop.ok("edit", "SHOP-1", "--owner", "Otto")
    newest = shop.json("history", "SHOP-1")["items"][0]
    assert (newest["actor"], newest["action"]) == ("Mara", "project.updated")
    assert newest["changes"] == [{"field": "owner", "old": "Mara", "new": "Otto"}]
    row = shop.ok("history", "SHOP-1").splitlines()[1].split("\t")
    assert row[1:] == ["Mara", "SHOP-1", "project.updated", "owner: Mara → Otto"]


def test_a_portfolio_shows_its_newest_changes(shop: Planner) -> None:
    assert [event["action"] for event in shop.json("history")["items"]] == ["project.created", "portfolio.created"]
    result = shop("history", "--limit", "1")
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == "The newest 1; --limit shows more.\n"
