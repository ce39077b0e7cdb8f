"""A photo comes in, and is answered in reply to itself.

Photos, pictures sent as files, forwarded and captioned ones, each picture of an album, and in a
group a photo that somebody points at with /read or a mention.
"""

from __future__ import annotations

import time
from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.conversation import help
from bot.conversation.answers import answer_photo
from bot.conversation.services import Services
from bot.serving.photo_log import PhotoRecord
from bot.telegram.albums import HAS_ALBUM, Albums
from bot.telegram.answered_photos import AnsweredPhotos
from bot.telegram.downloads import HOLDS_PHOTO, REPLIES_TO_PHOTO, fetch, holds_photo
from bot.telegram.filters import ADDRESSED, MESSAGE
from bot.telegram.handlers.errors import report_errors_to
from bot.telegram.incoming import message_in, person_in, sender_of
from bot.telegram.rendering import reply
from bot.telegram.transport.retries import typing


class PhotoHandlers:
    """Answers photos.

    Args:
        services: what the conversation works with.
        answered: remembers which photo an answer is about.
    """

    def __init__(self, services: Services, answered: AnsweredPhotos) -> None:
        self._services = services
        self._answered = answered
        self._albums = Albums()

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application, in this order."""
        mention = ADDRESSED & filters.ChatType.GROUPS & filters.TEXT & filters.REPLY
        return [
            MessageHandler(ADDRESSED & HOLDS_PHOTO, self.photo),
            MessageHandler(MESSAGE & HOLDS_PHOTO & HAS_ALBUM, self.album_photo),
            CommandHandler("read", self.pointed_at, MESSAGE),
            MessageHandler(mention & ~filters.COMMAND & REPLIES_TO_PHOTO, self.pointed_at),
        ]

    async def photo(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message that holds a photo, and what came before of the same album."""
        message = message_in(update)
        for photo in self._albums.address(message):
            await self._answer(update.update_id, photo, photo)
        await self._answer(update.update_id, message, message)

    async def album_photo(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a photo of a group's album if another photo of the album is addressed to the bot.

        Telegram keeps the caption of an album, and so the mention, at one photo only.
        """
        message = message_in(update)
        if self._albums.is_addressed(message):
            await self._answer(update.update_id, message, message)

    async def pointed_at(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer the picture that a message replies to."""
        message = message_in(update)
        photo = message.reply_to_message
        if photo is None or not holds_photo(photo):
            await reply(message, help.read_what())
            return
        await self._answer(update.update_id, message, photo)

    async def _answer(self, number: int, asking: Message, photo: Message) -> None:
        photo_log = self._services.photo_log
        async with report_errors_to(asking, number):
            with photo_log.photo("telegram", f"Update {number}") as record:
                await self._answer_in_turn(record, asking, photo)

    async def _answer_in_turn(self, record: PhotoRecord, asking: Message, photo: Message) -> None:
        queue, asked_at = self._services.queue, time.monotonic()

        async def fetch_photo() -> bytes:
            content = await fetch(photo)
            record.mark("fetch")
            return content

        async with queue.of(person_in(asking)):
            async with queue.work, typing(asking):
                record.mark("wait")
                answer = await answer_photo(
                    self._services, fetch_photo, sender_of(photo, asking), asked_at
                )
                record.mark("read")
            self._answered.remember(await reply(photo, answer.message), photo)
            record.mark("send")
            record.answered(answer.refusal, answer.digits)
