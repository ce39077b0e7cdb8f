"""SimCord's Discord on localhost: what goes over the wire is real, and can break.

SimCord itself stands in for discord.py's client, in the bot's own process. In front of its backend
stand real HTTP and a real websocket here, so that the bot is a process of its own, with discord.py
as it is. What answers say is SimCord's; its backend may change with any release, and is pinned in
`tests/requirements.txt`.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord.backend import Backend, serializers
from simcord.backend.cdn import CDN_BASE
from simcord.backend.errors import BackendError
from simcord.http import dispatch

API = "/api/v10"

FOREVER = 10**9
"""Times that a fault happens, until a test sets them to 0."""


@dataclass
class Fault:
    """What goes wrong with requests.

    Attributes:
        requests: a regular expression of a method, a path and the type of what is sent.
        act: returns the answer instead; None if nobody answers and the connection breaks.
        times: how often.
        afterwards: whether the request is carried out before.
    """

    requests: str
    act: Callable[[], web.Response] | None
    times: int = 1
    afterwards: bool = False
    happened: int = 0


@dataclass
class Session:
    """A session of the gateway: what was sent in it, numbered from 1, and whether there is more."""

    name: str = ""
    sent: list[str] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)


class Wire:
    """The gateway, the API and the files of a Discord with one bot.

    Attributes:
        backend: SimCord's: people, channels, messages and interactions.
        url: the address.
        faults: what goes wrong with requests.
        connections: how often the bot has connected.
        session: the last one, which can be resumed.
        links_expire: whether the address of a file has expired when it comes by the gateway.
    """

    def __init__(self) -> None:
        self.backend = Backend()
        # SimCord's own clock stands still.
        self.backend.clock.now = lambda: datetime.now(UTC)  # type: ignore[method-assign]
        self.backend.subscribers.append(self._note)
        self.url = ""
        self.faults: list[Fault] = []
        self.connections = 0
        self.session = Session()
        self.links_expire = False
        self._sockets: set[web.WebSocketResponse] = set()
        self._by_nonce: dict[str, Any] = {}

    async def to_each(self, act: Callable[[web.WebSocketResponse], Awaitable[Any]]) -> None:
        """Do something with each connection of the gateway."""
        for socket in list(self._sockets):
            await act(socket)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, unless something goes wrong."""
        line = f"{request.method} {request.path.removeprefix(API)} {request.content_type}"
        fault = next((f for f in self.faults if f.times and re.match(f.requests, line)), None)
        if fault is None:
            return await self._carry_out(request)
        fault.times -= 1
        fault.happened += 1
        if fault.afterwards:
            await self._carry_out(request)
        if fault.act is not None:
            await request.read()
            return fault.act()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _carry_out(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/gateway":
            return await self._listen(request)
        if request.path.startswith(API):
            return await self._dispatch(request)
        content = self.backend.cdn.get(request.path.replace("/files", CDN_BASE, 1))
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def _dispatch(self, request: web.Request) -> web.Response:
        sent, files = await _read(request)
        # What SimCord does not know: with the nonce of a message, it is that message again.
        is_once = isinstance(sent, dict) and sent.get("enforce_nonce")
        nonce: Any = sent["nonce"] if is_once else None
        answer = self._by_nonce.get(nonce)
        if answer is None:
            path, query = request.path.removeprefix(API), dict(request.query)
            try:
                answer = dispatch(
                    self.backend, request.method, path, json=sent, params=query, files=files
                )
            except BackendError as error:
                return respond(json.dumps(error.to_json()), error.status)
        if nonce is not None:
            self._by_nonce[nonce] = answer
        return respond(self._to_json(answer))

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        """Serve a bot that connects to the gateway."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        self._sockets.add(socket)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        sending: asyncio.Task[None] | None = None
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                asked = frame.json()
                match asked["op"]:
                    case 1:
                        await socket.send_json({"op": 11})
                    case 2:
                        self._identify()
                        sending = asyncio.create_task(_send(self.session, socket, 0))
                    case 6 if asked["d"]["session_id"] == self.session.name:
                        self._note("RESUMED", {})
                        seen = asked["d"]["seq"]
                        sending = asyncio.create_task(_send(self.session, socket, seen))
                    case 6:
                        await socket.send_json({"op": 9, "d": False})
        if sending is not None:
            sending.cancel()
        self._sockets.discard(socket)
        return socket

    def _identify(self) -> None:
        """Begin a session; it does not get what the ones before did not."""
        self.session = Session(f"session {self.connections}")
        ready = {
            "v": 10,
            "user": serializers.user_payload(self.backend.bot_user),
            "guilds": [],
            "session_id": self.session.name,
            "resume_gateway_url": self.url.replace("http", "ws") + "/gateway",
            "application": {"id": str(self.backend.application_id), "flags": 0},
        }
        self._note("READY", ready)

    def _note(self, event: str, data: Any) -> None:
        """Take an event for the session; it is sent as soon as somebody listens."""
        frame = {"op": 0, "t": event, "s": len(self.session.sent) + 1, "d": data}
        self.session.sent.append(self._to_json(frame, "expired" if self.links_expire else "files"))
        self.session.more.set()

    def _to_json(self, content: Any, links: str = "files") -> str:
        return json.dumps(content).replace(CDN_BASE, f"{self.url}/{links}")


async def _send(session: Session, socket: web.WebSocketResponse, seen: int) -> None:
    """Send what a session has after a number, and what it gets."""
    with suppress(ConnectionError):  # it is gone; who resumes the session gets the rest
        while True:
            while seen < len(session.sent):
                seen += 1
                await socket.send_str(session.sent[seen - 1])
            session.more.clear()
            await session.more.wait()


async def _read(request: web.Request) -> tuple[Any, list[discord.File]]:
    """Return the JSON and the files that a request brings."""
    if request.content_type != "multipart/form-data":
        return (await request.json() if request.can_read_body else None), []
    form: Any = await request.post()
    sent, files = json.loads(form["payload_json"]), []
    for number, described in enumerate(sent["attachments"]):
        with form[f"files[{number}]"].file as file:
            content = io.BytesIO(file.read())
        words = described.get("description")
        files.append(discord.File(content, described["filename"], description=words))
    return sent, files


def respond(content: str, status: int = 200, **headers: str) -> web.Response:
    """Make the answer to a request, of JSON."""
    # Exactly this type: with a charset behind it, discord.py takes the content for text.
    headers |= {"Content-Type": "application/json"}
    return web.Response(body=content.encode(), status=status, headers=headers)


def refuse(status: int, code: int = 0) -> Callable[[], web.Response]:
    """Refuse, with one of Discord's codes."""
    return lambda: respond(json.dumps({"code": code, "message": "refused"}), status)


def too_many(seconds: float) -> Callable[[], web.Response]:
    """Ask to wait."""
    said = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    return lambda: respond(json.dumps(said), 429, Via="1.1 google")
