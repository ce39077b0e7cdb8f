"""Keep other web pages out: nobody logs in here, so what the browser says decides.

A page somewhere on the web can make the browser send requests to this machine. It cannot forge
what the browser says of them: which name was asked for (DNS rebinding shows there), from which
page the request comes, and whether it crosses sites. A link on another page may lead to a page
for people, and to nothing else. Programs send none of these headers but Host, and are let in: they
already run on this machine.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine in a browser's address bar."""

CHAT_PATH = "/chat"
"""Where the chat page is."""

LINKED_PATHS = frozenset({"/", CHAT_PATH})
"""The pages for people. Another web page may link to them, because nothing can be done by that."""

FOR_PROGRAMS = ("/bot", "/file/bot")
"""Paths of the Bot API. No page uses them, so no browser is let in there."""


class OnlyThisMachine:
    """Middleware that answers 403 to what does not come from this machine and this page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and not _is_allowed(
            scope["method"], scope["path"], Headers(scope=scope)
        ):
            refusal = PlainTextResponse("Only this machine's own page is let in.", 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_allowed(method: str, path: str, headers: Headers) -> bool:
    host = headers.get("host", "")
    if not _is_local(host):
        return False
    if headers.get("origin", f"http://{host}") != f"http://{host}":
        return False
    site = headers.get("sec-fetch-site")
    if site is None:
        return True  # a program
    if path.startswith(FOR_PROGRAMS):
        return False
    is_link = (
        method == "GET" and path in LINKED_PATHS and headers.get("sec-fetch-dest") == "document"
    )
    return is_link or site in {"none", "same-origin"}


def _is_local(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in LOCAL_NAMES
    except ValueError:  # no name at all
        return False
