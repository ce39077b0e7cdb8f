"""What an update holds, for handlers whose filter lets through nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update, User
from telegram.constants import ChatType

from bot.store.people import TELEGRAM, Person


def message_in(update: Update) -> Message:
    """Return the new message that an update brings."""
    assert update.message is not None, "the handler's filter lets only new messages through"
    return update.message


def press_in(update: Update) -> CallbackQuery:
    """Return the press of a button that an update brings."""
    assert update.callback_query is not None, "a CallbackQueryHandler takes nothing else"
    return update.callback_query


def person_of(user: User) -> Person:
    """Return the person whom Telegram's user stands for."""
    return Person(TELEGRAM, str(user.id))


def user_ids(people: Iterable[Person]) -> set[int]:
    """Return the numbers by which Telegram knows those people who are its users."""
    return {int(person.id) for person in people if person.platform == TELEGRAM}


def person_in(message: Message) -> Person:
    """Return who wrote a message: a person; or the chat, where people write in its name.

    A group's admin who is anonymous writes as the group.
    """
    if message.from_user is None or message.sender_chat is not None:
        return Person(TELEGRAM, str(message.chat.id))
    return person_of(message.from_user)


def sender_of(photo: Message, asking: Message) -> Person:
    """Return who sent a photo, to whom the answer's buttons belong; a bot's belongs to who asked.

    Args:
        photo: the message that holds the photo.
        asking: the message that asks to read it; often the same.
    """
    sender = photo.from_user
    by_bot = sender is not None and sender.is_bot and photo.sender_chat is None
    return person_in(asking if by_bot else photo)


def group_of(message: MaybeInaccessibleMessage | None) -> Person | None:
    """Return the group that a message is in; None in a private chat."""
    if message is None or message.chat.type == ChatType.PRIVATE:
        return None
    return Person(TELEGRAM, str(message.chat.id))
