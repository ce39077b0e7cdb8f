from __future__ import annotations

import pytest

from bot.conversation.problems import explain_problem
from bot.errors import FetchFailed, ReadingTooCostly, StoreUnavailable, TooManyWaiting
from bot.messages import texts
from model.errors import InklingError, PhotoError


def said(error: InklingError | TooManyWaiting) -> str | None:
    message = explain_problem(error)
    return None if message is None else message.text


@pytest.mark.parametrize("kind", PhotoError.__subclasses__())
def test_a_picture_that_cannot_be_read_gets_a_sentence_that_says_what_to_do(
    kind: type[PhotoError],
) -> None:
    words = said(kind() if kind is ReadingTooCostly else kind("Expected <x>. Received y."))
    assert words == texts.PHOTO_PROBLEMS[kind]
    assert "Expected" not in words
    assert "end " in words.lower(), "it asks to send something"


def test_each_foreseen_error_has_its_sentence() -> None:
    assert said(FetchFailed("gone")) == texts.FETCH_FAILED
    assert said(StoreUnavailable("away")) == texts.MEMORY_AWAY


def test_a_flood_is_told_once() -> None:
    assert said(TooManyWaiting(20, first=True)) == texts.too_many_photos(20)
    assert said(TooManyWaiting(20, first=False)) is None
