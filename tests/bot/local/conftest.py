"""A server of its own for each test, and a person at the page."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image, ImageDraw

from bot.local import LocalTelegram

TOKEN = "12345:local-test-token"


@pytest.fixture
async def telegram() -> LocalTelegram:
    return LocalTelegram(TOKEN)


@pytest.fixture
async def url(telegram: LocalTelegram) -> AsyncIterator[str]:
    """The address of the running server."""
    async with telegram.serving() as address:
        yield address


@pytest.fixture
async def page(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Acts as the chat page does."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture
async def api(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Acts as a bot does, without a library in between."""
    async with httpx.AsyncClient(base_url=f"{url}/bot{TOKEN}/", trust_env=False) as client:
        yield client


@pytest.fixture
def picture() -> bytes:
    """A PNG, 1600 × 1000, of a dark bar on white."""
    image = Image.new("RGB", (1600, 1000), "white")
    ImageDraw.Draw(image).line((800, 200, 760, 800), fill="black", width=40)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
