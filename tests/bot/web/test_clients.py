from __future__ import annotations

from bot.web.clients import client_number


def test_clients_are_told_apart_and_are_nobody_in_a_chat() -> None:
    numbers = {client_number(str(name)) for name in range(100)}
    assert len(numbers) == 100
    # Telegram's people are positive, its groups larger than -2^52.
    assert max(numbers) < -(2**60)
