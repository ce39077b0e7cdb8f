"""Who there is, what was said, and what the page and the bot are told of it. All in memory."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import Chat, Message, Update, User
from telegram.constants import ChatType, UpdateType

from bot.local.api.errors import bad_request, too_many_requests
from bot.local.api.files import FileStore
from bot.local.api.updates import UpdateQueue
from bot.local.api.webhook import Webhook
from bot.local.world.events import EventLog
from bot.local.world.presses import Presses
from bot.local.world.profile import Profile

GROUP_ID = -1_000_000_000_001
"""The chat id of the group in which everybody is."""


@dataclass
class Conversation:
    """One chat: a person with the bot, or all of them together.

    Attributes:
        chat: as the Bot API describes it.
        members: ids of the people who are in it.
        messages: by message_id, the oldest first.
        changed: for each message, living or deleted, the number of the event that last changed it.
    """

    chat: Chat
    members: list[int]
    messages: dict[int, Message] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)


class World:
    """One bot, the people who talk with it, and everything between them.

    Args:
        bot: as getMe tells it.
        people: who may use the page, in the order in which it offers them.
        admins: ids of those who are the bot's admins; only the page's display uses it.
        clock: seconds since 1970.

    Attributes:
        edit_times: when each message, by chat and id, was edited lately.
        refusals: requests to refuse with 429, each a method (None for any) and seconds to wait.
        boot: names this run of the program, so that a page notices the next one.
    """

    def __init__(
        self,
        bot: User,
        people: list[User],
        admins: frozenset[int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.bot = bot
        self.people = {person.id: person for person in people}
        self.admins = admins
        self.clock = clock
        self.files = FileStore()
        self.events = EventLog()
        self.updates = UpdateQueue(self._confirmed)
        self.webhook = Webhook(self.updates)
        self.presses = Presses(clock)
        self.profile = Profile()
        self.edit_times: dict[tuple[int, int], list[float]] = {}
        self.refusals: deque[tuple[str | None, int]] = deque()
        self.boot = secrets.token_hex(8)
        self._last_message_id = 0
        group = Chat(id=GROUP_ID, type=ChatType.SUPERGROUP, title="Everybody")
        self.chats = {p.id: Conversation(_private(p), [p.id]) for p in people} | {
            GROUP_ID: Conversation(group, list(self.people))
        }

    def set_language(self, person: int, code: str) -> None:
        """Set the language of a person's app.

        Raises:
            ApiError: if there is no such person.
        """
        if person not in self.people:
            raise bad_request("user not found")
        user = self.people[person].to_dict() | {"language_code": code}
        self.people[person] = User.de_json(user, None)

    def conversation(self, chat_id: int | str) -> Conversation:
        """Find the chat with this id, or with this person's @username.

        Raises:
            ApiError: if there is none.
        """
        for found in self.chats.values():
            name = found.chat.username
            if str(found.chat.id) == str(chat_id) or (name and f"@{name}" == chat_id):
                return found
        raise bad_request("chat_id is empty" if chat_id == "" else "chat not found")

    def chat(self, chat_id: int | str) -> Chat:
        """Find a chat as `conversation` does; return what the Bot API says of it."""
        return self.conversation(chat_id).chat

    def message(self, chat_id: int | str, message_id: int, what: str) -> Message:
        """Find a message by its id.

        Args:
            chat_id: where it is.
            message_id: its id.
            what: stands in the error: "message to edit", say.

        Raises:
            ApiError: if there is none.
        """
        found = self.conversation(chat_id).messages.get(message_id)
        if found is None:
            raise bad_request(f"{what} not found")
        return found

    def say(self, sender: User, chat_id: int, content: Mapping[str, Any]) -> Message:
        """Add a message to a chat; if a person says it, the bot gets an update.

        Args:
            sender: the bot, or a person.
            chat_id: where it is said.
            content: further fields of the Bot API's Message, as JSON.
        """
        self._last_message_id += 1
        fields = {
            "message_id": self._last_message_id,
            "from": sender.to_dict(),
            "date": int(self.clock()),
            "chat": self.chat(chat_id).to_dict(),
        }
        message = Message.de_json(fields | dict(content), None)
        self._show(message)
        if sender != self.bot:
            self.updates.add(UpdateType.MESSAGE, message)
        return message

    def change(self, message: Message, content: Mapping[str, Any]) -> Message:
        """Replace fields of a message; if it is a person's, the bot gets an update.

        Args:
            message: as it was.
            content: fields as JSON; None takes a field away.
        """
        edited = {"edit_date": int(self.clock())}
        message = Message.de_json(message.to_dict() | dict(content) | edited, None)
        self._show(message)
        if message.from_user != self.bot:
            self.updates.add(UpdateType.EDITED_MESSAGE, message)
        return message

    def delete(self, message: Message) -> None:
        """Take a message away. The bot is not told, as in Telegram."""
        conversation = self.chats[message.chat.id]
        del conversation.messages[message.message_id]
        number = self.events.add("deleted", chat_id=message.chat.id, message_id=message.message_id)
        conversation.changed[message.message_id] = number

    def _show(self, message: Message) -> None:
        conversation = self.chats[message.chat.id]
        conversation.messages[message.message_id] = message
        number = self.events.add("message", chat_id=message.chat.id, message=message.to_dict())
        conversation.changed[message.message_id] = number
        if message.from_user == self.bot:
            self._drop_old_files()

    async def close(self) -> None:
        """End every wait and delivery, so that the server can stop."""
        self.updates.close()
        self.events.close()
        await self.webhook.stop()

    def refuse_if_told(self, method: str) -> None:
        """Refuse as many requests as a test asked for.

        Raises:
            ApiError: 429, if the test asked for it.
        """
        for refusal in self.refusals:
            if refusal[0] is None or refusal[0].lower() == method.lower():
                self.refusals.remove(refusal)
                raise too_many_requests(refusal[1])

    def _confirmed(self, update: Update) -> None:
        """Tell the page, which shows the second tick."""
        if update.message is not None:
            message = update.message
            self.events.add("seen", chat_id=message.chat.id, message_id=message.message_id)
        self._drop_old_files()

    def _drop_old_files(self) -> None:
        if self.files.is_full:
            pending = [u.message for u in self.updates.pending() if u.message is not None]
            self.files.drop_oldest({i for message in pending for i in _files_of(message)})


def language_of(person: User) -> str:
    """Return the two-letter code of the language of a person's app, as the bot's menus have it."""
    return (person.language_code or "").partition("-")[0]


def _files_of(message: Message) -> list[str]:
    """Return the file_ids of what a message carries."""
    files = [*(message.photo or []), message.document, message.voice, message.video]
    return [file.file_id for file in [*files, message.sticker] if file is not None]


def _private(person: User) -> Chat:
    return Chat(
        id=person.id,
        type=ChatType.PRIVATE,
        first_name=person.first_name,
        last_name=person.last_name,
        username=person.username,
    )
