"""A platform on which admins are written to, played."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from bot.conversation.message import Message
from bot.errors import ChatClosed, NotDelivered
from bot.store.people import TELEGRAM, Person
from bot.store.runs import Address


class Platform:
    """Notes what is said and changed, by chat; a chat is closed, or all of it is away."""

    platform = TELEGRAM

    def __init__(self) -> None:
        self.said: list[tuple[str, Markup]] = []
        self.edits: list[Markup] = []
        self.closed: set[str] = set()
        self.away = False

    async def own_chat(self, admin: Person) -> Address:
        return Address(TELEGRAM, admin.id)

    async def send(self, chat: Address, message: Message) -> Address:
        if self.away:
            raise NotDelivered("away")
        if chat.chat in self.closed:
            raise ChatClosed("closed")
        self.said.append((chat.chat, message.text))
        return chat._replace(message="7")

    async def edit(self, shown: Address, text: Markup, *, patiently: bool) -> None:
        self.edits.append(text)


@pytest.fixture
def platform() -> Platform:
    """A platform on which every chat is open."""
    return Platform()
