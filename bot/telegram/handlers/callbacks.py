"""Every press of a button: it is answered at once, and then its message changes."""

from __future__ import annotations

import logging
from typing import Any

from markupsafe import Markup
from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot.conversation.message import Reaction
from bot.conversation.presses import press
from bot.conversation.services import Services
from bot.telegram import bad_requests
from bot.telegram.incoming import group_of, press_in
from bot.telegram.rendering import buttons_under, reply, to_keyboard

log = logging.getLogger(__name__)


class CallbackHandlers:
    """Hands presses to the conversation."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application."""
        return [CallbackQueryHandler(self.pressed)]

    async def pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Do what a button means, and show what that brings about."""
        query = press_in(update)
        reaction = await press(
            self._services,
            query.data or "",
            buttons_under(query.message),
            person=query.from_user.id,
            group=group_of(query.message),
        )
        await _answer(query, reaction)
        await _edit(query, reaction)
        if reaction.reply is not None and isinstance(query.message, Message):
            await reply(query.message, reaction.reply)


async def _answer(query: CallbackQuery, reaction: Reaction) -> None:
    """End the waiting of the person who pressed, and show the notice."""
    try:
        await query.answer(reaction.notice or None, show_alert=reaction.alert)
    except BadRequest as error:
        if not bad_requests.is_press_too_old(error):
            raise
        # The bot was restarting meanwhile. What was pressed counts all the same.
        log.info("A press is too old to be answered.")


async def _edit(query: CallbackQuery, reaction: Reaction) -> None:
    """Change the message that was pressed, unless it is as it should be, or gone."""
    if reaction.text is None and reaction.buttons is None:
        return
    try:
        await _edit_text_or_buttons(query, reaction.text, to_keyboard(reaction.buttons or ()))
    except BadRequest as error:
        # Pressed twice, or deleted: what was pressed counts all the same.
        if not (bad_requests.is_not_modified(error) or bad_requests.is_message_gone(error)):
            raise
        log.debug("The message stays as it is (%s).", error)


async def _edit_text_or_buttons(
    query: CallbackQuery, text: Markup | None, keyboard: InlineKeyboardMarkup | None
) -> None:
    if text is None:
        await query.edit_message_reply_markup(keyboard)
    else:
        await query.edit_message_text(text, reply_markup=keyboard)
