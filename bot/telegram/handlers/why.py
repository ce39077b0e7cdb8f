"""/why, in reply to an answer or to a photo."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.conversation.services import Services
from bot.conversation.why import ask_for_photo, explain_photo
from bot.telegram.answered_photos import AnsweredPhotos
from bot.telegram.downloads import fetch, holds_photo
from bot.telegram.filters import MESSAGE
from bot.telegram.handlers.errors import report_errors_to
from bot.telegram.incoming import message_in, person_in
from bot.telegram.rendering import reply
from bot.telegram.transport.retries import typing


class WhyHandlers:
    """Explains answers.

    Args:
        services: what the conversation works with.
        answered: knows which photo an answer is about.
    """

    def __init__(self, services: Services, answered: AnsweredPhotos) -> None:
        self._services = services
        self._answered = answered

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application."""
        return [CommandHandler("why", self.why, MESSAGE)]

    async def why(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Explain the photo that the command is about."""
        message = message_in(update)
        replied = message.reply_to_message
        photo = self._photo(replied) if replied else None
        if photo is None:
            await reply(message, ask_for_photo(replied=replied is not None))
            return
        queue = self._services.queue
        async with report_errors_to(message, update.update_id), queue.of(person_in(message)):
            async with queue.work, typing(message):
                said = await explain_photo(self._services.reader, lambda: fetch(photo))
            await reply(photo, said)

    def _photo(self, replied: Message) -> Message | None:
        return replied if holds_photo(replied) else self._answered.find(replied)
