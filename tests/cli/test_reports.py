from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Planner

BEGINNINGS = {"html": b"<!doctype html>", "pdf": b"%PDF-", "md": b"# ", "docx": b"PK"}


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_a_project_has_a_report_of_each_kind(example: Planner, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"plan.{kind}"
    assert example("report", "EX-1", "-o", target).stderr == f"Wrote {target}.\n"
    assert target.read_bytes().lower().lstrip().startswith(BEGINNINGS[kind].lower())


def test_a_portfolio_has_a_report_of_the_projects_that_filters_find(example: Planner, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.md", tmp_path / "part.md"
    example.ok("report", "-o", whole)
    example.ok("report", "--stage", "training", "--output", part)
    assert "Heat demand of the next day" in whole.read_text(encoding="utf-8")
    assert "Heat demand of the next day" not in part.read_text(encoding="utf-8")
    assert "Urgent chest X" in part.read_text(encoding="utf-8")


def test_wrong_reports_are_refused(example: Planner, tmp_path: Path) -> None:
    assert "must end in one of: .html, .pdf, .md, .docx" in example.refused(
        "report", "EX-1", "-o", tmp_path / "plan.txt"
    )
    assert "filters choose among the projects of a portfolio" in example.refused(
        *("report", "EX-1", "--stage", "data", "-o", tmp_path / "plan.md")
    )
    assert example.refused("report", "EX-99", "-o", tmp_path / "plan.md") == "planner: There is no project 'EX-99'."
    assert not (tmp_path / "plan.md").exists()
