"""The tools of a portfolio beside the catalogue, and its standard for each component."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from planner.domain.errors import Conflict, Invalid, NotFound
from planner.domain.own_tools import OwnTool, OwnToolDraft, standards
from planner.services import own_tools as service
from planner.services import portfolios
from planner.services.workspace import Workspace
from planner.web.forms import Form, Posted, build, messages
from planner.web.pages import Here, page, see_other

router = APIRouter()

LABELS = {
    "name": "Name",
    "components": "What it is for",
    "standard_for": "Standard for",
    "licence": "Licence",
    "note": "Note",
    "url": "Address",
    "as_of": "Looked at",
}
Named = Annotated[str, Query(max_length=120)]


@router.get("/portfolios/{slug}/infrastructure/tools")
def show(request: Request, ws: Here, slug: str, tool: Named = "") -> Response:
    """Own tools and standards; `tool` puts one of them into the form."""
    return _page(request, ws, slug, tool=tool)


@router.post("/portfolios/{slug}/infrastructure/tools")
def record(request: Request, ws: Here, slug: str, form: Posted) -> Response:
    """Adds a tool, or states one anew."""
    values = {
        "components": form.all("components"),
        "standard_for": form.all("standard_for"),
        "licence": form.text("licence"),
        "note": form.text("note"),
        "url": form.text("url"),
        "as_of": form.given("as_of"),
    }
    try:
        service.record_tool(ws, slug, form.text("name"), build(OwnToolDraft, values))
    except Invalid as error:
        return _page(request, ws, slug, typed=form, errors=messages(error, LABELS), status=422)
    except Conflict as error:
        return _page(request, ws, slug, typed=form, errors={"": str(error)}, status=409)
    return see_other(f"/portfolios/{slug}/infrastructure/tools", "saved")


@router.post("/portfolios/{slug}/infrastructure/tools/withdraw")
def withdraw(ws: Here, slug: str, form: Posted) -> Response:
    """Takes a tool off the list."""
    portfolios.get_playbook(ws, slug)  # so that a portfolio that is not there is still told
    with suppress(NotFound):  # somebody else was quicker: it is away, as was asked
        service.withdraw_tool(ws, slug, form.text("name"))
    return see_other(f"/portfolios/{slug}/infrastructure/tools", "saved")


def _page(
    request: Request,
    ws: Workspace,
    slug: str,
    *,
    tool: str = "",
    typed: Form | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    tools = service.list_tools(ws, slug)
    playbook = portfolios.get_playbook(ws, slug)
    chosen = next((one for one in tools if one.name == tool), None)
    return page(
        request,
        "infrastructure/tools.html",
        slug=slug,
        section="Infrastructure",
        status=status,
        view="tools",
        playbook=playbook,
        tools=tools,
        standards=standards(tools),
        chosen=chosen,
        values=typed.values if typed else _values(chosen),
        ticked={
            name: typed.all(name) if typed else getattr(chosen, name) if chosen else ()
            for name in ("components", "standard_for")
        },
        catalogue=sorted({entry.name for entry in playbook.tools if entry.status == "active"}),
        errors=errors or {},
        labels=LABELS,
    )


def _values(chosen: OwnTool | None) -> dict[str, str]:
    return {} if chosen is None else {n: getattr(chosen, n) or "" for n in ("name", "licence", "note", "url", "as_of")}
