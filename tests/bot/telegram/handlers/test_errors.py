from __future__ import annotations

import logging

import pytest
from telegram import Update
from telegram.error import NetworkError, TimedOut
from telegram.ext import ContextTypes, MessageHandler, filters

from bot.messages import texts
from tests.bot.fakes import FakeTelegram, application, refused, update


async def fail(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    raise ZeroDivisionError("on purpose")


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text("hello")


async def test_the_log_names_the_update_and_not_what_was_in_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeTelegram()
    async with application(fake, [MessageHandler(filters.ALL, fail)]) as bot:
        await bot.process_update(update(bot, 4711, text="something private"))
    assert fake.texts() == [texts.UNFORESEEN]
    (record,) = caplog.records
    assert record.getMessage() == "Update 4711 failed."
    assert "ZeroDivisionError: on purpose" in caplog.text
    assert "something private" not in caplog.text


async def test_it_survives_that_the_person_cannot_be_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeTelegram()
    fake.answers["sendMessage"] = [refused(400, "Bad Request: chat not found")]
    async with application(fake, [MessageHandler(filters.ALL, fail)]) as bot:
        await bot.process_update(update(bot, 4711, text="x"))
        await bot.process_update(update(bot, 4712, text="y"))
    assert "Update 4711: the person could not be told" in caplog.text
    assert fake.texts() == [texts.UNFORESEEN] * 2


async def test_the_person_is_told_when_telegram_is_back() -> None:
    fake = FakeTelegram()
    fake.answers["sendMessage"] = [NetworkError("gone")]
    async with application(fake, [MessageHandler(filters.ALL, fail)]) as bot:
        await bot.process_update(update(bot, 4711, text="x"))
    assert fake.texts() == [texts.UNFORESEEN] * 2, "tried, and tried again"


async def test_an_answer_that_may_have_come_is_sent_again_and_not_said_to_have_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeTelegram()
    fake.answers["sendMessage"] = [TimedOut()]
    async with application(fake, [MessageHandler(filters.ALL, reply)]) as bot:
        await bot.process_update(update(bot, 4711, text="x"))
    assert set(fake.texts()) == {"hello"}
    assert "Traceback" not in caplog.text


async def test_a_person_who_stopped_the_bot_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeTelegram()
    fake.answers["sendMessage"] = [refused(403, "Forbidden: bot was blocked by the user")]
    with caplog.at_level(logging.INFO):
        async with application(fake, [MessageHandler(filters.ALL, reply)]) as bot:
            await bot.process_update(update(bot, 4711, text="x"))
    assert len(fake.calls) == 1
    assert {record.levelname for record in caplog.records} == {"INFO"}


@pytest.mark.parametrize(
    "reason",
    [
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: have no rights to send a message",
        "Bad Request: CHAT_WRITE_FORBIDDEN",
    ],
)
async def test_a_chat_where_the_bot_may_not_write_is_no_error(
    reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeTelegram()
    fake.answers["sendMessage"] = [refused(400, reason)]
    with caplog.at_level(logging.INFO):
        async with application(fake, [MessageHandler(filters.ALL, reply)]) as bot:
            await bot.process_update(update(bot, 4711, text="x"))
    assert len(fake.calls) == 1
    assert [record.levelname for record in caplog.records] == ["INFO"]
