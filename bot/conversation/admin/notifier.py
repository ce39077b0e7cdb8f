"""Tells admins how training runs go and end, and what concerns all of them.

A run is shown in the admin's own chat with the bot. Where that is closed, it is shown where the
admin asked for it, among other people: then without what is for admins alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Protocol

from markupsafe import Markup, escape

from bot.conversation.admin import results, training
from bot.conversation.message import Message
from bot.errors import ChatClosed, NotDelivered
from bot.messages.language import html, speaking
from bot.serving.languages import PeoplesLanguages
from bot.store import Database
from bot.store.people import Person
from bot.store.runs import Address, Run

log = logging.getLogger(__name__)


class Messenger(Protocol):
    """Writes to admins on one platform. Each method raises `NotDelivered` if it cannot.

    Attributes:
        platform: as in a run's address.
    """

    platform: str

    async def own_chat(self, admin: Person) -> Address:
        """Return the chat that an admin alone has with the bot."""

    async def send(self, chat: Address, message: Message) -> Address:
        """Say something in a chat, and return where it stands; several pictures are an album.

        Raises:
            ChatClosed: the bot may not write there.
        """

    async def edit(self, shown: Address, text: Markup, *, patiently: bool) -> None:
        """Replace the text of a message of the bot's.

        Args:
            shown: the message.
            text: what it says from now on.
            patiently: whether to try again while the platform is away.

        Raises:
            ChatClosed: the message is gone, or the bot may not change it.
        """


class Notifier:
    """Tells admins on one platform what happens; see `bot.training.reports`.

    Args:
        messenger: writes there.
        database: has the runs, and what they made.
        admins: who is told.
        languages: knows what to speak to each of them.
    """

    def __init__(
        self,
        messenger: Messenger,
        database: Database,
        admins: Collection[Person],
        languages: PeoplesLanguages,
    ) -> None:
        self.platform = messenger.platform
        self._messenger = messenger
        self._database = database
        self._admins = admins
        self._languages = languages
        self._shown = Markup("")

    async def tell(self, say: Callable[[], str]) -> None:
        """Say something to every admin who lets the bot write.

        Args:
            say: returns plain words in the current language; it is called for each admin.

        Raises:
            NotDelivered: the platform is away, so that this is to be tried again.
        """
        for admin in sorted(self._admins):
            with speaking(self._languages.latest(admin)):
                text = say()
            await self._send_to(admin, Message(escape(text)))

    async def show(self, run: Run) -> None:
        """Edit the message that says how far a run is, if the platform lets us."""
        if not run.address.message:
            return
        try:
            among_people = await self._is_among_people(run)
            with speaking(self._languages.latest(run.started_by)):
                text = training.progress_text(run, datetime.now(UTC), among_people=among_people)
            if text != self._shown:
                await self._messenger.edit(run.address, text, patiently=False)
                self._shown = text
        except NotDelivered as error:
            log.debug("The progress message stays as it is (%s).", error)

    async def report(self, run: Run) -> None:
        """Say how a run ended.

        Raises:
            NotDelivered: the platform is away, so that this is to be tried again.
        """
        try:
            among_people = await self._is_among_people(run)
            if run.address.message:
                await self._close(run, among_people=among_people)
            with speaking(self._languages.latest(run.started_by)):
                messages = await results.report(self._database, run, among_people=among_people)
            for message in messages:
                await self._messenger.send(run.address, message)
        except ChatClosed as error:
            log.warning("Admin %s was not told of run %d (%s).", run.started_by, run.id, error)

    async def spread(self, run: Run) -> None:
        """Tell the admins who did not ask for a run that its version reads photos now."""
        for admin in sorted(set(self._admins) - {run.started_by}):
            with speaking(self._languages.latest(admin)):
                news = await results.news(self._database, run)
            if news is None:
                return
            try:
                await self._send_to(admin, news)
            except NotDelivered as error:
                # Who asked for the run has been told, and is not to be told again.
                log.warning("Admin %s could not be told (%s).", admin, error)

    async def _send_to(self, admin: Person, message: Message) -> None:
        try:
            await self._messenger.send(await self._messenger.own_chat(admin), message)
        except ChatClosed as error:
            log.warning("Admin %s could not be told (%s).", admin, error)

    async def _close(self, run: Run, *, among_people: bool) -> None:
        with speaking(self._languages.latest(run.started_by)):
            text = training.final_progress_text(run, among_people=among_people)
        try:
            await self._messenger.edit(run.address, text, patiently=True)
        except ChatClosed as error:
            log.debug("The progress message is gone (%s).", error)

    async def _is_among_people(self, run: Run) -> bool:
        return run.address.chat != (await self._messenger.own_chat(run.started_by)).chat


def said_in_own_chat() -> Message:
    """Say in a group where the answer is."""
    return Message(html("I have answered in our own chat: here, others would see it too."))


def own_chat_closed() -> Message:
    """Say in a group that there is no other place for the answer yet."""
    return Message(
        html(
            "I may not write to you in our own chat, and here, others would see it too. Open our "
            "own chat, press Start, and send it there."
        )
    )
