from __future__ import annotations

import asyncio

import pytest

from bot.app.background import finished
from bot.errors import PortUnavailable, SettingsError
from bot.serving.tasks import background
from bot.telegram.transport.lifecycle import connect
from bot.web.http_server import listen
from tests.bot.fakes import FakeTelegram, application, refused


async def test_work_comes_to_its_end() -> None:
    assert await finished(asyncio.sleep(0), before=asyncio.Event())


async def test_work_is_broken_off_when_told_to_stop() -> None:
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(1):
        assert not await finished(asyncio.sleep(60), before=stop)


async def test_an_error_in_the_work_is_raised() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await finished(fail(), before=asyncio.Event())


async def test_work_in_the_background_ends_with_its_block() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with background(work(), "test"):
        await asyncio.sleep(0)
        assert not ended.is_set()
    assert ended.is_set()


async def test_a_token_that_telegram_refuses_is_said() -> None:
    fake = FakeTelegram()
    async with application(fake, []) as bot:
        await bot.shutdown()
        fake.answers["getMe"] = [refused(401, "Unauthorized")]
        with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN to be a token that http://x"):
            await connect(bot, "http://x")
        await bot.initialize()


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with listen("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        with pytest.raises(PortUnavailable, match=rf"listen on 127\.0\.0\.1:{port}, but .*in use"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_said_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match=r"Expected HOST to be .* Received '192\.0\.2\.1'"):
        listen("192.0.2.1", 0)
