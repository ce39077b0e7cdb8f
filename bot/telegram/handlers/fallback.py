"""Whatever no other handler took gets one friendly sentence that says what to send."""

from __future__ import annotations

from collections import deque
from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.messages import texts
from bot.telegram.filters import ADDRESSED

REMEMBERED_ALBUMS = 100
"""Albums that were answered already: the sentence is for the album, not for each of its ten."""


class FallbackHandlers:
    """The last of all handlers."""

    def __init__(self) -> None:
        self._albums: deque[str] = deque(maxlen=REMEMBERED_ALBUMS)

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application, after everything else."""
        return [
            MessageHandler(ADDRESSED & filters.COMMAND, self.unknown_command),
            # Somebody joined, a message was pinned: nobody spoke to us.
            MessageHandler(ADDRESSED & ~filters.StatusUpdate.ALL, self.anything_else),
        ]

    async def unknown_command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say that there is no such command."""
        assert update.message is not None
        await update.message.reply_text(texts.UNKNOWN_COMMAND)

    async def anything_else(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say what to send instead."""
        message = update.message
        assert message is not None
        album = message.media_group_id
        if album is not None:
            if album in self._albums:
                return
            self._albums.append(album)
        await message.reply_text(texts.NOT_FOR_ME[kind_of(message)])


def kind_of(message: Message) -> str:
    """A key of `texts.NOT_FOR_ME`."""
    if message.text:
        return "text"
    if message.voice or message.audio:
        return "voice"
    # Before files: Telegram calls each animation a document too.
    if message.animation:
        return "animation"
    if message.video or message.video_note:
        return "video"
    if message.sticker:
        return "sticker"
    return "file" if message.document else "other"
