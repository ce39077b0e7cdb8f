"""The page is served with its headers, and its people are there."""

from __future__ import annotations

import re

import httpx

from bot.local import ADA, ADMIN, BORIS, LocalTelegram, random_token
from tests.bot.local.conftest import TOKEN
from tests.bot.local.serving import served


async def test_admins_are_people_of_the_page() -> None:
    telegram = LocalTelegram(TOKEN, admin_ids=[BORIS, 7])
    async with served(telegram) as url, httpx.AsyncClient(trust_env=False) as client:
        people = (await client.get(f"{url}/chat/state")).json()["people"]
    assert {person["id"]: person["admin"] for person in people} == {
        ADA: False,
        7: True,
        BORIS: True,
    }
    assert LocalTelegram(TOKEN).world.admins == {ADMIN}


async def test_the_page_may_load_nothing_from_elsewhere(page: httpx.AsyncClient) -> None:
    for path in ("/chat", "/page/app.js", "/page/style.css"):
        answer = await page.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        words = answer.text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in words.replace("http://127.0.0.1", "")


def test_nobody_can_guess_the_token_of_a_bot_that_has_none() -> None:
    first, second = random_token(), random_token()
    assert first != second
    assert re.fullmatch(r"\d+:[\w-]{35}", first)
