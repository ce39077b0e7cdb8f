"""The commands of admins: people whose user id is in ADMIN_IDS.

What is said to one who asks in a group comes in the admin's private chat with the bot, unless
others may see it.

A group's own admins, anonymous or not, and a channel's are no admins of the bot. For other people
these commands do not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, Update, User
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, filters

from bot.conversation.admin import beginning, models, review, statistics, training
from bot.conversation.admin.beginning import Asker
from bot.conversation.admin.notifier import own_chat_closed, said_in_own_chat
from bot.conversation.buttons.actions import TrainAnyway
from bot.conversation.message import Message as Said
from bot.conversation.message import Reaction
from bot.conversation.services import Services
from bot.errors import ChatClosed
from bot.messages import texts
from bot.messages.language import gettext
from bot.telegram.filters import MESSAGE
from bot.telegram.handlers.callbacks import ActionHandler, answer_press
from bot.telegram.handlers.errors import report_errors_to
from bot.telegram.incoming import message_in, person_in, person_of, press_in, user_ids
from bot.telegram.messenger import Messenger
from bot.telegram.rendering import edit, reply
from bot.telegram.transport.waiting import notice

log = logging.getLogger(__name__)

Act = Callable[[Message, list[str]], Awaitable[None]]
"""Answers an admin's message, given the words that follow the command."""

Say = Callable[[Message], Awaitable[Said]]
"""Finds what to say to an admin's message."""


class AdminHandlers:
    """Hands the admins' commands to the conversation, and logs each use."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application."""
        database = self._services.database
        for_admins_alone: tuple[tuple[str, Say], ...] = (
            ("review", lambda _: review.show_page(database)),
            ("models", lambda _: models.list_versions(database)),
            ("accuracy", self._measure),
            ("stats", lambda _: statistics.show_statistics(database)),
        )
        private, group = filters.ChatType.PRIVATE, filters.ChatType.GROUPS
        return [
            *(self._command(name, private, self._replies(say)) for name, say in for_admins_alone),
            *(self._command(name, group, self._says_alone(say)) for name, say in for_admins_alone),
            self._command("train", private | group, self.train),
            self._command("cancel", private | group, self.cancel),
            ActionHandler(self.train_anyway, TrainAnyway),
        ]

    async def train(self, message: Message, words: list[str]) -> None:
        """Start a run, with one message in the admin's own chat that is edited while it lasts."""
        name, here = _name_of(message.from_user), str(message.chat.id)
        await self._train(message, words, Asker(person_in(message), name, here))

    async def train_anyway(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Start a run although nothing new is accepted, as an admin has pressed."""
        query = press_in(update)
        person, message = person_of(query.from_user), query.message
        if person not in self._services.admins:
            await answer_press(query, gettext(texts.NOT_YOUR_BUTTON), alert=True)
            return
        await answer_press(query)
        if not isinstance(message, Message):
            return  # too old to be answered
        log.info("Admin %s pressed to train all the same", person)
        await edit(message, Reaction(buttons=()))
        async with report_errors_to(message, update.update_id):
            asker = Asker(person, _name_of(query.from_user), str(message.chat.id))
            await self._train(message, [training.FINE_TUNE_NAME], asker)

    async def _train(self, message: Message, words: list[str], asker: Asker) -> None:
        messenger = Messenger(message.get_bot())
        said, run = await beginning.begin(self._services, words, asker, messenger)
        # In the admin's own chat, what was shown says it all.
        if run is None or asker.chat != run.address.chat:
            await reply(message, said)

    async def cancel(self, message: Message, words: list[str]) -> None:
        """Ask the run to stop."""
        name = _name_of(message.from_user)
        await reply(message, await training.cancel(self._services.database, name))

    async def _measure(self, message: Message) -> Said:
        async with notice(message, gettext(texts.STILL_MEASURING)):
            return await models.measure_accuracy(self._services.active_model)

    def _replies(self, say: Say) -> Act:
        async def act(message: Message, words: list[str]) -> None:
            await reply(message, await say(message))

        return act

    def _says_alone(self, say: Say) -> Act:
        """Make what says something to an admin alone who asks in a group."""

        async def act(message: Message, words: list[str]) -> None:
            messenger = Messenger(message.get_bot())
            own = await messenger.own_chat(person_in(message))
            try:
                await messenger.send(own, await say(message))
            except ChatClosed as error:
                log.info("Admin %s cannot be written to (%s).", person_in(message), error)
                await reply(message, own_chat_closed())
            else:
                await reply(message, said_in_own_chat())

        return act

    def _command(
        self, name: str, chats: filters.BaseFilter, act: Act
    ) -> BaseHandler[Any, Any, Any]:
        """Make a handler for a command; other people's goes on to the next handler."""
        admins = filters.User(user_ids(self._services.admins))

        async def use(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            message, words = message_in(update), context.args or []
            log.info("Admin %s: %s", person_in(message), " ".join((f"/{name}", *words))[:100])
            async with report_errors_to(message, update.update_id):
                await act(message, words)

        return CommandHandler(name, use, MESSAGE & chats & admins)


def _name_of(user: User | None) -> str:
    return user.full_name if user else "Somebody"
