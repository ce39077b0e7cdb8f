"""The one HTTP server of the process: chat page and Bot API on localhost, or webhook and pages."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import PortUnavailable, SettingsError

PRIVATE_NETWORKS = "127.0.0.0/8,10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,::1,fc00::/7"
"""From where a platform's router calls. What it says of the caller is believed; a caller from
elsewhere could make up any address. Uvicorn's own variable FORWARDED_ALLOW_IPS overrules it."""

SHUTDOWN_SECONDS = 2
"""How long open pages and long polls may take to hang up, once everything is answered."""

REQUEST_SECONDS = 10.0
"""In which the head of a request must have arrived. Uvicorn waits for it forever, so that anybody
could hold as many connections as the process may open files."""


def listen(host: str, port: int) -> socket.socket:
    """Take a port, before anything is built that would have to be torn down again.

    Args:
        host: a name or an address.
        port: 0 for any free one.

    Raises:
        SettingsError: the host is not this machine.
        PortUnavailable: the port is taken or may not be used.
    """
    try:
        socket.getaddrinfo(host, port)
        # Not `reuse_port`: two bots must not share one by accident.
        sock = socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise SettingsError(
                "Expected HOST to be a name or an address of this machine, such as 0.0.0.0. "
                f"Received {host!r}."
            ) from None
        reason = (error.strerror or str(error)).lower()
        raise PortUnavailable(
            f"Expected to listen on {host}:{port}, but it cannot be used ({reason}). "
            "Stop the other program, or set PORT to another one."
        ) from None
    # Its connections inherit this. asyncio sets it only where it made the socket itself. Without
    # it, the body of an answer waits until the client acknowledges the head: 40 ms on Linux.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


@asynccontextmanager
async def serving(site: FastAPI, sock: socket.socket) -> AsyncIterator[None]:
    """Serve the site on that socket for as long as the context is open."""
    server = _Server(
        uvicorn.Config(
            site,
            http=_PunctualProtocol,
            log_config=None,
            access_log=False,
            # Behind a PaaS's router the caller's address stands in a header.
            proxy_headers=True,
            forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", PRIVATE_NETWORKS),
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[sock]), name="http server")
    try:
        yield
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `bot.app.worker`: the server goes last, when all is answered."""
        yield


class _PunctualProtocol(H11Protocol):
    """Hangs up on a client that does not send the head of its request in time."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_request()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._patience is not None:
            self._patience.cancel()

    def _expect_request(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = self.loop.call_later(REQUEST_SECONDS, self._hang_up_if_idle)

    def _hang_up_if_idle(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if not is_answering and not self.transport.is_closing():
            self.transport.close()
