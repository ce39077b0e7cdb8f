"""Which messages hold a photo, and how its bytes come here.

A photo is whatever picture a person sends: compressed by Telegram, as a file, or as a sticker.
"""

from __future__ import annotations

from pathlib import PurePath

from telegram import Document, Message, PhotoSize, Sticker
from telegram.error import BadRequest, TelegramError
from telegram.ext import filters

from bot.errors import FetchFailed
from bot.telegram import bad_requests
from bot.telegram.transport.retries import until_answered
from model.errors import FileTooLarge
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES, PHOTO_SUFFIXES

PhotoFile = PhotoSize | Document | Sticker
"""What Telegram keeps a photo as."""


def holds_photo(message: Message) -> bool:
    """Tell whether a person sent a photo; the bot's own answers hold pictures, but no photos."""
    ours = message.from_user is not None and message.from_user.id == message.get_bot().id
    return not ours and photo_file_in(message) is not None


def photo_file_in(message: Message) -> PhotoFile | None:
    """Find the largest size of a photo, or a file that may be one."""
    if message.photo:
        return max(message.photo, key=lambda size: size.width * size.height)
    if message.sticker:
        return message.sticker if _is_photo(message.sticker) else None
    document = message.document
    return document if document and _may_be_photo(document) else None


async def fetch(message: Message) -> bytes:
    """Download the photo that a message holds.

    Raises:
        FileTooLarge: before the download, where Telegram says how large it is.
        FetchFailed: when it could not be had.
    """
    photo = photo_file_in(message)
    assert photo is not None, "only a message that holds a photo is fetched"
    _check_size(photo.file_size)
    try:
        file = await until_answered(message.get_bot(), photo.get_file)
        _check_size(file.file_size)
        content = await until_answered(message.get_bot(), file.download_as_bytearray)
    except BadRequest as error:
        if bad_requests.is_file_too_big(error):
            raise FileTooLarge(_too_large("more")) from None
        raise FetchFailed(f"the photo could not be fetched ({error})") from error
    except TelegramError as error:
        raise FetchFailed(f"the photo could not be fetched ({error})") from error
    return bytes(content)


def _is_photo(sticker: Sticker) -> bool:
    """Tell whether a sticker is somebody's own WebP file, which Telegram shows as a sticker."""
    moves = sticker.is_animated or sticker.is_video
    return not moves and sticker.set_name is None


def _may_be_photo(document: Document) -> bool:
    """Judge by type or by name; a file of no particular type is looked into."""
    kind = (document.mime_type or "application/octet-stream").lower()
    named = PurePath(document.file_name or "").suffix.lower() in PHOTO_SUFFIXES
    return kind.startswith("image/") or named or kind == "application/octet-stream"


def _check_size(size: int | None) -> None:
    if size is not None and size > MAX_PHOTO_BYTES:
        raise FileTooLarge(_too_large(f"{size / 2**20:.1f} MB"))


def _too_large(received: str) -> str:
    return f"Expected an image of at most {MAX_PHOTO_BYTES // 2**20} MB, received {received}."


class _HoldsPhoto(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return holds_photo(message)


class _RepliesToPhoto(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message
        return replied is not None and holds_photo(replied)


HOLDS_PHOTO = _HoldsPhoto()
"""Messages in which a person sends a photo."""

REPLIES_TO_PHOTO = _RepliesToPhoto()
"""Messages in reply to a photo."""
