"""The files a page needs, sent with an address that changes with their content; and the icons."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
A_WEEK, A_YEAR = 604_800, 31_536_000


@cache
def asset(path: str) -> str:
    """The address of a static file, with a stamp of its content, so that browsers may keep it for good."""
    stamp = hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={stamp}"


@cache
def icon(name: str) -> Markup:
    """A vendored icon as inline SVG, hidden from screen readers: the words beside it say what it means."""
    svg = (FOLDER / "vendor" / "lucide" / f"{name}.svg").read_text(encoding="utf-8")
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].strip()
    return Markup(  # noqa: S704 - a file of this package
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{inner}</svg>'
    )


class Assets(StaticFiles):
    """The static folder. A file asked for by its stamped address never changes under it."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        stamped = scope.get("query_string", b"").startswith(b"v=")
        font = str(full_path).endswith(".woff2")  # named by the style sheet, which cannot stamp its address
        lasting = f"public, max-age={A_YEAR if stamped else A_WEEK}" + (", immutable" if stamped else "")
        response.headers["Cache-Control"] = lasting if stamped or font else "no-cache"
        return response
