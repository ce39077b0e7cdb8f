"""A photo comes in, and is answered in reply to itself.

Photos, pictures sent as files, forwarded and captioned ones, each picture of an album, and in a
group a photo that somebody points at with /read or a mention.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from telegram import Message, Update
from telegram.ext import (
    BaseHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.conversation import help
from bot.conversation.answers import ReadPhoto, answer_album, answer_photo, read_photo
from bot.conversation.buttons.actions import TrySample
from bot.conversation.services import Services
from bot.conversation.why import AnsweredPhotos
from bot.messages import texts
from bot.messages.language import gettext
from bot.serving.photo_log import PhotoRecord
from bot.store.people import Person
from bot.telegram.albums import HAS_ALBUM, QUIET_SECONDS, Album, Albums
from bot.telegram.downloads import HOLDS_PHOTO, REPLIES_TO_PHOTO, fetch, holds_photo
from bot.telegram.filters import ADDRESSED, MESSAGE
from bot.telegram.handlers.callbacks import ActionHandler, answer_press
from bot.telegram.handlers.errors import report_errors_to
from bot.telegram.incoming import message_in, person_in, person_of, press_in, sender_of
from bot.telegram.rendering import edit, reply
from bot.telegram.transport.waiting import notice, typing


class PhotoHandlers:
    """Answers photos.

    Args:
        services: what the conversation works with.
        answered: remembers which photo an answer is about.
    """

    def __init__(self, services: Services, answered: AnsweredPhotos[Message]) -> None:
        self._services = services
        self._answered = answered
        self._albums = Albums()

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application, in this order."""
        mention = ADDRESSED & filters.ChatType.GROUPS & filters.TEXT & filters.REPLY
        return [
            ActionHandler(self.sample, TrySample),
            MessageHandler(ADDRESSED & HOLDS_PHOTO, self.photo),
            MessageHandler(MESSAGE & HOLDS_PHOTO & HAS_ALBUM, self.album_photo),
            CommandHandler("read", self.pointed_at, MESSAGE),
            MessageHandler(mention & ~filters.COMMAND & REPLIES_TO_PHOTO, self.pointed_at),
        ]

    async def photo(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message that holds a photo, and what came before of the same album."""
        message = message_in(update)
        if message.media_group_id is None:
            await self._answer(update.update_id, message, message)
            return
        photos = [*self._albums.address(message), message]
        await asyncio.gather(*(self._answer_in_album(update.update_id, photo) for photo in photos))

    async def album_photo(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a photo of a group's album if another photo of the album is addressed to the bot.

        Telegram keeps the caption of an album, and so the mention, at one photo only.
        """
        message = message_in(update)
        if self._albums.is_addressed(message):
            await self._answer_in_album(update.update_id, message)

    async def pointed_at(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer the picture that a message replies to."""
        message = message_in(update)
        photo = message.reply_to_message
        if photo is None or not holds_photo(photo):
            await reply(message, help.read_what())
            return
        await self._answer(update.update_id, message, photo)

    async def sample(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Send a sample photo, and answer it as if the person who pressed had sent it."""
        query = press_in(update)
        await answer_press(query)
        if isinstance(query.message, Message):
            photo = await reply(query.message, help.sample(), quote=False)
            await self._answer_for(update.update_id, photo, photo, person_of(query.from_user))

    async def _answer(self, number: int, asking: Message, photo: Message) -> None:
        await self._answer_for(number, asking, photo, sender_of(photo, asking))

    async def _answer_for(
        self, number: int, asking: Message, photo: Message, sender: Person
    ) -> None:
        photo_log = self._services.photo_log
        async with report_errors_to(asking, number):
            with photo_log.photo("telegram", f"Update {number}") as record:
                await self._answer_in_turn(record, asking, photo, sender)

    async def _answer_in_turn(
        self, record: PhotoRecord, asking: Message, photo: Message, sender: Person
    ) -> None:
        queue, asked_at = self._services.queue, time.monotonic()

        async def fetch_photo() -> bytes:
            content = await fetch(photo)
            record.mark("fetch")
            return content

        person = sender if asking is photo else person_in(asking)
        async with queue.of(person), notice(asking, gettext(texts.STILL_READING)):
            async with queue.work, typing(asking):
                record.mark("wait")
                answer = await answer_photo(self._services, fetch_photo, sender, asked_at)
                record.mark("read")
            self._answered.remember(answer.ids[0], sender, photo)
            await reply(photo, answer.message)
            record.mark("send")
            record.answered(answer.refusal, answer.digits)

    async def _answer_in_album(self, number: int, photo: Message) -> None:
        """Read a photo of an album; answer all that are read, unless another one's handler does."""
        album = self._albums.of(photo)
        async with report_errors_to(photo, number), self._album_notice(album, photo):
            with (
                album.reading(),
                self._services.photo_log.photo("telegram", f"Update {number}") as record,
            ):
                album.add(photo, await self._read_in_turn(record, photo))
            await album.wait_whole(QUIET_SECONDS)
            async with album.sending:
                if album.said < len(album.photos):
                    await self._answer_album(album)

    def _album_notice(self, album: Album, photo: Message) -> AbstractAsyncContextManager[None]:
        """Return the notice that an album is being read; it stands once, beside its first photo."""
        first, album.has_notice = not album.has_notice, True
        return notice(photo, gettext(texts.STILL_READING_ALBUM)) if first else nullcontext()

    async def _read_in_turn(self, record: PhotoRecord, photo: Message) -> ReadPhoto:
        queue, asked_at = self._services.queue, time.monotonic()
        async with queue.of(person_in(photo)), queue.work, typing(photo):
            record.mark("wait")
            read = await read_photo(
                self._services, lambda: fetch(photo), sender_of(photo, photo), asked_at
            )
            record.mark("read")
        record.answered(*read.outcome)
        return read

    async def _answer_album(self, album: Album) -> None:
        """Answer an album, or change the answer where photos came after it."""
        messages, photos = zip(*album.photos, strict=True)
        answer = answer_album(self._services, album.id, photos, album.said)
        for identity, message in zip(answer.ids, messages, strict=True):
            self._answered.remember(identity, sender_of(message, message), message)
        if album.answer is None:
            album.answer = await reply(messages[0], answer.message)
        else:
            await edit(album.answer, answer.message)
        album.said = len(photos)
