"""Routes of /portfolios/{portfolio}/imports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile

from planner.api.dependencies import Portfolio, Space
from planner.api.errors import responses
from planner.api.routing import Route
from planner.domain.exchange import PortfolioDocument
from planner.domain.imports import ImportReport
from planner.domain.model import Slug
from planner.domain.portfolios import Portfolio as PortfolioModel
from planner.readers.limits import Limits
from planner.services import exports, imports

router = APIRouter(tags=["imports"], route_class=Route)


@router.post("/portfolios/{portfolio}/imports", responses=responses(404, 413))
def import_file(
    request: Request,
    ws: Space,
    portfolio: Portfolio,
    file: Annotated[UploadFile, File(description="A CSV or XLSX file.")],
    mapping: Annotated[
        str, Form(description="Name of a shipped mapping, or a mapping as YAML; empty takes columns by their headers.")
    ] = "",
    dry_run: Annotated[bool, Form(description="Only say what would happen.")] = False,
) -> ImportReport:
    """Import a file: each record is created, updated, skipped or rejected. The same file again changes nothing."""
    settings = request.app.state.settings
    content = file.file.read(settings.import_max_bytes + 1)
    limits = Limits(max_bytes=settings.import_max_bytes, max_records=settings.import_max_records)
    chosen = imports.resolve_mapping(mapping)
    return imports.import_file(ws, portfolio, content, file.filename or "", chosen, dry_run=dry_run, limits=limits)


@router.post("/imports", status_code=201, responses=responses(404, 409, 413))
def import_document(
    ws: Space,
    document: PortfolioDocument,
    slug: Annotated[Slug | None, Query(description="Another slug than the document's.")] = None,
) -> PortfolioModel:
    """Create the portfolio that a JSON export holds, with all its facts and its history: all or nothing."""
    return exports.import_document(ws, document, slug)
