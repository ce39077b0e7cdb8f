"""Whatever no other handler took gets one friendly sentence that says what to send."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any

from aiolimiter import AsyncLimiter
from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.conversation import help
from bot.conversation.help import Kind
from bot.store.people import Person
from bot.telegram.filters import ADDRESSED
from bot.telegram.incoming import message_in, person_in
from bot.telegram.rendering import reply

MAX_REMEMBERED_ALBUMS = 100
"""Albums that were answered already: the sentence is for the album, not for each of its ten."""

MAX_HINTS = 3
"""Such sentences for one person in one group within `HINT_SECONDS`. Telegram lets a bot send 20
messages a minute to a group, so one person's mentions would hold up the others' photos."""

HINT_SECONDS = 60.0
"""The time in which they are counted."""

MAX_REMEMBERED_PEOPLE = 1000
"""People in groups whose sentences are counted; those who were silent for longest are dropped."""


class FallbackHandlers:
    """The last of all handlers."""

    def __init__(self) -> None:
        self._albums: deque[str] = deque(maxlen=MAX_REMEMBERED_ALBUMS)
        self._hints = _HintLimit()

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application, after everything else."""
        return [
            MessageHandler(ADDRESSED & filters.COMMAND, self.unknown_command),
            # Somebody joined, a message was pinned: nobody spoke to us.
            MessageHandler(ADDRESSED & ~filters.StatusUpdate.ALL, self.anything_else),
        ]

    async def unknown_command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say that there is no such command."""
        message = message_in(update)
        if await self._hints.allow(message):
            await reply(message, help.unknown_command())

    async def anything_else(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say what to send instead."""
        message = message_in(update)
        album = message.media_group_id
        if album is not None:
            if album in self._albums:
                return
            self._albums.append(album)
        if await self._hints.allow(message):
            await reply(message, help.anything_else(kind_of(message)))


class _HintLimit:
    """Counts what each person is told in each group."""

    def __init__(self) -> None:
        self._limiters: OrderedDict[tuple[int, Person], AsyncLimiter] = OrderedDict()

    async def allow(self, message: Message) -> bool:
        """Tell whether to answer a message, and count that answer."""
        if message.chat.type == ChatType.PRIVATE:
            return True
        place = message.chat.id, person_in(message)
        limiter = self._limiters.setdefault(place, AsyncLimiter(MAX_HINTS, HINT_SECONDS))
        self._limiters.move_to_end(place)
        if len(self._limiters) > MAX_REMEMBERED_PEOPLE:
            self._limiters.popitem(last=False)
        if not limiter.has_capacity():
            return False
        await limiter.acquire()
        return True


def kind_of(message: Message) -> Kind:
    """Say what a message holds that is no picture."""
    kinds = (
        (Kind.TEXT, message.text),
        (Kind.VOICE, message.voice or message.audio),
        # Before files: Telegram calls each animation a document too.
        (Kind.ANIMATION, message.animation),
        (Kind.VIDEO, message.video or message.video_note),
        (Kind.STICKER, message.sticker),
        (Kind.FILE, message.document),
    )
    return next((kind for kind, held in kinds if held), Kind.OTHER)
