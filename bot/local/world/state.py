"""Who there is, what was said, and what the page and the bot are told of it. All in memory."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.local.api.errors import ApiError, bad_request
from bot.local.api.files import FileStore
from bot.local.api.objects import Chat, Message, Update, User
from bot.local.api.updates import UpdateQueue
from bot.local.api.webhook import Webhook
from bot.local.world.profile import Profile

GROUP_ID = -1_000_000_000_001
MAX_EVENTS = 5_000  # a page that was away for longer loads everything again
CALLBACK_LIFETIME = 15 * 60.0  # seconds in which a pressed button may be answered

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class Conversation:
    """One chat: a person with the bot, or all of them together."""

    chat: Chat
    members: list[int]
    messages: dict[int, Message] = field(default_factory=dict)
    reactions: dict[int, dict[int, list[str]]] = field(default_factory=dict)
    """Emoji by message and by who reacted."""
    changed: dict[int, int] = field(default_factory=dict)
    """For each message, living or deleted, the number of the event that last changed it."""


@dataclass
class ButtonReply:
    """What answerCallbackQuery said."""

    text: str | None
    show_alert: bool
    url: str | None


@dataclass
class Press:
    """A button that somebody pressed, until the bot answers."""

    person: int
    chat_id: int
    message_id: int
    since: float
    answer: asyncio.Future[ButtonReply]


@dataclass(frozen=True)
class Event:
    """Something that the page must show. `number` counts from 1."""

    number: int
    kind: str
    content: dict[str, Any]


class EventLog:
    """What happened, in order, for any number of pages that follow it."""

    def __init__(self) -> None:
        self.last = 0
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self._changed = asyncio.Event()
        self.closed = False

    def add(self, kind: str, **content: Any) -> int:
        self.last += 1
        self._events.append(Event(self.last, kind, content))
        self._changed.set()
        self._changed = asyncio.Event()
        return self.last

    def since(self, number: int) -> list[Event]:
        return [event for event in self._events if event.number > number]

    def reaches(self, number: int) -> bool:
        """Whether none of the events after `number` is forgotten."""
        return self.last - number <= len(self._events)

    async def wait(self, number: int, seconds: float) -> None:
        """Until there is an event after `number`, or that many seconds have passed."""
        if self.last <= number and not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)

    def close(self) -> None:
        self.closed = True
        self._changed.set()


class World:
    """One bot, the people who talk with it, and everything between them.

    Args:
        bot: as getMe tells it.
        people: who may use the page, in the order in which it offers them.
        admins: ids of those who are the bot's admins; only the page's display uses it.
        clock: seconds since 1970.
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
        self.webhook = Webhook(self.updates, clock)
        self.profile = Profile(bot.first_name)
        self.edits: dict[tuple[int, int], list[float]] = {}
        """When each message, by chat and id, was edited lately."""
        self.presses: dict[str, Press] = {}
        self.refusals: deque[tuple[str | None, int]] = deque()
        """Requests to refuse with 429: (method or None for any, retry_after in seconds)."""
        self.boot = secrets.token_hex(8)
        self._next_message = 1
        group = Chat(id=GROUP_ID, type="supergroup", title="Everybody")
        self.chats = {p.id: Conversation(_private(p), [p.id]) for p in people} | {
            GROUP_ID: Conversation(group, list(self.people))
        }

    def now(self) -> int:
        return int(self.clock())

    def conversation(self, chat_id: int | str) -> Conversation:
        """The chat with this id, or with this person's @username."""
        for found in self.chats.values():
            name = found.chat.username
            if str(found.chat.id) == str(chat_id) or (name and f"@{name}" == chat_id):
                return found
        raise bad_request("chat_id is empty" if chat_id == "" else "chat not found")

    def chat(self, chat_id: int | str) -> Chat:
        return self.conversation(chat_id).chat

    def message(self, chat_id: int | str, message_id: int, what: str) -> Message:
        """A message by its id; `what` stands in the error: "message to edit", say."""
        found = self.conversation(chat_id).messages.get(message_id)
        if found is None:
            raise bad_request(f"{what} not found")
        return found

    def new_message_id(self) -> int:
        self._next_message += 1
        return self._next_message - 1

    def put(self, message: Message) -> None:
        """Show a new or a changed message; the bot is told by whoever calls, if at all."""
        conversation = self.chats[message.chat.id]
        conversation.messages[message.message_id] = message
        number = self.events.add("message", chat_id=message.chat.id, message=message.json_object())
        conversation.changed[message.message_id] = number
        if message.from_user == self.bot:
            self._drop_old_files()

    def delete(self, message: Message) -> None:
        conversation = self.chats[message.chat.id]
        del conversation.messages[message.message_id]
        number = self.events.add("deleted", chat_id=message.chat.id, message_id=message.message_id)
        conversation.changed[message.message_id] = number

    def react(self, message: Message, person: int, emoji: list[str]) -> list[str]:
        """Replace what `person` shows under a message; returns what was there before."""
        conversation = self.chats[message.chat.id]
        shown = conversation.reactions.setdefault(message.message_id, {})
        before = shown.get(person, [])
        shown[person] = emoji
        self.events.add(
            "reaction",
            chat_id=message.chat.id,
            message_id=message.message_id,
            person=person,
            emoji=emoji,
        )
        return before

    async def close(self) -> None:
        """End every wait and delivery, so that the server can stop."""
        self.updates.close()
        self.events.close()
        await self.webhook.stop()

    def open_press(self, person: int, message: Message) -> tuple[str, Press]:
        query_id = str(secrets.randbits(62))
        press = Press(
            person,
            message.chat.id,
            message.message_id,
            self.clock(),
            asyncio.get_running_loop().create_future(),
        )
        self.presses[query_id] = press
        return query_id, press

    def close_press(self, query_id: str) -> Press:
        """The press that the bot answers; it can be answered once, and not too late."""
        press = self.presses.pop(query_id, None)
        if press is None or self.clock() - press.since > CALLBACK_LIFETIME:
            raise bad_request(QUERY_TOO_OLD)
        return press

    def refuse_if_told(self, method: str) -> None:
        """429 for as many requests as a test asked for."""
        for refusal in self.refusals:
            if refusal[0] is None or refusal[0].lower() == method.lower():
                self.refusals.remove(refusal)
                seconds = refusal[1]
                raise ApiError(429, f"Too Many Requests: retry after {seconds}", seconds)

    def _confirmed(self, update: Update) -> None:
        """The bot took it: the page shows the second tick."""
        if update.message is not None:
            message = update.message
            self.events.add("seen", chat_id=message.chat.id, message_id=message.message_id)
        self._drop_old_files()

    def _drop_old_files(self) -> None:
        if self.files.is_full:
            pending = [u.message for u in self.updates.pending() if u.message is not None]
            self.files.drop_oldest({i for message in pending for i in _files_of(message)})


def _files_of(message: Message) -> list[str]:
    files = [*(message.photo or []), message.document, message.voice, message.video]
    return [file.file_id for file in [*files, message.sticker] if file is not None]


def _private(person: User) -> Chat:
    return Chat(
        id=person.id,
        type="private",
        first_name=person.first_name,
        last_name=person.last_name,
        username=person.username,
    )
