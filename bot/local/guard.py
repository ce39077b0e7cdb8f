"""Keeps other web pages out: nobody logs in here, so the browser's word decides.

A page somewhere on the web can make the browser send requests to this machine. It cannot forge
what the browser says of them: which name was asked for (DNS rebinding shows there), from which
page the request comes, and whether it crosses sites. Programs send none of these headers but Host,
and are let in: they already run on this machine.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


class OnlyThisMachine:
    """Middleware that answers 403 to what does not come from this machine and this page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _allowed(scope["method"], Headers(scope=scope)):
            refusal = PlainTextResponse("Only this machine's own page is let in.", 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _allowed(method: str, headers: Headers) -> bool:
    host = headers.get("host", "")
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:  # no name at all
        return False
    if name not in LOCAL_NAMES:
        return False
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return False
    site = headers.get("sec-fetch-site", "none")
    # A link on another page may lead here, but only to be looked at.
    followed_link = method == "GET" and headers.get("sec-fetch-dest") == "document"
    return site in {"none", "same-origin"} or followed_link
