from __future__ import annotations

import time

import pytest

from bot.conversation.actions import Right, Wrong
from bot.conversation.answers import answer_photo
from bot.conversation.services import Services
from bot.messages import texts
from bot.serving import answer_log
from bot.store import answers, statistics
from model.errors import NotAnImage
from model.types import Reading, Refusal
from tests.bot.fakes import FakeReader
from tests.bot.store.samples import ANNA, answered, digit


async def photo() -> bytes:
    return b"a photo"


async def test_an_answer_has_words_a_card_and_buttons(services: Services) -> None:
    answer = await answer_photo(services, photo, ANNA, time.monotonic())
    message = answer.message
    assert message.text == "<b>7</b>\nI am 97% sure."
    (card,) = message.pictures
    assert card.content.startswith(b"\x89PNG")
    ((right, wrong),) = message.buttons
    assert (right.action, wrong.action) == (Right(answer.id), Wrong(answer.id))
    assert (answer.refusal, answer.digits) == (None, 1)


async def test_what_was_answered_can_be_corrected(services: Services) -> None:
    answer = await answer_photo(services, photo, ANNA, time.monotonic())
    await services.answer_log.close()
    stored = await answers.get_own(services.database, answer.id, ANNA)
    assert [digit.label for digit in stored.digits] == [7]


async def test_a_refusal_has_neither_card_nor_buttons(
    services: Services, reader: FakeReader
) -> None:
    reader.result = Reading((), Refusal.TOO_DARK)
    answer = await answer_photo(services, photo, ANNA, time.monotonic())
    assert answer.message.text == texts.REFUSALS[Refusal.TOO_DARK]
    assert (answer.message.pictures, answer.message.buttons) == ((), ())


async def test_a_file_that_is_no_photo_is_counted(services: Services, reader: FakeReader) -> None:
    reader.result = NotAnImage("Expected an image. Received bytes.")
    with pytest.raises(NotAnImage):
        await answer_photo(services, photo, ANNA, time.monotonic())
    await services.answer_log.close()
    figures = await statistics.gather(services.database)
    assert figures.refusals == {"NotAnImage": 1}


async def test_what_cannot_be_kept_has_no_buttons(services: Services) -> None:
    for _ in range(answer_log.MAX_WAITING):
        assert services.answer_log.enqueue(answered(digit(7)))
    answer = await answer_photo(services, photo, ANNA, time.monotonic())
    assert answer.message.pictures
    assert answer.message.buttons == ()
