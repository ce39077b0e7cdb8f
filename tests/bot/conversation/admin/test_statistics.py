from __future__ import annotations

from bot.conversation.admin.statistics import show_statistics, statistics_caption
from bot.conversation.services import Services
from tests.bot.store.samples import NOTHING_YET, statistics

MAX_CAPTION_LENGTH = 1024
"""Telegram's limit."""


def test_the_caption_says_the_most_important_within_its_limit() -> None:
    text = statistics_caption(statistics())
    assert len(text) <= MAX_CAPTION_LENGTH
    assert "Half of the answers took at most 12 ms" in text
    assert "reason &lt;0&gt; 0" in text


def test_without_corrections_it_says_so() -> None:
    assert "Nobody has said right or wrong yet" in statistics_caption(NOTHING_YET)


async def test_the_database_is_asked(services: Services) -> None:
    message = await show_statistics(services.database)
    assert "<b>0 photos</b>" in message.text
    assert message.pictures[0].content.startswith(b"\x89PNG")
