"""The real inventory, imported into a database as a user does it, against the expected outcome."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.domain.imports import ImportReport
from planner.domain.portfolios import Count, PortfolioDraft
from planner.domain.projects import Filters, Project, ProjectPatch
from planner.services import imports, infrastructure, maintenance, matrix, portfolios, projects, scoring
from planner.services.workspace import Workspace
from planner.store.database import Database
from tests.support.database import workspace_of

SLUG = "fed"


@pytest.fixture(scope="module")
def inventory(shared_dir: Path) -> Path:
    return shared_dir / "data" / "inventory" / "us-fed-ai-2024.csv"


@pytest.fixture(scope="module")
def expected(inventory: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(inventory.with_name("expected-2024.json").read_text())
    return content


def take(ws: Workspace, file: Path, *, dry_run: bool = False) -> ImportReport:
    mapping = imports.resolve_mapping("us-fed-ai-2024")
    return imports.import_file(ws, SLUG, file, file.name, mapping, dry_run=dry_run)


@pytest.fixture(scope="module")
def imported(
    template_db: Path, inventory: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Workspace, ImportReport]]:
    target = tmp_path_factory.mktemp("inventory") / "planner.db"
    shutil.copyfile(template_db, target)
    database = Database(f"sqlite:///{target}")
    ws = workspace_of(database)
    portfolios.create_portfolio(ws, PortfolioDraft(slug=SLUG, name="Federal inventory"))
    yield ws, take(ws, inventory)
    database.close()


def counted(counts: tuple[Count, ...]) -> dict[str, int]:
    return {count.value or "not_stated": count.count for count in counts}


def test_the_report_counts_every_record(imported: tuple[Workspace, ImportReport], expected: dict[str, Any]) -> None:
    _, report = imported
    assert (report.read, report.created, report.updated) == (expected["read"], expected["imported"], 0)
    assert not report.rejected
    skipped = [{"record": line.record, "detail": line.detail} for line in report.skipped]
    assert skipped == expected["not_imported"]["duplicate_record"]
    told = {kind: count for kind, count in report.warning_counts.items() if not kind.startswith("name_collision")}
    assert told == expected["warnings"]
    assert report.warning_counts["name_collision:name"] == expected["name_collisions"]["folded"]["surplus"]


def test_what_is_stored_is_what_the_file_answers_and_nothing_more(
    imported: tuple[Workspace, ImportReport], expected: dict[str, Any]
) -> None:
    ws, _ = imported
    counts = expected["counts"]
    overview, facets = portfolios.get_overview(ws, SLUG, Filters()), projects.list_facets(ws, SLUG)
    assert (overview.total, overview.scored) == (expected["imported"], counts["scores_filled"])
    assert counted(overview.stage) == counts["stage"]
    assert counted(overview.status) == counts["status"]
    assert counted(overview.archetype) == counts["archetype"]
    assert counted(facets.organisation) == counts["organisation"]
    assert counted(facets.unit)["not_stated"] == counts["unit_missing"]
    assert counted(facets.owner) == {"not_stated": expected["imported"]}
    for line in infrastructure.list_component_counts(ws, SLUG):
        stated = {**line.model_dump(include={"missing", "planned", "partial", "in_place", "not_needed", "not_stated"})}
        wanted = counts["infrastructure"].get(line.component, {"not_stated": expected["imported"]})
        assert {status: count for status, count in stated.items() if count} == wanted, line.component
    found = matrix.get_matrix(ws, SLUG, Filters())
    assert (found.scored, found.unscored.count) == (0, expected["imported"])


def test_the_spot_rows_are_met(imported: tuple[Workspace, ImportReport], expected: dict[str, Any]) -> None:
    ws, report = imported
    skipped = [line.record for line in report.skipped]
    for row in expected["spot_rows"]:
        number = row["record"] - sum(record < row["record"] for record in skipped)
        project = projects.get_project(ws, f"FED-{number}")
        assert _facts(project) == {name: row[name] for name in _facts(project)}
        assert project.attributes.get("contains_pii") == row["contains_pii"]
        dates = {name: project.attributes.get(f"dates.{name}") for name in row["dates"]}
        # A date that could not be read is null in the expected outcome; what the file says there may be kept as it is.
        unread = {warning["field"] for warning in row["warnings"] if warning["kind"] == "date_unparsed"}
        assert {n: d for n, d in dates.items() if f"dates.{n}" not in unread} == {
            n: d for n, d in row["dates"].items() if f"dates.{n}" not in unread
        }
        checklist = {line.component: line.status for line in infrastructure.get_checklist(ws, project.key).lines}
        assert {name: checklist[name] for name in row["infrastructure"]} == row["infrastructure"]
        assert scoring.list_answers(ws, project.key, history=True) == ()


def _facts(project: Project) -> dict[str, object]:
    names = ("name", "organisation", "unit", "stage", "status", "archetype", "risks")
    return {name: getattr(project, name) for name in names} | {"description": project.summary}


def test_the_same_file_again_changes_nothing(
    imported: tuple[Workspace, ImportReport], inventory: Path, expected: dict[str, Any]
) -> None:
    ws, _ = imported
    revision = portfolios.get_revision(ws, SLUG)
    for dry_run in (True, False):
        again = take(ws, inventory, dry_run=dry_run)
        assert (again.read, again.created, again.updated) == (expected["read"], 0, 0)
        assert again.reason_counts == {"duplicate_record": 3, "unchanged": expected["imported"]}
    assert portfolios.get_revision(ws, SLUG) == revision
    assert maintenance.rebuild(ws) == 0


def test_what_a_person_has_edited_since_survives(imported: tuple[Workspace, ImportReport], inventory: Path) -> None:
    ws, _ = imported
    before = projects.get_project(ws, "FED-7")
    projects.update_project(ws, "FED-7", ProjectPatch(name="Renamed by hand", owner="Mara"), None)
    assert take(ws, inventory).updated == 0
    kept = projects.get_project(ws, "FED-7")
    assert (kept.name, kept.owner, kept.summary) == ("Renamed by hand", "Mara", before.summary)
    projects.update_project(ws, "FED-7", ProjectPatch(name=before.name, owner=None), None)
