from __future__ import annotations

from bot.store.people import WEB
from bot.web.clients import web_person


def test_clients_are_told_apart_and_are_nobody_in_a_chat() -> None:
    people = {web_person(str(name)) for name in range(100)}
    assert len(people) == 100
    assert {person.platform for person in people} == {WEB}
    # While Telegram's people had the same key: they are positive, its groups larger than -2^52.
    assert max(int(person.id) for person in people) < -(2**60)
