"""The chat page's own interface, under `/chat`; tests use it to act as a person.

A person is named by `person`, a user id. A private chat has the id of its person; the group, where
everybody is, has `GROUP_ID`. Messages are the Bot API's Message objects. What is refused answers
400 (or 413) with {"detail": "a sentence"}.

    GET  /chat/state
         {"boot", "last", "bot", "people": [User + "admin"], "chats": [{"chat", "members",
         "messages", "waiting": [ids that the bot has not fetched yet]}]}
    GET  /chat/events?since=N
         server-sent events; each has an id "BOOT-N", a kind and JSON (`state.EventLog`); the
         first, "hello", says whether all since N are still known
    GET  /chat/{chat_id}/messages?since=N&wait=SECONDS
         {"last": M, "messages": [new and changed since event N], "deleted": [ids]};
         with `wait`, comes back at the first change by the bot, or empty when the time is up
    POST /chat/{chat_id}/send                 form: person, text, kind, reply_to, files…
         {"messages": [...], "last": M}; kind: photo (default), document, voice, video, sticker
    POST /chat/{chat_id}/press                {"person", "message_id", "data", "wait": SECONDS}
         data is the button's callback_data or its label
         {"query_id", "answer": {"text", "show_alert", "url"} or null, "last": M}
    POST /chat/{chat_id}/forward              {"person", "from_chat", "message_ids"}
    POST /chat/{chat_id}/edit                 {"person", "message_id", "text"}
    POST /chat/{chat_id}/delete               {"person", "message_id"}
    POST /chat/language                       {"person", "language_code"}
         the language of that person's app from now on
    GET  /chat/{chat_id}/commands?person=ID   [BotCommand, ...] as that person sees them there
    GET  /chat/files/{file_id}                the bytes
    POST /chat/refuse                         {"method": null, "retry_after": 1, "count": 1}
         the next requests of the bot (of that method) get 429
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Header, Query, Response, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field
from telegram import Message

from bot.local.api.errors import ApiError
from bot.local.api.files import TOO_LARGE
from bot.local.api.parameters import InputFile
from bot.local.world import user_actions
from bot.local.world.state import Conversation, World, language_of

MAX_WAIT_SECONDS = 60.0
"""How long a request may wait for something to happen."""

MAX_FILE_BYTES = 100 * 1024 * 1024
"""More than a bot may fetch, so that the bot meets its limit."""

RETRY_MILLISECONDS = 1000
"""After which a page that lost the stream of events asks for it again."""

INLINE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""Files that the page may show; all others are downloads."""


class Send(BaseModel):
    person: int
    text: str = ""
    kind: user_actions.Kind = "photo"
    reply_to: int | None = None
    files: list[UploadFile] = Field(default_factory=list)


class Forward(BaseModel):
    person: int
    from_chat: int
    message_ids: list[int] = Field(min_length=1, max_length=100)


class Target(BaseModel):
    person: int
    message_id: int


class Press(Target):
    data: str
    wait: float = Field(default=0, ge=0, le=MAX_WAIT_SECONDS)


class Edit(Target):
    text: str


class Language(BaseModel):
    person: int
    language_code: str = Field(pattern=r"^[a-z]{2,3}(-[a-z]+)?$")


class Refuse(BaseModel):
    method: str | None = None
    retry_after: int = Field(default=1, ge=1)
    count: int = Field(default=1, ge=1, le=1000)


Wait = Annotated[float, Query(ge=0, le=MAX_WAIT_SECONDS)]


