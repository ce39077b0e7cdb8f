from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from telegram import Update
from telegram.ext import ContextTypes, MessageHandler, filters

from bot.config.settings import Settings, read_settings
from bot.store.updates.memory import UpdateMemory
from bot.telegram.transport.lifecycle import AnyApplication
from bot.telegram.transport.updates import UpdateTracker
from bot.telegram.transport.webhook import Webhook
from tests.bot.fakes import FakeTelegram, application, until, update

SECRET = "a-secret"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def settings() -> Settings:
    return read_settings(
        _env_file=None, public_url="https://example.com/bot/", webhook_secret=SECRET
    )


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text("hello")


HANDLERS = [MessageHandler[Any, Any](filters.ALL, reply)]


def opened(bot: AnyApplication) -> UpdateTracker:
    tracker = UpdateTracker(bot, UpdateMemory(None))
    tracker.open()
    return tracker


def caller(site: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://here")


async def test_an_update_is_acknowledged_once_it_is_answered(settings: Settings) -> None:
    fake, site = FakeTelegram(), FastAPI()
    async with application(fake, HANDLERS) as bot, caller(site) as http:
        site.include_router(Webhook(bot.bot, opened(bot), settings).router)
        body = update(bot, text="x").to_dict()
        response = await http.post("/telegram", json=body, headers={HEADER: SECRET})
        assert response.status_code == 200
        assert fake.texts() == ["hello"]


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "a-secre"}, {HEADER: "ä"}])
async def test_nobody_else_is_let_in(settings: Settings, headers: dict[str, str]) -> None:
    fake, site = FakeTelegram(), FastAPI()
    encoded = {name.encode(): value.encode() for name, value in headers.items()}
    async with application(fake, HANDLERS) as bot, caller(site) as http:
        site.include_router(Webhook(bot.bot, opened(bot), settings).router)
        body = update(bot, text="x").to_dict()
        response = await http.post("/telegram", json=body, headers=encoded)
        assert response.status_code == 403
    assert fake.calls == []


async def test_before_and_after_telegram_shall_call_again(settings: Settings) -> None:
    fake, site = FakeTelegram(), FastAPI()
    async with application(fake, HANDLERS) as bot, caller(site) as http:
        tracker = UpdateTracker(bot, UpdateMemory(None))
        site.include_router(Webhook(bot.bot, tracker, settings).router)
        body, headers = update(bot, text="x").to_dict(), {HEADER: SECRET}
        assert (await http.post("/telegram", json=body, headers=headers)).status_code == 503
        tracker.open()
        await tracker.close(0)
        assert (await http.post("/telegram", json=body, headers=headers)).status_code == 503
    assert fake.calls == []


async def wait_forever(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await asyncio.Event().wait()


async def test_what_was_broken_off_is_not_acknowledged(settings: Settings) -> None:
    site = FastAPI()
    handlers = [MessageHandler[Any, Any](filters.ALL, wait_forever)]
    async with application(FakeTelegram(), handlers) as bot, caller(site) as http:
        tracker = opened(bot)
        site.include_router(Webhook(bot.bot, tracker, settings).router)
        body = update(bot, text="x").to_dict()
        call = asyncio.create_task(http.post("/telegram", json=body, headers={HEADER: SECRET}))
        await until(lambda: tracker.oldest == 1)
        await tracker.close(0.01)
        assert (await call).status_code == 503


async def test_what_is_no_update_is_refused(settings: Settings) -> None:
    site = FastAPI()
    async with application(FakeTelegram(), HANDLERS) as bot, caller(site) as http:
        site.include_router(Webhook(bot.bot, opened(bot), settings).router)
        for body in (b"", b"[]", b"[1]", b"{}", b"\xff"):
            response = await http.post("/telegram", content=body, headers={HEADER: SECRET})
            assert response.status_code == 400, body


async def test_an_update_that_comes_again_is_answered_once(settings: Settings) -> None:
    fake, site = FakeTelegram(), FastAPI()
    async with application(fake, HANDLERS) as bot, caller(site) as http:
        site.include_router(Webhook(bot.bot, opened(bot), settings).router)
        body = update(bot, text="x").to_dict()
        for _ in range(2):
            response = await http.post("/telegram", json=body, headers={HEADER: SECRET})
            assert response.status_code == 200
    assert fake.texts() == ["hello"]


async def test_what_cannot_be_parsed_does_not_come_again(settings: Settings) -> None:
    site = FastAPI()
    async with application(FakeTelegram(), HANDLERS) as bot, caller(site) as http:
        site.include_router(Webhook(bot.bot, opened(bot), settings).router)
        odd: list[dict[str, Any]] = [{"message": {}}, {"message": 7}, {"poll": {}}]
        for content in odd:
            body = {"update_id": 3} | content
            response = await http.post("/telegram", json=body, headers={HEADER: SECRET})
            assert response.status_code == 200, content


# Telegram takes 30 messages a second of a bot, and so does the library send no more.
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_burst_of_a_thousand_updates_that_come_twice_is_answered_once_each(
    settings: Settings,
) -> None:
    fake, site = FakeTelegram(), FastAPI()
    async with application(fake, HANDLERS) as bot, caller(site) as http:
        site.include_router(Webhook(bot.bot, opened(bot), settings).router)
        waiting = [update(bot, number, text="x").to_dict() for number in range(1, 1001)] * 2
        while waiting:
            answers = await asyncio.gather(
                *(http.post("/telegram", json=it, headers={HEADER: SECRET}) for it in waiting)
            )
            assert {answer.status_code for answer in answers} <= {200, 503}
            # As Telegram does, call again with what was not acknowledged in time.
            again = zip(waiting, answers, strict=True)
            waiting = [body for body, answer in again if answer.status_code == 503]
    assert len(fake.texts()) == 1000
