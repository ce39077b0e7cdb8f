from __future__ import annotations

import httpx
from fastapi import FastAPI

from bot.web.landing_page import landing_page


async def get(chat: tuple[str, str] | None) -> str:
    """Open the page of a bot with this name and link."""
    site = FastAPI()
    site.include_router(landing_page(lambda: chat))
    transport = httpx.ASGITransport(site)
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as browser:
        response = await browser.get("/")
    assert response.status_code == 200
    return response.text


async def test_the_page_leads_into_the_chat() -> None:
    page = await get(("Ink <ling>", "https://t.me/inkling_bot"))
    assert '<a href="https://t.me/inkling_bot">' in page
    assert "<h1>Ink &lt;ling&gt;</h1>" in page


async def test_before_the_name_is_known_it_asks_for_patience() -> None:
    page = await get(None)
    assert "Look again soon" in page
    assert "<a href" not in page
