"""planner import: a file of projects into a portfolio."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from planner.cli.options import JsonFlag
from planner.cli.output import heading, note, on_terminal, print_json, progress, say
from planner.cli.tables import print_table
from planner.cli.workspace import choose_portfolio, load_settings, open_workspace

if TYPE_CHECKING:
    from planner.domain.imports import ImportReport
    from planner.domain.portfolios import PortfolioDraft
    from planner.services.workspace import Workspace

T = TypeVar("T")
SHOWN = 20  # records not taken, and kinds of warnings, that a terminal shows; a pipe and --json have all


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or XLSX file, or a JSON export of a portfolio.")],
    portfolio: Annotated[
        str | None,
        typer.Option(
            "--portfolio",
            "-p",
            metavar="SLUG",
            envvar="PLANNER_PORTFOLIO",
            help="Where to; it is started when it does not exist. A JSON export becomes a portfolio of this slug.",
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", "-m", metavar="MAPPING", help="A YAML file, or a mapping that is shipped."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would be done, and store nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Import projects from a file. Importing the same file again changes nothing.

    Without a mapping, columns named like the fields of a project are taken. A record that cannot be taken is listed
    with its number and the reason and does not keep the others out: the exit code is 0 then too. It is 2 when the file
    as a whole cannot be used; nothing is stored then.

        planner import inventory.csv --portfolio fed --mapping us-fed-ai-2024 --dry-run
        planner import plan.xlsx
        planner import export.json --portfolio copy
    """
    from planner.domain.errors import Invalid

    ws = open_workspace()
    if file.suffix.lower() != ".json":
        report = _import_table(ws, file, portfolio, mapping, dry_run=dry_run)
        if as_json:
            print_json(report)
        else:
            _print_report(report, file.name)
        return
    if mapping is not None or dry_run:
        raise Invalid.one("", "a JSON export is taken as it is: it needs no --mapping and has no --dry-run")
    _import_document(ws, file, portfolio, as_json=as_json)


def _import_table(
    ws: Workspace, file: Path, portfolio: str | None, mapping: str | None, *, dry_run: bool
) -> ImportReport:
    from planner.domain.portfolios import PortfolioDraft
    from planner.readers.limits import Limits
    from planner.readers.mappings import find_mapping
    from planner.services.imports import import_file
    from planner.services.portfolios import create_portfolio, list_portfolios

    settings = load_settings()
    limits = Limits(max_bytes=settings.import_max_bytes, max_records=settings.import_max_records)
    rules = find_mapping(mapping) if mapping else None
    if portfolio is None or portfolio in {found.slug for found in list_portfolios(ws)}:
        slug = choose_portfolio(ws, portfolio)
    else:
        # Tried elsewhere first: a file that cannot be used must not leave an empty portfolio behind.
        draft = PortfolioDraft(slug=portfolio, name=portfolio)
        with _elsewhere(ws, draft) as trial:
            report = import_file(trial, portfolio, file, file.name, rules, dry_run=True, limits=limits)
        if dry_run:
            note(f"There is no portfolio {portfolio} yet; the import would start it.")
            return report
        slug = create_portfolio(ws, draft).slug
        note(f"Started the portfolio {slug}.")
    with progress(f"Importing {file.name}") as moved:
        return import_file(ws, slug, file, file.name, rules, dry_run=dry_run, limits=limits, progress=moved)


@contextmanager
def _elsewhere(ws: Workspace, draft: PortfolioDraft) -> Iterator[Workspace]:
    """A workspace on a database of its own, with an empty portfolio, that is gone afterwards."""
    from planner.services.maintenance import upgrade
    from planner.services.portfolios import create_portfolio
    from planner.services.workspace import Workspace
    from planner.store.database import Database

    with TemporaryDirectory(prefix="planner-") as folder:
        database = Database(f"sqlite:///{folder}/trial.db")
        try:
            upgrade(database)
            trial = Workspace(database, ws.playbooks, ws.actor)
            create_portfolio(trial, draft)
            yield trial
        finally:
            database.close()


def _import_document(ws: Workspace, file: Path, portfolio: str | None, *, as_json: bool) -> None:
    from planner.cli.inputs import read_bytes
    from planner.readers.documents import MAX_BYTES, read_document
    from planner.services.exports import import_document

    made = import_document(ws, read_document(read_bytes(file, MAX_BYTES), file.name), portfolio)
    if as_json:
        print_json(made)
    else:
        say(f"Imported the portfolio {made.slug}: {made.name}, {made.projects:,} projects.")


def _print_report(report: ImportReport, name: str) -> None:
    say(
        f"{name}: {report.read:,} records read, {report.created:,} created, {report.updated:,} updated, "
        f"{len(report.skipped):,} skipped, {len(report.rejected):,} rejected."
    )
    not_taken = [("rejected", entry) for entry in report.rejected]
    not_taken += [("skipped", entry) for entry in report.skipped if entry.reason != "unchanged"]
    if not_taken:
        heading("Records that were not taken")
        rows = [(entry.record, what, entry.reason, entry.detail) for what, entry in _first(not_taken)]
        print_table(("Record", "What", "Reason", "Detail"), rows, wide=("Detail",))
    if report.warnings:
        heading("Worth a look, though taken")
        counts = Counter((warning.kind, warning.field) for warning in report.warnings).most_common()
        print_table(("Warning", "Field", "Records"), [(kind, field, n) for (kind, field), n in _first(counts)], wide=())
    if on_terminal() and max(len(not_taken), len(report.warning_counts)) > SHOWN:
        note(f"Only the first {SHOWN} of each are shown; --json has all.")
    if report.dry_run:
        note("A dry run: nothing was stored.")


def _first(entries: list[T]) -> list[T]:
    return entries[:SHOWN] if on_terminal() else entries
