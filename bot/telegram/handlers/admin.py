"""The commands of admins: people whose user id is in ADMIN_IDS, in a private chat with the bot.

A group's own admins, anonymous or not, and a channel's are no admins of the bot. For other people
these commands do not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, filters

from bot.conversation.admin import models, review, statistics, training
from bot.conversation.commands import FOR_ADMINS
from bot.conversation.services import Services
from bot.messages import texts
from bot.messages.language import gettext
from bot.store import runs
from bot.telegram.filters import MESSAGE
from bot.telegram.handlers.errors import report_errors_to
from bot.telegram.incoming import message_in, person_in, user_ids
from bot.telegram.notifier import address
from bot.telegram.rendering import reply
from bot.telegram.transport.waiting import notice

log = logging.getLogger(__name__)

Act = Callable[[Message, list[str]], Awaitable[None]]
"""Answers an admin's message, given the words that follow the command."""


class AdminHandlers:
    """Hands the admins' commands to the conversation, and logs each use."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application."""
        return [
            self._command("review", self.review),
            self._command("train", self.train),
            self._command("cancel", self.cancel),
            self._command("models", self.models),
            self._command("accuracy", self.accuracy),
            self._command("stats", self.stats),
            CommandHandler(
                [command.name for command in FOR_ADMINS],
                self.in_group,
                MESSAGE & filters.ChatType.GROUPS & filters.User(user_ids(self._services.admins)),
            ),
        ]

    async def in_group(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say where an admin can use these commands: what they show is not for everybody."""
        await reply(message_in(update), training.only_in_own_chat())

    async def review(self, message: Message, words: list[str]) -> None:
        """Show the first page of corrections."""
        await reply(message, await review.show_page(self._services.database))

    async def train(self, message: Message, words: list[str]) -> None:
        """Start a run, with one message that is edited while it lasts."""
        chat, name = message.chat.id, _name_in(message)
        said, run = await training.begin(
            self._services, words, person_in(message), name, address(chat)
        )
        sent = await reply(message, said)
        if run is not None:
            shown = address(chat, sent.message_id)
            await runs.show_at(self._services.database, run.id, shown)

    async def cancel(self, message: Message, words: list[str]) -> None:
        """Ask the run to stop."""
        await reply(message, await training.cancel(self._services.database, _name_in(message)))

    async def models(self, message: Message, words: list[str]) -> None:
        """List the model versions."""
        await reply(message, await models.list_versions(self._services.database))

    async def accuracy(self, message: Message, words: list[str]) -> None:
        """Measure the active version."""
        async with notice(message, gettext(texts.STILL_MEASURING)):
            await reply(message, await models.measure_accuracy(self._services.active_model))

    async def stats(self, message: Message, words: list[str]) -> None:
        """Show what has happened so far."""
        await reply(message, await statistics.show_statistics(self._services.database))

    def _command(self, name: str, act: Act) -> BaseHandler[Any, Any, Any]:
        """Make a handler for a command; other people's goes on to the next handler."""
        admins = filters.User(user_ids(self._services.admins))

        async def use(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            message, words = message_in(update), context.args or []
            log.info("Admin %s: %s", person_in(message), " ".join((f"/{name}", *words))[:100])
            async with report_errors_to(message, update.update_id):
                await act(message, words)

        return CommandHandler(name, use, MESSAGE & filters.ChatType.PRIVATE & admins)


def _name_in(message: Message) -> str:
    return message.from_user.full_name if message.from_user else "Somebody"
