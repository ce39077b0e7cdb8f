"""/forget."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.conversation.forget import forget
from bot.conversation.services import Services
from bot.telegram.filters import MESSAGE
from bot.telegram.incoming import message_in, person_in
from bot.telegram.rendering import reply


class ForgetHandlers:
    """Deletes what people gave."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application."""
        return [CommandHandler("forget", self.forget, MESSAGE)]

    async def forget(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Delete everything that a person gave."""
        message = message_in(update)
        services = self._services
        said = await forget(services.database, services.answer_log, person_in(message))
        await reply(message, said)
