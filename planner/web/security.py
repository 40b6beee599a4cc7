"""What every answer carries, and which requests are refused before any route sees them.

Each refusal is an error that `refuse` turns into the answer, so that it looks like every other error.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UPLOADS = ("/import", "/imports")  # what the addresses that take files end with

Refuse = Callable[[Request, Exception], Awaitable[Response]]


class SecurityHeaders:
    """Adds the headers that keep a browser from doing anything with our pages that we did not write."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.raw = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self.raw]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class KnownHosts:
    """Refuses requests addressed to a name that the server does not go by.

    A foreign site can point a name of its own at this address, and its pages would then be of the same origin as ours
    (DNS rebinding). `*.example.org` lets every subdomain in, `*` any name.
    """

    _HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE)

    def __init__(self, app: ASGIApp, refuse: Refuse, names: Iterable[str]) -> None:
        self.app, self.refuse = app, refuse
        self.names = frozenset(name.lower() for name in names)
        self.endings = tuple(name[1:] for name in self.names if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._known(Headers(scope=scope).getlist("host")):
            detail = "This server does not go by that name; PLANNER_ALLOWED_HOSTS lists the names it goes by."
            refusal = await self.refuse(Request(scope), HTTPException(421, detail))
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _known(self, given: list[str]) -> bool:
        found = self._HOST.fullmatch(given[0]) if len(given) == 1 else None
        if found is None:
            return False
        name = found[1].lower()
        return "*" in self.names or name in self.names or name.endswith(self.endings)


class SameOriginWrites:
    """Refuses writes that a browser sends on behalf of another site (cross-site request forgery).

    A browser says where a request comes from: Sec-Fetch-Site, or Origin in older ones. Programs send neither and pass.
    The same rule as Go's http.CrossOriginProtection. It holds only with KnownHosts before it, since a site that points
    its own name at this address would have equal Origin and Host.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse, base_url: str | None = None) -> None:
        self.app, self.refuse = app, refuse
        self.own = urlsplit(base_url).netloc if base_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not self._same_origin(Headers(scope=scope)):
            detail = "This request came from another site, so it was refused. Send it from a page of this one."
            refusal = await self.refuse(Request(scope), HTTPException(403, detail))
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _same_origin(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc in (headers.get("host"), self.own)


class BodyLimit:
    """Refuses bodies beyond a limit in bytes, before the first byte when the request says how many it has.

    FastAPI's own limit is not used, since it answers in plain text and has one limit for a route on all servers.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse, limit: int, upload_limit: int) -> None:
        self.app, self.refuse = app, refuse
        self.limit, self.upload_limit = limit, upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.upload_limit if scope["path"].endswith(UPLOADS) else self.limit
        detail = f"The body is larger than the {limit:,} bytes that this address takes; send less at once."
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared[:20]) > limit:
            refusal = await self.refuse(Request(scope), HTTPException(413, detail))
            await refusal(scope, receive, send)
            return
        read = 0

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, detail)
            return message

        await self.app(scope, receive_counted, send)
