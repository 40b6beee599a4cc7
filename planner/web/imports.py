"""Bringing a file into a portfolio, looked at first and then for real; and taking the portfolio out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from planner.domain.errors import Invalid, NotFound, TooLarge, Unreadable
from planner.domain.imports import ImportReport, NotTaken
from planner.readers.limits import Limits
from planner.readers.mappings import list_mappings
from planner.services import imports as service
from planner.services import portfolios
from planner.services.workspace import Workspace
from planner.web.errors import status_of
from planner.web.forms import Form, Posted, messages
from planner.web.pages import Here, is_partial, page, partial

router = APIRouter()

SHOWN = 100  # records of one reason that are listed one by one


@dataclass(frozen=True)
class Group:
    """Records that were not taken, for one reason."""

    reason: str
    count: int
    first: Sequence[NotTaken]


@router.get("/portfolios/{slug}/import")
def show(request: Request, ws: Here, slug: str) -> Response:
    """The form for a file."""
    portfolios.get_portfolio(ws, slug)
    return _page(request, slug, {}, {}, None)


@router.post("/portfolios/{slug}/import")
def import_file(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Says what a file would do, or does it.

    The report is the answer to either, so there is no redirect; sending the same file again changes nothing.
    """
    portfolios.get_portfolio(ws, slug)  # one that is not there is answered as such, whatever was sent
    dry_run = form.text("action") != "import"
    try:
        report = _import(request, ws, slug, form, dry_run)
    except Invalid as error:
        fields = messages(error)
        named = {name: text for name, text in fields.items() if name in ("file", "mapping")}
        others = [f"{name}: {text}" if name else text for name, text in fields.items() if name not in named]
        errors = named | ({"mapping" if form.given("mapping") else "file": "\n".join(others)} if others else {})
        return _page(request, slug, form.values, errors, None, 422)
    except NotFound as error:
        return _page(request, slug, form.values, {"mapping": str(error)}, None, 422)
    except (TooLarge, Unreadable) as error:
        return _page(request, slug, form.values, {"file": str(error)}, None, status_of(error))
    return _page(request, slug, form.values, {}, report)


def _import(request: Request, ws: Workspace, slug: str, form: Form, dry_run: bool) -> ImportReport:
    upload = form.files.get("file")
    if upload is None:
        raise Invalid.one("file", "Choose a file, CSV or XLSX.")
    settings = request.app.state.settings
    limits = Limits(max_bytes=settings.import_max_bytes, max_records=settings.import_max_records)
    mapping = service.resolve_mapping(_mapping_text(form) or form.text("mapping"))
    return service.import_file(ws, slug, upload.content, upload.name, mapping, dry_run=dry_run, limits=limits)


def _mapping_text(form: Form) -> str:
    """A mapping of one's own: the file that was sent, else what was typed."""
    upload = form.files.get("mapping_file")
    if upload is None:
        return form.text("mapping_text")
    try:
        # A shipped mapping is asked for by its name, so the text of a file must not be mistaken for one.
        return upload.content.decode("utf-8-sig") + "\n#"
    except UnicodeDecodeError:
        raise Invalid.one("mapping", "The mapping file is not a text in UTF-8.") from None


def _page(
    request: Request,
    slug: str,
    values: dict[str, str],
    errors: dict[str, str],
    report: ImportReport | None,
    status: int = 200,
) -> Response:
    groups = _groups((*report.rejected, *report.skipped)) if report else []
    labels, base = {"file": "File", "mapping": "Mapping"}, f"/portfolios/{slug}"
    if is_partial(request):
        return partial(
            request,
            "imports/_result.html",
            status,
            errors=errors,
            report=report,
            groups=groups,
            labels=labels,
            base=base,
        )
    settings = request.app.state.settings
    return page(
        request,
        "imports/import.html",
        slug=slug,
        status=status,
        values=values,
        mappings=list_mappings(),
        largest=settings.import_max_bytes // (1024 * 1024),
        most=settings.import_max_records,
        errors=errors,
        report=report,
        groups=groups,
        labels=labels,
        base=base,
    )


def _groups(lines: Sequence[NotTaken]) -> list[Group]:
    """What was not taken, by reason, the most frequent first."""
    by_reason: dict[str, list[NotTaken]] = {}
    for line in lines:
        by_reason.setdefault(line.reason, []).append(line)
    ordered = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    return [Group(reason, len(found), found[:SHOWN]) for reason, found in ordered]


@router.get("/portfolios/{slug}/export")
def show_export(request: Request, ws: Here, slug: str) -> Response:
    """The ways out: everything, or a table."""
    portfolios.get_portfolio(ws, slug)
    return page(request, "imports/export.html", slug=slug)
