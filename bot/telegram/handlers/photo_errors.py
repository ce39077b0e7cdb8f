"""What we foresaw to go wrong with a photo, as sentences for the person."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Message

from bot.errors import FetchFailed, TooManyWaiting
from bot.messages import texts
from bot.telegram.retries import with_retries
from model.errors import PhotoError

log = logging.getLogger(__name__)


@asynccontextmanager
async def report_errors_to(message: Message, number: int) -> AsyncIterator[None]:
    """Work on a photo; what stops the work is told in reply to the message.

    Args:
        number: of the update, for the log.
    """
    try:
        yield
        return
    except TooManyWaiting as error:
        if not error.first:
            return
        text = texts.TOO_MANY.format(count=error.limit)
    except PhotoError as error:
        log.info("Update %d: %s.", number, type(error).__name__)
        text = texts.photo_error(error)
    except FetchFailed as error:
        log.warning("Update %d: %s", number, error)
        text = texts.FETCH_FAILED
    await with_retries(lambda: message.reply_text(text))
