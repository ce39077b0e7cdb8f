from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.admin.statistics import show_statistics, statistics_caption
from bot.conversation.services import Services
from bot.errors import FetchFailed
from bot.messages import texts
from bot.store.statistics import Judged
from model.errors import PhotoError
from model.types import NOT_A_DIGIT, Refusal
from tests.bot.store.samples import NOTHING_YET, statistics

MAX_CAPTION_LENGTH = 1024
"""Telegram's limit."""


def test_the_caption_says_the_most_important_within_its_limit() -> None:
    text = statistics_caption(statistics())
    assert len(text) <= MAX_CAPTION_LENGTH
    assert "Half of the answers took at most 0.1 s, 19 of 20 at most 0.1 s." in text


def test_refusals_are_told_in_peoples_words() -> None:
    refusals = {"NotAnImage": 2, "unsure": 7, "of 2019": 1, "of 2020": 1}
    text = statistics_caption(replace(statistics(), refusals=refusals))
    assert "11 refused: no digit that was sure 7, no picture 2, other reasons 2." in text


@pytest.mark.parametrize("error", [*PhotoError.__subclasses__(), FetchFailed])
def test_every_reason_has_words(error: type[Exception]) -> None:
    assert error.__name__ in texts.REFUSALS_IN_SHORT


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_words(refusal: Refusal) -> None:
    assert refusal in texts.REFUSALS_IN_SHORT


def test_a_refused_photo_that_was_a_digit_has_a_word_and_no_code() -> None:
    by_digit = {NOT_A_DIGIT: Judged(0, 2), 7: Judged(3, 1)}
    text = statistics_caption(replace(statistics(), by_digit=by_digit))
    assert "By digit (right/wrong): none: 0/2, 7: 3/1." in text


def test_without_corrections_it_says_so() -> None:
    assert "Nobody has said right or wrong yet" in statistics_caption(NOTHING_YET)


async def test_the_database_is_asked(services: Services) -> None:
    message = await show_statistics(services.database)
    assert "<b>0 photos</b>" in message.text
    assert message.pictures[0].content.startswith(b"\x89PNG")
