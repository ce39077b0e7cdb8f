"""A proxy before the local Bot API that injects faults, for real: on the wire."""

from __future__ import annotations

import asyncio
import json
import queue
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

NAME = re.compile(rb"/(?:file/)?bot[^/]+/(\w+)")
FORWARDED_SECONDS = 60.0
"""Longer than the bot lets Telegram hold a request."""


class Reset(Exception):
    """The connection breaks instead of an answer."""


@dataclass
class Request:
    """One request of the bot's.

    Attributes:
        head: the request line and the headers.
        body: what follows.
        forward: carries it out, and returns the status and the body of the answer.
    """

    head: bytes
    body: bytes
    forward: Callable[[], Awaitable[tuple[int, bytes]]]

    @property
    def method(self) -> str:
        """The Bot API method, or "download"."""
        path = self.head.split(b" ")[1]
        found = NAME.match(path)
        return "download" if path.startswith(b"/file/") or not found else found[1].decode()


Act = Callable[[Request], Awaitable[tuple[int, bytes]]]


@dataclass
class Fault:
    """What goes wrong, where and how often.

    Attributes:
        methods: a regular expression of Bot API methods, or "download".
        act: what happens instead of the usual answer.
        times: how often; afterwards all is well.
        seconds: for how long since the first time, if it is a matter of time.
        begins_at: a regular expression of the methods with which it begins.
        happened: how often it did.
    """

    methods: str
    act: Act
    times: int = 10**9
    seconds: float = float("inf")
    begins_at: str = ".*"
    happened: int = 0
    began: float = field(default=0.0, repr=False)

    def takes(self, request: Request) -> bool:
        """Whether this request goes wrong."""
        if self.happened >= self.times or not re.fullmatch(self.methods, request.method):
            return False
        if not self.began and not re.fullmatch(self.begins_at, request.method):
            return False
        self.began = self.began or time.monotonic()
        if time.monotonic() - self.began > self.seconds:
            return False
        self.happened += 1
        return True


def error(code: int, description: str, **parameters: Any) -> tuple[int, bytes]:
    """An answer in which Telegram refuses."""
    said = {"ok": False, "error_code": code, "description": description}
    return code, json.dumps(said | ({"parameters": parameters} if parameters else {})).encode()


async def reset(request: Request) -> tuple[int, bytes]:
    """Break the connection before anything is carried out."""
    raise Reset


async def reset_afterwards(request: Request) -> tuple[int, bytes]:
    """Carry it out, and break the connection."""
    await request.forward()
    raise Reset


async def never_answer(request: Request) -> tuple[int, bytes]:
    """Carry it out, and say nothing."""
    await request.forward()
    await asyncio.sleep(FORWARDED_SECONDS)
    raise Reset


def answer(code: int, content: bytes, *, afterwards: bool = False) -> Act:
    """Answer like this, and carry it out before or not at all."""

    async def act(request: Request) -> tuple[int, bytes]:
        if afterwards:
            await request.forward()
        return code, content

    return act


class Proxy:
    """Forwards requests to a Bot API, except where a fault takes them."""

    def __init__(self, client: httpx.AsyncClient, fault: Fault | None) -> None:
        self._client = client
        self._fault = fault

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and close the connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            fault = self._fault
            asked = Request(head, b"", lambda: self._forward(head, b""))
            if fault is not None and fault.act is stall and fault.takes(asked):
                await stall(asked)
            body = await reader.readexactly(int(length[1])) if length else b""
            request = Request(head, body, lambda: self._forward(head, body))
            act = fault.act if fault and fault.act is not stall and fault.takes(request) else None
            status, content = await (act(request) if act else request.forward())
            lines = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close"
            writer.write(lines.encode() + b"\r\nContent-Type: application/json\r\n\r\n" + content)
            await writer.drain()
        except (Reset, httpx.HTTPError, EOFError, ConnectionError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _forward(self, head: bytes, body: bytes) -> tuple[int, bytes]:
        method, path, _ = head.split(b" ", 2)
        kind = re.search(rb"(?i)content-type: ([^\r]+)", head)
        response = await self._client.request(
            method.decode(),
            path.decode(),
            content=body,
            headers={"Content-Type": kind[1].decode()} if kind else {},
        )
        return response.status_code, response.content


async def stall(request: Request) -> tuple[int, bytes]:
    """Take the head of a request, and nothing more of it."""
    await asyncio.sleep(FORWARDED_SECONDS)
    raise Reset


@contextmanager
def proxied(upstream: str, fault: Fault | None) -> Iterator[str]:
    """A proxy in a thread; yields its address."""
    address: queue.Queue[str] = queue.Queue()
    done = threading.Event()

    async def run() -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(
            base_url=upstream, trust_env=False, timeout=FORWARDED_SECONDS, limits=limits
        ) as client:
            server = await asyncio.start_server(Proxy(client, fault).serve, "127.0.0.1", 0)
            address.put(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            await asyncio.to_thread(done.wait)

    # What still stalls at the end is cancelled by `asyncio.run`.
    thread = threading.Thread(target=lambda: asyncio.run(run()), name="proxy")
    thread.start()
    try:
        yield address.get()
    finally:
        done.set()
        thread.join()
