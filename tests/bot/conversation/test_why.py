from __future__ import annotations

import pytest
from markupsafe import Markup

from bot.conversation.why import (
    MAX_REMEMBERED_ANSWERS,
    AnsweredPhotos,
    ask_for_photo,
    explain_photo,
    photo_gone,
)
from bot.messages import texts
from bot.serving.reading.messages import Explanation
from model.errors import BrokenImage
from model.types import Reading
from tests.bot.fakes import FakeReader
from tests.bot.store.samples import ANNA, BORIS

EXPLANATION = Explanation(Markup("I found 1 sign."), b"why")


class Explainer(FakeReader):
    """Explains a photo without a model."""

    async def explain(self, photo: bytes) -> Explanation:
        if photo == b"broken":
            raise BrokenImage("Expected a whole image.")
        return EXPLANATION


async def test_a_photo_is_explained_in_words_and_by_a_picture() -> None:
    async def fetch() -> bytes:
        return b"a photo"

    message = await explain_photo(Explainer(Reading(())), fetch)
    assert message.text == EXPLANATION.text
    assert [picture.content for picture in message.pictures] == [EXPLANATION.picture]


async def test_a_broken_photo_cannot_be_explained() -> None:
    async def fetch() -> bytes:
        return b"broken"

    with pytest.raises(BrokenImage):
        await explain_photo(Explainer(Reading(())), fetch)


def test_it_says_to_what_one_replies() -> None:
    assert ask_for_photo(replied=False).text == texts.WHY_WHAT
    assert ask_for_photo(replied=True).text == texts.WHY_GONE


def test_a_photo_that_is_gone_can_be_shown_again() -> None:
    assert "Reply to the photo itself with /why" in photo_gone()
    assert len(photo_gone()) <= 200


def test_only_so_many_answers_are_remembered() -> None:
    answered = AnsweredPhotos[int]()
    answers = [str(number) for number in range(MAX_REMEMBERED_ANSWERS + 1)]
    for number, answer in enumerate(answers):
        answered.remember(answer, ANNA, number)
    assert answered.find(answers[0]) is None
    assert answered.find(answers[1]) == 1
    assert answered.find(answers[-1]) == MAX_REMEMBERED_ANSWERS


async def test_a_persons_photos_are_forgotten_and_nobody_elses() -> None:
    answered = AnsweredPhotos[int]()
    for answer, owner in (("1", ANNA), ("2", BORIS), ("3", ANNA)):
        answered.remember(answer, owner, int(answer))
    await answered.forget(ANNA)
    assert [answered.find(answer) for answer in ("1", "2", "3")] == [None, 2, None]
