"""Starting and stopping: signals, work that may be broken off, and a Telegram that is away."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from types import FrameType
from typing import Any

from telegram.error import EndPointNotFound, InvalidToken, TelegramError
from telegram.ext import Application

from bot.settings import SettingsError
from bot.telegram.updates import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS

log = logging.getLogger(__name__)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and Ctrl-C set; the second of them stops the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    return stop


async def finished(work: Coroutine[Any, Any, None], *, before: asyncio.Event) -> bool:
    """Work until done, or until the event is set: then break the work off.

    Returns:
        Whether the work came to its end. Its exceptions are raised.
    """
    task = asyncio.create_task(work)
    waiting = asyncio.create_task(before.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not task.done():
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return False
    return True


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Work beside the block, and break it off with the block."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def running(application: AnyApplication) -> AsyncIterator[None]:
    """Start a connected application, and wait for its tasks at the end."""
    await application.start()
    try:
        yield
    finally:
        await application.stop()


@asynccontextmanager
async def connected(application: AnyApplication) -> AsyncIterator[AnyApplication]:
    """Close the application's connections at the end, however far it came."""
    try:
        yield application
    finally:
        await application.shutdown()
        # The application does nothing if it never got to know who it is.
        await application.bot.shutdown()


async def connect(application: AnyApplication, api_url: str) -> None:
    """Ask Telegram who we are, until it answers.

    Raises:
        SettingsError: if it says that the token is wrong.
    """
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            await application.initialize()
        except (InvalidToken, EndPointNotFound):
            raise SettingsError(
                f"Expected TELEGRAM_BOT_TOKEN to be a token that {api_url} knows. "
                "Received one that it refuses."
            ) from None
        except TelegramError as error:
            log.warning("%s does not answer (%s). Trying in %.0f s.", api_url, error, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        else:
            return