class ChatPage:
    """The routes of the page, which act on one world.

    Args:
        world: what the page shows and people act in.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.router = APIRouter(prefix="/chat")
        get, post = self.router.get, self.router.post
        get("/state")(self.state)
        get("/events", response_class=EventSourceResponse)(self.events)
        get("/files/{file_id}")(self.file)
        post("/language")(self.language)
        post("/refuse")(self.refuse)
        get("/{chat_id}/messages")(self.messages)
        get("/{chat_id}/commands")(self.commands)
        post("/{chat_id}/send")(self.send)
        post("/{chat_id}/press")(self.press)
        post("/{chat_id}/forward")(self.forward)
        post("/{chat_id}/edit")(self.edit)
        post("/{chat_id}/delete")(self.delete)

    async def state(self) -> dict[str, Any]:
        """Return everything that a page shows at first."""
        world = self._world
        waiting = [u.message for u in world.updates.pending() if u.message is not None]
        return {
            "boot": world.boot,
            "last": world.events.last,
            "bot": {
                **world.bot.to_dict(),
                "description": world.profile.text("description", ""),
                "short_description": world.profile.text("short_description", ""),
            },
            "people": [
                {
                    **person.to_dict(),
                    "admin": person.id in world.admins,
                    "bot_description": world.profile.text("description", language_of(person)),
                    "bot_short_description": world.profile.text(
                        "short_description", language_of(person)
                    ),
                }
                for person in world.people.values()
            ],
            "chats": [
                {
                    "chat": c.chat.to_dict(),
                    "members": c.members,
                    "messages": [message.to_dict() for message in c.messages.values()],
                    "waiting": [m.message_id for m in waiting if m.chat.id == c.chat.id],
                }
                for c in world.chats.values()
            ],
        }

    async def events(
        self, since: int = 0, last_event_id: Annotated[str, Header()] = ""
    ) -> AsyncIterator[ServerSentEvent]:
        """Stream what happens.

        Args:
            since: the number of the last event that the page knows of.
            last_event_id: after a lost connection, the last event that the browser saw.
        """
        events, boot = self._world.events, self._world.boot
        seen_boot, _, number = last_event_id.rpartition("-")
        if seen_boot:
            since = int(number) if seen_boot == boot and number.isdigit() else 0
        hello = {"boot": boot, "complete": events.reaches(since)}
        yield ServerSentEvent(event="hello", data=hello, retry=RETRY_MILLISECONDS)
        while not events.closed:
            for event in events.since(since):
                since = event.number
                yield ServerSentEvent(id=f"{boot}-{since}", event=event.kind, data=event.content)
            await events.wait(since)

    async def messages(self, chat_id: int, since: int = 0, wait: Wait = 0) -> dict[str, Any]:
        """Return what is new in a chat, or wait for what the bot says."""
        conversation = self._world.conversation(chat_id)
        until = asyncio.get_running_loop().time() + wait
        while not self._by_bot(conversation, since) and not self._world.events.closed:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await self._world.events.wait(self._world.events.last, left)
        changed = [i for i, number in conversation.changed.items() if number > since]
        living = conversation.messages
        return {
            "last": self._world.events.last,
            "messages": [living[i].to_dict() for i in changed if i in living],
            "deleted": [i for i in changed if i not in living],
        }

    def _by_bot(self, conversation: Conversation, since: int) -> bool:
        living = conversation.messages
        return any(
            i not in living or living[i].from_user == self._world.bot
            for i, number in conversation.changed.items()
            if number > since
        )

    async def send(self, chat_id: int, given: Annotated[Send, Form()]) -> dict[str, Any]:
        """Send a text, a file or an album."""
        sender = user_actions.member(self._world, given.person, chat_id)
        files = [InputFile(f.filename or "file", await f.read()) for f in given.files]
        if any(len(file.data) > MAX_FILE_BYTES for file in files):
            raise TOO_LARGE
        draft = user_actions.Draft(given.text, files, given.kind, given.reply_to)
        return self._sent(await user_actions.say(self._world, sender, chat_id, draft))

    async def forward(self, chat_id: int, given: Forward) -> dict[str, Any]:
        """Forward messages into a chat."""
        sender = user_actions.member(self._world, given.person, chat_id)
        user_actions.member(self._world, given.person, given.from_chat)
        return self._sent(
            user_actions.forward(self._world, sender, chat_id, given.from_chat, given.message_ids)
        )

    async def press(self, chat_id: int, given: Press) -> dict[str, Any]:
        """Press a button, and wait for the bot's answer."""
        person = user_actions.member(self._world, given.person, chat_id)
        query_id, press = user_actions.press(
            self._world, person, chat_id, given.message_id, given.data
        )
        done, _ = await asyncio.wait([press.answer], timeout=given.wait)
        answer = vars(press.answer.result()) if done else None
        return {"query_id": query_id, "answer": answer, "last": self._world.events.last}

    async def edit(self, chat_id: int, given: Edit) -> dict[str, Any]:
        """Change the text of a message."""
        person = user_actions.member(self._world, given.person, chat_id)
        edited = user_actions.edit(self._world, person, chat_id, given.message_id, given.text)
        return self._sent([edited])

    async def delete(self, chat_id: int, given: Target) -> dict[str, Any]:
        """Delete a message."""
        person = user_actions.member(self._world, given.person, chat_id)
        user_actions.delete(self._world, person, chat_id, given.message_id)
        return self._sent([])

    async def language(self, given: Language) -> dict[str, Any]:
        """Set the language of a person's app."""
        self._world.set_language(given.person, given.language_code)
        return {}

    async def commands(self, chat_id: int, person: int) -> list[dict[str, Any]]:
        """Return the commands that this person sees there."""
        found = user_actions.member(self._world, person, chat_id)
        chat = self._world.chat(chat_id)
        commands = self._world.profile.commands_for(chat, person, language_of(found))
        return [command.to_dict() for command in commands]

    async def file(self, file_id: str) -> Response:
        """Return the bytes of a file."""
        stored = self._world.files.by_id(file_id)
        if stored is None:
            raise ApiError(404, "The file is gone: only the newest are kept.")
        headers = {
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        if stored.mime_type not in INLINE_TYPES:  # nothing that a person sends runs in this page
            name = quote(stored.path.rpartition("/")[2])
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return Response(stored.data, media_type=stored.mime_type, headers=headers)

    async def refuse(self, given: Refuse) -> dict[str, Any]:
        """Have the bot's next requests refused, as a test asks."""
        self._world.refusals.extend([(given.method, given.retry_after)] * given.count)
        return {}

    def _sent(self, messages: list[Message]) -> dict[str, Any]:
        return {
            "messages": [message.to_dict() for message in messages],
            "last": self._world.events.last,
        }
