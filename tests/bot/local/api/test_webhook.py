"""Webhooks: delivered in order, with the secret, and again until they are taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from fastapi import Request, Response

from bot.local import ADA, BORIS, LocalTelegram


class Receiver:
    """A bot's end of the webhook: fails as often as it is told, and keeps what it took."""

    def __init__(self) -> None:
        self.failures = 0
        self.delay = 0.0
        self.taken: list[str] = []
        self.secrets: set[str | None] = set()
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, request: Request) -> Response:
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.failures:
            self.failures -= 1
            return Response(status_code=500)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        self.taken.append((await request.json())["message"]["text"])
        return Response()

    async def has(self, count: int) -> None:
        """Wait until it took so many."""

        async def enough() -> bool:
            return len(self.taken) >= count

        await until(enough)

    async def has_failed(self) -> bool:
        return self.failures == 0


@pytest.fixture
def receiver(telegram: LocalTelegram) -> Receiver:
    receiver = Receiver()
    telegram.app.add_api_route("/hook", receiver.__call__, methods=["POST"])
    return receiver


@pytest.fixture
async def hook(api: httpx.AsyncClient, receiver: Receiver, url: str) -> AsyncIterator[str]:
    yield f"{url}/hook"
    await api.post("deleteWebhook")


async def write(page: httpx.AsyncClient, person: int, *texts: str) -> None:
    for text in texts:
        await page.post(f"/chat/{person}/send", data={"person": person, "text": text})


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it, at most ten seconds."""
    for _ in range(500):
        if await condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come about within ten seconds")


async def test_updates_arrive_in_order_with_the_secret(
    telegram: LocalTelegram,
    api: httpx.AsyncClient,
    page: httpx.AsyncClient,
    receiver: Receiver,
    hook: str,
) -> None:
    await write(page, ADA, "one")
    await api.post("setWebhook", data={"url": hook, "secret_token": "s-e_C1"})
    await write(page, ADA, "two", "three")
    await receiver.has(3)
    assert receiver.taken == ["one", "two", "three"]
    assert receiver.secrets == {"s-e_C1"}

    async def confirmed() -> bool:
        return not telegram.world.updates.pending()

    await until(confirmed)


async def test_what_fails_is_tried_again_before_what_follows(
    telegram: LocalTelegram,
    api: httpx.AsyncClient,
    page: httpx.AsyncClient,
    receiver: Receiver,
    hook: str,
) -> None:
    receiver.failures = 1
    await api.post("setWebhook", json={"url": hook})
    await write(page, ADA, "one", "two")
    await until(receiver.has_failed)
    assert len(telegram.world.updates.pending()) == 2
    await receiver.has(2)
    assert receiver.taken == ["one", "two"]


async def test_chats_are_served_in_parallel_up_to_the_limit(
    api: httpx.AsyncClient, page: httpx.AsyncClient, receiver: Receiver, hook: str
) -> None:
    receiver.delay = 0.2
    await write(page, ADA, "a1", "a2")
    await write(page, BORIS, "b1")
    await api.post("setWebhook", json={"url": hook, "max_connections": 5})
    await receiver.has(3)
    assert receiver.most_at_once == 2
    assert receiver.taken.index("a1") < receiver.taken.index("a2")

    receiver.most_at_once = 0
    await api.post("setWebhook", json={"url": hook, "max_connections": 1})
    await write(page, ADA, "a3")
    await write(page, BORIS, "b2")
    await receiver.has(5)
    assert receiver.most_at_once == 1


async def test_pending_updates_can_be_dropped(
    api: httpx.AsyncClient, page: httpx.AsyncClient, receiver: Receiver, hook: str
) -> None:
    await write(page, ADA, "one")
    await api.post("setWebhook", json={"url": hook, "drop_pending_updates": True})
    await write(page, ADA, "two")
    await receiver.has(1)
    assert receiver.taken == ["two"]


async def test_a_bot_that_is_away_gets_its_updates_by_polling_later(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await api.post("setWebhook", json={"url": "http://127.0.0.1:9/"})
    await write(page, ADA, "one")
    refused = await api.get("getUpdates")
    assert refused.status_code == 409
    await api.post("deleteWebhook")
    assert len((await api.get("getUpdates")).json()["result"]) == 1


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"url": "http://example.org/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://"}, "bad webhook: URL host is empty"),
        (
            {"url": "https://example.org", "secret_token": "ü"},
            "secret token contains unallowed characters",
        ),
    ],
)
async def test_bad_webhooks_are_refused(
    api: httpx.AsyncClient, parameters: dict[str, str], error: str
) -> None:
    answer = await api.post("setWebhook", json=parameters)
    assert answer.json()["description"] == f"Bad Request: {error}"
