"""What people do in the app, and which updates the bot gets of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.local.api.errors import bad_request
from bot.local.api.files import photo_sizes
from bot.local.api.inputs import ReplyParameters
from bot.local.api.objects import (
    CallbackQuery,
    Message,
    MessageOriginUser,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Sticker,
    User,
    Video,
    Voice,
)
from bot.local.api.parameters import InputFile
from bot.local.api.send_methods import MAX_ALBUM, caption_fields, reply_fields, text_fields
from bot.local.world.state import Press, World

Kind = Literal["photo", "document", "voice", "video", "sticker"]
"""How the app sends a file. Voice, video and sticker carry no real media; the bot only sees that
they are none of its business."""


_ANIMATED = {"is_animated": True, "is_video": False}
FORWARDED = (
    "text",
    "entities",
    "photo",
    "document",
    "voice",
    "video",
    "sticker",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
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
    """The person, who must belong to the chat."""
    if person_id not in world.people:
        raise bad_request("user not found")
    if person_id not in world.conversation(chat_id).members:
        raise bad_request("user is not a member of the chat")
    return world.people[person_id]


async def say(world: World, person: User, chat_id: int, draft: Draft) -> list[Message]:
    """Send one message, or an album; an album's caption belongs to its first file."""
    target = None if draft.reply_to is None else ReplyParameters(message_id=draft.reply_to)
    reply = reply_fields(world, chat_id, target)
    if not draft.files:
        return [_post(world, person, chat_id, **reply, **text_fields(draft.text, None, None))]
    if len(draft.files) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    contents = [await _media(world, file, draft.kind) for file in draft.files]
    contents[0] |= caption_fields(draft.text, None, None)
    group = str(secrets.randbits(48)) if len(contents) > 1 else None
    return [
        _post(world, person, chat_id, media_group_id=group, **reply, **content)
        for content in contents
    ]


def forward(
    world: World, person: User, chat_id: int, from_chat: int, message_ids: list[int]
) -> list[Message]:
    """Messages, as they are but for their buttons, into another chat or the same."""
    originals = [world.message(from_chat, i, "message to forward") for i in sorted(message_ids)]
    groups: dict[str | None, str | None] = {None: None}
    sent = []
    for original in originals:
        sender = original.from_user
        assert sender is not None  # everybody here has a name
        origin = original.forward_origin or MessageOriginUser(
            date=original.date, sender_user=sender
        )
        group = groups.setdefault(original.media_group_id, str(secrets.randbits(48)))
        kept = {name: getattr(original, name) for name in FORWARDED}
        sent.append(
            _post(world, person, chat_id, forward_origin=origin, media_group_id=group, **kept)
        )
    return sent


def edit(world: World, person: User, chat_id: int, message_id: int, text: str) -> Message:
    """Change the text or the caption of a message of one's own."""
    message = _own(world, person, chat_id, message_id)
    fields = (
        text_fields(text, None, None)
        if message.text is not None
        else caption_fields(text, None, None)
    )
    edited = message.model_copy(update={**fields, "edit_date": world.now()})
    world.put(edited)
    world.updates.add("edited_message", edited)
    return edited


def delete(world: World, person: User, chat_id: int, message_id: int) -> None:
    """The bot is not told, as in Telegram. In a chat of two, the bot's messages may go too."""
    message = world.message(chat_id, message_id, "message to delete")
    if message.chat.type != "private":
        message = _own(world, person, chat_id, message_id)
    world.delete(message)


def press(
    world: World, person: User, chat_id: int, message_id: int, data: str
) -> tuple[str, Press]:
    """Press the button that carries `data`, or else the one with that label."""
    message = world.message(chat_id, message_id, "message with the button")
    buttons = [b for row in _rows(message) for b in row if b.callback_data]
    fitting = [b for b in buttons if b.callback_data == data] or [
        b for b in buttons if b.text == data
    ]
    if not fitting:
        raise bad_request("button not found")
    query_id, pressed = world.open_press(person.id, message)
    query = CallbackQuery(
        id=query_id,
        from_user=person,
        message=message,
        chat_instance=str(chat_id),
        data=fitting[0].callback_data,
    )
    world.updates.add("callback_query", query)
    return query_id, pressed


def react(world: World, person: User, chat_id: int, message_id: int, emoji: list[str]) -> None:
    message = world.message(chat_id, message_id, "message to react")
    before = world.react(message, person.id, emoji)
    changed = MessageReactionUpdated(
        chat=message.chat,
        message_id=message_id,
        user=person,
        date=world.now(),
        old_reaction=[ReactionTypeEmoji(type="emoji", emoji=e) for e in before],
        new_reaction=[ReactionTypeEmoji(type="emoji", emoji=e) for e in emoji],
    )
    world.updates.add("message_reaction", changed)


def _post(world: World, person: User, chat_id: int, **content: Any) -> Message:
    message = Message(
        message_id=world.new_message_id(),
        from_user=person,
        date=world.now(),
        chat=world.chat(chat_id),
        **content,
    )
    world.put(message)
    world.updates.add("message", message)
    return message


def _own(world: World, person: User, chat_id: int, message_id: int) -> Message:
    message = world.message(chat_id, message_id, "message to edit")
    if message.from_user != person:
        raise bad_request("message can't be edited")
    return message


async def _media(world: World, file: InputFile, kind: Kind) -> dict[str, Any]:
    if kind == "photo":
        sizes = await asyncio.to_thread(photo_sizes, file.data)
        return {"photo": world.files.keep_photo(sizes)}
    if not file.data:
        raise bad_request("file must be non-empty")
    if kind == "document":
        return {"document": world.files.keep_document(file.name, file.data)}
    stored = world.files.keep(file.data, f"{kind}s", "application/octet-stream", "")
    about = stored.described().model_dump(exclude={"file_path"})
    match kind:
        case "voice":
            return {"voice": Voice(duration=1, mime_type="audio/ogg", **about)}
        case "video":
            return {"video": Video(width=640, height=480, duration=1, **about)}
        case "sticker":
            shape = {"type": "regular", "width": 512, "height": 512}
            return {"sticker": Sticker.model_validate({**shape, **_ANIMATED, **about})}


def _rows(message: Message) -> list[Any]:
    return message.reply_markup.inline_keyboard if message.reply_markup else []
