"""Every press of a button: it is answered at once, and then its message changes."""

from __future__ import annotations

import logging
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot.conversation.buttons.actions import Action, decode
from bot.conversation.buttons.presses import press
from bot.conversation.services import Services
from bot.telegram import bad_requests
from bot.telegram.incoming import group_of, person_of, press_in
from bot.telegram.rendering import edit, reply, shown_in

log = logging.getLogger(__name__)


class ActionHandler(BaseHandler[Any, Any, Any]):
    """Takes presses of buttons that mean one kind of action.

    A `CallbackQueryHandler` with a pattern would take a press that holds no data too.

    Args:
        callback: answers the press.
        kind: of `bot.conversation.buttons.actions`.
    """

    def __init__(self, callback: Any, kind: type[Action]) -> None:
        super().__init__(callback)
        self._kind = kind

    def check_update(self, update: object) -> bool:
        """Tell whether an update is such a press."""
        query = update.callback_query if isinstance(update, Update) else None
        return query is not None and isinstance(decode(query.data or ""), self._kind)


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
            shown_in(query.message),
            person=person_of(query.from_user),
            group=group_of(query.message),
        )
        await answer_press(query, reaction.notice, alert=reaction.alert)
        message = query.message
        if not isinstance(message, Message):
            return  # too old to be changed
        if reaction.text is not None or reaction.buttons is not None:
            await edit(message, reaction)
        if reaction.reply is not None:
            await reply(message, reaction.reply)


async def answer_press(query: CallbackQuery, notice: str = "", *, alert: bool = False) -> None:
    """End the waiting of the person who pressed, and show a notice."""
    try:
        await query.answer(notice or None, show_alert=alert)
    except BadRequest as error:
        if not bad_requests.is_press_too_old(error):
            raise
        # The bot was restarting meanwhile. What was pressed counts all the same.
        log.info("A press is too old to be answered.")
