from __future__ import annotations

from telegram import Message

from bot.telegram import answered_photos
from bot.telegram.answered_photos import AnsweredPhotos
from tests.bot.fakes import PRIVATE


def message(number: int) -> Message:
    return Message.de_json({"message_id": number, "date": 0, "chat": PRIVATE}, None)


def test_only_so_many_answers_are_remembered() -> None:
    answered, photo = AnsweredPhotos(), message(0)
    answers = [str(number) for number in range(answered_photos.MAX_REMEMBERED_ANSWERS + 1)]
    for answer in answers:
        answered.remember(answer, photo)
    assert answered.find(answers[0]) is None
    assert answered.find(answers[1]) is photo
    assert answered.find(answers[-1]) is photo
