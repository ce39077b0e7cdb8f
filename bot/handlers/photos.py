"""A photo comes in, and is answered in reply to itself.

Photos, pictures sent as files, forwarded and captioned ones, each picture of an album, and in a
group a photo that somebody points at with /read or a mention.
"""

from __future__ import annotations

import logging
import time
from pathlib import PurePath
from typing import Any, Protocol

from telegram import Document, InlineKeyboardMarkup, Message, PhotoSize, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot import texts
from bot.handlers.addressed import FOR_US, MESSAGE
from bot.handlers.sending import patiently, typing
from bot.reader import Answer, Reader
from bot.turns import TooManyWaiting, Turns
from model.errors import FileTooLarge, PhotoError

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 20_000_000
"""What Telegram lets a bot download."""

DOWNLOAD_SECONDS = 20.0
"""How long one try to fetch a photo may stay silent."""

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif"}
)

Picture = PhotoSize | Document


class Notes(Protocol):
    """Keeps what was answered. Never waits: a photo does not depend on it."""

    def answered(
        self, person: int, answer: Answer, milliseconds: float
    ) -> InlineKeyboardMarkup | None:
        """Note an answer that is about to be sent; the buttons to send under it."""

    def refused(self, person: int, problem: PhotoError, milliseconds: float) -> None:
        """Note a file that could not be read."""


class FetchFailed(Exception):
    """The picture could not be had from Telegram."""


class PhotoHandlers:
    """Answers photos.

    Args:
        reader: what reads them.
        turns: who is next.
        notes: who keeps what was answered, if anybody does.
    """

    def __init__(self, reader: Reader, turns: Turns, notes: Notes | None = None) -> None:
        self._reader = reader
        self._turns = turns
        self._notes = notes

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application, in this order."""
        mention = FOR_US & filters.ChatType.GROUPS & filters.TEXT & filters.REPLY
        return [
            MessageHandler(FOR_US & HOLDS_PICTURE, self.photo),
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
        if photo is None or picture_in(photo) is None:
            await message.reply_text(texts.READ_WHAT)
            return
        await self._answer(update.update_id, message, photo)

    async def _answer(self, number: int, asking: Message, photo: Message) -> None:
        person = asking.from_user.id if asking.from_user else asking.chat.id
        began = time.monotonic()
        try:
            async with self._turns.of(person):
                async with self._turns.work, typing(asking):
                    answer = await self._reader.read(await fetch(photo))
                buttons = None
                if self._notes is not None:
                    buttons = self._notes.answered(sender(photo, asking), answer, _since(began))
                await send_answer(photo, answer, buttons)
        except TooManyWaiting as error:
            if error.first:
                text = texts.TOO_MANY.format(count=self._turns.per_person)
                await patiently(lambda: asking.reply_text(text))
            return
        except PhotoError as error:
            log.info("Update %d: %s.", number, type(error).__name__)
            if self._notes is not None:
                self._notes.refused(sender(photo, asking), error, _since(began))
            text = texts.photo_error(error)
            await patiently(lambda: photo.reply_text(text))
            return
        except FetchFailed as error:
            log.warning("Update %d: %s", number, error)
            await patiently(lambda: photo.reply_text(texts.FETCH_FAILED))
            return
        found = answer.reading.refusal or f"read {len(answer.reading.digits)}"
        log.info("Update %d: %s in %.0f ms.", number, found, _since(began))


async def fetch(message: Message) -> bytes:
    """The picture's bytes.

    Raises:
        FileTooLarge: before the download, where Telegram says how large it is.
        FetchFailed: when it could not be had.
    """
    picture = picture_in(message)
    assert picture is not None
    _check_size(picture.file_size)
    try:
        file = await patiently(picture.get_file, twice_is_fine=True)
        _check_size(file.file_size)
        content = await patiently(
            lambda: file.download_as_bytearray(read_timeout=DOWNLOAD_SECONDS),
            twice_is_fine=True,
        )
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise FileTooLarge(_too_large("more")) from None
        raise FetchFailed(f"the picture could not be fetched ({error})") from error
    except TelegramError as error:
        raise FetchFailed(f"the picture could not be fetched ({error})") from error
    return bytes(content)


async def send_answer(
    photo: Message, answer: Answer, buttons: InlineKeyboardMarkup | None = None
) -> Message:
    """Reply to the photo with what was read in it."""
    text = texts.caption(answer.reading)
    card = answer.card
    if card is None:
        return await patiently(lambda: photo.reply_text(text))
    return await patiently(
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


def picture_in(message: Message) -> Picture | None:
    """The largest size of a photo, or a file that may be a picture."""
    if message.photo:
        return max(message.photo, key=lambda size: size.width * size.height)
    document = message.document
    return document if document and _may_be_picture(document) else None


def _may_be_picture(document: Document) -> bool:
    """By type or by name; a file of no particular type is looked into."""
    kind = (document.mime_type or "application/octet-stream").lower()
    named = PurePath(document.file_name or "").suffix.lower() in PICTURE_SUFFIXES
    return kind.startswith("image/") or named or kind == "application/octet-stream"


def _check_size(size: int | None) -> None:
    if size is not None and size > MAX_FILE_BYTES:
        raise FileTooLarge(_too_large(f"{size / 1e6:.0f} MB"))


def _too_large(received: str) -> str:
    return f"Expected an image of at most {MAX_FILE_BYTES / 1e6:.0f} MB, received {received}."


class _HoldsPicture(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return picture_in(message) is not None


class _RepliesToPicture(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message
        return replied is not None and picture_in(replied) is not None


HOLDS_PICTURE = _HoldsPicture()
REPLIES_TO_PICTURE = _RepliesToPicture()
