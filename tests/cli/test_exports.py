from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Planner


def test_a_json_export_comes_back_without_loss(example: Planner, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert example("export", "-o", first).stderr == f"Wrote {first}.\n"
    assert "exists already" in example.refused("import", first)
    said = example.ok("import", first, "--portfolio", "copy")
    assert said.startswith("Imported the portfolio copy: ")
    example.ok("export", "--portfolio", "copy", "--output", second)
    one, two = (json.loads(path.read_text(encoding="utf-8")) for path in (first, second))
    assert len(one["projects"]) == len(two["projects"]) == 24
    assert [project["answers"] for project in one["projects"]] == [project["answers"] for project in two["projects"]]
    assert "is taken as it is" in example.refused("import", first, "--dry-run")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_is_exported_and_can_be_imported(example: Planner, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"plan.{kind}"
    example.ok("export", "-o", target)
    report = example.json("import", target, "--portfolio", "example")
    assert (report["read"], len(report["skipped"]), report["rejected"]) == (24, 24, [])


def test_what_cannot_be_written_is_named_and_nothing_is_left(example: Planner, tmp_path: Path) -> None:
    assert "must end in one of: .json, .csv, .xlsx" in example.refused("export", "-o", tmp_path / "plan.pdf")
    missing = tmp_path / "none" / "plan.csv"
    assert example.refused("export", "-o", missing) == f"planner: {missing.parent}: there is no such folder"
    assert "Missing option '--output' / '-o'" in example.refused("export")
    assert "There is no portfolio 'nope'" in example.refused("export", "-p", "nope", "-o", tmp_path / "plan.csv")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".csv") == []


def test_a_file_is_replaced_whole_and_keeps_its_rights(example: Planner, tmp_path: Path) -> None:
    target = tmp_path / "plan.csv"
    target.write_text("before")
    target.chmod(0o640)
    example.ok("export", "-o", target)
    assert target.read_text(encoding="utf-8-sig").startswith("key,")
    assert target.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".plan")] == []
