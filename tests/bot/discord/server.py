"""What plays Discord: its gateway, the routes that the bot uses, and its files, on localhost.

The bot in front of it is the real one, with the real discord.py over real HTTP and websocket.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.bot.discord.payloads import (
    APPLICATION,
    BOT,
    Json,
    as_json,
    body_of,
    direct,
    message_of,
    user,
)

EPOCH_MS = 1_420_070_400_000
"""When Discord's numbers begin."""


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
    """A session of the gateway: what was sent in it, by its numbers, and who listens."""

    sent: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None


class Server:
    """A Discord with one bot, and a direct channel for each person.

    Attributes:
        messages: by channel and number.
        responses: what interactions were answered with, by their tokens.
        requests: each request's method and path, in order.
        faults: what goes wrong with requests.
    """

    def __init__(self) -> None:
        self.messages: dict[int, dict[int, Json]] = {}
        self.responses: dict[str, list[Json]] = {}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.connections = 0
        self.accepts = True
        self._files: dict[str, bytes] = {}
        self._expired: set[str] = set()
        self._nonces: dict[str, Json] = {}
        self._sessions: dict[str, Session] = {}
        self._numbers = itertools.count(1)
        self.url = ""
        self.loop = asyncio.new_event_loop()

    def number(self) -> int:
        """A new number: the time in milliseconds, as Discord's are made."""
        return (int(time.time() * 1000) - EPOCH_MS << 22) + next(self._numbers)

    def attach(self, content: bytes, name: str = "photo.jpg", **fields: Any) -> Json:
        """Keep a file, and return the attachment that names it."""
        number = self.number()
        self._files[str(number)] = content
        url = f"{self.url}/files/{number}?ex=1"
        found = {"id": str(number), "filename": name, "size": len(content), "url": url}
        return found | {"proxy_url": url, "content_type": "image/jpeg"} | fields

    async def dispatch(self, event: str, data: Json) -> None:
        """Send an event to every session, and keep it for those that are resumed."""
        for session in self._sessions.values():
            await self._send_to(session, event, data)

    async def _send_to(self, session: Session, event: str, data: Json) -> None:
        frame = {"op": 0, "t": event, "s": len(session.sent) + 1, "d": data}
        session.sent.append(frame)
        if session.socket is not None and not session.socket.closed:
            with suppress(ConnectionError):  # it is gone; who resumes the session gets it
                await session.socket.send_json(frame)

    async def _each(self, act: Callable[[web.WebSocketResponse], Any]) -> None:
        for session in self._sessions.values():
            if session.socket is not None and not session.socket.closed:
                await act(session.socket)

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        """Serve a bot that listens."""
        if not self.accepts:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._take(socket, json.loads(frame.data))
        return socket

    async def _take(self, socket: web.WebSocketResponse, frame: Json) -> None:
        if frame["op"] == 1:
            await socket.send_json({"op": 11})
        elif frame["op"] == 2:
            name = f"session{len(self._sessions)}"
            # A new session does not get what the ones before did not.
            self._sessions = {name: Session(socket=socket)}
            ready = {
                "v": 10,
                "user": user(BOT),
                "guilds": [],
                "session_id": name,
                "resume_gateway_url": self.url.replace("http", "ws") + "/gateway",
                "application": {"id": str(BOT), "flags": 0},
            }
            await self._send_to(self._sessions[name], "READY", ready)
        elif frame["op"] == 6:
            session = self._sessions.get(frame["d"]["session_id"])
            if session is None:
                await socket.send_json({"op": 9, "d": False})
                return
            session.socket = socket
            for missed in session.sent[frame["d"]["seq"] :]:
                await socket.send_json(missed)
            await self._send_to(session, "RESUMED", {})

    async def route(self, request: web.Request) -> web.StreamResponse:
        """Carry out a request, unless something goes wrong."""
        path = request.path.removeprefix("/api/v10")
        line = f"{request.method} {path}"
        self.requests.append(line)
        full = f"{line} {request.content_type}"
        fault = next((f for f in self.faults if f.times and re.match(f.requests, full)), None)
        if fault is None:
            return await self._carry_out(request, path)
        fault.times -= 1
        fault.happened += 1
        if fault.afterwards:
            await self._carry_out(request, path)
        elif fault.act is not None:
            await request.read()
        if fault.act is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return fault.act()

    async def _carry_out(self, request: web.Request, path: str) -> web.StreamResponse:
        for method, pattern, act in self._routes():
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                sent, files = await body_of(request)
                answer = act(sent, files, *found.groups())
                return answer if isinstance(answer, web.Response) else as_json(answer)
        return as_json({"code": 0, "message": f"No route: {request.method} {path}"}, 404)

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        channel = r"/channels/(\d+)"
        return [
            ("GET", "/users/@me", lambda *_: user(BOT)),
            ("GET", "/oauth2/applications/@me", lambda *_: APPLICATION),
            ("PUT", r"/applications/\d+/commands", self._set_commands),
            ("POST", f"{channel}/typing", lambda *_: web.Response(status=204)),
            ("POST", f"{channel}/messages", self._post),
            ("GET", f"{channel}/messages", self._history),
            ("GET", rf"{channel}/messages/(\d+)", self._get),
            ("PATCH", rf"{channel}/messages/(\d+)", self._patch),
            ("POST", "/users/@me/channels", lambda sent, _: direct(int(sent["recipient_id"]))),
            ("POST", r"/interactions/\d+/(\w+)/callback", self._call_back),
            ("POST", r"/webhooks/\d+/(\w+)", self._answer),
            ("PATCH", r"/webhooks/\d+/(\w+)/messages/@original", self._answer),
            ("GET", r"/files/(\d+)", self._file),
        ]

    def _set_commands(self, sent: Any, _: Any) -> Any:
        more = {"application_id": str(BOT), "version": "1"}
        return [
            {"description": ""} | command | more | {"id": str(number)}
            for number, command in enumerate(sent, start=1)
        ]

    def _post(self, sent: Json, files: list[bytes], channel: str) -> Json:
        if (nonce := sent.get("nonce")) in self._nonces and sent.get("enforce_nonce"):
            return self._nonces[str(nonce)]
        number = self.number()
        message = message_of(number, int(channel), user(BOT)) | self._content(sent, files)
        if reference := sent.get("message_reference"):
            message["message_reference"] = {key: str(value) for key, value in reference.items()}
            message["type"] = 19
        self.messages.setdefault(int(channel), {})[number] = message
        if nonce is not None:
            self._nonces[str(nonce)] = message
        return message

    def _content(self, sent: Json, files: list[bytes]) -> Json:
        described = sent.get("attachments", [])
        parts: Json = {key: sent[key] for key in ("content", "components", "flags") if key in sent}
        if parts.get("content", "") is None:
            parts["content"] = ""
        if files:
            parts["attachments"] = [
                self.attach(content, each["filename"], description=each.get("description"))
                for content, each in zip(files, described, strict=True)
            ]
        return parts

    def _history(self, _: Json, __: Any, channel: str) -> list[Json]:
        return sorted(
            self.messages.get(int(channel), {}).values(), key=lambda m: int(m["id"]), reverse=True
        )

    def _get(self, _: Json, __: Any, channel: str, number: str) -> Any:
        found = self.messages.get(int(channel), {}).get(int(number))
        if found is None:
            return as_json({"code": 10008, "message": "Unknown Message"}, 404)
        for attachment in found["attachments"]:  # a new address, as Discord signs it anew
            key = attachment["id"]
            attachment["url"] = f"{self.url}/files/{key}?ex=2"
            self._expired.discard(key)
        return found

    def _patch(self, sent: Json, files: list[bytes], channel: str, number: str) -> Any:
        found = self.messages[int(channel)][int(number)]
        found.update(self._content(sent, files))
        return found

    def _call_back(self, sent: Json, _: Any, token: str) -> Json:
        given = {"id": token.removeprefix("token"), "type": 2, "activity_instance_id": None}
        given |= {"response_message_id": given["id"], "response_message_loading": False}
        return {"interaction": given | {"response_message_ephemeral": False}}

    def _answer(self, sent: Json, files: list[bytes], token: str) -> Json:
        message = message_of(self.number(), 1, user(BOT)) | self._content(sent, files)
        self.responses[token].append(message)
        return message

    def _file(self, _: Json, __: Any, number: str) -> web.Response:
        if number in self._expired:
            return web.Response(status=404)
        return web.Response(body=self._files[number])
