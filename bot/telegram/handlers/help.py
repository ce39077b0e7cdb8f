"""/start, /help and /privacy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.conversation import help
from bot.conversation.message import Message
from bot.telegram.filters import MESSAGE
from bot.telegram.incoming import message_in
from bot.telegram.rendering import reply


def handlers() -> list[BaseHandler[Any, Any, Any]]:
    """Return the handlers to add to the application."""
    return [
        _says("start", help.start),
        _says("help", help.show_help),
        _says("privacy", help.privacy),
    ]


def _says(command: str, say: Callable[[], Message]) -> BaseHandler[Any, Any, Any]:
    """Make a handler that says something to a command."""

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await reply(message_in(update), say(), quote=False)

    return CommandHandler(command, answer, MESSAGE)
