"""Writes to admins in Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from markupsafe import Markup
from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.conversation.message import Message
from bot.errors import ChatClosed, NotDelivered
from bot.store.people import TELEGRAM, Person
from bot.store.runs import Address
from bot.telegram.rendering import send
from bot.telegram.transport.retries import seconds_to_wait, with_retries


class Messenger:
    """Writes where an admin reads; see `bot.conversation.admin.notifier`."""

    platform = TELEGRAM

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def own_chat(self, admin: Person) -> Address:
        """Return the private chat of an admin, which has the person's own number."""
        return Address(TELEGRAM, admin.id)

    async def send(self, chat: Address, message: Message) -> Address:
        """Say something in a chat, and return where it stands."""
        with _delivering():
            sent = await send(self._bot, int(chat.chat), message)
        return chat._replace(message=str(sent.message_id))

    async def edit(self, shown: Address, text: Markup, *, patiently: bool) -> None:
        """Replace the text of a message of the bot's."""
        chat, message = int(shown.chat), int(shown.message)
        with _delivering():
            if patiently:
                await with_retries(lambda: self._bot.edit_message_text(text, chat, message))
                return
            try:
                await self._bot.edit_message_text(text, chat, message)
            except RetryAfter as error:
                await asyncio.sleep(seconds_to_wait(error))
                raise


@contextmanager
def _delivering() -> Iterator[None]:
    try:
        yield
    except (BadRequest, Forbidden) as error:
        raise ChatClosed(str(error)) from error
    except TelegramError as error:
        raise NotDelivered(str(error)) from error
