"""What every page shares: the workspace of the request, the frame around the content, the answer to a form."""

from __future__ import annotations

import re
from typing import Annotated, cast
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
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
    portfolios = list_portfolios(workspace(request))
    code, ref = _notice(request)
    response = partial(
        request,
        template,
        status,
        portfolios=portfolios,
        portfolio=next((entry for entry in portfolios if entry.slug == slug), None),
        section=section,
        notice=code,
        notice_ref=ref,
        path=request.url.path,
        **context,
    )
    # A page may be kept by the browser for Back, but is asked for again before it is shown anew.
    response.headers["Cache-Control"] = "private, no-cache"
    if code:
        response.delete_cookie(NOTICE)
    return response


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
