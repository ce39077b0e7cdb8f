"""What nobody foresaw: a line for the operator, a sentence for the person."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.messages import texts

log = logging.getLogger(__name__)


async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log the error by the update's number, not by its content, and tell whoever waits."""
    number = update.update_id if isinstance(update, Update) else None
    if isinstance(context.error, Forbidden):
        log.info("Update %s: the person has stopped the bot.", number)
        return
    log.error("Update %s failed.", number, exc_info=context.error)
    message = update.effective_message if isinstance(update, Update) else None
    if message is None:
        return
    try:
        await message.reply_text(texts.UNFORESEEN)
    except TelegramError as error:
        log.warning("Update %s: the person could not be told (%s).", number, error)
