"""Which messages hold a picture, and how its bytes come here."""

from __future__ import annotations

from pathlib import PurePath

from telegram import Document, Message, PhotoSize
from telegram.error import BadRequest, TelegramError
from telegram.ext import filters

from bot.errors import FetchFailed
from bot.telegram import bad_requests
from bot.telegram.retries import with_retries
from model.errors import FileTooLarge
from model.recognition.decoding import MAX_PHOTO_BYTES, PHOTO_SUFFIXES

Picture = PhotoSize | Document


def is_picture(message: Message) -> bool:
    """Whether a person sent a picture; our own answers hold one too, but nobody wrote it."""
    ours = message.from_user is not None and message.from_user.id == message.get_bot().id
    return not ours and picture_in(message) is not None


def picture_in(message: Message) -> Picture | None:
    """The largest size of a photo, or a file that may be a picture."""
    if message.photo:
        return max(message.photo, key=lambda size: size.width * size.height)
    document = message.document
    return document if document and _may_be_picture(document) else None


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
        file = await with_retries(picture.get_file, twice_is_fine=True)
        _check_size(file.file_size)
        content = await with_retries(file.download_as_bytearray, twice_is_fine=True)
    except BadRequest as error:
        if bad_requests.is_file_too_big(error):
            raise FileTooLarge(_too_large("more")) from None
        raise FetchFailed(f"the picture could not be fetched ({error})") from error
    except TelegramError as error:
        raise FetchFailed(f"the picture could not be fetched ({error})") from error
    return bytes(content)


def _may_be_picture(document: Document) -> bool:
    """By type or by name; a file of no particular type is looked into."""
    kind = (document.mime_type or "application/octet-stream").lower()
    named = PurePath(document.file_name or "").suffix.lower() in PHOTO_SUFFIXES
    return kind.startswith("image/") or named or kind == "application/octet-stream"


def _check_size(size: int | None) -> None:
    if size is not None and size > MAX_PHOTO_BYTES:
        raise FileTooLarge(_too_large(f"{size / 2**20:.1f} MB"))


def _too_large(received: str) -> str:
    return f"Expected an image of at most {MAX_PHOTO_BYTES // 2**20} MB, received {received}."


class _HoldsPicture(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return is_picture(message)


class _RepliesToPicture(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message
        return replied is not None and is_picture(replied)


HOLDS_PICTURE = _HoldsPicture()
REPLIES_TO_PICTURE = _RepliesToPicture()
