"""What the bot says: sendMessage, sendPhoto, sendDocument, sendMediaGroup, sendChatAction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from bot.local.api import parameters as api
from bot.local.api.entities import formatted, utf16_length
from bot.local.api.errors import bad_request
from bot.local.api.files import MAX_BOT_UPLOAD, TOO_LARGE, FileStore, photo_sizes
from bot.local.api.inputs import InputMediaDocument, InputMediaPhoto, ReplyMarkup, ReplyParameters
from bot.local.api.objects import (
    Document,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    PhotoSize,
    TextQuote,
)
from bot.local.world.state import World

MAX_TEXT = 4096  # characters after formatting
MAX_CAPTION = 1024  # characters after formatting
MAX_CALLBACK_DATA = 64  # bytes
MAX_ALBUM = 10  # files
MAX_BUTTONS = 100  # in one keyboard
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
Uploads = Mapping[str, api.InputFile]
"""The files of a multipart request, by the name of their part."""


async def send_message(world: World, given: api.SendMessage, _: Uploads) -> Message:
    return _said(
        world,
        given,
        link_preview_options=given.link_preview_options,
        reply_markup=keyboard(given.reply_markup),
        **text_fields(given.text, given.parse_mode, given.entities),
    )


async def send_photo(world: World, given: api.SendPhoto, uploads: Uploads) -> Message:
    world.conversation(given.chat_id)
    return _said(
        world,
        given,
        photo=await photo(world.files, given.photo, uploads),
        show_caption_above_media=given.show_caption_above_media or None,
        has_media_spoiler=given.has_spoiler or None,
        reply_markup=keyboard(given.reply_markup),
        **caption_fields(given.caption, given.parse_mode, given.caption_entities),
    )


async def send_document(world: World, given: api.SendDocument, uploads: Uploads) -> Message:
    world.conversation(given.chat_id)
    return _said(
        world,
        given,
        document=document(world.files, given.document, uploads),
        reply_markup=keyboard(given.reply_markup),
        **caption_fields(given.caption, given.parse_mode, given.caption_entities),
    )


async def send_media_group(
    world: World, given: api.SendMediaGroup, uploads: Uploads
) -> list[Message]:
    world.conversation(given.chat_id)
    if not given.media:
        raise bad_request("there are no messages to send")
    if len(given.media) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    items = [await media_fields(world.files, item, uploads) for item in given.media]
    group = str(secrets.randbits(48))
    return [_said(world, given, media_group_id=group, **item) for item in items]


async def send_chat_action(world: World, given: api.SendChatAction, _: Uploads) -> bool:
    chat = world.conversation(given.chat_id).chat
    if given.action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.events.add("action", chat_id=chat.id, action=given.action)
    return True


def _said(world: World, given: api.Send, **content: Any) -> Message:
    chat = world.conversation(given.chat_id).chat
    message = Message(
        message_id=world.new_message_id(),
        from_user=world.bot,
        date=world.now(),
        chat=chat,
        has_protected_content=given.protect_content or None,
        **reply_fields(world, chat.id, given.reply_parameters),
        **content,
    )
    world.put(message)
    return message


def reply_fields(world: World, chat_id: int, reply: ReplyParameters | None) -> dict[str, Any]:
    """What a reply carries of the message that it answers: all of it, but not what that answers."""
    if reply is None:
        return {}
    other = chat_id if reply.chat_id is None else reply.chat_id
    replied = world.conversation(other).messages.get(reply.message_id)
    if replied is None:
        if reply.allow_sending_without_reply:
            return {}
        raise bad_request("message to be replied not found")
    fields: dict[str, Any] = {
        "reply_to_message": replied.model_copy(update={"reply_to_message": None})
    }
    if reply.quote:
        whole = replied.text or replied.caption or ""
        if reply.quote not in whole:
            raise bad_request("QUOTE_TEXT_INVALID")
        position = utf16_length(whole[: whole.index(reply.quote)])
        fields["quote"] = TextQuote(text=reply.quote, position=position, is_manual=True)
    return fields


def text_fields(
    text: str, parse_mode: str | None, entities: list[MessageEntity] | None
) -> dict[str, Any]:
    shown, marks = formatted(text, parse_mode, entities)
    if not shown:
        raise bad_request("message text is empty")
    if utf16_length(shown) > MAX_TEXT:
        raise bad_request("message is too long")
    return {"text": shown, "entities": marks or None}


def caption_fields(
    caption: str | None, parse_mode: str | None, entities: list[MessageEntity] | None
) -> dict[str, Any]:
    shown, marks = formatted(caption or "", parse_mode, entities)
    if utf16_length(shown) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return {"caption": shown or None, "caption_entities": marks or None}


async def media_fields(
    files: FileStore, item: InputMediaPhoto | InputMediaDocument, uploads: Uploads
) -> dict[str, Any]:
    """One item of an album, or what replaces a message's picture."""
    fields = caption_fields(item.caption, item.parse_mode, item.caption_entities)
    if isinstance(item, InputMediaDocument):
        return {"document": document(files, item.media, uploads), **fields}
    return {
        "photo": await photo(files, item.media, uploads),
        "show_caption_above_media": item.show_caption_above_media or None,
        "has_media_spoiler": item.has_spoiler or None,
        **fields,
    }


async def photo(files: FileStore, given: api.InputFile | str, uploads: Uploads) -> list[PhotoSize]:
    given = _attached(given, uploads, "photo")
    if isinstance(given, str):
        return files.photo(given)
    return files.keep_photo(await asyncio.to_thread(photo_sizes, given.data, by_bot=True))


def document(files: FileStore, given: api.InputFile | str, uploads: Uploads) -> Document:
    given = _attached(given, uploads, "document")
    if isinstance(given, str):
        return files.document(given)
    if not given.data:
        raise bad_request("file must be non-empty")
    if len(given.data) > MAX_BOT_UPLOAD:
        raise TOO_LARGE
    return files.keep_document(given.name, given.data)


def _attached(given: api.InputFile | str, uploads: Uploads, kind: str) -> api.InputFile | str:
    if isinstance(given, str) and given.startswith("attach://"):
        if given.removeprefix("attach://") not in uploads:
            raise bad_request(f"there is no {kind} in the request")
        return uploads[given.removeprefix("attach://")]
    return given or _missing(kind)


def _missing(kind: str) -> str:
    raise bad_request(f"there is no {kind} in the request")


def keyboard(markup: ReplyMarkup | None) -> InlineKeyboardMarkup | None:
    """The inline keyboard, checked; other keyboards belong to the app, not to the message."""
    if not isinstance(markup, InlineKeyboardMarkup):
        return None
    rows = [row for row in markup.inline_keyboard if row]
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button.text:
            raise bad_request("can't parse inline keyboard button: Button text must be non-empty")
        if not (button.callback_data or button.url or button.copy_text):
            raise bad_request(
                "can't parse inline keyboard button: "
                "Text buttons are unallowed in the inline keyboard"
            )
        if button.callback_data and len(button.callback_data.encode()) > MAX_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None
