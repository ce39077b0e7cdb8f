"""/forget."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.conversation.forget import ask_forget
from bot.telegram.filters import MESSAGE
from bot.telegram.incoming import group_of, message_in, person_in
from bot.telegram.rendering import reply


def handlers() -> list[BaseHandler[Any, Any, Any]]:
    """Return the handlers to add to the application."""
    return [CommandHandler("forget", forget, MESSAGE)]


async def forget(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Ask whether everything that a person gave is to be deleted."""
    message = message_in(update)
    await reply(message, ask_forget(group=person_in(message) == group_of(message)))
