"""The server as a whole: one application, and how it starts and stops."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from bot.local.api.errors import ApiError
from bot.local.api.objects import User
from bot.local.api.routes import BotApi
from bot.local.chat import ChatPage
from bot.local.guard import OnlyThisMachine
from bot.local.world.state import World

HOST = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
STOP_PATIENCE = 3  # seconds for answers in progress, once no wait holds them up
ADA = 1001
BORIS = 1002
ADMIN = 1003
"""The admin's id where the settings name none."""

BOT_ID = 1
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
        self.app.add_middleware(OnlyThisMachine)
        self.app.include_router(BotApi(self.world, token).router)
        self.app.include_router(ChatPage(self.world).router)
        self.app.add_exception_handler(ApiError, _in_words)
        self.app.add_exception_handler(RequestValidationError, _wrong_use)
        # "/" itself: further routes of the bot may still be added before the rest.
        self.app.mount("/page", _Page(directory=PAGE), name="page")
        self.app.add_api_route("/", _index, methods=["GET"])

    @contextlib.asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[str]:
        """Serve on 127.0.0.1 until the block ends; yields the address.

        Args:
            port: 0 takes any that is free.
        """
        config = uvicorn.Config(
            self.app,
            host=HOST,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=STOP_PATIENCE,
        )
        server = _Server(config)
        socket = config.bind_socket()
        socket.listen()  # who comes before the server is up waits for it
        task = asyncio.create_task(server.serve([socket]))
        try:
            yield f"http://{HOST}:{socket.getsockname()[1]}"
        finally:
            await self.close()
            server.should_exit = True
            await task
            socket.close()

    async def close(self) -> None:
        """End all long polls, event streams and deliveries; who serves `app` calls it first."""
        await self.world.close()


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Page(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        return _guarded(await super().get_response(path, scope))


async def _index() -> Response:
    return _guarded(Response((PAGE / "index.html").read_bytes(), media_type="text/html"))


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
    """Two strangers, and whoever is an admin."""
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
