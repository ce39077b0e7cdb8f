"""Serve a Bot API of its own for a test, as `python -m bot` serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bot.local import LocalTelegram
from bot.web.http_server import listen, serving

HOST = "127.0.0.1"


@asynccontextmanager
async def served(telegram: LocalTelegram, port: int = 0) -> AsyncIterator[str]:
    """Serve on this machine until the block ends; yield the address.

    Args:
        telegram: what to serve.
        port: 0 takes any that is free.
    """
    site = FastAPI()
    telegram.add_to(site)
    with listen(HOST, port) as sock:
        async with serving(site, sock):
            try:
                yield f"http://{HOST}:{sock.getsockname()[1]}"
            finally:
                await telegram.close()
