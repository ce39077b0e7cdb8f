"""What people do on a Discord on localhost, and what they see there.

All of it is called from the test's thread; the server runs in another one.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from tests.bot.discord.payloads import BOT, Json, buttons, message_of, user
from tests.bot.discord.server import Server

PATIENCE_SECONDS = 60.0
"""For whatever a test waits for."""


class Discord(Server):
    """A Discord with people on it, each in a direct channel with the bot."""

    def send(self, person: int, *files: bytes, **fields: Any) -> Json:
        """Have a person write a message."""
        number = self.number()
        message = message_of(number, person, user(person))
        message |= {"attachments": [self.attach(content) for content in files]} | fields
        self.messages.setdefault(person, {})[number] = message
        self.call(self.dispatch("MESSAGE_CREATE", message))
        return message

    def interact(self, person: int, kind: int, data: Json, **fields: Any) -> str:
        """Have a person command (2) or press (3); returns the token."""
        number = self.number()
        token = f"token{number}"
        channel = {"id": str(person), "type": 1}
        given = {
            "id": str(number),
            "application_id": str(BOT),
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": str(person),
            "channel": channel,
            "user": user(person),
            "locale": "en-US",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1,
            "attachment_size_limit": 10 * 2**20,
        }
        self.responses[token] = []
        self.call(self.dispatch("INTERACTION_CREATE", given | fields))
        return token

    def command(self, person: int, name: str, *options: Json, **fields: Any) -> str:
        """Have a person give a slash command."""
        data = {"id": "1", "name": name, "type": 1, "options": list(options)}
        return self.interact(person, 2, data | fields.pop("data", {}), **fields)

    def press(self, person: int, message: Json, label: str) -> str:
        """Have a person press a button by its label."""
        (button,) = [each for each in buttons(message) if each["label"] == label]
        data = {"component_type": 2, "custom_id": button["custom_id"]}
        return self.interact(person, 3, data, message=message)

    def wait_for(self, find: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait until there is something."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := find():
                return found
            time.sleep(0.02)
        raise AssertionError(f"Nothing came. Requests: {self.requests[-20:]}")

    def replies(self, to: Json) -> list[Json]:
        """What the bot has said in reply to a message."""
        here = list(self.messages[int(to["channel_id"])].values())
        return [m for m in here if m.get("message_reference", {}).get("message_id") == to["id"]]

    def reply(self, to: Json) -> Json:
        """Wait for what the bot says in reply to a message."""
        found: list[Json] = self.wait_for(lambda: self.replies(to))
        return found[0]

    def response(self, token: str, count: int = 1) -> Json:
        """Wait for what the bot answers to an interaction: the last of so many answers."""
        found: list[Json] = self.wait_for(lambda: self.responses[token][count - 1 :])
        return found[0]

    def drop(self, code: int = 4000) -> None:
        """Close every connection of the gateway."""
        self.call(self._each(lambda socket: socket.close(code=code)))

    def ask_to_reconnect(self) -> None:
        """Ask the bot to connect again (op 7)."""
        self.call(self._each(lambda socket: socket.send_json({"op": 7, "d": None})))

    def forget_sessions(self) -> None:
        """Let no session be resumed, nor what was sent in it come again."""
        self._sessions = {}

    def expire_links(self) -> None:
        """Let every address of a file that was given out be of no use any more."""
        self._expired |= set(self._files)

    def call(self, work: Any) -> Any:
        """Run something in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_SECONDS)


@contextmanager
def discord() -> Iterator[Discord]:
    """A Discord in a thread."""
    here = Discord()
    started = threading.Event()

    async def serve() -> None:
        site = web.Application(client_max_size=64 * 2**20)
        site.router.add_get("/gateway", here.gateway)
        site.router.add_route("*", "/{path:.*}", here.route)
        runner = web.AppRunner(site, access_log=None)
        await runner.setup()
        listening = web.TCPSite(runner, "127.0.0.1", 0)
        await listening.start()
        here.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        here.stopping = asyncio.Event()  # type: ignore[attr-defined]
        started.set()
        await here.stopping.wait()  # type: ignore[attr-defined]
        await here._each(lambda socket: socket.close())
        await runner.cleanup()

    thread = threading.Thread(target=lambda: here.loop.run_until_complete(serve()), name="discord")
    thread.start()
    started.wait()
    try:
        yield here
    finally:
        here.loop.call_soon_threadsafe(here.stopping.set)  # type: ignore[attr-defined]
        thread.join()
        here.loop.close()
