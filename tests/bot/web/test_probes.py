"""What platforms ask, on a site of the bot's own services."""

from __future__ import annotations

from dataclasses import replace

import httpx
from fastapi import FastAPI

from bot.conversation.services import Services
from bot.serving.reading.reader import Reader
from bot.web.probes import Probes


async def ask(services: Services, path: str, *, takes_updates: bool = True) -> httpx.Response:
    site = FastAPI()
    site.include_router(Probes(services, lambda: takes_updates).router)
    transport = httpx.ASGITransport(site)
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as platform:
        return await platform.get(path)


async def test_a_process_that_answers_is_healthy(services: Services) -> None:
    answer = await ask(services, "/healthz", takes_updates=False)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_ready_once_photos_can_be_read(services: Services) -> None:
    async with Reader() as reader:
        serving = replace(services, reader=reader)
        assert (await ask(serving, "/readyz")).json() == {
            "status": "ready",
            "checks": {"updates": True, "reader": True, "database": True},
        }
        assert (await ask(serving, "/readyz", takes_updates=False)).status_code == 503
    stopped = await ask(serving, "/readyz")
    assert stopped.status_code == 503
    assert stopped.json()["checks"]["reader"] is False
