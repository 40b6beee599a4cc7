"""planner tools."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_own_tools_are_listed_added_and_withdrawn(shop: Planner) -> None:
    shop.ok("tools", "--set", "DVC", "--standard", "data.versioning", "--licence", "Apache-2.0")
    shop.ok("tools", "--set", "lakeFS", "--standard", "data.versioning", "--for", "data.lakes_warehouses")
    listed = {one["name"]: one for one in shop.json("tools")["items"]}
    assert (listed["DVC"]["standard_for"], listed["DVC"]["licence"]) == ([], "Apache-2.0")
    assert listed["lakeFS"]["standard_for"] == ["data.versioning"]
    shop.ok("checklist", "SHOP-1", "--set", "data.versioning=in_place", "--tool", "git-lfs")
    lines = {line["component"]: line for line in shop.json("checklist", "SHOP-1")["lines"]}
    assert lines["data.versioning"]["off_standard"] is True
    assert "DVC" not in shop.ok("tools", "--withdraw", "dvc")
    assert "name the tool with --set" in shop.refused("tools", "--licence", "MIT")
    assert "components: say at least one" in shop.refused("tools", "--set", "Feast")
