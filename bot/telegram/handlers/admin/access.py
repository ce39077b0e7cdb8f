"""Who is an admin: whose user id stands in ADMIN_IDS, in a private chat, and nobody else.

A group's admins, anonymous or not, and a channel's are not ours. To others an admin command is a
command that does not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot.store import StoreUnavailable
from bot.telegram.filters import MESSAGE

log = logging.getLogger(__name__)

AWAY = "My memory is away just now. Please try again in a minute."

Act = Callable[[Update, ContextTypes.DEFAULT_TYPE], Awaitable[None]]


class Admins:
    """Makes handlers that only admins reach, and logs each use."""

    def __init__(self, ids: frozenset[int]) -> None:
        self._ids = ids

    def command(self, name: str, act: Act) -> BaseHandler[Any, Any, Any]:
        """A command; other people's goes on to the next handler, as if this one were not there."""
        whose = MESSAGE & filters.ChatType.PRIVATE & filters.User(self._ids)

        async def use(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            assert update.message is not None and update.effective_user is not None
            words = " ".join((f"/{name}", *(context.args or ())))
            log.info("Admin %d: %s", update.effective_user.id, words[:100])
            try:
                await act(update, context)
            except StoreUnavailable as error:
                log.warning("/%s: %s", name, error)
                await update.message.reply_text(AWAY)

        return CommandHandler(name, use, whose)

    def button(self, pattern: str, act: Act) -> BaseHandler[Any, Any, Any]:
        """A button under a message to an admin."""

        async def use(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            query = update.callback_query
            assert query is not None
            if query.from_user.id not in self._ids:
                await query.answer("This button is not for you.", show_alert=True)
                return
            log.info("Admin %d pressed %s", query.from_user.id, query.data)
            try:
                await act(update, context)
            except StoreUnavailable as error:
                log.warning("%s: %s", query.data, error)
                await query.answer(AWAY, show_alert=True)

        return CallbackQueryHandler(use, pattern)
