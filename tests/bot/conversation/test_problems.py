from __future__ import annotations

from bot.conversation.problems import explain_problem
from bot.errors import FetchFailed, StoreUnavailable, TooManyWaiting
from bot.messages import texts
from model.errors import InklingError, NotAnImage


def said(error: InklingError | TooManyWaiting) -> str | None:
    message = explain_problem(error)
    return None if message is None else message.text


def test_a_photo_that_cannot_be_read_says_so_itself() -> None:
    assert said(NotAnImage("Expected <x> & y.")) == "Expected &lt;x&gt; &amp; y."


def test_each_foreseen_error_has_its_sentence() -> None:
    assert said(FetchFailed("gone")) == texts.FETCH_FAILED
    assert said(StoreUnavailable("away")) == texts.MEMORY_AWAY


def test_a_flood_is_told_once() -> None:
    assert said(TooManyWaiting(20, first=True)) == texts.TOO_MANY.format(count=20)
    assert said(TooManyWaiting(20, first=False)) is None
