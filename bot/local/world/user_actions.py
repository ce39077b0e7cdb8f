"""What people do in the app, and which updates the bot gets of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    Message,
    MessageOriginUser,
    ReplyParameters,
    User,
)
from telegram.constants import MediaGroupLimit, StickerType, UpdateType

from bot.local.api.errors import bad_request
from bot.local.api.files import photo_sizes
from bot.local.api.message_fields import Fields, caption_fields, reply_fields, text_fields
from bot.local.api.parameters import InputFile
from bot.local.world.presses import Press
from bot.local.world.state import World

Kind = Literal["photo", "document", "voice", "video", "sticker"]
"""How the app sends a file. Voice, video and sticker carry no real media; the bot only sees that
they are none of its business."""

MEDIA_FIELDS: dict[Kind, Fields] = {
    "voice": {"duration": 1, "mime_type": "audio/ogg"},
    "video": {"duration": 1, "width": 640, "height": 480},
    "sticker": {
        "type": StickerType.REGULAR,
        "width": 512,
        "height": 512,
        "is_animated": True,
        "is_video": False,
    },
}
"""What the Bot API says of such a file, beside its id and size."""

FORWARDED_FIELDS = (
    "text",
    "entities",
    "photo",
    "document",
    "voice",
    "video",
    "sticker",
    "caption",
    "caption_entities",
)
"""What of a message goes along when it is forwarded; its buttons do not."""


@dataclass(frozen=True)
class Draft:
    """What a person is about to send: text, or files with the text as their caption."""

    text: str = ""
    files: Sequence[InputFile] = ()
    kind: Kind = "photo"
    reply_to: int | None = None


def member(world: World, person_id: int, chat_id: int) -> User:
    """Find a person of a chat.

    Raises:
        ApiError: if there is none with that id, or not in that chat.
    """
    if person_id not in world.people:
        raise bad_request("user not found")
    if person_id not in world.conversation(chat_id).members:
        raise bad_request("user is not a member of the chat")
    return world.people[person_id]


async def say(world: World, person: User, chat_id: int, draft: Draft) -> list[Message]:
    """Send one message, or an album; an album's caption belongs to its first file."""
    target = None if draft.reply_to is None else ReplyParameters(draft.reply_to)
    reply = reply_fields(world, chat_id, target)
    if not draft.files:
        return [world.say(person, chat_id, reply | text_fields(draft.text))]
    if len(draft.files) > MediaGroupLimit.MAX_MEDIA_LENGTH:
        raise bad_request("too many messages to send as an album")
    contents = [await _media_fields(world, file, draft.kind) for file in draft.files]
    contents[0] |= caption_fields(draft.text)
    group = {"media_group_id": str(secrets.randbits(48)) if len(contents) > 1 else None}
    return [world.say(person, chat_id, reply | group | content) for content in contents]


def forward(
    world: World, person: User, chat_id: int, from_chat: int, message_ids: list[int]
) -> list[Message]:
    """Send messages again, as they are but for their buttons, into another chat or the same."""
    originals = [world.message(from_chat, i, "message to forward") for i in sorted(message_ids)]
    groups: dict[str | None, str | None] = {None: None}
    sent = []
    for original in originals:
        assert original.from_user is not None  # everybody here has a name
        origin = original.forward_origin or MessageOriginUser(original.date, original.from_user)
        fields = original.to_dict()
        content = {name: fields[name] for name in FORWARDED_FIELDS if name in fields}
        content["forward_origin"] = origin.to_dict()
        content["media_group_id"] = groups.setdefault(
            original.media_group_id, str(secrets.randbits(48))
        )
        sent.append(world.say(person, chat_id, content))
    return sent


def edit(world: World, person: User, chat_id: int, message_id: int, text: str) -> Message:
    """Change the text or the caption of a message of one's own."""
    message = _own(world, person, chat_id, message_id)
    fields = caption_fields(text) if message.text is None else text_fields(text)
    return world.change(message, fields)


def delete(world: World, person: User, chat_id: int, message_id: int) -> None:
    """Take away a message of one's own. In a chat of two, the bot's messages may go too."""
    message = world.message(chat_id, message_id, "message to delete")
    if chat_id != person.id:
        message = _own(world, person, chat_id, message_id)
    world.delete(message)


def press(
    world: World, person: User, chat_id: int, message_id: int, data: str
) -> tuple[str, Press]:
    """Press the button that carries `data`, or else the one with that label."""
    message = world.message(chat_id, message_id, "message with the button")
    buttons = [button for button in _buttons(message) if button.callback_data]
    fitting = [b for b in buttons if b.callback_data == data] or [
        b for b in buttons if b.text == data
    ]
    if not fitting:
        raise bad_request("button not found")
    query_id, pressed = world.presses.open(person.id, message)
    query = CallbackQuery(
        id=query_id,
        from_user=person,
        message=message,
        chat_instance=str(chat_id),
        data=str(fitting[0].callback_data),
    )
    world.updates.add(UpdateType.CALLBACK_QUERY, query)
    return query_id, pressed


def _own(world: World, person: User, chat_id: int, message_id: int) -> Message:
    message = world.message(chat_id, message_id, "message to edit")
    if message.from_user != person:
        raise bad_request("message can't be edited")
    return message


async def _media_fields(world: World, file: InputFile, kind: Kind) -> Fields:
    if kind == "photo":
        sizes = world.files.keep_photo(await asyncio.to_thread(photo_sizes, file.data))
        return {"photo": [size.to_dict() for size in sizes]}
    if not file.data:
        raise bad_request("file must be non-empty")
    if kind == "document":
        return {"document": world.files.keep_document(file.name, file.data).to_dict()}
    stored = world.files.keep(file.data, f"{kind}s", "application/octet-stream", "")
    return {kind: stored.described().to_dict() | {"file_path": None} | MEDIA_FIELDS[kind]}


def _buttons(message: Message) -> list[InlineKeyboardButton]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return [button for row in rows for button in row]
