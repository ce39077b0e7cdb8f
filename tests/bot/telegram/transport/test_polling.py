"""Updates are asked for patiently, and confirmed when they are answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram.error import NetworkError

from bot.errors import SettingsError
from bot.telegram.transport.lifecycle import AnyApplication
from bot.telegram.transport.polling import Poller
from tests.bot.fakes import FakeTelegram, Json, application, refused, until
from tests.bot.telegram.pending import Slow, message, opened


def batch(*numbers: int) -> Json:
    """What getUpdates answers."""
    return {"ok": True, "result": [message(number) for number in numbers]}


def offsets(fake: FakeTelegram) -> list[int]:
    """With which offsets updates were asked for."""
    return [parameters["offset"] for name, parameters in fake.calls if name == "getUpdates"]


async def polling(bot: AnyApplication) -> asyncio.Task[None]:
    """Start to ask."""
    return asyncio.create_task(Poller(bot.bot, opened(bot)).run())


async def ended(task: asyncio.Task[None]) -> None:
    """Stop to ask."""
    task.cancel()
    await asyncio.wait([task])


async def test_an_update_is_confirmed_only_when_it_is_answered() -> None:
    fake, slow = FakeTelegram(), Slow()
    async with application(fake, [slow.handler]) as bot:
        # The second time it is still there: nobody has confirmed it.
        fake.answers["getUpdates"] = [batch(5, 6), batch(5, 6, 7)]
        task = await polling(bot)
        await until(lambda: slow.seen == [5, 6, 7])
        assert set(offsets(fake)) <= {0, 5}
        slow.go_on.set()
        await until(lambda: 8 in offsets(fake))
        assert sorted(slow.done) == [5, 6, 7]
        await ended(task)
    assert fake.calls[0][0] == "deleteWebhook"


async def test_while_updates_are_pending_it_asks_now_and_then() -> None:
    fake, slow = FakeTelegram(), Slow()
    async with application(fake, [slow.handler]) as bot:
        fake.answers["getUpdates"] = [batch(*range(1, 101)) for _ in range(100)]
        task = await polling(bot)
        await asyncio.sleep(1)
        assert len(offsets(fake)) <= 6
        await ended(task)


async def test_numbers_may_begin_anew() -> None:
    fake, slow = FakeTelegram(), Slow()
    slow.go_on.set()
    async with application(fake, [slow.handler]) as bot:
        fake.answers["getUpdates"] = [batch(900), batch(), batch(), batch(17)]
        task = await polling(bot)
        await until(lambda: slow.done == [900, 17])
        await until(lambda: offsets(fake)[-1] == 18)
        await ended(task)


async def test_asks_patiently_when_telegram_cannot_be_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake, slow = FakeTelegram(), Slow()
    slow.go_on.set()
    async with application(fake, [slow.handler]) as bot:
        conflict = refused(409, "Conflict: terminated by other getUpdates request")
        fake.answers["deleteWebhook"] = [NetworkError("gone")]
        fake.answers["getUpdates"] = [conflict, batch(1)]
        task = await polling(bot)
        await until(lambda: slow.done == [1])
        await ended(task)
    assert "is the bot running twice?" in caplog.text
    assert "Asking again in 1 s" in caplog.text
    assert "Asking again in 2 s" in caplog.text


ODD: list[Any] = [
    {"ok": True},
    {"ok": True, "result": None},
    {"ok": True, "result": [7]},
    {"ok": True, "result": [{"update_id": "x"}, {}]},
    refused(429, "Too Many Requests") | {"parameters": {"retry_after": "soon"}},
    refused(401, "Unauthorized"),
    refused(404, "Not Found"),
]


@pytest.mark.parametrize("answer", ODD)
async def test_one_odd_answer_ends_nothing(answer: Json) -> None:
    fake, slow = FakeTelegram(), Slow()
    slow.go_on.set()
    async with application(fake, [slow.handler]) as bot:
        fake.answers["getUpdates"] = [answer, batch(1)]
        task = await polling(bot)
        await until(lambda: slow.done == [1])
        await ended(task)


async def test_a_token_that_was_revoked_is_said() -> None:
    fake = FakeTelegram()
    async with application(fake, []) as bot:
        fake.answers["getUpdates"] = [refused(401, "Unauthorized")]
        fake.answers["getMe"] = [refused(401, "Unauthorized")]
        with pytest.raises(SettingsError, match="one that it no longer accepts"):
            await Poller(bot.bot, opened(bot)).run()


async def test_what_is_left_is_not_confirmed() -> None:
    fake, slow = FakeTelegram(), Slow()
    async with application(fake, [slow.handler]) as bot:
        fake.answers["getUpdates"] = [batch(3, 4)]
        tracker = opened(bot)
        poller = Poller(bot.bot, tracker)
        task = asyncio.create_task(poller.run())
        await until(lambda: slow.seen == [3, 4])
        await ended(task)
        await tracker.close(0.01)
        await poller.confirm()
    assert slow.done == []
    assert max(offsets(fake)) == 3
