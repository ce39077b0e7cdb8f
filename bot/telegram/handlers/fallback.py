"""Whatever no other handler took gets one friendly sentence that says what to send."""

from __future__ import annotations

from collections import deque
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.conversation import help
from bot.conversation.help import Kind
from bot.telegram.filters import ADDRESSED
from bot.telegram.incoming import message_in, person_in
from bot.telegram.rendering import reply

MAX_REMEMBERED_ALBUMS = 100
"""Albums that were answered already: the sentence is for the album, not for each of its ten."""


class FallbackHandlers:
    """The last of all handlers."""

    def __init__(self) -> None:
        self._albums: deque[str] = deque(maxlen=MAX_REMEMBERED_ALBUMS)
        self._hints = help.HintLimit()

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
        if await self._may_answer(message):
            await reply(message, help.unknown_command())

    async def anything_else(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say what to send instead."""
        message = message_in(update)
        album = message.media_group_id
        if album is not None:
            if album in self._albums:
                return
            self._albums.append(album)
        if await self._may_answer(message):
            await reply(message, help.anything_else(kind_of(message)))

    async def _may_answer(self, message: Message) -> bool:
        """Tell whether a person in a group has not been told too much yet, and count this time."""
        if message.chat.type == ChatType.PRIVATE:
            return True
        return await self._hints.allow(str(message.chat.id), person_in(message))


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
