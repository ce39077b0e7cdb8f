"""What a person sees while the bot works: "typing…" soon, and a sentence if it takes longer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Message
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError

from bot.serving.tasks import background

log = logging.getLogger(__name__)

TYPING_AFTER_SECONDS = 0.8
"""An answer within a second needs no sign before it. Each sign is a request more, and counts in
the 30 that Telegram takes in a second, as an answer does."""

TYPING_SECONDS = 4.5
"""Telegram shows an action for 5 s."""

PATIENCE_SECONDS = 2.0
"""How long a person waits without wondering what happens."""


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing…" in the message's chat, soon, for as long as the context is open."""

    async def show() -> None:
        await asyncio.sleep(TYPING_AFTER_SECONDS)
        while True:
            try:
                await message.reply_chat_action(ChatAction.TYPING)
            except TelegramError as error:
                log.debug("No typing shown (%s).", error)
            await asyncio.sleep(TYPING_SECONDS)

    async with background(show(), "typing"):
        yield


@asynccontextmanager
async def notice(
    message: Message, words: str, seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[None]:
    """Say in a person's own chat what is being done if it takes long; take it back when it is done.

    Groups see "typing…" alone: Telegram lets a bot send twenty messages a minute there.

    Args:
        message: of the person who waits.
        words: what is being done, as plain words.
        seconds: how long to wait with that.
    """
    if message.chat.type != ChatType.PRIVATE:
        yield
        return
    done = asyncio.Event()
    task = asyncio.create_task(_say_unless(done, message, words, seconds), name="notice")
    try:
        yield
    finally:
        done.set()
        await task


async def _say_unless(done: asyncio.Event, message: Message, words: str, seconds: float) -> None:
    """Say something when it is not done after some seconds, and delete that when it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await done.wait()
            return
    try:
        # Not a reply: the answer will be one.
        said = await message.reply_text(words, parse_mode=None, do_quote=False)
        await done.wait()
        await said.delete()
    except TelegramError as error:
        log.debug("It cannot be said, or unsaid, that it takes long (%s).", error)
