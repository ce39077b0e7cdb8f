from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from telegram import Update
from telegram.error import NetworkError
from telegram.ext import ContextTypes, MessageHandler, filters

from bot.errors import SettingsError
from bot.telegram.lifecycle import AnyApplication
from bot.telegram.updates import Poller, UpdateTracker
from tests.bot.fakes import ADA, PRIVATE, FakeTelegram, Json, application, refused, until, update


class Slow:
    """A handler that answers when told to."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.seen: list[int] = []
        self.done: list[int] = []
        self.handler = MessageHandler[Any, Any](filters.ALL, self.answer)

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        self.seen.append(update.update_id)
        await self.go_on.wait()
        self.done.append(update.update_id)


def batch(*numbers: int) -> Json:
    """What getUpdates answers."""
    message = {"message_id": 7, "date": 0, "chat": PRIVATE, "from": ADA, "text": "x"}
    return {"ok": True, "result": [{"update_id": n, "message": message} for n in numbers]}


def offsets(fake: FakeTelegram) -> list[int]:
    return [parameters["offset"] for name, parameters in fake.calls if name == "getUpdates"]


def opened(bot: AnyApplication) -> UpdateTracker:
    intake = UpdateTracker(bot)
    intake.open()
    return intake


async def polling(bot: AnyApplication, intake: UpdateTracker) -> asyncio.Task[None]:
    return asyncio.create_task(Poller(bot.bot, intake).run())


async def test_an_update_is_confirmed_only_when_it_is_answered() -> None:
    fake, slow = FakeTelegram(), Slow()
    async with application(fake, [slow.handler]) as bot:
        # The second time it is still there: nobody has confirmed it.
        fake.answers["getUpdates"] = [batch(5, 6), batch(5, 6, 7)]
        task = await polling(bot, opened(bot))
        await until(lambda: slow.seen == [5, 6, 7])
        assert set(offsets(fake)) <= {0, 5}
        slow.go_on.set()
        await until(lambda: 8 in offsets(fake))
        assert sorted(slow.done) == [5, 6, 7]
        task.cancel()
        await asyncio.wait([task])
    assert fake.calls[0][0] == "deleteWebhook"


async def test_numbers_may_begin_anew() -> None:
    fake, slow = FakeTelegram(), Slow()
    slow.go_on.set()
    async with application(fake, [slow.handler]) as bot:
        fake.answers["getUpdates"] = [batch(900), batch(), batch(), batch(17)]
        task = await polling(bot, opened(bot))
        await until(lambda: slow.done == [900, 17])
        await until(lambda: offsets(fake)[-1] == 18)
        task.cancel()
        await asyncio.wait([task])


async def test_asks_patiently_when_telegram_cannot_be_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake, slow = FakeTelegram(), Slow()
    slow.go_on.set()
    async with application(fake, [slow.handler]) as bot:
        conflict = refused(409, "Conflict: terminated by other getUpdates request")
        fake.answers["deleteWebhook"] = [NetworkError("gone")]
        fake.answers["getUpdates"] = [conflict, batch(1)]
        task = await polling(bot, opened(bot))
        await until(lambda: slow.done == [1])
        task.cancel()
        await asyncio.wait([task])
    assert "is the bot running twice?" in caplog.text
    assert "Asking again in 1 s" in caplog.text
    assert "Asking again in 2 s" in caplog.text


async def test_a_token_that_was_revoked_is_said() -> None:
    fake = FakeTelegram()
    fake.answers["getUpdates"] = [refused(401, "Unauthorized")]
    async with application(fake, []) as bot:
        with pytest.raises(SettingsError, match="one that it no longer accepts"):
            await Poller(bot.bot, UpdateTracker(bot)).run()


async def test_an_update_in_hand_is_not_taken_twice() -> None:
    slow = Slow()
    async with application(FakeTelegram(), [slow.handler]) as bot:
        intake = opened(bot)
        first = intake.take(update(bot, 3, text="x"))
        assert intake.take(update(bot, 3, text="x")) is first
        assert intake.oldest == 3
        slow.go_on.set()
        await intake.close(1)
        assert slow.done == [3]
        assert intake.oldest is None
        assert intake.take(update(bot, 4, text="x")) is None


async def test_before_anybody_can_answer_nothing_is_taken() -> None:
    async with application(FakeTelegram(), [Slow().handler]) as bot:
        assert UpdateTracker(bot).take(update(bot, 3, text="x")) is None


async def test_what_takes_too_long_is_left_and_not_confirmed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake, slow = FakeTelegram(), Slow()
    async with application(fake, [slow.handler]) as bot:
        fake.answers["getUpdates"] = [batch(3, 4)]
        intake = opened(bot)
        poller = Poller(bot.bot, intake)
        task = asyncio.create_task(poller.run())
        await until(lambda: slow.seen == [3, 4])
        task.cancel()
        await asyncio.wait([task])
        with caplog.at_level(logging.INFO):
            await intake.close(0.01)
        await poller.confirm()
    assert slow.done == []
    assert "Left 2 unanswered" in caplog.text
    assert max(offsets(fake)) == 3
