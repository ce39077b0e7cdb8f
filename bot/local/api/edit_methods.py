"""What the bot changes of what it said: text, caption, picture, buttons; deleting, reactions."""

from __future__ import annotations

import math
from typing import Any

from bot.local.api import parameters as api
from bot.local.api.errors import bad_request, too_many_requests
from bot.local.api.objects import Message
from bot.local.api.send_methods import Uploads, caption_fields, keyboard, media_fields, text_fields
from bot.local.world.state import World

DELETABLE = 48 * 3600  # seconds after which a message stays
EDIT_WINDOW = 10.0  # seconds
EDITS_A_WINDOW = 15
"""More edits of one message than this within the window are refused with 429. Telegram does not
publish its figure; about one a second is what it bears, with short bursts above."""

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def edit_message_text(world: World, given: api.EditMessageText, _: Uploads) -> Message:
    message = _editable(world, given)
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    fields = text_fields(given.text, given.parse_mode, given.entities)
    if given.link_preview_options is not None:
        fields["link_preview_options"] = given.link_preview_options
    return _edited(world, given, message, fields)


async def edit_message_caption(world: World, given: api.EditMessageCaption, _: Uploads) -> Message:
    message = _editable(world, given)
    if message.photo is None and message.document is None:
        raise bad_request("there is no caption in the message to edit")
    fields = caption_fields(given.caption, given.parse_mode, given.caption_entities)
    fields["show_caption_above_media"] = given.show_caption_above_media or None
    return _edited(world, given, message, fields)


async def edit_message_media(
    world: World, given: api.EditMessageMedia, uploads: Uploads
) -> Message:
    message = _editable(world, given)
    gone = dict.fromkeys(("text", "entities", "photo", "document", "has_media_spoiler"))
    fields = await media_fields(world.files, given.media, uploads)
    return _edited(world, given, message, {**gone, **fields})


async def edit_message_reply_markup(
    world: World, given: api.EditMessageReplyMarkup, _: Uploads
) -> Message:
    return _edited(world, given, _editable(world, given), {})


async def delete_message(world: World, given: api.DeleteMessage, _: Uploads) -> bool:
    _delete(world, world.message(given.chat_id, given.message_id, "message to delete"))
    return True


async def delete_messages(world: World, given: api.DeleteMessages, _: Uploads) -> bool:
    messages = world.conversation(given.chat_id).messages
    for message_id in given.message_ids:
        if message_id in messages:  # Telegram skips the others
            _delete(world, messages[message_id])
    return True


async def set_message_reaction(world: World, given: api.SetMessageReaction, _: Uploads) -> bool:
    message = world.message(given.chat_id, given.message_id, "message to react")
    world.react(message, world.bot.id, [reaction.emoji for reaction in given.reaction or []])
    return True


def _editable(world: World, given: api.Edit) -> Message:
    if given.inline_message_id:
        raise bad_request("wrong inline message identifier specified")
    if given.chat_id is None:
        raise bad_request("chat_id is empty")
    conversation = world.conversation(given.chat_id)
    if given.message_id is None:
        raise bad_request("message identifier is not specified")
    message = world.message(conversation.chat.id, given.message_id, "message to edit")
    if message.from_user != world.bot:
        raise bad_request("message can't be edited")
    return message


def _edited(world: World, given: api.Edit, message: Message, fields: dict[str, Any]) -> Message:
    # A message without the keyboard parameter loses its keyboard, as in Telegram.
    edited = message.model_copy(update={**fields, "reply_markup": keyboard(given.reply_markup)})
    if edited == message:
        raise bad_request(NOT_MODIFIED)
    _not_too_fast(world, message)
    edited = edited.model_copy(update={"edit_date": world.now()})
    world.put(edited)
    return edited


def _not_too_fast(world: World, message: Message) -> None:
    now = world.clock()
    times = world.edits.setdefault((message.chat.id, message.message_id), [])
    times[:] = [moment for moment in times if now - moment < EDIT_WINDOW]
    if len(times) >= EDITS_A_WINDOW:
        raise too_many_requests(math.ceil(EDIT_WINDOW - (now - times[0])) or 1)
    times.append(now)


def _delete(world: World, message: Message) -> None:
    if world.now() - message.date > DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    if message.chat.type != "private" and message.from_user != world.bot:
        raise bad_request("message can't be deleted")  # the bot is no admin of the group
    world.delete(message)
