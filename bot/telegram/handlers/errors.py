"""What becomes of errors: a line for the operator, a sentence for the person."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Message, Update
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.conversation.problems import FORESEEN, explain_problem, unforeseen
from bot.errors import FetchFailed, NotDelivered, StoreUnavailable
from bot.telegram.bad_requests import is_without_right_to_write
from bot.telegram.rendering import reply
from bot.telegram.transport.retries import is_probably_sent

log = logging.getLogger(__name__)


@asynccontextmanager
async def report_errors_to(message: Message, number: int) -> AsyncIterator[None]:
    """Tell foreseen errors of the block in reply to a message.

    Args:
        message: of the person who waits for the block.
        number: of the update, for the log.
    """
    try:
        yield
    except FORESEEN as error:
        if isinstance(error, FetchFailed | StoreUnavailable):
            log.warning("Update %d: %s", number, error)
        said = explain_problem(error)
        if said is not None:
            await reply(message, said)


async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log an error that nobody foresaw by the update's number, and tell the person who waits.

    What was in the update is not logged.
    """
    number = update.update_id if isinstance(update, Update) else None
    error = context.error
    if isinstance(error, Forbidden):
        log.info("Update %s: the person has stopped the bot.", number)
        return
    if isinstance(error, BadRequest) and is_without_right_to_write(error):
        log.info("Update %s: the bot may not write in that chat.", number)
        return
    if is_probably_sent(error):
        # Said twice, or told that it failed although it came, is worse than to trust it.
        log.warning("Update %s: Telegram did not say whether the answer was sent.", number)
        return
    if isinstance(error, TelegramError | NotDelivered):
        log.warning("Update %s failed: %s", number, error)
    else:
        log.error("Update %s failed.", number, exc_info=error)
    message = update.effective_message if isinstance(update, Update) else None
    if message is None:
        return
    try:
        await reply(message, unforeseen())
    except TelegramError as failed:
        log.warning("Update %s: the person could not be told (%s).", number, failed)
