"""Tells admins on Discord how a training run goes and ends, and what concerns all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import discord
from markupsafe import escape

from bot.conversation.admin import results, training
from bot.conversation.message import Message
from bot.discord.rendering import to_content
from bot.discord.replies import send
from bot.discord.retries import AWAY, with_retries
from bot.messages.language import speaking
from bot.serving.languages import PeoplesLanguages
from bot.store import Database
from bot.store.people import DISCORD, Person
from bot.store.runs import Address, Run

log = logging.getLogger(__name__)


def address(channel: int, message: int | None = None) -> Address:
    """Return where a run is shown, for the database."""
    return Address(DISCORD, str(channel), "" if message is None else str(message))


class Notifier:
    """Sends to admins what the conversation has to tell them."""

    platform = DISCORD

    def __init__(
        self,
        client: discord.Client,
        database: Database,
        admins: Collection[Person],
        languages: PeoplesLanguages,
    ) -> None:
        self._client = client
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
            await self._send_to(admin, Message(escape(text)))

    async def show(self, run: Run) -> None:
        """Edit the message that says how far a run is, if Discord lets us."""
        with speaking(self._languages.latest(run.started_by)):
            text = to_content(training.progress_text(run, datetime.now(UTC)))
        if not run.address.message or text == self._shown:
            return
        try:
            await self._message_of(run).edit(content=text)
            self._shown = text
        except (discord.HTTPException, *AWAY) as error:
            log.debug("The progress message stays as it is (%s).", error)

    async def report(self, run: Run) -> None:
        """Say how a run ended.

        Raises:
            aiohttp.ClientError, TimeoutError: Discord is away, so that this is to be tried again.
        """
        channel = self._client.get_partial_messageable(int(run.address.chat))
        try:
            if run.address.message:
                await self._close(run)
            with speaking(self._languages.latest(run.started_by)):
                messages = await results.report(self._database, run)
            for message in messages:
                await send(channel, message)
        except discord.Forbidden:
            log.warning("Admin %s was not told of run %d.", run.started_by, run.id)

    async def spread(self, run: Run) -> None:
        """Tell the admins who did not ask for a run that its version reads photos now."""
        for admin in sorted(set(self._admins) - {run.started_by}):
            with speaking(self._languages.latest(admin)):
                news = await results.news(self._database, run)
            if news is None:
                return
            await self._send_to(admin, news)

    async def _send_to(self, admin: Person, message: Message) -> None:
        try:
            channel = await self._client.create_dm(discord.Object(int(admin.id)))
            await send(channel, message)
        except (discord.HTTPException, *AWAY) as error:
            log.warning("Admin %s could not be told (%s).", admin, error)

    async def _close(self, run: Run) -> None:
        with speaking(self._languages.latest(run.started_by)):
            text = to_content(training.final_progress_text(run))
        try:
            await with_retries(lambda: self._message_of(run).edit(content=text))
        except (discord.NotFound, discord.Forbidden) as error:
            log.debug("The progress message is gone (%s).", error)

    def _message_of(self, run: Run) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(int(run.address.chat))
        return channel.get_partial_message(int(run.address.message))
