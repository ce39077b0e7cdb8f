"""Make the fields of a message out of what a bot or a person gave, within Telegram's limits.

All functions return fields of the Bot API's Message as JSON; a field that is absent is None.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit, MessageLimit

from bot.local.api.entities import formatted, utf16_length
from bot.local.api.errors import bad_request
from bot.local.api.files import FileStore, photo_sizes
from bot.local.api.parameters import InputFile
from bot.local.world.state import World

Fields = dict[str, Any]
Uploads = Mapping[str, InputFile]
"""The files of a multipart request, by the name of their part."""

UPLOAD_PREFIX = "attach://"
"""How an album's item names one of the uploads."""

INVALID_BUTTON = "can't parse inline keyboard button: "


def text_fields(
    text: str, parse_mode: str | None = None, entities: Sequence[MessageEntity] | None = None
) -> Fields:
    """Return the text of a message with its entities.

    Raises:
        ApiError: if the text is empty, too long or badly formatted.
    """
    shown, marks = formatted(text, parse_mode, entities)
    if not shown:
        raise bad_request("message text is empty")
    if utf16_length(shown) > MessageLimit.MAX_TEXT_LENGTH:
        raise bad_request("message is too long")
    return {"text": shown, "entities": [mark.to_dict() for mark in marks]}


def caption_fields(
    caption: str | None,
    parse_mode: str | None = None,
    entities: Sequence[MessageEntity] | None = None,
) -> Fields:
    """Return the caption of a picture or a file with its entities.

    Raises:
        ApiError: if the caption is too long or badly formatted.
    """
    shown, marks = formatted(caption or "", parse_mode, entities)
    if utf16_length(shown) > MessageLimit.CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    return {"caption": shown or None, "caption_entities": [mark.to_dict() for mark in marks]}


def reply_fields(world: World, chat_id: int, reply: ReplyParameters | None) -> Fields:
    """Return the message that is answered: all of it, but not what it answers itself.

    Raises:
        ApiError: if there is no such message, and the reply is not to be sent without it.
    """
    if reply is None:
        return {}
    replied = world.conversation(chat_id).messages.get(reply.message_id)
    if replied is None:
        if reply.allow_sending_without_reply:
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": replied.to_dict() | {"reply_to_message": None}}


async def photo_fields(files: FileStore, given: InputFile | str, uploads: Uploads) -> Fields:
    """Return the sizes of a photo that a bot uploads, or sends again by its file_id.

    Raises:
        ApiError: if there is none, or Telegram would not take it as a photo.
    """
    if isinstance(given, str) and given.startswith(UPLOAD_PREFIX):
        given = uploads.get(given.removeprefix(UPLOAD_PREFIX), "")
    if not given:
        raise bad_request("there is no photo in the request")
    if isinstance(given, str):
        sizes = files.photo(given)
    else:
        pictures = await asyncio.to_thread(photo_sizes, given.data, by_bot=True)
        sizes = files.keep_photo(pictures)
    return {"photo": [size.to_dict() for size in sizes]}


def keyboard_fields(keyboard: InlineKeyboardMarkup | None) -> Fields:
    """Return the inline keyboard. Other keyboards belong to the app, not to the message.

    Raises:
        ApiError: for too many buttons, or one that Telegram refuses.
    """
    if keyboard is None:
        return {"reply_markup": None}
    rows = [row for row in keyboard.inline_keyboard if row]
    if sum(map(len, rows)) > InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER:
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)
    return {"reply_markup": InlineKeyboardMarkup(rows).to_dict() if rows else None}


def _check_button(button: InlineKeyboardButton) -> None:
    if not (isinstance(button.text, str) and button.text):
        raise bad_request(f"{INVALID_BUTTON}Button text must be non-empty")
    if not (button.callback_data or button.url or button.copy_text):
        raise bad_request(f"{INVALID_BUTTON}Text buttons are unallowed in the inline keyboard")
    data = str(button.callback_data or "")
    if len(data.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
