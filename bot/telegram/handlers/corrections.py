"""Numbers that people type: in reply to an answer, or because the bot asked what it really says."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.conversation import help
from bot.conversation.corrections.typed import correct_asked, correct_replied, is_number
from bot.conversation.services import Services
from bot.telegram.filters import ADDRESSED
from bot.telegram.incoming import group_of, message_in, person_in
from bot.telegram.rendering import edit, edit_in, reply, shown_in


class TypedCorrectionHandlers:
    """Takes what people type as what their photos really say."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application, in this order."""
        words = ADDRESSED & filters.TEXT & ~filters.COMMAND
        return [
            MessageHandler(words & _RepliesToAnswer(), self.replied),
            MessageHandler(words & filters.ChatType.PRIVATE & _IsNumber(), self.typed),
        ]

    async def replied(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Correct the answer that a message replies to."""
        message = message_in(update)
        answer = message.reply_to_message
        assert answer is not None, "the handler's filter lets only replies through"
        group = group_of(message)
        owners = [person_in(message)] if group is None else [person_in(message), group]
        correction = await correct_replied(
            self._services, message.text or "", shown_in(answer), owners
        )
        if correction is None:
            return
        if correction.change is not None:
            await edit(answer, correction.change)
        await reply(message, correction.reply)

    async def typed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Correct the answer about which the person was asked last."""
        message = message_in(update)
        correction = await correct_asked(self._services, message.text or "", person_in(message))
        if correction is None:
            await reply(message, help.anything_else(help.Kind.NUMBER))
            return
        if correction.message is not None and correction.change is not None:
            chat = message.chat.id
            await edit_in(message.get_bot(), chat, correction.message, correction.change)
        await reply(message, correction.reply)


class _RepliesToAnswer(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message
        ours = replied is not None and replied.from_user == message.get_bot().bot
        return ours and bool(shown_in(replied).answers)


class _IsNumber(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return is_number(message.text or "")
