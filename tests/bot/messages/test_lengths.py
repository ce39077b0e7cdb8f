"""Telegram refuses a caption of over 1024 characters, in whatever language it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from markupsafe import Markup

from bot.conversation.admin.review import page_caption
from bot.conversation.admin.statistics import statistics_caption
from bot.conversation.corrections.typed import MAX_TYPED_LENGTH
from bot.conversation.message import Shown
from bot.messages import texts
from bot.messages.captions import MAX_LINES, album_caption, caption
from bot.messages.language import LANGUAGES, html, speaking
from bot.messages.review_sheet import CORRECTIONS_PER_PAGE
from bot.store.corrections import Correction, Standing
from model.types import Box, Digit, Reading, Refusal
from tests.bot.fakes import digit
from tests.bot.store.samples import statistics

MAX_CAPTION = 1024

MAX_TEXT = 4096


def length(said: Markup) -> int:
    """Count as Telegram does: without markup, in units of UTF-16."""
    return len(said.striptags().encode("utf-16-le")) // 2


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Speak each language in turn."""
    with speaking(request.param):
        yield request.param


def doubtful(lines: int, per_line: int) -> Reading:
    """A reading of which there is most to say."""
    one = digit(8, 0.5)
    digits = (
        Digit(one.glyph, one.probabilities, one.box, line)
        for line in range(lines)
        for _ in range(per_line)
    )
    return Reading(tuple(digits), unread=(Box(0, 0, 1, 1),) * 200, confidence=0.001)


@pytest.mark.parametrize(("lines", "per_line"), [(1, 900), (MAX_LINES, 60), (400, 1), (3, 199)])
def test_an_answer_has_room_with_what_is_asked_and_said_of_it(
    language: str, lines: int, per_line: int
) -> None:
    answer = Shown(caption(doubtful(lines, per_line)))
    typed = html("✎ You say that it is <code>{number}</code>.", number="8" * MAX_TYPED_LENGTH)
    question = html("What does it say? Type the number, or press the digit that is wrong.")
    assert length(answer.with_note(typed + "\n" + question)) <= MAX_CAPTION


def test_an_album_has_room(language: str) -> None:
    too_large = html(max(texts.PHOTO_PROBLEMS.values(), key=len))
    for photos in ([doubtful(20, 60)] * 10, [doubtful(1, 900)] * 5 + [too_large] * 5):
        assert length(album_caption(photos)) <= MAX_TEXT


def test_the_captions_of_admins_have_room(language: str) -> None:
    suspicious = Correction(
        id=1,
        at=datetime.now(UTC),
        glyph=np.zeros((28, 28), np.uint8),
        version="v",
        read=7,
        confidence=1.0,
        said=1,
        giver="ab12",
        standing=Standing(0, 9),
    )
    page = (suspicious,) * CORRECTIONS_PER_PAGE
    assert length(page_caption(page, 10_000)) <= MAX_CAPTION
    assert length(statistics_caption(statistics())) <= MAX_CAPTION


def test_texts_have_room(language: str) -> None:
    refusals = [texts.REFUSALS[refusal] for refusal in Refusal]
    for text in (texts.START, texts.HELP, texts.PRIVACY, *refusals):
        assert length(html(text)) <= MAX_TEXT
