"""What the bot says, and what it changes of that later."""

from __future__ import annotations

import math
import secrets

from telegram import Message
from telegram.constants import ChatAction, MediaGroupLimit

from bot.local.api import parameters as api
from bot.local.api.errors import bad_request, too_many_requests
from bot.local.api.message_fields import (
    Fields,
    Uploads,
    caption_fields,
    keyboard_fields,
    photo_fields,
    reply_fields,
    text_fields,
)
from bot.local.world.state import World

EDIT_WINDOW_SECONDS = 10.0
"""Period over which the edits of one message are counted."""

MAX_EDITS_PER_WINDOW = 15
"""More edits of one message are refused with 429. Telegram does not publish its figure; about one
a second is what it bears, with short bursts above."""

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
"""Telegram's words where an edit would change nothing."""


async def send_message(world: World, given: api.SendMessage, _: Uploads) -> Message:
    """Send a text."""
    text = text_fields(given.text, given.parse_mode, given.entities)
    return _send(world, given, text | keyboard_fields(given.reply_markup))


async def send_photo(world: World, given: api.SendPhoto, uploads: Uploads) -> Message:
    """Send a photo."""
    world.conversation(given.chat_id)
    content = await _captioned_photo(world, given, given.photo, uploads)
    return _send(world, given, content | keyboard_fields(given.reply_markup))


async def send_media_group(
    world: World, given: api.SendMediaGroup, uploads: Uploads
) -> list[Message]:
    """Send several photos as one album."""
    world.conversation(given.chat_id)
    if not given.media:
        raise bad_request("there are no messages to send")
    if len(given.media) > MediaGroupLimit.MAX_MEDIA_LENGTH:
        raise bad_request("too many messages to send as an album")
    items = [await _captioned_photo(world, item, item.media, uploads) for item in given.media]
    group = str(secrets.randbits(48))
    return [_send(world, given, item | {"media_group_id": group}) for item in items]


async def send_chat_action(world: World, given: api.SendChatAction, _: Uploads) -> bool:
    """Show for some seconds what the bot is doing."""
    chat = world.chat(given.chat_id)
    if given.action not in list(ChatAction):
        raise bad_request("wrong parameter action in request")
    world.events.add("action", chat_id=chat.id, action=given.action)
    return True


async def edit_message_text(world: World, given: api.EditMessageText, _: Uploads) -> Message:
    """Replace the text and the buttons of a message."""
    message = _editable(world, given)
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, given, message, text_fields(given.text, given.parse_mode, given.entities))


async def edit_message_caption(world: World, given: api.EditMessageCaption, _: Uploads) -> Message:
    """Replace the caption and the buttons of a message with a picture or a file."""
    message = _editable(world, given)
    if message.text is not None:
        raise bad_request("there is no caption in the message to edit")
    caption = caption_fields(given.caption, given.parse_mode, given.caption_entities)
    return _edit(world, given, message, caption)


async def edit_message_reply_markup(
    world: World, given: api.EditMessageReplyMarkup, _: Uploads
) -> Message:
    """Replace the buttons of a message."""
    return _edit(world, given, _editable(world, given), {})


async def delete_message(world: World, given: api.DeleteMessage, _: Uploads) -> bool:
    """Take away a message of the bot's own."""
    message = world.message(given.chat_id, given.message_id, "message to delete")
    if message.from_user != world.bot:
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


async def _captioned_photo(
    world: World, given: api.Caption, photo: api.InputFile | str, uploads: Uploads
) -> Fields:
    caption = caption_fields(given.caption, given.parse_mode, given.caption_entities)
    return caption | await photo_fields(world.files, photo, uploads)


def _send(world: World, given: api.Send, content: Fields) -> Message:
    chat = world.chat(given.chat_id)
    reply = reply_fields(world, chat.id, given.reply_parameters)
    return world.say(world.bot, chat.id, content | reply)


def _editable(world: World, given: api.Edit) -> Message:
    if given.inline_message_id:
        raise bad_request("wrong inline message identifier specified")
    if given.chat_id is None:
        raise bad_request("chat_id is empty")
    chat = world.chat(given.chat_id)
    if given.message_id is None:
        raise bad_request("message identifier is not specified")
    message = world.message(chat.id, given.message_id, "message to edit")
    if message.from_user != world.bot:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, given: api.Edit, message: Message, fields: Fields) -> Message:
    # A message without the keyboard parameter loses its keyboard, as in Telegram.
    fields = fields | keyboard_fields(given.reply_markup)
    before = message.to_dict()
    if all(before.get(name) == (value or None) for name, value in fields.items()):
        raise bad_request(NOT_MODIFIED)
    _limit_edits(world, message)
    return world.change(message, fields)


def _limit_edits(world: World, message: Message) -> None:
    now = world.clock()
    times = world.edit_times.setdefault((message.chat.id, message.message_id), [])
    times[:] = [moment for moment in times if now - moment < EDIT_WINDOW_SECONDS]
    if len(times) >= MAX_EDITS_PER_WINDOW:
        raise too_many_requests(math.ceil(EDIT_WINDOW_SECONDS - (now - times[0])) or 1)
    times.append(now)
