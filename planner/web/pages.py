"""What every page shares: the workspace of the request, the frame around the content, the answer to a form."""

from __future__ import annotations

import re
from typing import Annotated, cast
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from jinja2 import Environment

from planner.domain.projects import Filters
from planner.services.portfolios import list_portfolios
from planner.services.workspace import Workspace
from planner.web.assets import asset, icon

# What the frame of a page needs when there is nothing to tell: no portfolio, no message.
FRAME: dict[str, object] = {
    "portfolios": (),
    "portfolio": None,
    "section": "",
    "notice": "",
    "notice_ref": "",
    "path": "",
}
KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}-[0-9]{1,10}")
NOTICE = "notice"  # the cookie that carries one short message over the redirect after a form


def workspace(request: Request) -> Workspace:
    """The workspace of the person who asks, as the composition root makes it."""
    return cast(Workspace, request.app.state.workspace(request))


Here = Annotated[Workspace, Depends(workspace)]


def is_partial(request: Request) -> bool:
    """Whether htmx asks for a part of a page, to put it in place of another."""
    return request.headers.get("HX-Request-Type") == "partial"


def partial(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """A part of a page: the very template that the page includes."""
    environment = cast(Environment, request.app.state.templates)
    html = environment.get_template(f"web/{template}").render(asset=asset, icon=icon, **context)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store", "Vary": "HX-Request-Type"})


def page(
    request: Request, template: str, *, slug: str | None = None, section: str = "", status: int = 200, **context: object
) -> HTMLResponse:
    """A whole page. `slug` names the portfolio whose navigation it shows, `section` the entry that is lit in it."""
    code, ref = _notice(request)
    frame = _frame(request, slug, section)
    response = partial(request, template, status, **frame, notice=code, notice_ref=ref, **context)
    # A page may be kept by the browser for Back, but is asked for again before it is shown anew.
    response.headers["Cache-Control"] = "private, no-cache"
    if code:
        response.delete_cookie(NOTICE)
    return response


def streamed(request: Request, template: str, *, slug: str, section: str, **context: object) -> StreamingResponse:
    """A whole page that is sent piece by piece while its template waits for what it is to say."""
    environment = cast(Environment, request.app.state.templates)
    frame = {**FRAME, **_frame(request, slug, section)}
    pieces = environment.get_template(f"web/{template}").generate(asset=asset, icon=icon, **frame, **context)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # which a proxy would else wait for the end of
    return StreamingResponse(pieces, media_type="text/html", headers=headers)


def _frame(request: Request, slug: str | None, section: str) -> dict[str, object]:
    portfolios = list_portfolios(workspace(request))
    return {
        "portfolios": portfolios,
        "portfolio": next((entry for entry in portfolios if entry.slug == slug), None),
        "section": section,
        "path": request.url.path,
    }


def _notice(request: Request) -> tuple[str, str]:
    """The message that a form left, and what it is about: a key that becomes part of an address must look like one."""
    code, _, ref = unquote(request.cookies.get(NOTICE, "")).partition(" ")
    return ("", "") if code == "deleted" and not KEY.fullmatch(ref) else (code, ref)


def see_other(url: str, notice: str = "", ref: str = "") -> RedirectResponse:
    """The answer to a form that was accepted: look there, where `notice` is said once."""
    response = RedirectResponse(url, 303)
    if notice:
        response.set_cookie(NOTICE, quote(f"{notice} {ref}".strip()), max_age=60, httponly=True, samesite="lax")
    return response


def query(filters: Filters, **changes: str | None) -> str:
    """The filters as they stand in an address, defaults left out, with some changed or taken away (None)."""
    values: dict[str, str | None] = {**dict.fromkeys(Filters.model_fields), **filters.active, **changes}
    text = urlencode({name: value for name, value in values.items() if value is not None})
    return f"?{text}" if text else ""
