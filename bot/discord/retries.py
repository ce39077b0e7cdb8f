"""Requests to Discord that may pass when they are made again.

discord.py itself waits where Discord asks to wait, on that route alone, and tries four more times
after a 5xx. What it does not try again is a connection that broke.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import aiohttp
import discord
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_delay,
    wait_exponential,
)

from bot.serving.tasks import background

log = logging.getLogger(__name__)

MAX_ANSWER_AGE = timedelta(hours=24)
"""How long an answer to a message is tried. It is as long as with Telegram."""

MAX_INTERACTION_AGE = timedelta(minutes=14)
"""How long an answer to a command is tried: after 15 minutes Discord takes none."""

PAUSE_SECONDS = 0.5
"""After a failed try; doubled after each further one."""

MAX_PAUSE_SECONDS = 15.0
"""The longest of those pauses: how late an answer comes after Discord is back."""

TYPING_SECONDS = 8.0
"""Discord shows that somebody types for 10 s."""

AWAY = (aiohttp.ClientError, TimeoutError, ConnectionError, discord.DiscordServerError)
"""What is raised while Discord cannot be reached, or has trouble of its own."""

T = TypeVar("T")


async def with_retries(send: Callable[[], Awaitable[T]], within: timedelta = MAX_ANSWER_AGE) -> T:
    """Make a request, and make it again while Discord is away.

    After a lost connection nobody can tell whether a message was sent. Messages in reply to a
    message carry a nonce, by which Discord knows the second one for the first.

    Raises:
        discord.HTTPException: Discord refuses it.
        aiohttp.ClientError, TimeoutError: it was away for too long.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception(_may_pass),
        wait=wait_exponential(PAUSE_SECONDS, max=MAX_PAUSE_SECONDS),
        stop=stop_after_delay(within),
        before_sleep=_note,
        reraise=True,
    )

    # A lambda that returns an awaitable is no coroutine function to tenacity.
    async def once() -> T:
        return await send()

    return await retrying(once)


@asynccontextmanager
async def typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show "… is typing" in a channel for as long as the context is open."""

    async def show() -> None:
        while True:
            try:
                await channel.typing()
            except (discord.HTTPException, *AWAY) as error:
                log.debug("No typing shown (%s).", error)
            await asyncio.sleep(TYPING_SECONDS)

    async with background(show(), "typing"):
        yield


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return isinstance(error, AWAY)


def _note(state: RetryCallState) -> None:
    """Say once that somebody waits."""
    if state.attempt_number == 2:
        error = state.outcome.exception() if state.outcome else None
        log.warning("An answer waits for Discord (%s).", error or type(error).__name__)
