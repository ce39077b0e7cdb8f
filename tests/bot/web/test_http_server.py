"""Where the bot listens, and what is said where it cannot."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
from fastapi import FastAPI

from bot.errors import PortUnavailable, SettingsError
from bot.web import http_server
from bot.web.http_server import listen, serving


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_named(host: str) -> None:
    with pytest.raises(SettingsError, match=r"^Expected HOST to be") as refused:
        listen(host, 0)
    assert host in str(refused.value)


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortUnavailable, match=f"127.0.0.1:{port}"):
            listen("127.0.0.1", port)


def test_an_address_of_six_groups_is_taken() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with listen("::", 0) as sock:
        assert sock.family is socket.AF_INET6


def test_an_answer_does_not_wait_until_its_head_is_acknowledged() -> None:
    with listen("127.0.0.1", 0) as sock, socket.create_connection(sock.getsockname()):
        connection, _ = sock.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_who_never_ends_a_request_is_hung_up_on_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_server, "REQUEST_SECONDS", 0.5)
    site = FastAPI()

    @site.get("/slow")
    async def answer() -> str:
        await asyncio.sleep(1)
        return "late"

    with listen("127.0.0.1", 0) as sock:
        async with serving(site, sock), httpx.AsyncClient(trust_env=False) as client:
            host, port = sock.getsockname()
            url = f"http://{host}:{port}/slow"
            slow = [await asyncio.open_connection(host, port) for _ in range(100)]
            for _, writer in slow:
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Endless: ")
            # The second of two requests on one connection comes late as well.
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n")
            answered = asyncio.create_task(client.get(url))
            ends = [reader.read(), *(reader.read() for reader, _ in slow)]
            first, *others = await asyncio.wait_for(asyncio.gather(*ends), 30)
            assert b"404" in first
            assert set(others) == {b""}
            assert (await answered).json() == "late", "an answer takes the time that it takes"
            for _, each in [(reader, writer), *slow]:
                each.close()
