"""The server as a whole: one application, and how it starts and stops."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope
from telegram import User

from bot.local.api.errors import ApiError
from bot.local.api.routes import BotApi
from bot.local.chat import ChatPage
from bot.local.guard import CHAT_PATH, OnlyThisMachine
from bot.local.world.state import World

PAGE_FOLDER = Path(__file__).parent / "page"

ADA = 1001
"""The user id of a person on the page."""

BORIS = 1002
"""The user id of another person on the page."""

ADMIN = 1003
"""The admin's user id where the settings name none."""

BOT_ID = 1
"""The bot's user id, with which its token begins."""

TOKEN_BYTES = 26
"""Random bytes of a token: 35 characters, as many as in Telegram's own tokens."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def random_token() -> str:
    """Return a token in Telegram's form that nobody can guess, so that no web page knows it."""
    return f"{BOT_ID}:{secrets.token_urlsafe(TOKEN_BYTES)}"


class LocalTelegram:
    """A Bot API server for one bot, and the page on which people talk with it.

    Args:
        token: what the bot must use; anything else gets 401.
        admin_ids: the bot's admins. Each becomes a person on the page, beside two others.
        username: the bot's, without "@".
        clock: seconds since 1970.
    """

    def __init__(
        self,
        token: str,
        admin_ids: Collection[int] = (ADMIN,),
        username: str = "inkling_bot",
        clock: Callable[[], float] = time.time,
    ) -> None:
        number, _, _ = token.partition(":")
        bot = User(
            id=int(number) if number.isdigit() else BOT_ID,
            is_bot=True,
            first_name="Inkling",
            username=username,
        )
        admins = frozenset(admin_ids)
        self.world = World(bot, _people(admins), admins, clock)
        self.app = FastAPI(openapi_url=None)
        self.app.include_router(BotApi(self.world, token).router)
        self.app.include_router(ChatPage(self.world).router)
        self.app.add_exception_handler(ApiError, _in_words)
        self.app.add_exception_handler(RequestValidationError, _wrong_use)
        self.app.mount("/page", _Page(directory=PAGE_FOLDER), name="page")
        self.app.add_api_route(CHAT_PATH, _index, methods=["GET"])

    def add_to(self, site: FastAPI) -> None:
        """Serve all of it in a site, behind the routes that the site has, and let no one else in.

        Args:
            site: an application with all its other routes.
        """
        site.add_middleware(OnlyThisMachine)
        site.mount("/", self.app)

    async def close(self) -> None:
        """End all long polls, event streams and deliveries; its server calls this first."""
        await self.world.close()


class _Page(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        return _guarded(await super().get_response(path, scope))


async def _index() -> Response:
    return _guarded(Response((PAGE_FOLDER / "index.html").read_bytes(), media_type="text/html"))


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response


async def _in_words(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return JSONResponse({"detail": error.description}, status_code=error.code)


async def _wrong_use(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return JSONResponse({"detail": f"{where}: {first['msg']}"}, status_code=400)


def _people(admins: frozenset[int]) -> list[User]:
    """Make two strangers, and a person for each admin."""
    ordinary = [("Ada", ADA, "ada"), ("Boris", BORIS, "boris")]
    people = [
        User(id=i, is_bot=False, first_name=name, username=username, language_code="en")
        for name, i, username in ordinary
        if i not in admins
    ]
    for number, i in enumerate(sorted(admins)):
        name = "Grace" if number == 0 else f"Grace {number + 1}"
        people.append(User(id=i, is_bot=False, first_name=name, language_code="en"))
    return people
