"""What people do on a Discord on localhost, and what they see there.

All of it is called from the test's thread; the server runs in another one. Each person is in a
direct channel with the bot.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.test_utils import TestServer
from simcord.backend import serializers
from simcord.backend.models import Interaction, Message, User
from simcord.components import walk_components
from simcord.interactions import base_payload, store_interaction_attachment

from tests.bot.discord.wire import Wire

ADA, BORIS, ADMIN = 1001, 1002, 1003
NAMES = {ADA: "Ada", BORIS: "Boris", ADMIN: "Root"}

COMMAND, PRESS = 2, 3
"""Kinds of interactions."""

KINDS = {str: 3, int: 4, bytes: 11}
"""Kinds of what is given with a command: words, a number, a picture."""

PATIENCE_SECONDS = 60.0
"""For whatever a test waits for."""

T = TypeVar("T")


class Discord(Wire):
    """A Discord with people on it."""

    loop: asyncio.AbstractEventLoop

    def send(
        self, person: int, *photos: bytes, content: str = "", to: Message | None = None
    ) -> Message:
        """Have a person write a message, in reply to another one if that is given."""

        async def act() -> Message:
            channel = self._channel(person)
            files = self.backend.store_attachments(channel, [("photo.jpg", it) for it in photos])
            reference = None if to is None else {"message_id": str(to.id)}
            return self.backend.create_message(
                channel, person, content, attachments=files, reference=reference
            )

        return self._run(act())

    def command(
        self, person: int, name: str, locale: str = "en-US", **given: str | int | bytes
    ) -> Interaction:
        """Have a person give a slash command."""

        async def act() -> Interaction:
            resolved: dict[str, Any] = {}
            options = [
                {"name": field, "type": KINDS[type(value)], "value": value}
                for field, value in given.items()
            ]
            for option in options:
                if isinstance(option["value"], bytes):
                    option["value"] = self._attach(person, option["value"], resolved)
            data = {"id": "1", "name": name, "type": 1, "options": options, "resolved": resolved}
            return self._interact(person, COMMAND, data, locale=locale)

        return self._run(act())

    def _attach(self, person: int, photo: bytes, resolved: dict[str, Any]) -> str:
        channel = self._channel(person)
        return store_interaction_attachment(self.backend, channel, "photo.jpg", photo, resolved)

    def press(self, person: int, message: Message, label: str) -> Interaction:
        """Have a person press a button by its label."""
        buttons = walk_components(message.components)
        (name,) = [each["custom_id"] for each in buttons if each.get("label") == label]
        shown = serializers.message_payload(self.backend, message)

        async def act() -> Interaction:
            data = {"component_type": 2, "custom_id": name}
            made = self._interact(person, PRESS, data, message=shown)
            made.source_message_id = message.id
            return made

        return self._run(act())

    def _interact(self, person: int, kind: int, data: Any, **more: Any) -> Interaction:
        channel = self._channel(person)
        made, payload = base_payload(
            self.backend, type=kind, channel_id=channel, guild_id=None, user_id=person, data=data
        )
        # A busy machine may need more than three seconds.
        made.initial_response_deadline = None
        self.backend.emit("INTERACTION_CREATE", payload | more)
        return made

    def _channel(self, person: int) -> int:
        """Return the direct channel of a person, whoever that is."""
        self.backend.users.setdefault(person, User(person, NAMES.get(person, str(person))))
        return self.backend.get_dm_channel(person).id

    def messages(self, person: int) -> list[Message]:
        """What stands in the direct channel of a person."""
        return list(self.backend.messages[self.backend.dm_channels[person]].values())

    def replies(self, to: Message) -> list[Message]:
        """What the bot has said in reply to a message."""
        here = list(self.backend.messages[to.channel_id].values())
        return [m for m in here if m.reference and m.reference["message_id"] == str(to.id)]

    def reply(self, to: Message) -> Message:
        """Wait for what the bot says in reply to a message."""
        return self.wait_for(lambda: self.replies(to))[0]

    def response(self, to: Interaction) -> Message:
        """Wait for what a command is answered with."""
        self.wait_for(lambda: to.message_id and not to.loading)
        return self.backend.messages[to.channel_id][to.message_id or 0]

    def wait_for(self, find: Callable[[], T | None], seconds: float = PATIENCE_SECONDS) -> T:
        """Wait until there is something."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := find():
                return found
            time.sleep(0.02)
        asked = [f"{each.method} {each.path}" for each in self.backend.http_requests[-20:]]
        raise AssertionError(f"Nothing came. Requests: {asked}")

    def drop(self, code: int = 4000) -> None:
        """Close every connection of the gateway."""
        self._run(self.to_each(lambda socket: socket.close(code=code)))

    def ask_to_reconnect(self) -> None:
        """Ask the bot to connect again (op 7)."""
        self._run(self.to_each(lambda socket: socket.send_json({"op": 7, "d": None})))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something where the server runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_SECONDS)


@contextmanager
def discord() -> Iterator[Discord]:
    """A Discord in a thread."""
    here = Discord()
    started, done = threading.Event(), threading.Event()

    async def serve() -> None:
        here.loop = asyncio.get_running_loop()
        site = web.Application(client_max_size=64 * 2**20)
        site.router.add_route("*", "/{path:.*}", here.answer)
        async with TestServer(site) as server:
            here.url = str(server.make_url("")).rstrip("/")
            started.set()
            await asyncio.to_thread(done.wait)
            await here.to_each(lambda socket: socket.close())

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="discord")
    thread.start()
    started.wait()
    try:
        yield here
    finally:
        done.set()
        thread.join()
