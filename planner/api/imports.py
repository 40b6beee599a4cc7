"""Routes of /portfolios/{portfolio}/imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile

from planner.api.dependencies import Portfolio, Space
from planner.api.errors import CREATED, responses
from planner.api.routing import Route
from planner.domain.errors import FieldError, Invalid, NotFound
from planner.domain.exchange import PortfolioDocument
from planner.domain.imports import ImportReport
from planner.domain.model import Slug
from planner.domain.portfolios import Portfolio as PortfolioModel
from planner.readers.limits import Limits
from planner.services import exports, imports

router = APIRouter(tags=["imports"], route_class=Route)
FIELDS = ("file", "mapping", "dry_run")


def known_fields(fields: Sequence[str]) -> Callable[[Request], Awaitable[None]]:
    """Refuses a form with a field that there is not, since a misspelt dry_run would store what it must not."""

    async def check(request: Request) -> None:
        names = [name for name, _ in (await request.form()).multi_items()]
        problems = {name: "stands twice" for name, times in Counter(names).items() if times > 1}
        problems |= {name: f"not a field here; there are: {', '.join(fields)}" for name in names if name not in fields}
        if problems:
            raise Invalid([FieldError(field=name[:60], message=message) for name, message in problems.items()])

    return check


@router.post("/portfolios/{portfolio}/imports", responses=responses(404), dependencies=[Depends(known_fields(FIELDS))])
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
    try:
        chosen = imports.resolve_mapping(mapping)
    except NotFound as error:  # the address is right, a field of the form is not
        raise Invalid.one("mapping", str(error)) from None
    return imports.import_file(ws, portfolio, content, file.filename or "", chosen, dry_run=dry_run, limits=limits)


@router.post("/imports", status_code=201, responses=CREATED)
def import_document(
    response: Response,
    ws: Space,
    document: PortfolioDocument,
    slug: Annotated[Slug | None, Query(description="Another slug than the document's.")] = None,
) -> PortfolioModel:
    """Create the portfolio that a JSON export holds, with all its facts and its history: all or nothing."""
    try:
        portfolio = exports.import_document(ws, document, slug)
    except NotFound as error:  # the address names nothing; the document does
        raise Invalid.one("portfolio.playbook", str(error)) from None
    response.headers["Location"] = f"/api/v1/portfolios/{portfolio.slug}"
    return portfolio
