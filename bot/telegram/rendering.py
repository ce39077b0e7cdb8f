"""Says in Telegram what the conversation says: texts as HTML, pictures, rows of buttons."""

from __future__ import annotations

import logging

import telegram
from markupsafe import Markup
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.constants import ChatType
from telegram.error import BadRequest

from bot.conversation.buttons.actions import decode, encode
from bot.conversation.message import Button, Buttons, Message, Reaction, Shown
from bot.telegram import bad_requests
from bot.telegram.transport.retries import with_retries

log = logging.getLogger(__name__)


async def reply(
    to: telegram.Message, message: Message, *, quote: bool | None = None
) -> telegram.Message:
    """Say something in reply to a message.

    It is said as soon as Telegram can be reached. Where pictures may not be sent, the text comes
    alone. If the message is gone, it is said without showing what it replies to.

    Args:
        to: what is replied to.
        message: what to say, with at most one picture.
        quote: whether to show what it replies to; None for the application's default.
    """
    try:
        return await _reply(to, message, quote=quote)
    except BadRequest as error:
        if quote is False or not bad_requests.is_replied_message_gone(error):
            raise
        return await _reply(to, message, quote=False)


async def _reply(to: telegram.Message, message: Message, *, quote: bool | None) -> telegram.Message:
    keyboard = to_keyboard(message.buttons)
    if message.pictures:
        (picture,) = message.pictures
        try:
            return await with_retries(
                lambda: to.reply_photo(
                    picture.content,
                    caption=message.text,
                    filename=picture.name,
                    reply_markup=keyboard,
                    do_quote=quote,
                ),
                for_long=True,
            )
        except BadRequest as error:
            if not bad_requests.is_without_right_to_send_photos(error):
                raise
    return await with_retries(
        lambda: to.reply_text(message.text, reply_markup=keyboard, do_quote=quote), for_long=True
    )


async def send(bot: Bot, chat: int, message: Message) -> telegram.Message:
    """Say something in a chat; several pictures are an album, of which the first is returned."""
    keyboard = to_keyboard(message.buttons)
    if len(message.pictures) == 1:
        (picture,) = message.pictures
        return await with_retries(
            lambda: bot.send_photo(
                chat,
                picture.content,
                caption=message.text,
                filename=picture.name,
                reply_markup=keyboard,
            )
        )
    if message.pictures:
        album = [InputMediaPhoto(p.content, filename=p.name) for p in message.pictures]
        caption = message.text or None
        sent = await with_retries(lambda: bot.send_media_group(chat, album, caption=caption))
        return sent[0]
    return await with_retries(lambda: bot.send_message(chat, message.text, reply_markup=keyboard))


async def edit(message: telegram.Message, change: Message | Reaction) -> None:
    """Change a message of the bot's, unless it is as it should be, or gone."""
    keyboard = to_keyboard(change.buttons or ())
    is_text = message.text is not None
    try:
        if change.text is None:
            await message.edit_reply_markup(keyboard)
        elif is_text:
            await message.edit_text(change.text, reply_markup=keyboard)
        else:
            await message.edit_caption(change.text, reply_markup=keyboard)
    except BadRequest as error:
        # Pressed twice, or deleted: what was pressed counts all the same.
        if not (bad_requests.is_not_modified(error) or bad_requests.is_message_gone(error)):
            raise
        log.debug("The message stays as it is (%s).", error)


async def edit_in(bot: Bot, chat: int, number: int, change: Reaction) -> None:
    """Change a message of the bot's by its number alone, whether it has a picture or not."""
    keyboard, text = to_keyboard(change.buttons or ()), change.text or Markup("")
    try:
        try:
            await bot.edit_message_caption(chat, number, caption=text, reply_markup=keyboard)
        except BadRequest as error:
            if not bad_requests.is_without_caption(error):
                raise
            await bot.edit_message_text(text, chat, number, reply_markup=keyboard)
    except BadRequest as error:
        if not (bad_requests.is_not_modified(error) or bad_requests.is_message_gone(error)):
            raise
        log.debug("The message stays as it is (%s).", error)


def to_keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Turn rows of buttons into Telegram's; None if there are no buttons."""
    rows = [
        [InlineKeyboardButton(button.label, callback_data=encode(button.action)) for button in row]
        for row in buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def shown_in(message: telegram.MaybeInaccessibleMessage | None) -> Shown:
    """Read back what a message of the bot's says; what is none of ours is left out."""
    if not isinstance(message, telegram.Message):
        return Shown(Markup(""))
    html = message.text_html if message.text else message.caption_html
    # In a person's own chat a number may be typed without a reply.
    own = message.message_id if message.chat.type == ChatType.PRIVATE else None
    return Shown(Markup(html), _buttons_under(message), own)  # noqa: S704 - Telegram escaped it


def _buttons_under(message: telegram.Message) -> Buttons:
    rows = []
    for row in message.reply_markup.inline_keyboard if message.reply_markup else ():
        actions = [(button.text, decode(str(button.callback_data))) for button in row]
        rows.append(tuple(Button(text, action) for text, action in actions if action is not None))
    return tuple(rows)
