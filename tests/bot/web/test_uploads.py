"""Bodies that are too large, too slow, too many or broken, on a server over real HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psutil
import pytest
from fastapi import FastAPI, Request

from bot.web import uploads
from bot.web.http_server import listen, serving
from bot.web.problems import add_problem_handlers
from bot.web.uploads import MAX_BODY_BYTES, MAX_UPLOADS_AT_ONCE, Uploads

MEGABYTE = 2**20

MAX_GROWTH_BYTES = 24 * MEGABYTE
"""Less than half of a body that is refused."""


@asynccontextmanager
async def taking_uploads() -> AsyncIterator[str]:
    """A server that says which files it got; yields its address."""
    site, taken = FastAPI(), Uploads()
    add_problem_handlers(site)

    @site.post("/")
    async def sizes(request: Request) -> list[int | None]:
        async with taken.of(request) as files:
            return [file.size for file in files]

    with listen("127.0.0.1", 0) as sock:
        async with serving(site, sock):
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"


async def endless(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // MEGABYTE):
        yield bytes(MEGABYTE)


async def test_files_come_whole() -> None:
    async with taking_uploads() as url, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(url, content=bytes(3 * MEGABYTE))).json() == [3 * MEGABYTE]
        files = [("files", ("a", b"12")), ("files", ("b", b"123"))]
        assert (await client.post(url, files=files)).json() == [2, 3]


async def test_a_body_that_is_too_large_is_refused_without_being_kept() -> None:
    before = psutil.Process().memory_info().rss
    async with taking_uploads() as url, httpx.AsyncClient(trust_env=False) as client:
        # The length is not announced, so the server has to count.
        answer = await client.post(url, content=endless(MAX_BODY_BYTES + 2 * MEGABYTE))
        assert answer.json()["type"] == "urn:inkling:problem:too-large"
        assert answer.status_code == 413
    assert psutil.Process().memory_info().rss - before < MAX_GROWTH_BYTES


async def test_a_length_that_is_too_large_is_refused_before_the_body_comes() -> None:
    async with taking_uploads() as url:
        host, _, port = url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n"
        writer.write(head.encode())
        assert b" 413 " in await asyncio.wait_for(reader.readline(), 10)
        writer.close()


async def test_a_body_that_does_not_arrive_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "BODY_SECONDS", 0.2)
    async with taking_uploads() as url:
        host, _, port = url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 10)
        writer.close()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data"),
        ("multipart/form-data", b"nothing"),
        ("multipart/form-data; boundary=x", b"--y--"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
    ],
)
async def test_a_broken_form_is_a_problem(kind: str, body: bytes) -> None:
    async with taking_uploads() as url, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(url, content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_too_many_files_are_a_problem() -> None:
    async with taking_uploads() as url, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(url, files=[("files", ("a", b"1"))] * 11)
        assert answer.json()["type"] == "urn:inkling:problem:broken-form"


async def test_slow_clients_cannot_hold_more_than_their_places() -> None:
    async with taking_uploads() as url:
        host, _, port = url.removeprefix("http://").partition(":")
        slow = [socket.create_connection((host, int(port))) for _ in range(MAX_UPLOADS_AT_ONCE)]
        for connection in slow:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        await asyncio.sleep(0.5)
        async with httpx.AsyncClient(trust_env=False) as client:
            refused = await client.post(url, content=b"a")
            assert refused.json()["type"] == "urn:inkling:problem:too-busy"
            for connection in slow:
                connection.close()
            await asyncio.sleep(0.5)
            # Their places are free again.
            assert (await client.post(url, content=b"a")).json() == [1]
