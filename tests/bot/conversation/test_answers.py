from __future__ import annotations

import time

import pytest

from bot.conversation.answers import ReadPhoto, answer_album, answer_photo, read_photo
from bot.conversation.buttons.actions import Insist, Right, RightAll, Why, Wrong
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
    assert message.text == "<code>7</code>\nI am 97% sure."
    (card,) = message.pictures
    assert card.content.startswith(b"\x89PNG")
    ((right, wrong, why),) = message.buttons
    assert (right.action, wrong.action) == (Right(answer.ids[0]), Wrong(answer.ids[0]))
    assert why.action == Why(answer.ids[0])
    assert (answer.refusal, answer.digits) == (None, 1)


async def test_what_was_answered_can_be_corrected(services: Services) -> None:
    answer = await answer_photo(services, photo, ANNA, time.monotonic())
    await services.answer_log.close()
    stored = await answers.get_own(services.database, answer.ids[0], ANNA)
    assert [digit.label for digit in stored.digits] == [7]


async def test_a_refusal_has_no_card_and_one_can_say_that_it_is_a_digit(
    services: Services, reader: FakeReader
) -> None:
    reader.result = Reading((), Refusal.TOO_DARK)
    blank = (await answer_photo(services, photo, ANNA, time.monotonic())).message
    assert blank.text == texts.REFUSALS[Refusal.TOO_DARK]
    assert blank.pictures == ()
    assert [button.label for row in blank.buttons for button in row] == ["why?"]
    reader.candidates = (digit(4, 0.5),)
    answer = await answer_photo(services, photo, ANNA, time.monotonic())
    ((insist, why),) = answer.message.buttons
    assert (insist.action, why.action) == (Insist(answer.ids[0]), Why(answer.ids[0]))


async def read(services: Services, reader: FakeReader, result: Reading | Exception) -> ReadPhoto:
    reader.result = result
    return await read_photo(services, photo, ANNA, time.monotonic())


async def test_an_album_gets_one_answer(services: Services, reader: FakeReader) -> None:
    photos = [
        await read(services, reader, Reading((digit(3, 0.97), digit(1, 0.97)), confidence=0.9)),
        await read(services, reader, Reading((), Refusal.UNSURE)),
        await read(services, reader, NotAnImage("Expected an image. Received bytes.")),
        await read(services, reader, Reading((digit(7, 0.6),))),
    ]
    answer = answer_album(services, "A" * 12, photos, 0)
    first, second, third, fourth = answer.message.text.splitlines()
    assert first == "1. <code>31</code>"
    assert second == "2. I found no digit that I am sure of."
    assert third.startswith("3. ")
    assert fourth == "4. <code>7</code> (I am not sure)"
    labels = [button.label for row in answer.message.buttons for button in row]
    assert labels == ["✗ 1", "✗ 4", "✓ all right"]
    assert answer.message.buttons[-1][0].action == RightAll(answer.ids[0])
    assert answer.digits == 3


async def test_ten_refusals_are_one_sentence(services: Services, reader: FakeReader) -> None:
    refused = await read(services, reader, Reading((), Refusal.TOO_DARK))
    message = answer_album(services, "A" * 12, [refused] * 10, 0).message
    assert message.text == f"All 10 photos: {texts.REFUSALS[Refusal.TOO_DARK]}"
    letters = await read(services, reader, Reading((), Refusal.UNSURE))
    message = answer_album(services, "A" * 12, [refused, letters], 0).message
    assert message.text.startswith("I could read none of these 2 photos.")
    assert message.buttons == ()


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
