"""Says in Telegram what the conversation says: texts as HTML, pictures, rows of buttons."""

from __future__ import annotations

import telegram
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import BadRequest

from bot.conversation.actions import decode, encode
from bot.conversation.message import Button, Buttons, Message
from bot.telegram import bad_requests
from bot.telegram.transport.retries import with_retries


async def reply(
    to: telegram.Message, message: Message, *, quote: bool | None = None
) -> telegram.Message:
    """Say something in reply to a message.

    It is said as soon as Telegram can be reached. Where pictures may not be sent, the text comes
    alone, or what is to be said instead. If the message is gone, it is said without showing what
    it replies to.

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
    text = message.text
    if message.pictures and message.instead is not None:
        text = message.instead
    return await with_retries(
        lambda: to.reply_text(text, reply_markup=keyboard, do_quote=quote), for_long=True
    )


async def send(bot: Bot, chat: int, message: Message) -> None:
    """Say something in a chat; several pictures are an album."""
    if message.pictures:
        album = [InputMediaPhoto(p.content, filename=p.name) for p in message.pictures]
        await with_retries(lambda: bot.send_media_group(chat, album, caption=message.text or None))
        return
    keyboard = to_keyboard(message.buttons)
    await with_retries(lambda: bot.send_message(chat, message.text, reply_markup=keyboard))


def to_keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Turn rows of buttons into Telegram's; None if there are no buttons."""
    rows = [
        [InlineKeyboardButton(button.label, callback_data=encode(button.action)) for button in row]
        for row in buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def buttons_under(message: telegram.MaybeInaccessibleMessage | None) -> Buttons:
    """Read back the buttons under a message; what is none of ours is left out."""
    if not isinstance(message, telegram.Message) or message.reply_markup is None:
        return ()
    rows = []
    for row in message.reply_markup.inline_keyboard:
        actions = [(button.text, decode(str(button.callback_data))) for button in row]
        rows.append(tuple(Button(text, action) for text, action in actions if action is not None))
    return tuple(rows)
