"""What tests of the web pages share: a site over the bot's services, without a port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from bot.conversation.services import Services
from bot.web.clients import ApiKeys, RateLimit, Visitors
from bot.web.draw import DrawPage
from bot.web.rest import RestApi
from bot.web.site import make_site

KEY = "a-key-of-a-program"


@asynccontextmanager
async def browsing(
    *routers: APIRouter, cors_origins: Sequence[str] = ()
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a site that has these routes."""
    site = make_site(cors_origins)
    for router in routers:
        site.include_router(router)
    async with calling(site) as client:
        yield client


@asynccontextmanager
async def served_page(services: Services, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the draw page of a bot with this token."""
    site = make_site()
    chat = ("Ink <ling>", "https://t.me/inkling_bot")
    DrawPage(services, Visitors(token), lambda: chat).add_to(site)
    async with calling(site) as client:
        yield client


@asynccontextmanager
async def calling(site: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a site, without a port in between."""
    transport = httpx.ASGITransport(site, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        yield client


@pytest.fixture
async def api(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the REST interface, where no key is needed."""
    rest = RestApi(services, ApiKeys(frozenset()), RateLimit("1000/second"))
    async with browsing(rest.router) as client:
        yield client
