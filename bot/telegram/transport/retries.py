"""Requests that are made again where that helps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import httpx
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_exponential,
)

log = logging.getLogger(__name__)

MAX_TRIES = 4
"""Of a request that nobody waits for: with the pauses between them they span 3.5 s."""

MAX_ANSWER_AGE = timedelta(hours=24)
"""How long an answer is tried. After that time, Telegram itself forgets an unanswered message."""

PAUSE_SECONDS = 0.5
"""After a failed try; doubled after each further one."""

MAX_PAUSE_SECONDS = 15.0
"""The longest of those pauses: how late an answer comes after Telegram is back."""

MAX_FAILURES = 2
"""How often one request fails, while Telegram answers others, before it is given up. Each time is
several tries."""

UNKNOWN_WAIT_SECONDS = 1.0
"""How long to wait if Telegram asks for it and does not say for how long."""

NOT_CARRIED_OUT = (httpx.ConnectTimeout, httpx.WriteTimeout, httpx.PoolTimeout)
"""Time-outs in which a request did not reach Telegram whole."""

T = TypeVar("T")


async def with_retries(
    send: Callable[[], Awaitable[T]], *, twice_is_fine: bool = False, for_long: bool = False
) -> T:
    """Call Telegram, and again where that helps: told to wait, or not connected.

    Only the caller waits: everybody else's messages go on. After a lost connection or an error of
    the server nobody can tell whether a message was sent. It is sent again, because most were
    not, and two answers are better than none.

    Args:
        send: makes one request.
        twice_is_fine: whether to try again too when Telegram received the request and did not
            answer in time.
        for_long: whether to try until Telegram is back, because a person waits for an answer.
            Twice is fine then: an upload that stalled looks the same as one that arrived.

    Raises:
        TelegramError: what the last try raised.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception(partial(_may_pass, twice_is_fine=twice_is_fine or for_long)),
        wait=_pause,
        stop=stop_after_delay(MAX_ANSWER_AGE) if for_long else stop_after_attempt(MAX_TRIES),
        before_sleep=_note,
        reraise=True,
    )

    # A lambda that returns an awaitable is no coroutine function to tenacity.
    async def once() -> T:
        return await send()

    return await retrying(once)


async def until_answered(bot: Bot, ask: Callable[[], Awaitable[T]]) -> T:
    """Ask Telegram for something until it is back.

    Raises:
        TelegramError: Telegram answers other requests, but not this one.
    """
    failures = 0
    while True:
        try:
            return await with_retries(ask, twice_is_fine=True)
        except RetryAfter:
            continue
        except BadRequest:
            raise
        except NetworkError:
            if await _can_be_reached(bot):
                failures += 1
            else:
                await asyncio.sleep(MAX_PAUSE_SECONDS)
            if failures == MAX_FAILURES:
                raise


async def _can_be_reached(bot: Bot) -> bool:
    try:
        await bot.get_me()
    except NetworkError:
        return False
    except TelegramError:
        return True
    return True


def is_probably_sent(error: BaseException | None) -> bool:
    """Tell whether Telegram received a request whole and did not answer in time."""
    return isinstance(error, TimedOut) and not isinstance(error.__cause__, NOT_CARRIED_OUT)


def seconds_to_wait(error: RetryAfter) -> float:
    """Return what Telegram asks us to wait; a little if what it says is no number."""
    wait = error.retry_after
    if isinstance(wait, timedelta):
        return wait.total_seconds()
    return float(wait) if isinstance(wait, int) else UNKNOWN_WAIT_SECONDS


def _may_pass(error: BaseException, *, twice_is_fine: bool) -> bool:
    if isinstance(error, RetryAfter):
        return True
    if not isinstance(error, NetworkError) or isinstance(error, BadRequest):
        return False
    return twice_is_fine or not is_probably_sent(error)


_growing = wait_exponential(PAUSE_SECONDS, max=MAX_PAUSE_SECONDS)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return seconds_to_wait(error) if isinstance(error, RetryAfter) else _growing(state)


def _note(state: RetryCallState) -> None:
    """Say once that somebody waits."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryAfter) or state.attempt_number == MAX_TRIES:
        log.warning("An answer waits for Telegram (%s).", error)
