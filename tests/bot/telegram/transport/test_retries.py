from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.transport.retries import MAX_TRIES, with_retries


def failing(*errors: TelegramError) -> tuple[Callable[[], Awaitable[str]], list[TelegramError]]:
    """A request that fails like this, then succeeds; and what is left of its errors."""
    left = list(errors)

    async def send() -> str:
        if left:
            raise left.pop(0)
        return "sent"

    return send, left


async def test_waits_as_long_as_telegram_says() -> None:
    send, _ = failing(RetryAfter(timedelta(seconds=0.2)))
    began = asyncio.get_running_loop().time()
    assert await with_retries(send) == "sent"
    assert asyncio.get_running_loop().time() - began >= 0.19


async def test_gives_up_in_the_end() -> None:
    send, left = failing(*[RetryAfter(timedelta()) for _ in range(MAX_TRIES + 1)])
    with pytest.raises(RetryAfter):
        await with_retries(send)
    assert len(left) == 1


async def test_what_telegram_refuses_is_not_tried_again() -> None:
    send, _ = failing(BadRequest("chat not found"))
    with pytest.raises(BadRequest):
        await with_retries(send)


async def test_a_time_out_is_tried_again_only_where_twice_is_fine() -> None:
    send, _ = failing(TimedOut())
    with pytest.raises(TimedOut):
        await with_retries(send)
    send, _ = failing(TimedOut())
    assert await with_retries(send, twice_is_fine=True) == "sent"


async def test_an_upload_that_stalled_is_tried_again() -> None:
    stalled = TimedOut()
    stalled.__cause__ = httpx.WriteTimeout("stalled")
    send, _ = failing(stalled)
    assert await with_retries(send) == "sent"


async def test_for_an_answer_it_does_not_give_up() -> None:
    send, _ = failing(*[RetryAfter(timedelta()) for _ in range(3 * MAX_TRIES)])
    assert await with_retries(send, for_long=True) == "sent"


async def test_a_lost_connection_is_tried_again() -> None:
    send, _ = failing(NetworkError("gone"))
    assert await with_retries(send) == "sent"
