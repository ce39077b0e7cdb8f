from __future__ import annotations

from typing import Any

import pytest
from telegram import Message

from bot.messages import texts
from bot.serving.photo_queue import PhotoQueue
from bot.telegram.handlers import why
from bot.telegram.handlers.why import AnsweredPhotos, WhyHandlers
from bot.telegram.lifecycle import AnyApplication
from model.errors import BrokenImage
from tests.bot.fakes import ADA, BOT, PHOTO, PRIVATE, FakeTelegram, Json, application, update

WHY: Json = {"text": "/why", "entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
THEIRS = {"message_id": 3, "date": 0, "chat": PRIVATE, "from": ADA, "photo": PHOTO}
OURS = {"message_id": 4, "date": 0, "chat": PRIVATE, "from": BOT, "photo": PHOTO}


async def explain(photo: bytes) -> bytes:
    if photo == b"broken":
        raise BrokenImage("Expected a whole image.")
    return b"why: " + photo


async def ask(fake: FakeTelegram, **message: Any) -> None:
    """Send /why; the bot remembers that OURS is about THEIRS."""
    answered = AnsweredPhotos()
    async with application(fake, WhyHandlers(explain, PhotoQueue(), answered).handlers()) as bot:
        answered.remember(_message(bot, OURS), _message(bot, THEIRS))
        await bot.process_update(update(bot, **WHY, **message))


def _message(bot: AnyApplication, about: Json) -> Message:
    found = update(bot, **about).message
    assert found is not None
    return found


@pytest.mark.parametrize("replied", [OURS, THEIRS])
async def test_explains_the_photo_of_an_answer_and_a_photo(replied: Json) -> None:
    fake = FakeTelegram()
    await ask(fake, reply_to_message=replied)
    assert fake.methods() == ["getFile", "download", "sendPhoto"]
    _, sent = fake.calls[-1]
    assert sent["photo"][1] == b"why: a photo"
    assert sent["caption"] == texts.WHY
    assert sent["reply_parameters"]["message_id"] == THEIRS["message_id"]


async def test_says_to_what_one_replies_with_it() -> None:
    fake = FakeTelegram()
    await ask(fake)
    assert fake.texts() == [texts.WHY_WHAT]


async def test_an_answer_that_is_forgotten_is_said_so() -> None:
    fake = FakeTelegram()
    await ask(fake, reply_to_message=OURS | {"message_id": 99})
    assert fake.texts() == [texts.WHY_GONE]


async def test_a_photo_that_cannot_be_read_is_said_so() -> None:
    fake = FakeTelegram()
    fake.file = b"broken"
    await ask(fake, reply_to_message=THEIRS)
    assert fake.texts() == ["Expected a whole image."]


async def test_only_so_many_answers_are_remembered() -> None:
    answered = AnsweredPhotos()
    async with application(FakeTelegram(), []) as bot:
        photo = _message(bot, THEIRS)
        answers = [
            _message(bot, OURS | {"message_id": number})
            for number in range(why.REMEMBERED_ANSWERS + 1)
        ]
        for answer in answers:
            answered.remember(answer, photo)
    assert answered.find(answers[0]) is None
    assert answered.find(answers[1]) is photo
    assert answered.find(answers[-1]) is photo
