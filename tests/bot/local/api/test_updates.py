"""getUpdates: what is queued, confirmed, waited for, and in conflict."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

from bot.local import ADA, LocalTelegram
from tests.bot.local.serving import served


async def write(page: httpx.AsyncClient, *texts: str) -> None:
    for text in texts:
        sent = await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": text})
        assert sent.status_code == 200


async def texts(api: httpx.AsyncClient, **parameters: Any) -> list[str]:
    answer = await api.get("getUpdates", params=parameters)
    return [update["message"]["text"] for update in answer.json()["result"]]


async def test_updates_stay_until_an_offset_confirms_them(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await write(page, "one", "two", "three")
    assert await texts(api) == ["one", "two", "three"]
    assert await texts(api, limit=2) == ["one", "two"]
    assert await texts(api, offset=2) == ["two", "three"]
    assert await texts(api) == ["two", "three"]
    assert await texts(api, offset=9) == []


async def test_a_negative_offset_forgets_what_is_older(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await write(page, "one", "two", "three")
    assert await texts(api, offset=-1) == ["three"]
    assert await texts(api) == ["three"]
    assert await texts(api, offset=-5) == ["three"]


async def test_a_long_poll_ends_at_once_when_something_comes(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    poll = asyncio.create_task(texts(api, timeout=30))
    await asyncio.sleep(0.1)
    assert not poll.done()
    before = time.monotonic()
    await write(page, "hello")
    assert await poll == ["hello"]
    assert time.monotonic() - before < 2


async def test_a_long_poll_ends_empty_when_the_time_is_up(api: httpx.AsyncClient) -> None:
    before = time.monotonic()
    assert await texts(api, timeout=1) == []
    assert 0.9 < time.monotonic() - before < 5


async def test_a_second_poll_ends_the_first(api: httpx.AsyncClient) -> None:
    first = asyncio.create_task(api.get("getUpdates", params={"timeout": 30}))
    await asyncio.sleep(0.1)
    assert await texts(api) == []
    answer = await first
    assert answer.status_code == 409
    assert answer.json() == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    }


async def test_polling_is_refused_while_a_webhook_is_set(api: httpx.AsyncClient) -> None:
    first = asyncio.create_task(api.get("getUpdates", params={"timeout": 30}))
    await asyncio.sleep(0.1)
    await api.post("setWebhook", json={"url": "http://127.0.0.1:9/"})
    description = (await first).json()["description"]
    assert description == "Conflict: terminated by setWebhook request"
    answer = await api.get("getUpdates")
    assert answer.json()["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    await api.post("deleteWebhook")
    assert await texts(api) == []


async def test_only_the_allowed_kinds_are_queued(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await api.post("getUpdates", json={"allowed_updates": ["edited_message"]})
    await write(page, "one")
    edit = {"person": ADA, "message_id": 1, "text": "two"}
    await page.post(f"/chat/{ADA}/edit", json=edit)
    (update,) = (await api.get("getUpdates")).json()["result"]
    assert update["edited_message"]["text"] == "two"
    await api.post("getUpdates", data={"allowed_updates": "[]"})
    await write(page, "three")
    assert "message" in (await api.get("getUpdates", params={"offset": 2})).json()["result"][0]


async def test_stopping_ends_a_poll_at_once() -> None:
    telegram = LocalTelegram("1:x")
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        async with served(telegram) as url:
            poll = asyncio.create_task(client.get(f"{url}/bot1:x/getUpdates?timeout=50"))
            await asyncio.sleep(0.2)
            before = time.monotonic()
        assert time.monotonic() - before < 2
        assert (await poll).json() == {"ok": True, "result": []}
