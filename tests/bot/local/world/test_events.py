"""What happened is remembered, as far as there is room."""

from __future__ import annotations

from bot.local.world.events import MAX_EVENTS, EventLog


async def test_a_page_that_was_away_for_too_long_is_told_to_load_everything() -> None:
    log = EventLog()
    for _ in range(MAX_EVENTS + 1):
        log.add("message")
    assert log.reaches(1)
    assert not log.reaches(0)
