"""Tells admins in Telegram how a training run goes and ends, and what concerns all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from markupsafe import escape
from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.conversation.admin import results, training
from bot.conversation.message import Message
from bot.messages.language import speaking
from bot.serving.languages import PeoplesLanguages
from bot.store import Database
from bot.store.people import TELEGRAM, Person
from bot.store.runs import Address, Run
from bot.telegram.rendering import send
from bot.telegram.transport.retries import seconds_to_wait, with_retries

log = logging.getLogger(__name__)


def address(chat: int, message: int | None = None) -> Address:
    """Return where a run is shown, for the database."""
    return Address(TELEGRAM, str(chat), "" if message is None else str(message))


class Notifier:
    """Sends to admins what the conversation has to tell them."""

    platform = TELEGRAM

    def __init__(
        self,
        bot: Bot,
        database: Database,
        admins: Collection[Person],
        languages: PeoplesLanguages,
    ) -> None:
        self._bot = bot
        self._database = database
        self._admins = admins
        self._languages = languages
        self._shown = ""

    async def tell(self, say: Callable[[], str]) -> None:
        """Say something to every admin who can be reached.

        Args:
            say: returns plain words in the current language; it is called for each admin.
        """
        for admin in sorted(self._admins):
            with speaking(self._languages.latest(admin)):
                text = say()
            try:
                await send(self._bot, int(admin.id), Message(escape(text)))
            except TelegramError as error:
                log.warning("Admin %s could not be told (%s).", admin, error)

    async def show(self, run: Run) -> None:
        """Edit the message that says how far a run is, if Telegram lets us."""
        with speaking(self._languages.latest(run.started_by)):
            text = training.progress_text(run, datetime.now(UTC))
        if not run.address.message or text == self._shown:
            return
        chat, message = int(run.address.chat), int(run.address.message)
        try:
            await self._bot.edit_message_text(text, chat, message)
            self._shown = text
        except RetryAfter as error:
            await asyncio.sleep(seconds_to_wait(error))
        except TelegramError as error:
            log.debug("The progress message stays as it is (%s).", error)

    async def report(self, run: Run) -> None:
        """Say how a run ended.

        Raises:
            TelegramError: Telegram is away, so that this is to be tried again.
        """
        chat = int(run.address.chat)
        try:
            if run.address.message:
                await self._close(run, chat, int(run.address.message))
            with speaking(self._languages.latest(run.started_by)):
                messages = await results.report(self._database, run)
            for message in messages:
                await send(self._bot, chat, message)
        except Forbidden:
            log.warning("Admin %d has stopped the bot, and was not told of run %d.", chat, run.id)

    async def spread(self, run: Run) -> None:
        """Tell the admins who did not ask for a run that its version reads photos now."""
        for admin in sorted(set(self._admins) - {run.started_by}):
            with speaking(self._languages.latest(admin)):
                news = await results.news(self._database, run)
            if news is None:
                return
            try:
                await send(self._bot, int(admin.id), news)
            except TelegramError as error:
                log.warning("Admin %s could not be told (%s).", admin, error)

    async def _close(self, run: Run, chat: int, message: int) -> None:
        with speaking(self._languages.latest(run.started_by)):
            text = training.final_progress_text(run)
        try:
            await with_retries(lambda: self._bot.edit_message_text(text, chat, message))
        except BadRequest as error:
            log.debug("The progress message is gone (%s).", error)
