"""Where the bot listens, and what is said where it cannot."""

from __future__ import annotations

import socket

import pytest

from bot.errors import PortUnavailable, SettingsError
from bot.web.http_server import listen


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
