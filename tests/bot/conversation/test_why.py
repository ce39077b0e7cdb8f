from __future__ import annotations

import pytest

from bot.conversation.why import ask_for_photo, explain_photo
from bot.messages import texts
from model.errors import BrokenImage
from model.types import Reading
from tests.bot.fakes import FakeReader


class Explainer(FakeReader):
    """Explains a photo without a model."""

    async def explain(self, photo: bytes) -> bytes:
        if photo == b"broken":
            raise BrokenImage("Expected a whole image.")
        return b"why: " + photo


async def test_a_photo_is_explained_by_a_picture() -> None:
    async def fetch() -> bytes:
        return b"a photo"

    message = await explain_photo(Explainer(Reading(())), fetch)
    assert message.text == texts.WHY
    assert [picture.content for picture in message.pictures] == [b"why: a photo"]
    assert message.instead == texts.NO_PICTURES_HERE


async def test_a_broken_photo_cannot_be_explained() -> None:
    async def fetch() -> bytes:
        return b"broken"

    with pytest.raises(BrokenImage):
        await explain_photo(Explainer(Reading(())), fetch)


def test_it_says_to_what_one_replies() -> None:
    assert ask_for_photo(replied=False).text == texts.WHY_WHAT
    assert ask_for_photo(replied=True).text == texts.WHY_GONE
