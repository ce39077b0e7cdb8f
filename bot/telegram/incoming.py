"""What an update holds, for handlers whose filter lets through nothing else."""

from __future__ import annotations

from telegram import CallbackQuery, Message, Update


def message_in(update: Update) -> Message:
    """Return the new message that an update brings."""
    assert update.message is not None, "the handler's filter lets only new messages through"
    return update.message


def press_in(update: Update) -> CallbackQuery:
    """Return the press of a button that an update brings."""
    assert update.callback_query is not None, "a CallbackQueryHandler takes nothing else"
    return update.callback_query


def person_in(message: Message) -> int:
    """Return who wrote a message: a person, or the chat where the person is not told."""
    return message.from_user.id if message.from_user else message.chat.id


def sender_of(photo: Message, asking: Message) -> int:
    """Return who sent a photo, to whom the answer's buttons belong; a bot's belongs to who asked.

    Args:
        photo: the message that holds the photo.
        asking: the message that asks to read it; often the same.
    """
    if photo.from_user is None or photo.from_user.is_bot:
        return person_in(asking)
    return photo.from_user.id
