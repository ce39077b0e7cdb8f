"""What a person sees while the bot works."""

from __future__ import annotations

import asyncio

from telegram.error import NetworkError

from bot.telegram.transport.waiting import notice, typing
from tests.bot.fakes import GROUP, FakeTelegram, application, until, update


async def test_typing_that_fails_disturbs_nobody() -> None:
    fake = FakeTelegram()
    fake.answers["sendChatAction"] = [NetworkError("gone")]
    async with application(fake, []) as bot:
        message = update(bot, text="x").message
        assert message is not None
        async with typing(message):
            await until(lambda: bool(fake.calls))
    assert fake.calls == [("sendChatAction", {"chat_id": 1001, "action": "typing"})]


async def test_what_is_answered_at_once_shows_no_typing() -> None:
    fake = FakeTelegram()
    async with application(fake, []) as bot:
        message = update(bot, text="x").message
        assert message is not None
        async with typing(message):
            await asyncio.sleep(0.01)
    assert fake.calls == []


async def test_what_takes_long_says_so_until_it_is_done() -> None:
    fake = FakeTelegram()
    async with application(fake, []) as bot:
        message = update(bot, text="x").message
        assert message is not None
        async with notice(message, "I am <still> at it…", seconds=0.01):
            await until(lambda: bool(fake.calls))
            (name, said) = fake.calls[0]
            assert (name, said["text"]) == ("sendMessage", "I am <still> at it…")
            assert "reply_parameters" not in said and "parse_mode" not in said
    assert fake.methods() == ["sendMessage", "deleteMessage"]
    assert fake.calls[1][1] == {"chat_id": message.chat.id, "message_id": 9}


async def test_what_is_done_soon_and_what_a_group_waits_for_has_no_notice() -> None:
    fake = FakeTelegram()
    async with application(fake, []) as bot:
        soon, in_group = update(bot, text="x").message, update(bot, text="x", chat=GROUP).message
        assert soon is not None and in_group is not None
        async with notice(soon, "I am at it…"), notice(in_group, "I am at it…", seconds=0.0):
            pass
    assert fake.calls == []


async def test_a_notice_that_cannot_be_sent_or_taken_back_disturbs_nobody() -> None:
    fake = FakeTelegram()
    async with application(fake, []) as bot:
        message = update(bot, text="x").message
        assert message is not None
        for method in ("sendMessage", "deleteMessage"):
            fake.calls.clear()
            fake.answers[method] = [NetworkError("gone")]
            async with notice(message, "I am at it…", seconds=0.0):
                await until(lambda: bool(fake.calls))
            assert fake.methods()[-1] == method
