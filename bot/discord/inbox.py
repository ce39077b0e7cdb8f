"""Messages, from Discord to the conversation, so that each is answered once and none is lost.

Discord sends a message once, and again only to a session that is resumed. So a message is written
down, by its number alone, before it is answered; and at each start the bot looks for what it missed
in the channels in which somebody has written to it. An answer carries the message's number as its
nonce: should it be sent again within minutes, Discord takes it for the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord

from bot.conversation.message import Message
from bot.discord.replies import reply
from bot.discord.retries import AWAY, with_retries
from bot.errors import StoreUnavailable
from bot.messages import texts
from bot.messages.language import html
from bot.store import Database
from bot.store.updates import channels
from bot.store.updates.memory import UpdateMemory

log = logging.getLogger(__name__)

MAX_MISSED = 100
"""Messages that are looked for in a channel."""

BEFORE_LAST = 60_000 << 22
"""A minute in Discord's numbers: messages that came at the same time as the last known one may not
have been written down."""

FindChannel = Callable[[int], discord.abc.Messageable]


class Inbox:
    """Takes messages that are meant for the bot, and knows which are pending.

    Args:
        database: where messages are noted.
        answer: answers one.
        is_addressed: tells whether a message is meant for the bot.
        find_channel: returns a channel by its number.

    Attributes:
        memory: remembers what was answered, and what was not.
    """

    def __init__(
        self,
        database: Database,
        answer: Callable[[discord.Message], Awaitable[None]],
        is_addressed: Callable[[discord.Message], bool],
        find_channel: FindChannel,
    ) -> None:
        self._database = database
        self.memory = UpdateMemory(database)
        self._answer = answer
        self._is_addressed = is_addressed
        self._find_channel = find_channel
        self._bot = 0
        self._pending: dict[int, asyncio.Task[None]] = {}
        self._channels: dict[int, int] = {}
        self._unnoted: dict[int, int] = {}
        self._noting = asyncio.Lock()
        self._noters: set[asyncio.Task[None]] = set()
        self._open = True

    def belongs_to(self, bot: int) -> None:
        """Say whose messages these are."""
        self._bot = bot
        self.memory.belongs_to(bot)

    async def take(self, message: discord.Message) -> None:
        """Start to answer a message that is meant for the bot, unless it is pending or answered."""
        number = message.id
        if not self._open or number in self._pending or not self._is_addressed(message):
            return
        self._remember_channel(message.channel.id, number)
        # No answer waits for this.
        noting = asyncio.create_task(self._note_channels(), name="channels")
        self._noters.add(noting)
        noting.add_done_callback(self._noters.discard)
        # Before the first await, so that nobody else takes it.
        self._pending[number] = asyncio.create_task(
            self._finish(number, self._begin(message)), name=f"message {number}"
        )

    def _remember_channel(self, channel: int, number: int) -> None:
        latest = max(number, self._channels.pop(channel, 0))
        self._channels[channel] = self._unnoted[channel] = latest
        if len(self._channels) > channels.MAX_CHANNELS:
            del self._channels[next(iter(self._channels))]

    async def catch_up(self) -> None:
        """Take what was not answered before the last stop, and what came since."""
        for kept in await self.memory.kept():
            # Commands are kept beside, and some messages are being answered at this moment.
            if "message" in kept and kept["message"] not in self._pending:
                await self._take_kept(kept["channel"], kept["message"])
        known: dict[int, int] = {}
        try:
            known = await channels.recent(self._database, self._bot)
        except StoreUnavailable as error:
            log.warning("What came before the start is not looked for. %s", error)
        for channel, last in (known | self._channels).items():
            await self._look_into(channel, last)

    async def _take_kept(self, channel: int, number: int) -> None:
        place = self._find_channel(channel)
        try:
            message = await with_retries(lambda: place.fetch_message(number))
        except (discord.HTTPException, *AWAY) as error:
            log.info("Message %d is left out (%s).", number, error)
            await self.memory.finish(number)
        else:
            await self.take(message)

    async def _look_into(self, channel: int, last: int) -> None:
        after = discord.Object(last - BEFORE_LAST)
        place = self._find_channel(channel)
        try:
            async for message in place.history(limit=MAX_MISSED, after=after, oldest_first=True):
                await self.take(message)
        except (discord.HTTPException, *AWAY) as error:
            log.info("Channel %d cannot be looked into (%s).", channel, error)

    async def forget(self, channel: int) -> None:
        """Forget that somebody wrote in a channel.

        Raises:
            StoreUnavailable: the database is away; it stays noted.
        """
        self._channels.pop(channel, None)
        async with self._noting:
            self._unnoted.pop(channel, None)
            await channels.forget(self._database, self._bot, channel)

    async def close(self, seconds: float) -> None:
        """Take nothing more, and answer what is pending; after that time, leave it."""
        self._open = False
        if self._noters:
            await asyncio.wait(self._noters, timeout=seconds)
        if not self._pending:
            return
        log.info("Answering %d pending messages before stopping.", len(self._pending))
        _, unanswered = await asyncio.wait(self._pending.values(), timeout=seconds)
        for task in unanswered:
            task.cancel()
        if unanswered:
            log.warning("Left %d unanswered; they are answered at the next start.", len(unanswered))
            await asyncio.wait(unanswered)
            await self.memory.lay_down(list(self._pending))

    async def _begin(self, message: discord.Message) -> None:
        begun = (await self.memory.begin([message.id])).get(message.id)
        if begun is not None and begun.answered:
            return
        if begun is None:
            place = {"channel": message.channel.id, "message": message.id}
            await self.memory.keep({message.id: place})
        if begun is not None and begun.is_guilty:
            log.error("Message %d is given up: the bot died with it.", message.id)
            await reply(message, Message(html(texts.GIVEN_UP)))
        elif begun is not None and begun.is_suspect:
            await self.memory.try_alone(message.id, lambda: self._answer(message))
        else:
            await self._answer(message)

    async def _note_channels(self) -> None:
        """Write down where people wrote; while one does, others gather, and the next writes all."""
        async with self._noting:
            latest, self._unnoted = self._unnoted, {}
            if not latest:
                return
            try:
                await channels.note(self._database, self._bot, latest)
            except StoreUnavailable as error:
                self._unnoted = latest | self._unnoted
                log.debug("Channels are noted later. %s", error)

    async def _finish(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        # What is cancelled here stays pending.
        try:
            await work
        except discord.Forbidden as error:
            log.info("Message %d: the bot may not write there (%s).", number, error)
        except (discord.HTTPException, *AWAY) as error:
            log.warning("Message %d failed: %s", number, error)
        except Exception:
            log.exception("Message %d failed.", number)
        await self.memory.finish(number)
        del self._pending[number]
