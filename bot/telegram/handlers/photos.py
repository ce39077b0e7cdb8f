"""A photo comes in, and is answered in reply to itself.

Photos, pictures sent as files, forwarded and captioned ones, each picture of an album, and in a
group a photo that somebody points at with /read or a mention.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Protocol

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.messages import texts
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reader import Answer, Reader
from bot.telegram.downloads import HOLDS_PICTURE, REPLIES_TO_PICTURE, fetch, is_picture
from bot.telegram.filters import ADDRESSED, MESSAGE
from bot.telegram.handlers.photo_errors import report_errors_to
from bot.telegram.handlers.why import AnsweredPhotos
from bot.telegram.retries import typing, with_retries
from model.errors import PhotoError

log = logging.getLogger(__name__)


class Notes(Protocol):
    """Keeps what was answered. Never waits: a photo does not depend on it."""

    def answered(
        self, person: int, answer: Answer, milliseconds: float
    ) -> InlineKeyboardMarkup | None:
        """Note an answer that is about to be sent; the buttons to send under it."""

    def refused(self, person: int, problem: PhotoError, milliseconds: float) -> None:
        """Note a file that could not be read."""


class PhotoHandlers:
    """Answers photos.

    Args:
        reader: what reads them.
        turns: who is next.
        answered: remembers which photo an answer is about.
        notes: who keeps what was answered, if anybody does.
    """

    def __init__(
        self,
        reader: Reader,
        turns: PhotoQueue,
        answered: AnsweredPhotos,
        notes: Notes | None = None,
    ) -> None:
        self._reader = reader
        self._turns = turns
        self._answered = answered
        self._notes = notes

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application, in this order."""
        mention = ADDRESSED & filters.ChatType.GROUPS & filters.TEXT & filters.REPLY
        return [
            MessageHandler(ADDRESSED & HOLDS_PICTURE, self.photo),
            CommandHandler("read", self.pointed_at, MESSAGE),
            MessageHandler(mention & ~filters.COMMAND & REPLIES_TO_PICTURE, self.pointed_at),
        ]

    async def photo(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message that holds a picture."""
        assert update.message is not None
        await self._answer(update.update_id, update.message, update.message)

    async def pointed_at(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer the picture that a message replies to."""
        message = update.message
        assert message is not None
        photo = message.reply_to_message
        if photo is None or not is_picture(photo):
            await message.reply_text(texts.READ_WHAT)
            return
        await self._answer(update.update_id, message, photo)

    async def _answer(self, number: int, asking: Message, photo: Message) -> None:
        person = asking.from_user.id if asking.from_user else asking.chat.id
        began = time.monotonic()
        async with report_errors_to(asking, number), self._turns.of(person):
            try:
                async with self._turns.work, typing(asking):
                    answer = await self._reader.read(await fetch(photo))
            except PhotoError as error:
                if self._notes is not None:
                    self._notes.refused(sender(photo, asking), error, _since(began))
                raise
            buttons = None
            if self._notes is not None:
                buttons = self._notes.answered(sender(photo, asking), answer, _since(began))
            self._answered.remember(await send_answer(photo, answer, buttons), photo)
            found = answer.reading.refusal or f"read {len(answer.reading.digits)}"
            log.info("Update %d: %s in %.0f ms.", number, found, _since(began))


async def send_answer(
    photo: Message, answer: Answer, buttons: InlineKeyboardMarkup | None = None
) -> Message:
    """Reply to the photo with what was read in it."""
    text = texts.caption(answer.reading)
    card = answer.card
    if card is None:
        return await with_retries(lambda: photo.reply_text(text))
    return await with_retries(
        lambda: photo.reply_photo(card, caption=text, filename="answer.png", reply_markup=buttons)
    )


def sender(photo: Message, asking: Message) -> int:
    """Who sent a photo, to whom the answer's buttons belong; who asked, if that was no person."""
    person = photo.from_user
    if person is None or person.is_bot:
        person = asking.from_user
    return person.id if person else asking.chat.id


def _since(began: float) -> float:
    """Milliseconds from then to now."""
    return 1000 * (time.monotonic() - began)
