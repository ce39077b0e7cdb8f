"""Sending that waits when Telegram says so, and shows "typing…" meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.updates import seconds_to_wait

log = logging.getLogger(__name__)

TRIES = 4
PAUSE_SECONDS = 0.5
"""After a failed try; doubled each time, so that four tries span 3.5 s."""

TYPING_SECONDS = 4.5
"""Telegram shows an action for 5 s."""

T = TypeVar("T")


async def with_retries(send: Callable[[], Awaitable[T]], *, twice_is_fine: bool = False) -> T:
    """Call Telegram, and again where that helps: told to wait, or not connected.

    Only the caller waits: everybody else's messages go on.

    Args:
        send: makes one request.
        twice_is_fine: whether to try again after a time-out too, when the request may have
            been carried out already.
    """
    pause = PAUSE_SECONDS
    for _ in range(TRIES - 1):
        try:
            return await send()
        except RetryAfter as error:
            log.info("Telegram asks to wait %.0f s.", seconds_to_wait(error))
            await asyncio.sleep(seconds_to_wait(error))
        except NetworkError as error:
            if isinstance(error, BadRequest) or (isinstance(error, TimedOut) and not twice_is_fine):
                raise
            await asyncio.sleep(pause)
            pause *= 2
    return await send()


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing…" in the message's chat for as long as the context is open."""

    async def show() -> None:
        while True:
            try:
                await message.reply_chat_action(ChatAction.TYPING)
            except TelegramError as error:
                log.debug("No typing shown (%s).", error)
            await asyncio.sleep(TYPING_SECONDS)

    task = asyncio.create_task(show(), name="typing")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
