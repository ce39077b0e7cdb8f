"""Starting and stopping: signals, work that may be broken off, and a Telegram that is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram.error import EndPointNotFound, InvalidToken, TelegramError
from telegram.ext import Application

from bot.errors import SettingsError
from bot.telegram.transport.polling import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS

log = logging.getLogger(__name__)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


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
